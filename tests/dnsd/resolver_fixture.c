/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/resolver_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char zone[] =
    "example.com. 3600 IN SOA ns.example.com. host.example.com. 1 2 3 4 60\n"
    "example.com 77 TXT \"v=spf1 a \" \"-all\"\n"
    "mail.example.com 1000 A 192.0.2.1\n"
    "mail.example.com 1000 A 192.0.2.2\n"
    "mail.example.com AAAA 2001:db8::1\n"
    "_client._smtp.mail.example.com SRV 1 2 0 mail.example.com\n"
    "example.com MX 10 mail.example.com\n"
    "*.cold.example.com A 192.0.2.3\n"
    "! *.cold.example.com ANY delay 100\n"
    "*.slow.example.com A 192.0.2.4\n"
    "! *.slow.example.com ANY delay 800\n"
    "*.helo.example.com A 192.0.2.5\n"
    "*.helo.example.com TXT \"v=spf1 -all\"\n"
    "*.helo.example.com SRV 1 2 0 mail.example.com\n"
    "! *.helo.example.com ANY delay 400\n"
    "brief.example.com 1 A 192.0.2.6\n"
    "brief.example.net. 3600 SOA ns.example.com. host.example.com. 1 2 3 4 1\n"
    "one.example.com 500 CNAME two.example.com\n"
    "two.example.com 50 CNAME three.example.com\n"
    "three.example.com 5000 A 192.0.2.7\n"
    "lost.example.com CNAME gone.example.com\n"
    "bare.example.com CNAME example.com\n"
    "loop.example.com CNAME pool.example.com\n"
    "pool.example.com CNAME loop.example.com\n"
    "a\\046b.example.com A 192.0.2.8\n"
    "\\200\\000\\032\\\"\\255.example.com A 192.0.2.9\n"
    "1.2.3.10.in-addr.arpa PTR ten.example.com\n"
    "1.1.168.192.in-addr.arpa PTR lan.example.com\n"
    "1.2.0.192.in-addr.arpa PTR mail.example.com\n"
    "1.0.0.127.in-addr.arpa PTR loopback.example.com\n"
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR six.example.com\n"
    "mail.test A 192.0.2.10\n"
    "mail.invalid A 192.0.2.11\n"
    "mail.onion A 192.0.2.12\n"
    "mail.home.arpa A 192.0.2.13\n"
    "mail.localhost A 192.0.2.14\n"
    "truncated.example.com A 192.0.2.15\n"
    "! truncated.example.com ANY truncate\n"
    "! servfail.example.com ANY servfail\n"
    "! refused.example.com ANY refused\n"
    "! formerr.example.com ANY formerr\n"
    "! malformed.example.com ANY malformed\n"
    "! garbage.example.com ANY garbage\n"
    "id.forged.example.com A 192.0.2.16\n"
    "name.forged.example.com A 192.0.2.16\n"
    "port.forged.example.com A 192.0.2.16\n"
    "! id.forged.example.com ANY wrong-id\n"
    "! name.forged.example.com ANY wrong-name\n"
    "! port.forged.example.com ANY wrong-port\n"
    "! silent.example.com ANY silent\n";

struct dnsd_child *fixture_dns;
struct resolver *fixture_resolver;

struct resolver *fixture_new_resolver(const char *const *nameservers, size_t count,
                                      unsigned max_in_flight)
{
    struct resolver_settings settings = resolver_defaults();
    struct resolver *made = NULL;

    settings.nameservers = nameservers;
    settings.nameserver_count = count;
    if (max_in_flight > 0)
        settings.max_in_flight = max_in_flight;
    assert_int_equal(resolver_new(&settings, &made), VOUCH_OK);
    return made;
}

static int start(const char *address)
{
    const char *nameserver;

    fixture_dns = dnsd_child_start(address, zone);
    if (fixture_dns == NULL)
        return -1;
    nameserver = dnsd_child_address(fixture_dns);
    fixture_resolver = fixture_new_resolver(&nameserver, 1, 0);
    return 0;
}

int fixture_setup(void **state)
{
    (void)state;
    return start("127.0.0.1");
}

int fixture_setup_v6(void **state)
{
    (void)state;
    return start("::1");
}

int fixture_teardown(void **state)
{
    (void)state;
    resolver_release(fixture_resolver);
    dnsd_child_stop(fixture_dns);
    fixture_resolver = NULL;
    fixture_dns = NULL;
    return 0;
}

struct budget *fixture_new_budget(unsigned milliseconds)
{
    struct budget_limits limits = {.time = milliseconds * NANOSECONDS_PER_MILLISECOND,
                                   .max_queries = 1000};
    struct budget *budget = budget_new(&limits);

    assert_non_null(budget);
    budget_resume(budget);
    return budget;
}

struct dns_name fixture_name(const char *text)
{
    struct dns_name name;

    assert_int_equal(dns_name_from_text(text, strlen(text), &name), VOUCH_OK);
    return name;
}

struct dns_answer *fixture_ask_name(const struct dns_name *name, enum dns_type type,
                                    unsigned milliseconds)
{
    struct budget *budget = fixture_new_budget(milliseconds);
    const struct dns_answer *answer =
        resolver_query(fixture_resolver, budget, name, type, NULL, NULL);
    struct dns_answer *held = dns_answer_hold((struct dns_answer *)(uintptr_t)answer);

    assert_int_equal(answer->status == DNS_FAILURE, answer->failure != DNS_FAILURE_NONE);
    budget_free(budget);
    return held;
}

struct dns_answer *fixture_ask(const char *text, enum dns_type type, unsigned milliseconds)
{
    struct dns_name name = fixture_name(text);

    return fixture_ask_name(&name, type, milliseconds);
}

void fixture_expect_address(const struct dns_name *name, const char *address)
{
    struct dns_answer *answer = fixture_ask_name(name, DNS_A, LONG_MS);
    struct ip ip;

    assert_true(ip_parse(address, strlen(address), &ip));
    assert_int_equal(answer->status, DNS_RECORDS);
    assert_int_equal(answer->record_count, 1);
    assert_true(dns_answer_has_address(answer, &ip));
    dns_answer_release(answer);
}

void fixture_expect_status(const char *name, enum dns_type type, enum dns_status status)
{
    struct dns_answer *answer = fixture_ask(name, type, LONG_MS);

    assert_int_equal(answer->status, status);
    dns_answer_release(answer);
}

void fixture_expect_failure(const char *name, enum dns_failure failure, unsigned milliseconds)
{
    struct dns_answer *answer = fixture_ask(name, DNS_A, milliseconds);

    assert_int_equal(answer->status, DNS_FAILURE);
    assert_int_equal(answer->failure, failure);
    assert_int_equal(answer->record_count, 0);
    dns_answer_release(answer);
}

void fixture_command(const char *text)
{
    assert_true(dnsd_child_command(fixture_dns, text));
}

unsigned fixture_count(const char *question)
{
    return dnsd_child_count(fixture_dns, NULL, question);
}
