/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/resolver.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#include "lib/dns/answer_new.h"
#include "lib/dns/begin.h"
#include "lib/dns/budget.h"

/* Few shards for a small cache: a big answer must still fit into one. */
enum { SHARD_BYTES_MIN = 256 * 1024 };

struct resolver_settings resolver_defaults(void)
{
    return (struct resolver_settings){
        .cache_bytes = 16u << 20, .max_in_flight = 2000, .trust_anchor = ""};
}

struct resolver_tuning resolver_tuning_defaults(void)
{
    return (struct resolver_tuning){.join_limit = 5 * NANOSECONDS_PER_SECOND,
                                    .lost_after = 90 * NANOSECONDS_PER_SECOND};
}

static unsigned shards_for(size_t cache_bytes)
{
    size_t count = cache_bytes / SHARD_BYTES_MIN;

    if (cache_bytes == 0 || count > SHARDS_MAX)
        return SHARDS_MAX;
    return count > 0 ? (unsigned)count : 1;
}

static bool init_shards(struct resolver *resolver, size_t cache_bytes)
{
    unsigned wanted = shards_for(cache_bytes);

    for (; resolver->shard_count < wanted; resolver->shard_count++) {
        struct shard *shard = &resolver->shards[resolver->shard_count];

        if (pthread_mutex_init(&shard->lock, NULL) != 0)
            return false;
        cache_init(&shard->cache, cache_bytes / wanted);
    }
    return true;
}

/* End the questions that no answer came for: transactions may still hold on to them. */
static void abandon_flights(struct shard *shard)
{
    struct flight *flight, *next;

    HASH_ITER(hh, shard->flights, flight, next)
    {
        HASH_DEL(shard->flights, flight);
        flight_end(flight,
                   dns_answer_failure(&flight->asked.name, flight->asked.type, DNS_FAILURE_TIMEOUT),
                   clock_now());
        flight_release(flight);
    }
}

static void destroy(struct resolver *resolver)
{
    resolver->backend->stop(resolver->backend);
    for (unsigned i = 0; i < resolver->shard_count; i++) {
        struct shard *shard = &resolver->shards[i];

        abandon_flights(shard);
        cache_clear(&shard->cache);
        (void)pthread_mutex_destroy(&shard->lock);
    }
    sodium_memzero(resolver->secret, sizeof resolver->secret);
    free(resolver);
}

int resolver_new_over(const struct resolver_settings *settings,
                      const struct resolver_tuning *tuning, struct backend *backend,
                      struct resolver **resolver)
{
    struct resolver *made = NULL;

    if (sodium_init() >= 0)
        made = calloc(1, sizeof *made);
    if (made == NULL) {
        backend->stop(backend);
        return VOUCH_ERROR_MEMORY;
    }
    atomic_init(&made->references, 1);
    made->backend = backend;
    made->max_in_flight = settings->max_in_flight;
    made->join_limit = tuning->join_limit;
    randombytes_buf(made->secret, sizeof made->secret);
    if (!init_shards(made, settings->cache_bytes)) {
        destroy(made);
        return VOUCH_ERROR_MEMORY;
    }
    *resolver = made;
    return VOUCH_OK;
}

int resolver_new(const struct resolver_settings *settings, struct resolver **resolver)
{
    const struct resolver_tuning tuning = resolver_tuning_defaults();
    struct backend *backend;
    int error = backend_unbound_new(settings, &tuning, &backend);

    return error != 0 ? error : resolver_new_over(settings, &tuning, backend, resolver);
}

int resolver_new_zone(const struct resolver_settings *settings, const char *text,
                      struct resolver **resolver, unsigned *problem_line)
{
    const struct resolver_tuning tuning = resolver_tuning_defaults();
    struct backend *backend;
    int error = backend_zone_new(text, &backend, problem_line);

    return error != 0 ? error : resolver_new_over(settings, &tuning, backend, resolver);
}

struct resolver *resolver_hold(struct resolver *resolver)
{
    atomic_fetch_add_explicit(&resolver->references, 1, memory_order_relaxed);
    return resolver;
}

void resolver_release(struct resolver *resolver)
{
    if (resolver != NULL &&
        atomic_fetch_sub_explicit(&resolver->references, 1, memory_order_acq_rel) == 1)
        destroy(resolver);
}

enum vouch_dnssec resolver_dnssec(struct resolver *resolver)
{
    struct backend *backend = resolver->backend;

    return backend->dnssec != NULL ? backend->dnssec(backend) : VOUCH_DNSSEC_OFF;
}

void resolver_counters(struct resolver *resolver, struct vouch_counters *counters)
{
    *counters = (struct vouch_counters){.queries = atomic_load(&resolver->queries),
                                        .hits = atomic_load(&resolver->hits),
                                        .joined = atomic_load(&resolver->joined),
                                        .upstream = atomic_load(&resolver->upstream),
                                        .overloads = atomic_load(&resolver->overloads),
                                        .in_flight = atomic_load(&resolver->in_flight)};
    for (unsigned i = 0; i < resolver->shard_count; i++) {
        struct shard *shard = &resolver->shards[i];

        (void)pthread_mutex_lock(&shard->lock);
        counters->cache_bytes += cache_bytes(&shard->cache);
        counters->cache_entries += cache_count(&shard->cache);
        (void)pthread_mutex_unlock(&shard->lock);
    }
}

/* Ask a question that the transaction has not asked yet.  NULL: it could not be noted down, and
 * FAILURE says why. */
static struct memo *ask(struct resolver *resolver, struct budget *budget,
                        const struct dns_name *name, enum dns_type type,
                        const struct question *question, enum dns_failure *failure)
{
    bool paid = budget_has_queries(budget);
    nanoseconds now = clock_now();
    struct memo *memo = budget_remember(budget, question, paid, now);
    struct begun begun;

    *failure = paid ? DNS_FAILURE_SYSTEM : DNS_FAILURE_BUDGET;
    if (memo == NULL)
        return NULL;
    begun = paid ? resolver_begin(resolver, name, type, question,
                                  budget_deadline(budget, now) > now, now)
                 : resolver_refuse(name, type, DNS_FAILURE_BUDGET);
    if (begun.flight != NULL)
        memo->flight = begun.flight;
    else
        budget_answered(budget, memo, begun.answer, 0);
    return memo;
}

/* Wait for a question of the transaction. */
static void await(struct budget *budget, struct memo *memo, const struct dns_name *name,
                  enum dns_type type)
{
    nanoseconds ended = 0;
    struct dns_answer *answer =
        flight_wait(memo->flight, budget_deadline(budget, clock_now()), &ended);

    if (answer == NULL) {
        ended = clock_now();
        answer = dns_answer_failure(name, type, DNS_FAILURE_TIMEOUT);
    }
    budget_answered(budget, memo, answer, ended > memo->asked ? ended - memo->asked : 0);
}

const struct dns_answer *resolver_query(struct resolver *resolver, struct budget *budget,
                                        const struct dns_name *name, enum dns_type type,
                                        nanoseconds *asked, nanoseconds *took)
{
    const bool was_running = budget_is_running(budget);
    enum dns_failure failure;
    struct question question;
    struct memo *memo;

    budget_resume(budget); /* waiting is paid for even by those who forgot to say so */
    question_make(name, type, resolver->secret, &question);
    memo = budget_find(budget, &question);
    if (memo == NULL)
        memo = ask(resolver, budget, name, type, &question, &failure);
    if (memo != NULL && memo->flight != NULL)
        await(budget, memo, name, type);
    if (!was_running)
        budget_pause(budget);
    if (asked != NULL)
        *asked = memo != NULL ? memo->asked : clock_now();
    if (took != NULL)
        *took = memo != NULL ? memo->took : 0;
    return memo != NULL ? memo->answer : dns_answer_static(failure);
}

/* Half of the places in flight are kept for questions that somebody waits for: who has us prefetch
 * the names of silent servers, by HELO upon HELO, takes no more than the other half. */
static bool has_room(struct resolver *resolver)
{
    return atomic_load(&resolver->in_flight) < (resolver->max_in_flight + 1) / 2;
}

void resolver_prefetch(struct resolver *resolver, struct budget *budget,
                       const struct dns_name *name, enum dns_type type)
{
    enum dns_failure failure;
    struct question question;

    if (!budget_has_queries(budget) || budget_is_spent(budget) || !has_room(resolver))
        return;
    question_make(name, type, resolver->secret, &question);
    if (budget_find(budget, &question) == NULL)
        (void)ask(resolver, budget, name, type, &question, &failure);
}
