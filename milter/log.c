/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/log.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LIMIT_SECONDS = 60, LINE_SIZE = 8192 };

static struct {
    bool opened;
    bool foreground;
    bool verbose;
    _Atomic bool started; /* set while other threads may log */
    bool journal;         /* standard error is systemd's journal, which reads "<priority>" */
} log_state;

int log_facility(const char *word)
{
    static const struct {
        const char *word;
        int facility;
    } table[] = {
        {"mail", LOG_MAIL},     {"daemon", LOG_DAEMON},     {"user", LOG_USER},
        {"auth", LOG_AUTH},     {"authpriv", LOG_AUTHPRIV}, {"local0", LOG_LOCAL0},
        {"local1", LOG_LOCAL1}, {"local2", LOG_LOCAL2},     {"local3", LOG_LOCAL3},
        {"local4", LOG_LOCAL4}, {"local5", LOG_LOCAL5},     {"local6", LOG_LOCAL6},
        {"local7", LOG_LOCAL7},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(word, table[i].word) == 0)
            return table[i].facility;
    return -1;
}

void log_open(int facility, bool foreground, bool verbose)
{
    /* LOG_PERROR: libmilter has no other way to be seen in the foreground. */
    openlog("vouch-milter", LOG_PID | LOG_NDELAY | (foreground ? LOG_PERROR : 0), facility);
    log_state.opened = true;
    log_state.foreground = foreground;
    log_state.verbose = verbose;
    log_state.journal = getenv("JOURNAL_STREAM") != NULL;
}

void log_started(void)
{
    log_state.started = true;
}

bool log_verbose(void)
{
    return log_state.verbose;
}

static const char *word_for(int priority)
{
    if (priority <= LOG_ERR)
        return "error: ";
    return priority == LOG_WARNING ? "warning: " : "";
}

static void to_stderr(int priority, const char *text)
{
    char mark[8] = "";

    if (log_state.journal)
        (void)snprintf(mark, sizeof mark, "<%d>", priority);
    (void)fprintf(stderr, "%svouch-milter: %s%s\n", mark, word_for(priority), text);
}

static void write_text(int priority, const char *text)
{
    bool early = !log_state.started && priority <= LOG_WARNING;

    if (priority == LOG_DEBUG && !log_state.verbose)
        return;
    if (!log_state.opened || log_state.foreground || early)
        to_stderr(priority, text);
    if (log_state.opened && !log_state.foreground)
        syslog(priority, "%s%s", word_for(priority), text);
}

void log_write(int priority, const char *format, ...)
{
    char text[LINE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_text(priority, text);
}

static int64_t seconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

void log_limited(struct log_limit *limit, int priority, const char *format, ...)
{
    char text[LINE_SIZE];
    int64_t now = seconds_now();
    int64_t next = limit->next;
    va_list arguments;
    unsigned left_out;

    if (now < next || !atomic_compare_exchange_strong(&limit->next, &next, now + LIMIT_SECONDS)) {
        limit->left_out++;
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    write_text(priority, text);
    left_out = limit->left_out;
    limit->left_out -= left_out;
    if (left_out > 0)
        log_write(priority, "the line before stands for %u more like it", left_out);
}
