/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/journal.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

bool journal_open(struct journal *journal, const char *path, bool answers)
{
    journal->answers = answers;
    journal->start = clock_now();
    journal->file =
        path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC | O_CLOEXEC, 0644);
    return path == NULL || journal->file != -1;
}

void journal_close(struct journal *journal)
{
    if (journal->file != -1)
        close(journal->file);
    journal->file = -1;
}

static void write_line(const struct journal *journal, bool tcp, const char *question,
                       const char *outcome)
{
    nanoseconds passed = clock_now() - journal->start;
    char line[1200];
    int length;

    if (journal->file == -1)
        return;
    length = snprintf(line, sizeof line, "%llu.%03llu %s %s%s%s\n",
                      (unsigned long long)(passed / NANOSECONDS_PER_MILLISECOND),
                      (unsigned long long)(passed / NANOSECONDS_PER_MICROSECOND % 1000),
                      tcp ? "tcp" : "udp", question, outcome[0] == '\0' ? "" : " ", outcome);
    if (write(journal->file, line, (size_t)length) != length)
        perror("dnsd: log"); /* the counts of a test would be wrong */
}

void journal_query(const struct journal *journal, bool tcp, const char *question)
{
    write_line(journal, tcp, question, "");
}

void journal_answer(const struct journal *journal, bool tcp, const char *question,
                    const char *outcome)
{
    if (journal->answers)
        write_line(journal, tcp, question, outcome);
}

bool journal_reset(const struct journal *journal)
{
    return journal->file == -1 || ftruncate(journal->file, 0) == 0;
}
