/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/record.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include "milter/log.h"
#include "milter/writable.h"

static struct log_limit record_limit;

void record_append(int descriptor, const char *record)
{
    char end[] = "\n";
    struct iovec parts[2] = {[1] = {.iov_base = end, .iov_len = 1}};
    ssize_t written;

    if (record == NULL) {
        log_limited(&record_limit, LOG_WARNING, "no memory for a decision record");
        return;
    }
    parts[0] = (struct iovec){.iov_base = writable(record), .iov_len = strlen(record)};
    do
        written = writev(descriptor, parts, 2);
    while (written < 0 && errno == EINTR);
    if (written < 0)
        log_limited(&record_limit, LOG_WARNING, "cannot write a decision record: %s",
                    strerror(errno));
    else if ((size_t)written != parts[0].iov_len + 1)
        log_limited(&record_limit, LOG_WARNING, "a decision record was cut short");
}
