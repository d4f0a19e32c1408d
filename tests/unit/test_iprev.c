/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What the scenarios cannot show: memory that runs out, and which questions are started ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/iprev.h"
#include "tests/unit/verifier_bench.h"

static const char zone[] = "10.2.0.192.in-addr.arpa. PTR a.example.com.\n"
                           "10.2.0.192.in-addr.arpa. PTR b.example.com.\n"
                           "a.example.com. A 192.0.2.1\n"
                           "b.example.com. A 192.0.2.10\n"
                           "20.2.0.192.in-addr.arpa. PTR a.example.com.\n"
                           "30.2.0.192.in-addr.arpa. PTR c.example.com.\n"
                           "! c.example.com. A servfail\n";

static const struct {
    const char *client;
    enum vouch_result result;
    enum reason reason;
    const char *domain;
} checks[] = {
    {"192.0.2.10", VOUCH_PASS, REASON_IPREV_MATCH, "b.example.com"},
    {"192.0.2.20", VOUCH_FAIL, REASON_IPREV_MISMATCH, ""},
    {"192.0.2.30", VOUCH_TEMPERROR, REASON_IPREV_DNS, ""},
    {"192.0.2.40", VOUCH_PERMERROR, REASON_IPREV_NO_NAME, ""},
    {"2001:db8::1", VOUCH_PERMERROR, REASON_IPREV_NO_NAME, ""},
};

/* With too little memory there is no outcome, or the same outcome with less to tell; never another
 * verdict. */
static void test_memory_runs_out(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        bool complete = false;

        for (size_t limit = 0; limit <= 16384; limit += limit < 4096 ? 16 : 1024) {
            struct bench bench;
            const struct outcome *outcome;

            bench_begin(&bench, zone, checks[i].client, "mail.example.com", limit);
            outcome = iprev_verifier.check(&bench.check);
            complete = outcome != NULL;
            if (outcome != NULL) {
                assert_int_equal(outcome->result, checks[i].result);
                assert_int_equal(outcome->reason, checks[i].reason);
                assert_string_equal(outcome->domain, checks[i].domain);
                assert_non_null(outcome->detail);
                assert_null(outcome->next);
            }
            bench_end(&bench);
        }
        assert_true(complete);
    }
}

static void test_prefetch(void **state)
{
    static const struct {
        const char *client;
        unsigned queries;
    } cases[] = {{"192.0.2.10", 1}, {"2001:db8::1", 1}, {"", 0}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench bench;

        bench_begin(&bench, zone, cases[i].client, "mail.example.com", 65536);
        assert_true(check_applies(&bench.check, &iprev_verifier) == (cases[i].queries > 0));
        iprev_verifier.prefetch(&bench.check);
        assert_int_equal(budget_use(bench.check.budget).queries, cases[i].queries);
        bench_end(&bench);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_prefetch),
    };

    return cmocka_run_group_tests_name("iprev", tests, NULL, NULL);
}
