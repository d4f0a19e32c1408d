/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>

#include "lib/dns/backend.h"
#include "lib/dns/zone.h"

/* An answer that is given later. */
struct delayed {
    struct delayed *next;
    struct backend_question *question;
    struct dns_answer *answer;
    nanoseconds due;
};

struct zone_backend {
    struct backend backend; /* first */
    struct zone zone;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t changed;
    struct delayed *waiting; /* earliest first */
    bool stopping;
    bool has_thread; /* started with the first delay */
    pthread_t thread;
};

static int by_due(const struct delayed *a, const struct delayed *b)
{
    return (a->due > b->due) - (a->due < b->due);
}

/* Wait until the earliest is due, take it out of the list.  NULL: stopping. */
static struct delayed *next_due(struct zone_backend *zone)
{
    while (!zone->stopping) {
        struct delayed *first = zone->waiting;
        struct timespec until;

        if (first == NULL) {
            (void)pthread_cond_wait(&zone->changed, &zone->lock);
            continue;
        }
        if (first->due <= clock_now()) {
            LL_DELETE(zone->waiting, first);
            return first;
        }
        until = clock_timespec(first->due);
        (void)pthread_cond_timedwait(&zone->changed, &zone->lock, &until);
    }
    return NULL;
}

static void *answer_delayed(void *argument)
{
    struct zone_backend *zone = argument;
    struct delayed *delayed;

    (void)pthread_mutex_lock(&zone->lock);
    while ((delayed = next_due(zone)) != NULL) {
        (void)pthread_mutex_unlock(&zone->lock);
        delayed->question->done(delayed->question, delayed->answer);
        free(delayed);
        (void)pthread_mutex_lock(&zone->lock);
    }
    (void)pthread_mutex_unlock(&zone->lock);
    return NULL;
}

static bool delay(struct zone_backend *zone, struct backend_question *question,
                  struct dns_answer *answer, unsigned delay_ms)
{
    struct delayed *delayed = malloc(sizeof *delayed);
    bool possible;

    if (delayed == NULL)
        return false;
    *delayed = (struct delayed){.question = question,
                                .answer = answer,
                                .due = clock_now() + delay_ms * NANOSECONDS_PER_MILLISECOND};
    (void)pthread_mutex_lock(&zone->lock);
    if (!zone->has_thread)
        zone->has_thread = pthread_create(&zone->thread, NULL, answer_delayed, zone) == 0;
    possible = zone->has_thread;
    if (possible) {
        LL_INSERT_INORDER(zone->waiting, delayed, by_due);
        (void)pthread_cond_signal(&zone->changed);
    }
    (void)pthread_mutex_unlock(&zone->lock);
    if (!possible)
        free(delayed);
    return possible;
}

static void start(struct backend *backend, struct backend_question *question)
{
    struct zone_backend *zone = (struct zone_backend *)backend;
    unsigned delay_ms;
    struct dns_answer *answer =
        zone_answer(&zone->zone, &question->name, question->type, &delay_ms);

    if (answer == NULL)
        return; /* silent */
    if (delay_ms > 0) {
        if (delay(zone, question, answer, delay_ms))
            return;
        dns_answer_release(answer);
        answer = dns_answer_failure(&question->name, question->type, DNS_FAILURE_SYSTEM);
    }
    question->done(question, answer);
}

static void stop(struct backend *backend)
{
    struct zone_backend *zone = (struct zone_backend *)backend;
    struct delayed *delayed, *next;

    (void)pthread_mutex_lock(&zone->lock);
    zone->stopping = true;
    (void)pthread_cond_signal(&zone->changed);
    (void)pthread_mutex_unlock(&zone->lock);
    if (zone->has_thread)
        (void)pthread_join(zone->thread, NULL);
    LL_FOREACH_SAFE(zone->waiting, delayed, next)
    {
        dns_answer_release(delayed->answer);
        free(delayed);
    }
    zone_free(&zone->zone);
    (void)pthread_cond_destroy(&zone->changed);
    (void)pthread_mutex_destroy(&zone->lock);
    free(zone);
}

static bool init_sync(struct zone_backend *zone)
{
    pthread_condattr_t attributes;
    bool made;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(&zone->changed, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    if (made && pthread_mutex_init(&zone->lock, NULL) != 0) {
        (void)pthread_cond_destroy(&zone->changed);
        made = false;
    }
    return made;
}

int backend_zone_new(const char *text, struct backend **backend, unsigned *problem_line)
{
    struct zone_backend *zone = calloc(1, sizeof *zone);
    int error;

    *problem_line = 0;
    if (zone == NULL)
        return VOUCH_ERROR_MEMORY;
    zone->backend = (struct backend){.start = start, .stop = stop};
    error = zone_parse(text, &zone->zone, problem_line);
    if (error == VOUCH_OK && !init_sync(zone)) {
        zone_free(&zone->zone);
        error = VOUCH_ERROR_MEMORY;
    }
    if (error != VOUCH_OK) {
        free(zone);
        return error;
    }
    *backend = &zone->backend;
    return VOUCH_OK;
}
