/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef UNIT_VERIFIER_BENCH_H
#define UNIT_VERIFIER_BENCH_H

/* verifier_bench.h - a verifier and all it works with, over a zone in memory.  Include it behind
 * cmocka.h. */

#include <string.h>

#include "lib/verify/verifier.h"

struct bench {
    struct facts facts;
    struct verify_settings settings;
    struct resolver *resolver;
    struct check check;
};

/* CLIENT says HELO; no more than ARENA_LIMIT octets are there for outcomes.  What is in *BENCH
 * before is forgotten. */
static inline void bench_begin(struct bench *bench, const char *zone, const char *client,
                               const char *helo, size_t arena_limit)
{
    struct resolver_settings settings = resolver_defaults();
    struct budget_limits limits = budget_defaults();
    unsigned line;

    *bench = (struct bench){.facts = {.helo = helo}};
    assert_true(ip_parse(client, strlen(client), &bench->facts.client) || client[0] == '\0');
    assert_int_equal(resolver_new_zone(&settings, zone, &bench->resolver, &line), VOUCH_OK);
    bench->check = (struct check){
        .facts = &bench->facts,
        .settings = &bench->settings,
        .resolver = bench->resolver,
        .budget = budget_new(&limits),
        .arena = arena_new(arena_limit),
    };
    assert_non_null(bench->check.budget);
    assert_non_null(bench->check.arena);
    budget_resume(bench->check.budget);
}

static inline void bench_end(struct bench *bench)
{
    budget_free(bench->check.budget);
    arena_free(bench->check.arena);
    resolver_release(bench->resolver);
}

#endif
