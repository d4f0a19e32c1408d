/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_JOURNAL_H
#define DNSD_JOURNAL_H

/* journal.h - one line per query, and one per answer when asked for:
 *
 *     12.345 udp mail.example.com A
 *     62.411 udp mail.example.com A NOERROR
 *
 * Milliseconds since start, transport, name, type; the answer's line says what was sent.  A line is
 * in the file before the octets it speaks of leave. */

#include <stdbool.h>

#include "lib/base/clock.h"

struct journal {
    int file; /* -1: none */
    bool answers;
    nanoseconds start;
};

/* PATH may be NULL.  False: errno. */
bool journal_open(struct journal *journal, const char *path, bool answers);
void journal_close(struct journal *journal);

void journal_query(const struct journal *journal, bool tcp, const char *question);
void journal_answer(const struct journal *journal, bool tcp, const char *question,
                    const char *outcome);

/* Empty the file.  False: errno. */
bool journal_reset(const struct journal *journal);

#endif
