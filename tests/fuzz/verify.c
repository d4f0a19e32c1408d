/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/fuzz/verify.h"

#include <string.h>

#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 4 * 1024 * 1024, TROUBLES_MAX = 16, MEMORY_PARTS = 6 };

/* One run of a verifier, and what it lives on. */
struct run {
    struct resolver *resolver;
    struct budget *budget;
    struct arena *arena;
    const struct outcome *outcomes;
};

static struct run run_over(const struct fuzz_case *fuzzed, struct resolver *resolver, bool prefetch,
                           size_t memory)
{
    const struct budget_limits limits = budget_defaults();
    struct run run = {.resolver = resolver_hold(resolver), .budget = budget_new(&limits)};
    struct check check = {.facts = &fuzzed->facts,
                          .settings = &fuzzed->settings,
                          .resolver = resolver,
                          .budget = run.budget,
                          .outcomes = fuzzed->outcomes,
                          .began = clock_now()};

    FUZZ_CHECK(run.budget != NULL);
    run.arena = check.arena = fuzz_arena(memory);
    if (prefetch && fuzzed->verifier->prefetch != NULL)
        fuzzed->verifier->prefetch(&check);
    run.outcomes = fuzzed->verifier->check(&check);
    FUZZ_CHECK(run.outcomes != NULL || memory < ARENA_LIMIT);
    FUZZ_CHECK(arena_used(run.arena) <= memory);
    return run;
}

static void end_run(struct run *run)
{
    arena_free(run->arena);
    budget_free(run->budget);
    resolver_release(run->resolver);
}

static struct run run_once(const struct fuzz_case *fuzzed, struct fuzz_dns *dns, bool prefetch)
{
    struct resolver *resolver = fuzz_dns_resolver(dns);
    struct run run = run_over(fuzzed, resolver, prefetch, ARENA_LIMIT);

    resolver_release(resolver);
    return run;
}

static bool same_results(const struct outcome *a, const struct outcome *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        if (a->method != b->method || a->identity != b->identity || a->result != b->result)
            return false;
    return a == NULL && b == NULL;
}

static bool same_outcomes(const struct outcome *a, const struct outcome *b)
{
    if (!same_results(a, b))
        return false;
    for (; a != NULL; a = a->next, b = b->next)
        if (a->reason != b->reason || strcmp(a->domain, b->domain) != 0 ||
            strcmp(a->detail, b->detail) != 0)
            return false;
    return true;
}

static bool is_ordered(const struct fuzz_case *fuzzed, const struct outcome *outcome)
{
    for (; outcome != NULL; outcome = outcome->next)
        if (outcome->reason == fuzzed->ordered && outcome->reason != REASON_NONE)
            return true;
    return false;
}

static void check_outcomes(const struct outcome *outcome, const struct fuzz_dns *dns)
{
    for (; outcome != NULL; outcome = outcome->next) {
        FUZZ_CHECK(outcome->security != DNS_SECURE || dns->secure > 0);
        FUZZ_CHECK((int)outcome->result < VOUCH_RESULT_COUNT);
        FUZZ_CHECK(outcome->reason < REASON_COUNT);
        FUZZ_CHECK(fuzz_is_printable(outcome->domain) && fuzz_is_printable(outcome->detail));
        FUZZ_CHECK(outcome->trace_count <= TRACE_LIMIT);
        for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next)
            FUZZ_CHECK(fuzz_is_printable(step->asked) && fuzz_is_printable(step->answer) &&
                       fuzz_is_printable(step->rule));
    }
}

static void check_prefetched(const struct fuzz_case *fuzzed, struct fuzz_dns *dns,
                             const struct run *clean)
{
    struct run prefetched = run_once(fuzzed, dns, true);
    struct run cached = run_over(fuzzed, prefetched.resolver, false, ARENA_LIMIT);

    FUZZ_CHECK(same_outcomes(clean->outcomes, prefetched.outcomes));
    FUZZ_CHECK(dns->failures > 0 || same_outcomes(clean->outcomes, cached.outcomes));
    end_run(&cached);
    end_run(&prefetched);
}

static void check_reversed(const struct fuzz_case *fuzzed, struct fuzz_dns *dns,
                           const struct run *clean)
{
    struct run reversed;

    fuzz_dns_reverse(dns);
    reversed = run_once(fuzzed, dns, false);
    FUZZ_CHECK(dns->failures > 0 || is_ordered(fuzzed, clean->outcomes) ||
               is_ordered(fuzzed, reversed.outcomes) ||
               same_results(clean->outcomes, reversed.outcomes));
    end_run(&reversed);
    fuzz_dns_reverse(dns);
}

static void check_without_dns(const struct fuzz_case *fuzzed, struct fuzz_dns *dns)
{
    struct run run;

    dns->fails = true;
    run = run_once(fuzzed, dns, false);
    for (const struct outcome *outcome = run.outcomes; outcome != NULL; outcome = outcome->next)
        FUZZ_CHECK(dns->asked == 0 || outcome->result == VOUCH_TEMPERROR ||
                   outcome->result == VOUCH_NONE);
    end_run(&run);
    dns->fails = false;
}

/* Each outcome is temperror or what is expected, or `none` if that is good
 * enough. */
static void expect_or_temperror(const struct outcome *outcome, const struct outcome *expected,
                                bool none_enough)
{
    for (; outcome != NULL; outcome = outcome->next) {
        FUZZ_CHECK(expected != NULL);
        FUZZ_CHECK(outcome->result == VOUCH_TEMPERROR || outcome->result == expected->result ||
                   (none_enough && outcome->result == VOUCH_NONE));
        expected = expected->next;
    }
}

static void check_trouble(const struct fuzz_case *fuzzed, struct fuzz_dns *dns,
                          const struct run *clean, unsigned questions)
{
    for (unsigned at = 1; at <= questions && at <= TROUBLES_MAX; at++) {
        struct run run;

        dns->fails_at = at;
        run = run_once(fuzzed, dns, false);
        expect_or_temperror(run.outcomes, clean->outcomes, fuzzed->trouble_hides);
        end_run(&run);
    }
    dns->fails_at = 0;
}

static void check_in_little_memory(const struct fuzz_case *fuzzed, struct fuzz_dns *dns,
                                   const struct run *clean)
{
    size_t used = arena_used(clean->arena);
    struct resolver *resolver = fuzz_dns_resolver(dns);

    for (unsigned parts = 1; parts < MEMORY_PARTS; parts++) {
        struct run run = run_over(fuzzed, resolver, false, used / MEMORY_PARTS * parts + 1);

        expect_or_temperror(run.outcomes, clean->outcomes, false);
        end_run(&run);
    }
    resolver_release(resolver);
}

void fuzz_verify(const struct fuzz_case *fuzzed, struct fuzz_dns *dns)
{
    struct run clean = run_once(fuzzed, dns, false);
    unsigned questions = dns->asked;

    check_outcomes(clean.outcomes, dns);
    check_prefetched(fuzzed, dns, &clean);
    check_reversed(fuzzed, dns, &clean);
    check_without_dns(fuzzed, dns);
    check_in_little_memory(fuzzed, dns, &clean);
    if (fuzzed->trouble_shows || fuzzed->trouble_hides)
        check_trouble(fuzzed, dns, &clean, questions);
    end_run(&clean);
}
