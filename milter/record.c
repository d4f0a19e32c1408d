/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/record.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "milter/log.h"
#include "milter/writable.h"

static struct log_limit record_limit;

void record_open(struct record_file *file, const char *path)
{
    file->descriptor = -1;
    atomic_init(&file->cut, false);
    if (path[0] == '\0')
        return;
    file->descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0640);
    if (file->descriptor < 0)
        log_write(LOG_WARNING, "decision record %s: %s", path, strerror(errno));
}

void record_close(struct record_file *file)
{
    if (file->descriptor >= 0)
        (void)close(file->descriptor);
}

static ssize_t write_all(int descriptor, const struct iovec *parts, int count)
{
    ssize_t written;

    do
        written = writev(descriptor, parts, count);
    while (written < 0 && errno == EINTR);
    return written;
}

/* A line that was cut short is ended first, so that it spoils no other. */
void record_append(struct record_file *file, const char *record)
{
    char end[] = "\n";
    struct iovec parts[3] = {{.iov_base = end}, {.iov_len = 0}, {.iov_base = end, .iov_len = 1}};
    ssize_t written;
    size_t whole;

    if (file->descriptor < 0)
        return;
    if (record == NULL) {
        log_limited(&record_limit, LOG_WARNING, "no memory for a decision record");
        return;
    }
    parts[0].iov_len = atomic_exchange(&file->cut, false) ? 1 : 0;
    parts[1] = (struct iovec){.iov_base = writable(record), .iov_len = strlen(record)};
    whole = parts[0].iov_len + parts[1].iov_len + 1;
    written = write_all(file->descriptor, parts, 3);
    if (written < 0 || (size_t)written < whole)
        atomic_store(&file->cut, parts[0].iov_len > 0 || written > 0);
    if (written < 0)
        log_limited(&record_limit, LOG_WARNING, "cannot write a decision record: %s",
                    strerror(errno));
    else if ((size_t)written < whole)
        log_limited(&record_limit, LOG_WARNING, "a decision record was cut short");
}
