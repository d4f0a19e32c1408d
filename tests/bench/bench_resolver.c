/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */

/* bench_resolver - what a question costs without a network: answered from the cache, and by the
 * zone backend (key, flight, packet, decoding).  Each transaction asks ten different questions. */

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/dns/resolver.h"

enum { NAMES = 1000, PER_BUDGET = 10, THREADS_MAX = 8, ZONE_SIZE = 1 << 16 };

struct worker {
    pthread_t thread;
    struct resolver *resolver;
    unsigned first, transactions;
};

static struct dns_name names[NAMES];

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "bench_resolver: %s\n", what);
    exit(1);
}

static void make_zone(char zone[ZONE_SIZE])
{
    size_t length = 0;

    for (unsigned i = 0; i < NAMES; i++) {
        char text[40];
        int size = snprintf(text, sizeof text, "h%u.mail.example.com", i);

        if (dns_name_from_text(text, (size_t)size, &names[i]) != 0)
            die("name");
        length +=
            (size_t)snprintf(zone + length, ZONE_SIZE - length, "%s 3600 A 192.0.2.1\n", text);
    }
}

static struct resolver *make_resolver(size_t cache_bytes)
{
    struct resolver_settings settings = resolver_defaults();
    static char zone[ZONE_SIZE];
    struct resolver *resolver;
    unsigned line;

    settings.cache_bytes = cache_bytes;
    make_zone(zone);
    if (resolver_new_zone(&settings, zone, &resolver, &line) != 0)
        die("zone");
    return resolver;
}

static void ask(struct resolver *resolver, unsigned first)
{
    const struct budget_limits limits = budget_defaults();
    struct budget *budget = budget_new(&limits);

    if (budget == NULL)
        die("memory");
    for (unsigned i = 0; i < PER_BUDGET; i++)
        if (resolver_query(resolver, budget, &names[(first + i) % NAMES], DNS_A, NULL, NULL)
                ->status != DNS_RECORDS)
            die("wrong answer");
    budget_free(budget);
}

static void *work(void *argument)
{
    struct worker *worker = argument;

    for (unsigned i = 0; i < worker->transactions; i++)
        ask(worker->resolver, worker->first + i * PER_BUDGET);
    return NULL;
}

static double cpu_seconds(void)
{
    struct timespec used;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + (double)used.tv_nsec / 1e9;
}

static void measure(const char *what, struct resolver *resolver, unsigned threads,
                    unsigned transactions)
{
    struct worker workers[THREADS_MAX];
    const double questions = (double)threads * transactions * PER_BUDGET;
    double cpu = cpu_seconds();
    nanoseconds start = clock_now();

    for (unsigned i = 0; i < threads; i++) {
        workers[i] = (struct worker){
            .resolver = resolver, .first = i * NAMES / threads, .transactions = transactions};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
            die("thread");
    }
    for (unsigned i = 0; i < threads; i++)
        (void)pthread_join(workers[i].thread, NULL);
    cpu = cpu_seconds() - cpu;
    printf("%-5s %u threads: %6.2f us CPU a question, %9.0f questions/s\n", what, threads,
           cpu / questions * 1e6,
           questions / ((double)(clock_now() - start) / (double)NANOSECONDS_PER_SECOND));
}

int main(void)
{
    static const unsigned threads[] = {1, 2, THREADS_MAX};
    struct resolver *warm = make_resolver(resolver_defaults().cache_bytes);
    struct resolver *cold = make_resolver(0);

    for (unsigned i = 0; i < NAMES; i += PER_BUDGET)
        ask(warm, i);
    for (size_t i = 0; i < sizeof threads / sizeof threads[0]; i++) {
        measure("hit", warm, threads[i], 200000 / threads[i]);
        measure("miss", cold, threads[i], 20000 / threads[i]);
    }
    resolver_release(warm);
    resolver_release(cold);
    return 0;
}
