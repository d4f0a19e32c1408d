/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */

/* The answers of a server that is well: every type, odd names, time to live. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/dnsd/resolver_fixture.h"

static void assert_ptr(const char *name, const char *target)
{
    struct dns_answer *answer = fixture_ask(name, DNS_PTR, LONG_MS);
    struct dns_name expected = fixture_name(target);

    assert_int_equal(answer->status, DNS_RECORDS);
    assert_int_equal(answer->record_count, 1);
    assert_true(dns_name_equal(&answer->records[0].ptr, &expected));
    dns_answer_release(answer);
}

static void test_every_type(void **state)
{
    struct dns_name mail = fixture_name("mail.example.com");
    struct dns_answer *answer;

    (void)state;
    answer = fixture_ask("example.com", DNS_TXT, LONG_MS);
    assert_int_equal(answer->status, DNS_RECORDS);
    assert_int_equal(answer->records[0].txt.length, strlen("v=spf1 a -all"));
    assert_memory_equal(answer->records[0].txt.octets, "v=spf1 a -all", strlen("v=spf1 a -all"));
    dns_answer_release(answer);
    answer = fixture_ask("example.com", DNS_MX, LONG_MS);
    assert_int_equal(answer->records[0].mx.preference, 10);
    assert_true(dns_name_equal(&answer->records[0].mx.exchange, &mail));
    dns_answer_release(answer);
    answer = fixture_ask("_client._smtp.mail.example.com", DNS_SRV, LONG_MS);
    assert_int_equal(answer->records[0].srv.priority, 1);
    assert_int_equal(answer->records[0].srv.weight, 2);
    assert_int_equal(answer->records[0].srv.port, 0);
    assert_true(dns_name_equal(&answer->records[0].srv.target, &mail));
    dns_answer_release(answer);
    answer = fixture_ask("mail.example.com", DNS_A, LONG_MS);
    assert_int_equal(answer->record_count, 2);
    dns_answer_release(answer);
    fixture_expect_status("mail.example.com", DNS_AAAA, DNS_RECORDS);
}

static void test_chains(void **state)
{
    struct dns_name one = fixture_name("one.example.com");
    struct dns_answer *answer;

    (void)state;
    fixture_expect_address(&one, "192.0.2.7");
    answer = fixture_ask("one.example.com", DNS_A, LONG_MS);
    assert_in_range(answer->ttl, 40, 50); /* the least of the chain */
    dns_answer_release(answer);
    fixture_expect_status("lost.example.com", DNS_A, DNS_NXDOMAIN);
    fixture_expect_status("bare.example.com", DNS_A, DNS_NODATA);
    fixture_expect_status("bare.example.com", DNS_TXT, DNS_RECORDS);
    fixture_expect_status("loop.example.com", DNS_A, DNS_FAILURE);
}

/* Names for which libunbound has an answer of its own, unless told otherwise. */
static void test_built_in_zones(void **state)
{
    static const struct {
        const char *name, *address;
    } hosts[] = {{"mail.test", "192.0.2.10"},
                 {"mail.invalid", "192.0.2.11"},
                 {"mail.onion", "192.0.2.12"},
                 {"mail.home.arpa", "192.0.2.13"},
                 {"mail.localhost", "192.0.2.14"}};

    (void)state;
    assert_ptr("1.2.3.10.in-addr.arpa", "ten.example.com");
    assert_ptr("1.1.168.192.in-addr.arpa", "lan.example.com");
    assert_ptr("1.2.0.192.in-addr.arpa", "mail.example.com");
    assert_ptr("1.0.0.127.in-addr.arpa", "loopback.example.com");
    assert_ptr("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
               "six.example.com");
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct dns_name name = fixture_name(hosts[i].name);

        fixture_expect_address(&name, hosts[i].address);
    }
}

static void test_labels_of_any_octet(void **state)
{
    static const uint8_t dotted[] = "\003a.b\007example\003com";
    static const uint8_t eight_bit[] = "\005\310\000 \"\377\007example\003com";
    struct dns_name name;

    (void)state;
    assert_int_equal(dns_name_from_wire(dotted, sizeof dotted, &name), VOUCH_OK);
    fixture_expect_address(&name, "192.0.2.8");
    assert_int_equal(fixture_count("a\\.b.example.com A"), 1);
    fixture_expect_status("a.b.example.com", DNS_A, DNS_NXDOMAIN);
    assert_int_equal(dns_name_from_wire(eight_bit, sizeof eight_bit, &name), VOUCH_OK);
    fixture_expect_address(&name, "192.0.2.9");
}

static void test_over_ipv6(void **state)
{
    (void)state;
    fixture_expect_status("mail.example.com", DNS_A, DNS_RECORDS);
    assert_int_equal(fixture_count("mail.example.com A"), 1);
}

static void test_ttl(void **state)
{
    struct dns_answer *answer;

    (void)state;
    answer = fixture_ask("mail.example.com", DNS_A, LONG_MS);
    assert_in_range(answer->ttl, 990, 1000);
    dns_answer_release(answer);
    answer = fixture_ask("absent.example.com", DNS_A, LONG_MS);
    assert_int_equal(answer->status, DNS_NXDOMAIN);
    assert_true(answer->has_soa);
    assert_in_range(answer->ttl, 50, 60); /* RFC 2308 5: the SOA's minimum */
    dns_answer_release(answer);
    answer = fixture_ask("mail.example.com", DNS_TXT, LONG_MS);
    assert_int_equal(answer->status, DNS_NODATA);
    assert_in_range(answer->ttl, 50, 60);
    dns_answer_release(answer);
    answer = fixture_ask("absent.example.org", DNS_A, LONG_MS);
    assert_int_equal(answer->status, DNS_NXDOMAIN);
    assert_false(answer->has_soa);
    assert_in_range(answer->ttl, 0, 5);
    dns_answer_release(answer);
}

static void test_asked_twice(void **state)
{
    struct dns_name loud = fixture_name("MAIL.Example.COM");

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        struct dns_answer *answer = fixture_ask_name(&loud, DNS_A, LONG_MS);

        assert_int_equal(answer->record_count, 2);
        dns_answer_release(answer);
        fixture_expect_status("mail.example.com", DNS_A, DNS_RECORDS);
        fixture_expect_status("absent.example.com", DNS_A, DNS_NXDOMAIN);
        fixture_expect_status("example.com", DNS_A, DNS_NODATA);
    }
    assert_int_equal(fixture_count("mail.example.com A"), 1);
    assert_int_equal(fixture_count("absent.example.com A"), 1);
    assert_int_equal(fixture_count("example.com A"), 1);
}

/* Answers of one second, positive and negative, are asked again after it, and change. */
static void test_expiry(void **state)
{
    nanoseconds end = clock_now() + BACK_MS * NANOSECONDS_PER_MILLISECOND;

    (void)state;
    while (fixture_count("brief.example.com A") < 2 ||
           fixture_count("absent.brief.example.net A") < 2) {
        fixture_expect_status("brief.example.com", DNS_A, DNS_RECORDS);
        fixture_expect_status("absent.brief.example.net", DNS_A, DNS_NXDOMAIN);
        assert_true(clock_now() < end);
        usleep(20000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_type, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_chains, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_built_in_zones, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_labels_of_any_octet, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_over_ipv6, fixture_setup_v6, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_ttl, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_asked_twice, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_expiry, fixture_setup, fixture_teardown)};

    alarm(HANG_SECONDS); /* a hang is a failure too */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
