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
#include "tests/unit/verifier_bench.h"

static const char zone[] = "example.com. MX 10 mail.example.com.\n"
                           "null.example.com. MX 0 .\n"
                           "! dead.example.com. MX servfail\n";

/* The reverse-path's memory is not the outcomes'. */
struct sender_bench {
    struct bench bench;
    struct arena *paths;
};

static void begin(struct sender_bench *sender, const char *reverse_path, size_t arena_limit)
{
    bench_begin(&sender->bench, zone, "192.0.2.9", "", arena_limit);
    sender->paths = arena_new(65536);
    assert_int_equal(path_parse(sender->paths, reverse_path, &sender->bench.facts.reverse_path),
                     VOUCH_OK);
}

static void end(struct sender_bench *sender)
{
    bench_end(&sender->bench);
    arena_free(sender->paths);
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
        struct sender_bench bench;

        begin(&bench, cases[i].reverse_path, 65536);
        assert_true(check_applies(&bench.bench.check, &sender_verifier) == cases[i].applies);
        if (cases[i].applies)
            sender_verifier.prefetch(&bench.bench.check);
        assert_int_equal(budget_use(bench.bench.check.budget).queries, cases[i].queries);
        end(&bench);
    }
}

/* Mail that is submitted locally. */
static void test_no_client(void **state)
{
    struct sender_bench bench;

    (void)state;
    begin(&bench, "a@null.example.com", 65536);
    bench.bench.facts.client.family = IP_NONE;
    assert_false(check_applies(&bench.bench.check, &sender_verifier));
    end(&bench);
}

/* With too little memory there is no outcome, or the same outcome with less to tell; never another
 * verdict. */
static void test_memory_runs_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES && cases[i].applies; i++) {
        bool complete = false;

        for (size_t limit = 0; limit <= 16384; limit += limit < 4096 ? 16 : 1024) {
            struct sender_bench bench;
            const struct outcome *outcome;

            begin(&bench, cases[i].reverse_path, limit);
            outcome = sender_verifier.check(&bench.bench.check);
            complete = outcome != NULL;
            if (outcome != NULL) {
                assert_int_equal(outcome->result, cases[i].result);
                assert_int_equal(outcome->reason, cases[i].reason);
                assert_non_null(outcome->domain);
                assert_non_null(outcome->detail);
                assert_null(outcome->next);
            }
            end(&bench);
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
