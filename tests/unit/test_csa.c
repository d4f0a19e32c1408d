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

#include "lib/verify/csa.h"
#include "lib/verify/helo.h"
#include "tests/unit/verifier_bench.h"

static const char zone[] = "_client._smtp.mail.example.com. SRV 1 2 0 a.example.com.\n"
                           "_client._smtp.mail.example.com. SRV 1 2 0 b.example.com.\n"
                           "_client._smtp.mail.example.com. SRV 1 3 0 .\n"
                           "_client._smtp.www.example.com. SRV 1 1 0 .\n"
                           "_client._smtp.example.com. SRV 1 1 1 .\n"
                           "_client._smtp.10.2.0.192.in-addr.arpa. SRV 1 2 0 b.example.com.\n"
                           "mail.example.com. A 192.0.2.80\n"
                           "a.example.com. A 192.0.2.1\n"
                           "b.example.com. A 192.0.2.10\n";

static const struct {
    const struct verifier *verifier;
    const char *helo;
    enum reason reason;
} checks[] = {
    {&csa_verifier, "mail.example.com", REASON_CSA_OK},
    {&csa_verifier, "www.example.com", REASON_CSA_NOT_AUTHORIZED},
    {&csa_verifier, "x.y.example.com", REASON_CSA_EXPLICIT},
    {&csa_verifier, "[192.0.2.10]", REASON_CSA_OK},
    {&csa_verifier, "", REASON_HELO_MISSING},
    {&helo_verifier, "mail.example.com", REASON_HELO_ADDRESS_MISMATCH},
    {&helo_verifier, "localhost", REASON_HELO_SINGLE_LABEL},
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

            bench_begin(&bench, zone, "192.0.2.10", checks[i].helo, limit);
            bench.settings.csa.address_literals = true;
            outcome = checks[i].verifier->check(&bench.check);
            assert_true(outcome != NULL || !complete);
            if (outcome != NULL) {
                complete = true;
                assert_int_equal(outcome->reason, checks[i].reason);
                assert_non_null(outcome->domain);
                assert_non_null(outcome->detail);
                assert_null(outcome->next);
            }
            bench_end(&bench);
        }
        assert_true(complete);
    }
}

static const struct {
    const struct verifier *verifier;
    const char *helo;
    bool address_literals;
    unsigned queries;
} prefetches[] = {
    {&csa_verifier, "mail.example.com", false, 2}, /* the record and the name's addresses */
    {&csa_verifier, "x.y.example.com", false, 2},  /* no parent before it is needed */
    {&csa_verifier, "[192.0.2.10]", false, 0},      {&csa_verifier, "[192.0.2.10]", true, 1},
    {&csa_verifier, "localhost", true, 0},          {&csa_verifier, "", true, 0},
    {&helo_verifier, "mail.example.com", false, 1}, {&helo_verifier, "[192.0.2.10]", true, 0},
    {&helo_verifier, "localhost", false, 0},
};

static void test_prefetch(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof prefetches / sizeof prefetches[0]; i++) {
        struct bench bench;

        bench_begin(&bench, zone, "192.0.2.10", prefetches[i].helo, 65536);
        bench.settings.csa.address_literals = prefetches[i].address_literals;
        prefetches[i].verifier->prefetch(&bench.check);
        assert_int_equal(budget_use(bench.check.budget).queries, prefetches[i].queries);
        bench_end(&bench);
    }
}

/* A client without an address has nothing asked for it. */
static void test_prefetch_without_client(void **state)
{
    struct bench bench;

    (void)state;
    bench_begin(&bench, zone, "192.0.2.10", "mail.example.com", 65536);
    bench.facts.client.family = IP_NONE;
    csa_verifier.prefetch(&bench.check);
    helo_verifier.prefetch(&bench.check);
    assert_int_equal(budget_use(bench.check.budget).queries, 0);
    bench_end(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_prefetch),
        cmocka_unit_test(test_prefetch_without_client),
    };

    return cmocka_run_group_tests_name("csa", tests, NULL, NULL);
}
