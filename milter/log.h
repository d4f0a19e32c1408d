/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_LOG_H
#define MILTER_LOG_H

/* log.h - where the daemon says what it does: syslog, or standard error in the foreground.
 *
 * Priorities are those of syslog(3).  Warnings and errors carry the word in front, as Postfix does
 * it, so that a search finds them whatever became of the priority on its way. */

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <syslog.h>

/* The syslog facility called WORD ("mail", "daemon", "local0" ...), or -1. */
int log_facility(const char *word);

/* Open syslog with FACILITY.  FOREGROUND: to standard error instead, libmilter's own messages too.
 * VERBOSE: LOG_DEBUG is written as well.  Until log_started the daemon's parent still shows
 * standard error to the person who started it, so everything from LOG_WARNING up goes there too. */
void log_open(int facility, bool foreground, bool verbose);
void log_started(void);

/* Whether LOG_DEBUG is written. */
bool log_verbose(void);

void log_write(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* For what would otherwise flood the log: one line per minute and LIMIT, which says how many were
 * left out. */
struct log_limit {
    _Atomic int64_t next;
    _Atomic unsigned left_out;
};
void log_limited(struct log_limit *limit, int priority, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
