/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */

/* dnssec = auto over name servers that let nobody validate; tests/mta/test_dnssec.py has those that
 * do. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/dnsd/resolver_fixture.h"

static char anchor[] = "/tmp/vouch-anchor-XXXXXX";
static struct resolver *resolver;

static void new_resolver(enum dnssec_mode mode)
{
    const char *nameserver = dnsd_child_address(fixture_dns);
    struct resolver_settings settings = resolver_defaults();

    settings.nameservers = &nameserver;
    settings.nameserver_count = 1;
    settings.dnssec = mode;
    settings.trust_anchor = anchor;
    assert_int_equal(resolver_new(&settings, &resolver), VOUCH_OK);
}

static enum dns_status ask(const char *text, enum dns_security *security)
{
    struct budget *budget = fixture_new_budget(LONG_MS);
    struct dns_name name = fixture_name(text);
    const struct dns_answer *answer = resolver_query(resolver, budget, &name, DNS_A, NULL, NULL);
    enum dns_status status = answer->status;

    *security = answer->security;
    budget_free(budget);
    return status;
}

static void expect_found(enum vouch_dnssec wanted)
{
    for (int i = 0; i < LONG_MS / 10 && resolver_dnssec(resolver) != wanted; i++)
        (void)usleep(10000);
    assert_int_equal(resolver_dnssec(resolver), wanted);
}

static void test_no_signatures(void **state)
{
    enum dns_security security;

    (void)state;
    new_resolver(DNSSEC_AUTO);
    assert_int_equal(ask("mail.example.com", &security), DNS_RECORDS);
    assert_int_equal(security, DNS_INDETERMINATE);
    assert_int_equal(resolver_dnssec(resolver), VOUCH_DNSSEC_STRIPPED);
    resolver_release(resolver);
}

/* A name server that refuses to speak of keys shows nothing, and delays the first answer, but does
 * not prevent it. */
static void test_no_keys(void **state)
{
    enum dns_security security;

    (void)state;
    fixture_command("! example.com DNSKEY servfail");
    new_resolver(DNSSEC_AUTO);
    assert_int_equal(ask("mail.example.com", &security), DNS_RECORDS);
    assert_int_equal(security, DNS_INDETERMINATE);
    assert_int_equal(resolver_dnssec(resolver), VOUCH_DNSSEC_PROBING);
    resolver_release(resolver);
}

static void test_silence_at_start(void **state)
{
    enum dns_security security;

    (void)state;
    fixture_command("silent");
    new_resolver(DNSSEC_AUTO);
    assert_int_equal(resolver_dnssec(resolver), VOUCH_DNSSEC_PROBING);
    fixture_command("normal");
    assert_int_equal(ask("mail.example.com", &security), DNS_RECORDS);
    expect_found(VOUCH_DNSSEC_STRIPPED);
    resolver_release(resolver);
}

/* Released while questions wait for the probe. */
static void test_end_while_waiting(void **state)
{
    struct budget *budget = fixture_new_budget(LONG_MS);
    struct dns_name name = fixture_name("mail.example.com");

    (void)state;
    fixture_command("silent");
    new_resolver(DNSSEC_AUTO);
    resolver_prefetch(resolver, budget, &name, DNS_A);
    resolver_release(resolver);
    budget_free(budget);
}

static void test_validation_without_signatures(void **state)
{
    enum dns_security security;

    (void)state;
    new_resolver(DNSSEC_YES);
    assert_int_equal(resolver_dnssec(resolver), VOUCH_DNSSEC_ON);
    assert_int_equal(ask("mail.example.com", &security), DNS_FAILURE);
    assert_int_equal(security, DNS_BOGUS);
    resolver_release(resolver);
}

static void test_no_anchor(void **state)
{
    struct resolver_settings settings = resolver_defaults();
    const char *nameserver = dnsd_child_address(fixture_dns);
    enum dns_security security;

    (void)state;
    settings.nameservers = &nameserver;
    settings.nameserver_count = 1;
    settings.trust_anchor = "/nonexistent/anchor";
    settings.dnssec = DNSSEC_YES;
    assert_int_equal(resolver_new(&settings, &resolver), VOUCH_ERROR_SYSTEM);
    settings.dnssec = DNSSEC_AUTO;
    assert_int_equal(resolver_new(&settings, &resolver), VOUCH_OK);
    assert_int_equal(resolver_dnssec(resolver), VOUCH_DNSSEC_NO_ANCHOR);
    assert_int_equal(ask("mail.example.com", &security), DNS_RECORDS);
    resolver_release(resolver);
}

static int make_anchor(void **state)
{
    static const char record[] = "example.com. IN DS 20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D084"
                                 "58E880409BBC683457104237C7F8EC8D\n";
    int descriptor = mkstemp(anchor);

    (void)state;
    (void)alarm(HANG_SECONDS);
    if (descriptor < 0 || write(descriptor, record, strlen(record)) != (ssize_t)strlen(record))
        return -1;
    return close(descriptor);
}

static int remove_anchor(void **state)
{
    (void)state;
    return unlink(anchor);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_no_signatures),
        TEST(test_no_keys),
        TEST(test_silence_at_start),
        TEST(test_end_while_waiting),
        TEST(test_validation_without_signatures),
        TEST(test_no_anchor),
    };

    return cmocka_run_group_tests(tests, make_anchor, remove_anchor);
}
