/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_BEGIN_H
#define DNS_BEGIN_H

/* begin.h - the inside of a resolver, and how a question begins.  Private to lib/dns. */

#include <pthread.h>
#include <stdatomic.h>

#include "lib/dns/cache.h"
#include "lib/dns/flight.h"

enum { SHARDS_MAX = 16 };

/* Cache and flights of a part of all questions.  Both under one lock: a question is in one of them
 * from when it is first asked until its TTL is over, so nobody asks it a second time in between. */
struct shard {
    pthread_mutex_t lock;
    struct cache cache;
    struct flight *flights;
};

struct resolver {
    atomic_uint references;
    struct backend *backend;
    unsigned max_in_flight;
    nanoseconds join_limit;
    uint8_t secret[QUESTION_SECRET_SIZE];
    atomic_ulong queries, hits, joined, upstream, overloads, in_flight;
    unsigned shard_count;
    struct shard shards[SHARDS_MAX];
};

/* What the caller gets for a question: an answer or a flight, with a reference, never both. */
struct begun {
    struct dns_answer *answer;
    struct flight *flight;
};

/* Answer from the cache, join a flight or start one.  MAY_ASK false: the cache only. */
struct begun resolver_begin(struct resolver *resolver, const struct dns_name *name,
                            enum dns_type type, const struct question *question, bool may_ask,
                            nanoseconds now);

/* A failure in place of a beginning. */
struct begun resolver_refuse(const struct dns_name *name, enum dns_type type,
                             enum dns_failure failure);

#endif
