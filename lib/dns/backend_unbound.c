/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unbound.h>
#include <unistd.h>

#include "lib/dns/unbound_context.h"

struct unbound_backend {
    struct backend backend; /* first */
    struct ub_ctx *context;
    int stop_pipe[2]; /* closing the second end stops the thread */
    pthread_t thread;
};

static struct dns_answer *answer_without_packet(const struct backend_question *question, int error)
{
    enum dns_failure failure = DNS_FAILURE_SYSTEM;

    if (error == UB_NOERROR || error == UB_SERVFAIL)
        failure = DNS_FAILURE_SERVFAIL;
    return dns_answer_failure(&question->name, question->type, failure);
}

static enum dns_security security_of(const struct ub_result *result)
{
    if (result->bogus)
        return DNS_BOGUS;
    return result->secure ? DNS_SECURE : DNS_INSECURE;
}

/* Called by libunbound in our thread. */
static void answered(void *argument, int error, struct ub_result *result)
{
    struct backend_question *question = argument;
    struct dns_answer *answer;

    if (error != UB_NOERROR || result == NULL || result->answer_packet == NULL)
        answer = answer_without_packet(question, error);
    else
        answer = dns_answer_decode(result->answer_packet, (size_t)result->answer_len,
                                   &question->name, question->type, security_of(result));
    ub_resolve_free(result);
    question->done(question, answer);
}

static void start(struct backend *backend, struct backend_question *question)
{
    struct unbound_backend *unbound = (struct unbound_backend *)backend;
    char name[DNS_NAME_TEXT_SIZE];
    int error = ub_resolve_async(unbound->context, dns_name_format(&question->name, name),
                                 (int)question->type, 1 /* IN */, question, answered, NULL);

    if (error != UB_NOERROR)
        question->done(question, answer_without_packet(question, error));
}

/* Hand out answers until the stop pipe is closed. */
static void *process(void *argument)
{
    struct unbound_backend *unbound = argument;
    struct pollfd files[] = {{.fd = ub_fd(unbound->context), .events = POLLIN},
                             {.fd = unbound->stop_pipe[0], .events = POLLIN}};

    for (;;) {
        if (poll(files, 2, -1) < 0 && errno != EINTR)
            break;
        if (files[1].revents != 0)
            break;
        if (files[0].revents != 0 && ub_process(unbound->context) != UB_NOERROR)
            break; /* libunbound's thread is gone: waiters end at their deadlines */
    }
    return NULL;
}

static void stop(struct backend *backend)
{
    struct unbound_backend *unbound = (struct unbound_backend *)backend;

    (void)close(unbound->stop_pipe[1]);
    (void)pthread_join(unbound->thread, NULL);
    (void)close(unbound->stop_pipe[0]);
    unbound_context_free(unbound->context);
    free(unbound);
}

/* Start our thread with all signals blocked: they belong to the process's main thread. */
static int start_thread(struct unbound_backend *unbound)
{
    sigset_t all, before;
    int error;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    error = unbound_context_start(unbound->context);
    if (error == VOUCH_OK && pthread_create(&unbound->thread, NULL, process, unbound) != 0)
        error = VOUCH_ERROR_SYSTEM;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static int start_all(struct unbound_backend *unbound)
{
    int error;

    if (pipe2(unbound->stop_pipe, O_CLOEXEC) != 0)
        return VOUCH_ERROR_SYSTEM;
    error = start_thread(unbound);
    if (error != VOUCH_OK) {
        (void)close(unbound->stop_pipe[0]);
        (void)close(unbound->stop_pipe[1]);
    }
    return error;
}

int backend_unbound_new(const struct resolver_settings *settings, struct backend **backend)
{
    struct unbound_backend *unbound = calloc(1, sizeof *unbound);
    int error;

    if (unbound == NULL)
        return VOUCH_ERROR_MEMORY;
    unbound->backend = (struct backend){.start = start, .stop = stop};
    error = unbound_context_new(settings, &unbound->context);
    if (error == VOUCH_OK) {
        error = start_all(unbound);
        if (error != VOUCH_OK)
            unbound_context_free(unbound->context);
    }
    if (error != VOUCH_OK) {
        free(unbound);
        return error;
    }
    *backend = &unbound->backend;
    return VOUCH_OK;
}
