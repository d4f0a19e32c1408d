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
#include <utlist.h>

#include "lib/dns/trust_anchor.h"
#include "lib/dns/unbound_context.h"
#include "lib/dns/unbound_probe.h"

/* How long questions wait for the probe: what is asked after that, it is better to have an answer
 * that is not validated. */
#define PATIENCE NANOSECONDS_PER_SECOND

struct unbound_backend {
    struct backend backend;    /* first */
    struct ub_ctx *plain;      /* NULL with DNSSEC_YES */
    struct ub_ctx *validating; /* NULL without DNSSEC or a trust anchor */
    struct unbound_probe probe;
    int stop_pipe[2]; /* closing the second end stops the thread */
    pthread_t thread;

    atomic_bool is_holding; /* questions wait for the probe */
    nanoseconds hold_end;
    pthread_mutex_t lock; /* of what follows */
    struct backend_question *held;
    struct backend_question *asked; /* the oldest first */
    nanoseconds lost_after;
};

static void finish(struct unbound_backend *unbound, struct backend_question *question,
                   struct dns_answer *answer)
{
    (void)pthread_mutex_lock(&unbound->lock);
    DL_DELETE(unbound->asked, question);
    (void)pthread_mutex_unlock(&unbound->lock);
    question->done(question, answer);
}

/* The clock is read under the lock under which `asked` is set: read before, it could be behind a
 * question that was asked in between, whose age would wrap around. */
static struct backend_question *find_lost(struct unbound_backend *unbound)
{
    struct backend_question *oldest;

    (void)pthread_mutex_lock(&unbound->lock);
    oldest = unbound->asked;
    if (oldest != NULL && clock_now() - oldest->asked < unbound->lost_after)
        oldest = NULL;
    (void)pthread_mutex_unlock(&unbound->lock);
    return oldest;
}

/* libunbound 1.17 forgets some questions when hundreds of them have no answer, and their places
 * among those in flight would be lost for good.  In the thread of ub_process a cancelled question
 * cannot be answered any more. */
static void end_lost(struct unbound_backend *unbound)
{
    struct backend_question *question;

    while ((question = find_lost(unbound)) != NULL) {
        (void)ub_cancel(question->is_validated ? unbound->validating : unbound->plain,
                        question->id);
        finish(unbound, question,
               dns_answer_failure(&question->name, question->type, DNS_FAILURE_TIMEOUT));
    }
}

static struct dns_answer *answer_without_packet(const struct backend_question *question, int error)
{
    enum dns_failure failure = DNS_FAILURE_SYSTEM;

    if (error == UB_NOERROR || error == UB_SERVFAIL)
        failure = DNS_FAILURE_SERVFAIL;
    return dns_answer_failure(&question->name, question->type, failure);
}

static void answer(struct backend_question *question, int error, struct ub_result *result,
                   enum dns_security security)
{
    struct dns_answer *answer;

    if (error == UB_NOERROR && result != NULL && result->bogus)
        answer = dns_answer_bogus(&question->name, question->type, result->why_bogus);
    else if (error != UB_NOERROR || result == NULL || result->answer_packet == NULL)
        answer = answer_without_packet(question, error);
    else
        answer = dns_answer_decode(result->answer_packet, (size_t)result->answer_len,
                                   &question->name, question->type, security);
    ub_resolve_free(result);
    finish(question->backend, question, answer);
}

/* Called by libunbound in our thread. */
static void answered_plain(void *argument, int error, struct ub_result *result)
{
    answer(argument, error, result, DNS_INDETERMINATE);
}

static void answered_validated(void *argument, int error, struct ub_result *result)
{
    answer(argument, error, result,
           error == UB_NOERROR && result != NULL && result->secure ? DNS_SECURE : DNS_INSECURE);
}

static void ask(struct unbound_backend *unbound, struct backend_question *question)
{
    bool validate = unbound_probe_found(&unbound->probe) == VOUCH_DNSSEC_ON;
    char name[DNS_NAME_TEXT_SIZE];
    int error;

    question->backend = unbound;
    question->is_validated = validate;
    /* Locked until libunbound has it: nobody finishes, and so frees, a question that is being
     * asked. libunbound calls back from ub_process alone, never from here. */
    (void)pthread_mutex_lock(&unbound->lock);
    question->asked = clock_now();
    error =
        ub_resolve_async(validate ? unbound->validating : unbound->plain,
                         dns_name_format(&question->name, name), (int)question->type, 1 /* IN */,
                         question, validate ? answered_validated : answered_plain, &question->id);
    if (error == UB_NOERROR)
        DL_APPEND(unbound->asked, question);
    (void)pthread_mutex_unlock(&unbound->lock);
    if (error != UB_NOERROR)
        question->done(question, answer_without_packet(question, error));
}

/* Put QUESTION aside until the probe knows.  False: there is no need to wait any more. */
static bool hold(struct unbound_backend *unbound, struct backend_question *question)
{
    bool held;

    (void)pthread_mutex_lock(&unbound->lock);
    held = atomic_load(&unbound->is_holding);
    if (held) {
        question->next = unbound->held;
        unbound->held = question;
    }
    (void)pthread_mutex_unlock(&unbound->lock);
    return held;
}

static void start(struct backend *backend, struct backend_question *question)
{
    struct unbound_backend *unbound = (struct unbound_backend *)backend;

    if (!atomic_load(&unbound->is_holding) || !hold(unbound, question))
        ask(unbound, question);
}

static void let_go(struct unbound_backend *unbound)
{
    struct backend_question *question, *next;

    (void)pthread_mutex_lock(&unbound->lock);
    question = unbound->held;
    unbound->held = NULL;
    atomic_store(&unbound->is_holding, false);
    (void)pthread_mutex_unlock(&unbound->lock);
    for (; question != NULL; question = next) {
        next = question->next;
        ask(unbound, question);
    }
}

/* What is due by the clock; returns the milliseconds until more may be. */
static int do_due(struct unbound_backend *unbound)
{
    struct unbound_probe *probe = &unbound->probe;
    nanoseconds now = clock_now(), next = 0, look = now + unbound->lost_after / 4;

    end_lost(unbound);
    if (atomic_load(&unbound->is_holding) &&
        (probe->has_answered || !probe->asking || now >= unbound->hold_end))
        let_go(unbound);
    unbound_probe_continue(probe, now);
    if (atomic_load(&unbound->is_holding))
        next = unbound->hold_end;
    else if (!probe->asking)
        next = probe->next;
    if (next == 0 || next > look)
        next = look;
    return next > now ? (int)((next - now) / NANOSECONDS_PER_MILLISECOND) + 1 : 0;
}

static bool take_answers(struct ub_ctx *context, const struct pollfd *file)
{
    return file->revents == 0 || ub_process(context) == UB_NOERROR;
}

/* Hand out answers until the stop pipe is closed, or libunbound's thread is gone: waiters then end
 * at their deadlines. */
static void *process(void *argument)
{
    struct unbound_backend *unbound = argument;
    struct pollfd files[] = {
        {.fd = unbound->stop_pipe[0], .events = POLLIN},
        {.fd = unbound->plain != NULL ? ub_fd(unbound->plain) : -1, .events = POLLIN},
        {.fd = unbound->validating != NULL ? ub_fd(unbound->validating) : -1, .events = POLLIN},
    };

    for (;;) {
        if (poll(files, 3, do_due(unbound)) < 0) {
            if (errno != EINTR)
                break;
            continue;
        }
        if (files[0].revents != 0 || !take_answers(unbound->plain, &files[1]) ||
            !take_answers(unbound->validating, &files[2]))
            break;
    }
    return NULL;
}

static enum vouch_dnssec dnssec(struct backend *backend)
{
    return unbound_probe_found(&((struct unbound_backend *)backend)->probe);
}

static void free_all(struct unbound_backend *unbound)
{
    if (unbound->plain != NULL)
        unbound_context_free(unbound->plain);
    if (unbound->validating != NULL)
        unbound_context_free(unbound->validating);
    (void)pthread_mutex_destroy(&unbound->lock);
    free(unbound);
}

static void stop(struct backend *backend)
{
    struct unbound_backend *unbound = (struct unbound_backend *)backend;

    (void)close(unbound->stop_pipe[1]);
    (void)pthread_join(unbound->thread, NULL);
    (void)close(unbound->stop_pipe[0]);
    free_all(unbound);
}

static int start_contexts(struct unbound_backend *unbound)
{
    int error = unbound->plain != NULL ? unbound_context_start(unbound->plain) : VOUCH_OK;

    if (error == VOUCH_OK && unbound->validating != NULL)
        error = unbound_context_start(unbound->validating);
    return error;
}

/* Until it is known whether the keys of ZONE can be validated, questions wait. */
static void begin_probe(struct unbound_backend *unbound, const struct dns_name *zone)
{
    atomic_store(&unbound->is_holding, true);
    unbound->hold_end = clock_now() + PATIENCE;
    unbound_probe_begin(&unbound->probe, unbound->plain, unbound->validating, zone);
}

/* Start the threads with all signals blocked: they belong to the process's main thread. */
static int start_threads(struct unbound_backend *unbound, const struct dns_name *zone)
{
    sigset_t all, before;
    int error;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    error = start_contexts(unbound);
    if (error == VOUCH_OK && unbound->plain != NULL && unbound->validating != NULL)
        begin_probe(unbound, zone);
    if (error == VOUCH_OK && pthread_create(&unbound->thread, NULL, process, unbound) != 0)
        error = VOUCH_ERROR_SYSTEM;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error;
}

static int start_all(struct unbound_backend *unbound, const struct dns_name *zone)
{
    int error;

    if (pipe2(unbound->stop_pipe, O_CLOEXEC) != 0)
        return VOUCH_ERROR_SYSTEM;
    error = start_threads(unbound, zone);
    if (error != VOUCH_OK) {
        (void)close(unbound->stop_pipe[0]);
        (void)close(unbound->stop_pipe[1]);
    }
    return error;
}

/* The contexts that SETTINGS ask for, and what is known of validation before any question. */
static int make_contexts(struct unbound_backend *unbound, const struct resolver_settings *settings,
                         const char *anchor, bool has_anchor)
{
    int error = VOUCH_OK;

    if (settings->dnssec == DNSSEC_YES && !has_anchor)
        return VOUCH_ERROR_SYSTEM;
    if (settings->dnssec != DNSSEC_YES)
        error = unbound_context_new(settings, NULL, &unbound->plain);
    if (error == VOUCH_OK && settings->dnssec != DNSSEC_NO && has_anchor)
        error = unbound_context_new(settings, anchor, &unbound->validating);
    if (settings->dnssec == DNSSEC_YES)
        atomic_init(&unbound->probe.found, VOUCH_DNSSEC_ON);
    else if (settings->dnssec == DNSSEC_AUTO && !has_anchor)
        atomic_init(&unbound->probe.found, VOUCH_DNSSEC_NO_ANCHOR);
    return error;
}

static int fill(struct unbound_backend *unbound, const struct resolver_settings *settings)
{
    const char *anchor =
        settings->trust_anchor[0] != '\0' ? settings->trust_anchor : TRUST_ANCHOR_ROOT;
    struct dns_name zone = {.length = 0};
    const char *problem;
    bool has_anchor =
        settings->dnssec != DNSSEC_NO && trust_anchor_read(anchor, &zone, &problem) == VOUCH_OK;
    int error = make_contexts(unbound, settings, anchor, has_anchor);

    return error == VOUCH_OK ? start_all(unbound, &zone) : error;
}

int backend_unbound_new(const struct resolver_settings *settings,
                        const struct resolver_tuning *tuning, struct backend **backend)
{
    struct unbound_backend *unbound = calloc(1, sizeof *unbound);
    int error;

    if (unbound == NULL)
        return VOUCH_ERROR_MEMORY;
    unbound->backend = (struct backend){.start = start, .stop = stop, .dnssec = dnssec};
    unbound->lost_after = tuning->lost_after;
    if (pthread_mutex_init(&unbound->lock, NULL) != 0) {
        free(unbound);
        return VOUCH_ERROR_SYSTEM;
    }
    error = fill(unbound, settings);
    if (error != VOUCH_OK) {
        free_all(unbound);
        return error;
    }
    *backend = &unbound->backend;
    return VOUCH_OK;
}
