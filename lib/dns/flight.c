/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/flight.h"

#include <stdlib.h>

/* Locks and conditions of glibc and musl cannot fail to initialize but for memory and attributes,
 * neither of which is at play; an error is still an error. */
static bool init_sync(struct flight *flight)
{
    pthread_condattr_t attributes;
    bool made;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(&flight->arrived, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    if (made && pthread_mutex_init(&flight->lock, NULL) != 0) {
        (void)pthread_cond_destroy(&flight->arrived);
        made = false;
    }
    return made;
}

struct flight *flight_new(const struct dns_name *name, enum dns_type type,
                          const struct question *question, nanoseconds now)
{
    struct flight *flight = calloc(1, sizeof *flight);

    if (flight == NULL)
        return NULL;
    if (!init_sync(flight)) {
        free(flight);
        return NULL;
    }
    flight->asked.name = *name;
    flight->asked.type = type;
    flight->question = *question;
    flight->started = now;
    atomic_init(&flight->references, 1);
    return flight;
}

struct flight *flight_hold(struct flight *flight)
{
    atomic_fetch_add_explicit(&flight->references, 1, memory_order_relaxed);
    return flight;
}

void flight_release(struct flight *flight)
{
    if (flight == NULL)
        return;
    if (atomic_fetch_sub_explicit(&flight->references, 1, memory_order_acq_rel) != 1)
        return;
    dns_answer_release(flight->answer);
    (void)pthread_cond_destroy(&flight->arrived);
    (void)pthread_mutex_destroy(&flight->lock);
    free(flight);
}

void flight_end(struct flight *flight, struct dns_answer *answer, nanoseconds now)
{
    (void)pthread_mutex_lock(&flight->lock);
    flight->answer = answer;
    flight->ended = now;
    (void)pthread_cond_broadcast(&flight->arrived);
    (void)pthread_mutex_unlock(&flight->lock);
}

struct dns_answer *flight_wait(struct flight *flight, nanoseconds deadline, nanoseconds *ended)
{
    const struct timespec until = clock_timespec(deadline);
    struct dns_answer *answer = NULL;

    (void)pthread_mutex_lock(&flight->lock);
    while (flight->answer == NULL)
        if (pthread_cond_timedwait(&flight->arrived, &flight->lock, &until) != 0)
            break; /* ETIMEDOUT */
    if (flight->answer != NULL) {
        answer = dns_answer_hold(flight->answer);
        *ended = flight->ended;
    }
    (void)pthread_mutex_unlock(&flight->lock);
    return answer;
}
