/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_FLIGHT_H
#define DNS_FLIGHT_H

/* flight.h - a question in flight and those who wait for it.  Private to lib/dns.
 *
 * The resolver's table holds one reference until the answer is there, each transaction that waits
 * or may come back for the answer holds another.  A flight outlives its resolver if need be. */

#include <pthread.h>
#include <stdatomic.h>

#include "lib/base/table.h"
#include "lib/dns/backend.h"
#include "lib/dns/question.h"

struct flight {
    struct backend_question asked; /* first: what the backend knows of it */
    struct question question;
    nanoseconds started;
    struct resolver *resolver; /* valid until the answer is there */
    UT_hash_handle hh;         /* in the table of its shard */
    atomic_uint references;
    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t arrived;
    struct dns_answer *answer; /* NULL: not yet */
    nanoseconds ended;
};

/* A flight with one reference, or NULL. */
struct flight *flight_new(const struct dns_name *name, enum dns_type type,
                          const struct question *question, nanoseconds now);

struct flight *flight_hold(struct flight *flight);
void flight_release(struct flight *flight);

/* The answer is here: takes over the reference to ANSWER and wakes everybody. */
void flight_end(struct flight *flight, struct dns_answer *answer, nanoseconds now);

/* Wait for the answer until DEADLINE.  NULL: not there.  The caller gets a reference to it; ENDED
 * is when it came. */
struct dns_answer *flight_wait(struct flight *flight, nanoseconds deadline, nanoseconds *ended);

#endif
