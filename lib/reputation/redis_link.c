/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/redis_link.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/ascii.h"

enum { PATIENCE = 200 /* milliseconds */, PASSWORD_SIZE = 256 };

static const struct timeval PATIENCE_TIME = {.tv_sec = 0, .tv_usec = PATIENCE * 1000};

void redis_link_close(struct redis_link *link)
{
    if (link->context != NULL)
        redisFree(link->context);
    link->context = NULL;
    link->is_used = false;
}

/* hiredis writes with write(2): a SIGPIPE would end a process that does not expect it. */
static void hold_sigpipe(sigset_t *before, bool *was_pending)
{
    sigset_t pipe, pending;

    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    (void)sigpending(&pending);
    *was_pending = sigismember(&pending, SIGPIPE) == 1;
    (void)pthread_sigmask(SIG_BLOCK, &pipe, before);
}

static void release_sigpipe(const sigset_t *before, bool was_pending)
{
    const struct timespec at_once = {0, 0};
    sigset_t pipe;

    (void)sigemptyset(&pipe);
    (void)sigaddset(&pipe, SIGPIPE);
    if (!was_pending)
        while (sigtimedwait(&pipe, NULL, &at_once) == -1 && errno == EINTR)
            continue;
    (void)pthread_sigmask(SIG_SETMASK, before, NULL);
}

/* "inet:PORT@ADDRESS" or "unix:/PATH" */
static redisContext *open_socket(const char *where)
{
    int port = 0;

    if (strncmp(where, "unix:", 5) == 0)
        return redisConnectUnixWithTimeout(where + 5, PATIENCE_TIME);
    for (where += strlen("inet:"); ascii_is_digit(*where) && port <= 65535; where++)
        port = port * 10 + (*where - '0');
    return redisConnectWithTimeout(where + 1, port, PATIENCE_TIME);
}

static bool read_password(const char *path, char password[PASSWORD_SIZE])
{
    FILE *file = fopen(path, "re");
    bool found;

    if (file == NULL)
        return false;
    found = fgets(password, PASSWORD_SIZE, file) != NULL;
    (void)fclose(file);
    if (found)
        password[strcspn(password, "\r\n")] = '\0';
    return found;
}

/* hiredis bounds each read alone, so a reply that comes in drips would have no end. */
static bool wait_readable(const redisContext *context, nanoseconds until)
{
    struct pollfd readable = {.fd = context->fd, .events = POLLIN};
    nanoseconds now = clock_now();
    int ready = 0;

    if (now < until)
        ready = poll(&readable, 1, (int)((until - now) / NANOSECONDS_PER_MILLISECOND) + 1);
    return ready > 0;
}

static bool send_commands(redisContext *context, const struct redis_command *commands, size_t count,
                          nanoseconds until)
{
    int done = 0;

    for (size_t i = 0; i < count; i++)
        if (redisAppendCommandArgv(context, commands[i].count, commands[i].words,
                                   commands[i].lengths) != REDIS_OK)
            return false;
    while (done == 0 && clock_now() < until)
        if (redisBufferWrite(context, &done) != REDIS_OK)
            return false;
    return done != 0;
}

static bool take_reply(redisContext *context, nanoseconds until, redisReply **reply)
{
    void *taken = NULL;

    while (redisGetReplyFromReader(context, &taken) == REDIS_OK && taken == NULL)
        if (!wait_readable(context, until) || redisBufferRead(context) != REDIS_OK)
            return false;
    *reply = taken;
    return taken != NULL;
}

/* False: CONTEXT is of no more use. */
static bool exchange(redisContext *context, const struct redis_command *commands, size_t count,
                     redisReply **replies)
{
    nanoseconds until = clock_now() + PATIENCE * NANOSECONDS_PER_MILLISECOND;
    size_t taken = 0;

    if (!send_commands(context, commands, count, until))
        return false;
    while (taken < count && take_reply(context, until, &replies[taken]))
        taken++;
    if (taken == count)
        return true;
    while (taken > 0)
        freeReplyObject(replies[--taken]);
    return false;
}

static const char *reason(const redisContext *context)
{
    return context->err != 0 ? context->errstr : "it does not answer in time";
}

static bool log_in(redisContext *context, const char *password_file, struct trouble *trouble)
{
    char password[PASSWORD_SIZE];
    const char *words[] = {"AUTH", password};
    size_t lengths[] = {4, 0};
    const struct redis_command command = {2, words, lengths};
    redisReply *reply = NULL;
    bool accepted;

    if (password_file[0] == '\0')
        return true;
    if (!read_password(password_file, password)) {
        trouble_say(trouble, "%s: no password can be read", password_file);
        return false;
    }
    lengths[1] = strlen(password);
    accepted = exchange(context, &command, 1, &reply) && reply->type == REDIS_REPLY_STATUS;
    if (!accepted)
        trouble_say(trouble, "Redis does not take the password: %s",
                    reply != NULL && reply->type == REDIS_REPLY_ERROR ? reply->str
                                                                      : reason(context));
    freeReplyObject(reply);
    return accepted;
}

static int connect_link(struct redis_link *link, const struct reputation_settings *settings,
                        struct trouble *trouble)
{
    redisContext *context = open_socket(settings->redis);

    if (context == NULL)
        return VOUCH_ERROR_MEMORY;
    link->context = context;
    if (context->err == 0 && redisSetTimeout(context, PATIENCE_TIME) == REDIS_OK) {
        if (log_in(context, settings->redis_password_file, trouble))
            return VOUCH_OK;
    } else {
        trouble_say(trouble, "Redis at %s: %s", settings->redis, context->errstr);
    }
    redis_link_close(link);
    return VOUCH_ERROR_SYSTEM;
}

static int ask(struct redis_link *link, const struct reputation_settings *settings,
               struct trouble *trouble, const struct redis_command *commands, size_t count,
               redisReply **replies)
{
    for (;;) {
        int error = VOUCH_OK;
        bool was_used;

        if (link->context == NULL)
            error = connect_link(link, settings, trouble);
        if (error != VOUCH_OK)
            return error;
        if (exchange(link->context, commands, count, replies)) {
            link->is_used = true;
            return VOUCH_OK;
        }
        was_used = link->is_used && link->context->err == REDIS_ERR_EOF;
        was_used |= link->is_used && link->context->err == REDIS_ERR_IO && errno != EAGAIN;
        trouble_say(trouble, "Redis at %s: %s", settings->redis, reason(link->context));
        redis_link_close(link);
        if (!was_used)
            return VOUCH_ERROR_SYSTEM;
    }
}

int redis_link_ask(struct redis_link *link, const struct reputation_settings *settings,
                   struct trouble *trouble, const struct redis_command *commands, size_t count,
                   redisReply **replies)
{
    bool was_pending;
    sigset_t before;
    int error;

    hold_sigpipe(&before, &was_pending);
    error = ask(link, settings, trouble, commands, count, replies);
    release_sigpipe(&before, was_pending);
    return error;
}
