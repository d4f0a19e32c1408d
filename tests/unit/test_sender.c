/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The reverse-path's domain: what is asked ahead, and memory that runs out.  Its results and rules
 * are in tests/scenarios/sender.scn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/sender.h"

static const char zone[] = "example.com. MX 10 mail.example.com.\n"
                           "null.example.com. MX 0 .\n"
                           "! dead.example.com. MX servfail\n";

struct bench {
    struct arena *paths;
    struct facts facts;
    struct verify_settings settings;
    struct resolver *resolver;
    struct check check;
};

static void bench_begin(struct bench *bench, const char *reverse_path, size_t arena_limit)
{
    struct resolver_settings settings = resolver_defaults();
    struct budget_limits limits = budget_defaults();
    unsigned line;

    *bench = (struct bench){.paths = arena_new(65536), .facts = {.helo = ""}};
    assert_true(ip_parse("192.0.2.9", strlen("192.0.2.9"), &bench->facts.client));
    assert_int_equal(path_parse(bench->paths, reverse_path, &bench->facts.reverse_path), VOUCH_OK);
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

static void bench_end(struct bench *bench)
{
    budget_free(bench->check.budget);
    arena_free(bench->check.arena);
    arena_free(bench->paths);
    resolver_release(bench->resolver);
}

static const struct {
    const char *reverse_path;
    bool applies;
    unsigned queries; /* that are prefetched */
    enum vouch_result result;
    enum reason reason;
} cases[] = {
    {"a@example.com", true, 1, VOUCH_PASS, REASON_SENDER_MX},
    {"a@null.example.com", true, 1, VOUCH_FAIL, REASON_SENDER_NULL_MX},
    {"a@dead.example.com", true, 1, VOUCH_TEMPERROR, REASON_SENDER_DNS},
    {"a@other.example", true, 1, VOUCH_NONE, REASON_SENDER_NXDOMAIN},
    {"a@.", true, 0, VOUCH_NONE, REASON_SENDER_NO_DOMAIN},
    {"a@b..c", true, 0, VOUCH_NONE, REASON_SENDER_NO_DOMAIN},
    {"a@[192.0.2.1]", true, 0, VOUCH_PERMERROR, REASON_SENDER_ADDRESS_LITERAL},
    {"a@192.0.2.1", true, 0, VOUCH_PERMERROR, REASON_SENDER_ADDRESS_LITERAL},
    {"<>", false, 0, VOUCH_NONE, REASON_NONE},
    {"", false, 0, VOUCH_NONE, REASON_NONE},
    {"postmaster", false, 0, VOUCH_NONE, REASON_NONE},
    {"a@", false, 0, VOUCH_NONE, REASON_NONE},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static void test_prefetch(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        struct bench bench;

        bench_begin(&bench, cases[i].reverse_path, 65536);
        assert_true(check_applies(&bench.check, &sender_verifier) == cases[i].applies);
        if (cases[i].applies)
            sender_verifier.prefetch(&bench.check);
        assert_int_equal(budget_use(bench.check.budget).queries, cases[i].queries);
        bench_end(&bench);
    }
}

/* Mail that is submitted locally. */
static void test_no_client(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench, "a@null.example.com", 65536);
    bench.facts.client.family = IP_NONE;
    assert_false(check_applies(&bench.check, &sender_verifier));
    bench_end(&bench);
}

/* With too little memory there is no outcome, or the same outcome with less to tell; never another
 * verdict. */
static void test_memory_runs_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES && cases[i].applies; i++) {
        bool complete = false;

        for (size_t limit = 0; limit <= 16384; limit += limit < 4096 ? 16 : 1024) {
            struct bench bench;
            const struct outcome *outcome;

            bench_begin(&bench, cases[i].reverse_path, limit);
            outcome = sender_verifier.check(&bench.check);
            complete = outcome != NULL;
            if (outcome != NULL) {
                assert_int_equal(outcome->result, cases[i].result);
                assert_int_equal(outcome->reason, cases[i].reason);
                assert_non_null(outcome->domain);
                assert_non_null(outcome->detail);
                assert_null(outcome->next);
            }
            bench_end(&bench);
        }
        assert_true(complete);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_prefetch),
        cmocka_unit_test(test_no_client),
        cmocka_unit_test(test_memory_runs_out),
    };

    return cmocka_run_group_tests_name("sender", tests, NULL, NULL);
}
