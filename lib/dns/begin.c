/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/begin.h"

static void count(atomic_ulong *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed);
}

/* The hash table inside a shard uses the low half of the hash. */
static struct shard *shard_of(struct resolver *resolver, const struct question *question)
{
    return &resolver->shards[(question->hash >> 32) % resolver->shard_count];
}

/* The backend's answer to a flight. */
static void landed(struct backend_question *asked, struct dns_answer *answer)
{
    struct flight *flight = (struct flight *)asked;
    struct resolver *resolver = flight->resolver;
    struct shard *shard = shard_of(resolver, &flight->question);
    nanoseconds now = clock_now();

    (void)pthread_mutex_lock(&shard->lock);
    HASH_DEL(shard->flights, flight);
    cache_put(&shard->cache, &flight->question, answer, now);
    (void)pthread_mutex_unlock(&shard->lock);
    atomic_fetch_sub_explicit(&resolver->in_flight, 1, memory_order_relaxed);
    flight_end(flight, answer, now);
    flight_release(flight);
}

/* Reserve a place among the questions in flight. */
static bool may_start(struct resolver *resolver)
{
    if (atomic_fetch_add(&resolver->in_flight, 1) < resolver->max_in_flight)
        return true;
    atomic_fetch_sub(&resolver->in_flight, 1);
    count(&resolver->overloads);
    return false;
}

struct begun resolver_refuse(const struct dns_name *name, enum dns_type type,
                             enum dns_failure failure)
{
    return (struct begun){.answer = dns_answer_failure(name, type, failure)};
}

/* The shard is locked. */
static struct begun take_off(struct resolver *resolver, struct shard *shard,
                             const struct dns_name *name, enum dns_type type,
                             const struct question *question, nanoseconds now)
{
    struct flight *flight;

    if (!may_start(resolver))
        return resolver_refuse(name, type, DNS_FAILURE_OVERLOAD);
    flight = flight_new(name, type, question, now);
    if (flight != NULL) {
        flight->asked.done = landed;
        flight->resolver = resolver;
        HASH_ADD_KEYPTR_BYHASHVALUE(hh, shard->flights, flight->question.key,
                                    flight->question.key_length, (unsigned)question->hash, flight);
        if (flight->hh.tbl != NULL)
            return (struct begun){.flight = flight_hold(flight)};
        flight_release(flight);
    }
    atomic_fetch_sub(&resolver->in_flight, 1);
    return resolver_refuse(name, type, DNS_FAILURE_SYSTEM);
}

/* The shard is locked. */
static struct begun join(struct resolver *resolver, struct flight *flight, nanoseconds now)
{
    if (now > flight->started && now - flight->started >= resolver->join_limit)
        return resolver_refuse(&flight->asked.name, flight->asked.type, DNS_FAILURE_TIMEOUT);
    count(&resolver->joined);
    return (struct begun){.flight = flight_hold(flight)};
}

struct begun resolver_begin(struct resolver *resolver, const struct dns_name *name,
                            enum dns_type type, const struct question *question, bool may_ask,
                            nanoseconds now)
{
    struct shard *shard = shard_of(resolver, question);
    struct begun begun = {.answer = NULL};
    struct flight *joinable = NULL;
    bool is_new = false;

    count(&resolver->queries);
    (void)pthread_mutex_lock(&shard->lock);
    begun.answer = cache_get(&shard->cache, question, now);
    if (begun.answer != NULL) {
        count(&resolver->hits);
    } else if (!may_ask) {
        begun = resolver_refuse(name, type, DNS_FAILURE_TIMEOUT);
    } else {
        HASH_FIND_BYHASHVALUE(hh, shard->flights, question->key, question->key_length,
                              (unsigned)question->hash, joinable);
        begun = joinable != NULL ? join(resolver, joinable, now)
                                 : take_off(resolver, shard, name, type, question, now);
        is_new = joinable == NULL && begun.flight != NULL;
    }
    (void)pthread_mutex_unlock(&shard->lock);
    if (is_new) {
        count(&resolver->upstream);
        resolver->backend->start(resolver->backend, &begun.flight->asked);
    }
    return begun;
}
