/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/dns/resolver.h"

static const char zone_text[] =
    "; a comment\n"
    "\n"
    "example.org. 3600 IN SOA ns.example.org. host.example.org. 1 7200 900 1209600 60\n"
    "  mail.example.org. 120 IN A 192.0.2.1\r\n"
    "mail.example.org. A 192.0.2.2\n"
    "mail.example.org. AAAA 2001:db8::1\n"
    "example.org. MX 10 mail.example.org.\n"
    "example.org. MX 0 .\n"
    "_client._smtp.mail.example.org. SRV 1 2 0 mail.example.org.\n"
    "example.org. TXT \"v=spf1 \" \"a -all\" ; behind\n"
    "odd.example.org. TXT \"a;b\\007\\\"c\"\n"
    "empty.example.org. TXT \"\"\n"
    "1.2.0.192.in-addr.arpa. PTR Mail.Example.ORG.\n"
    "alias.example.org. 30 CNAME alias2.example.org.\n"
    "alias2.example.org. 90 CNAME mail.example.org.\n"
    "toempty.example.org. CNAME gone.example.org.\n"
    "loop.example.org. CNAME pool.example.org.\n"
    "pool.example.org. CNAME loop.example.org.\n"
    "a\\.b.example.org. A 192.0.2.3\n"
    "deep.down.example.net. A 192.0.2.4\n"
    "viadead.example.org. CNAME dead.example.org.\n"
    "slow.example.org. A 192.0.2.5\n"
    "! dead.example.org ANY servfail\n"
    "! mail.example.org TXT refused\n"
    "! bad.example.org. A malformed\n"
    "! false.example.org A bogus\n"
    "! quiet.example.org A silent\n"
    "! slow.example.org A delay 5\n"
    "! slowdead.example.org A delay 5\n"
    "! slowdead.example.org A servfail\n"
    "*.wild.example.org. A 192.0.2.6\n"
    "own.wild.example.org. TXT own\n"
    "cut.example.org. A 192.0.2.7\n"
    "! cut.example.org A truncate\n"
    "! *.under.example.org ANY refused\n"
    "! *.under.example.org A formerr\n"
    "! fine.under.example.org ANY normal\n"
    "fine.under.example.org. A 192.0.2.8\n";

struct fixture {
    struct resolver *resolver;
    struct budget *budget;
    struct arena *arena;
};

static void set_up(struct fixture *fixture, const char *text)
{
    struct resolver_settings settings = resolver_defaults();
    struct budget_limits limits = {.time = NANOSECONDS_PER_SECOND / 2, .max_queries = 100};
    unsigned problem_line;

    assert_int_equal(resolver_new_zone(&settings, text, &fixture->resolver, &problem_line), 0);
    fixture->budget = budget_new(&limits);
    fixture->arena = arena_new(1 << 20);
}

static void tear_down(struct fixture *fixture)
{
    arena_free(fixture->arena);
    budget_free(fixture->budget);
    resolver_release(fixture->resolver);
}

static const struct dns_answer *query(struct fixture *fixture, const char *text, enum dns_type type)
{
    struct dns_name name;

    assert_int_equal(dns_name_from_text(text, strlen(text), &name), 0);
    return resolver_query(fixture->resolver, fixture->budget, &name, type, NULL, NULL);
}

static void answers(void **state)
{
    static const struct {
        const char *name;
        enum dns_type type;
        const char *described;
        uint32_t ttl;
    } cases[] = {
        {"mail.example.org", DNS_A, "192.0.2.1, 192.0.2.2", 120},
        {"MAIL.Example.org", DNS_AAAA, "2001:db8::1", 300},
        {"example.org", DNS_MX, "10 mail.example.org, 0 .", 300},
        {"_client._smtp.mail.example.org", DNS_SRV, "1 2 0 mail.example.org", 300},
        {"example.org", DNS_TXT, "\"v=spf1 a -all\"", 300},
        {"odd.example.org", DNS_TXT, "\"a;b\\x07\"c\"", 300},
        {"empty.example.org", DNS_TXT, "\"\"", 300},
        {"1.2.0.192.in-addr.arpa", DNS_PTR, "mail.example.org", 300},
        {"alias.example.org", DNS_A, "192.0.2.1, 192.0.2.2", 30},
        {"alias.example.org", DNS_SRV, "no record", 30},
        {"toempty.example.org", DNS_A, "NXDOMAIN", 60},
        {"example.org", DNS_A, "no record", 60},
        {"gone.example.org", DNS_A, "NXDOMAIN", 60},
        {"down.example.net", DNS_A, "no record", 5},
        {"example.com", DNS_A, "NXDOMAIN", 5},
        {"", DNS_A, "no record", 5},
        {"a.b.example.org", DNS_A, "NXDOMAIN", 60},
        {"slow.example.org", DNS_A, "192.0.2.5", 300},
        {"loop.example.org", DNS_A, "SERVFAIL", 0},
        {"dead.example.org", DNS_A, "SERVFAIL", 0},
        {"viadead.example.org", DNS_MX, "SERVFAIL", 0},
        {"slowdead.example.org", DNS_A, "SERVFAIL", 0},
        {"mail.example.org", DNS_TXT, "REFUSED", 0},
        {"bad.example.org", DNS_A, "malformed answer", 0},
        {"false.example.org", DNS_A, "bogus (DNSSEC)", 0},
        {"x.wild.example.org", DNS_A, "192.0.2.6", 300},
        {"x.y.wild.example.org", DNS_A, "192.0.2.6", 300},
        {"x.wild.example.org", DNS_TXT, "no record", 60},
        {"own.wild.example.org", DNS_A, "no record", 60},
        {"x.own.wild.example.org", DNS_A, "NXDOMAIN", 60},
        {"cut.example.org", DNS_A, "192.0.2.7", 300},
        {"x.under.example.org", DNS_TXT, "REFUSED", 0},
        {"fine.under.example.org", DNS_A, "192.0.2.8", 300},
        {"under.example.org", DNS_A, "no record", 60},
        {"quiet.example.org", DNS_A, "timeout", 0}, /* the last: no time is left */
    };
    struct fixture fixture;

    (void)state;
    set_up(&fixture, zone_text);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct dns_answer *answer = query(&fixture, cases[i].name, cases[i].type);
        struct text text = text_in(fixture.arena);

        dns_answer_describe(answer, &text);
        assert_string_equal(text_string(&text), cases[i].described);
        assert_int_equal(answer->ttl, cases[i].ttl);
        assert_int_equal(answer->type, cases[i].type);
    }
    tear_down(&fixture);
}

static void negative_answers_name_the_soa(void **state)
{
    struct fixture fixture;
    const struct dns_answer *answer;
    char buffer[DNS_NAME_TEXT_SIZE];

    (void)state;
    set_up(&fixture, zone_text);
    answer = query(&fixture, "x.y.example.org", DNS_SRV);
    assert_int_equal(answer->status, DNS_NXDOMAIN);
    assert_true(answer->has_soa);
    assert_string_equal(dns_name_format(&answer->soa_owner, buffer), "example.org");
    answer = query(&fixture, "example.com", DNS_SRV);
    assert_int_equal(answer->status, DNS_NXDOMAIN);
    assert_false(answer->has_soa);
    tear_down(&fixture);
}

static void addresses(void **state)
{
    struct fixture fixture;
    const struct dns_answer *answer;
    struct ip first, other;

    (void)state;
    set_up(&fixture, zone_text);
    assert_true(ip_parse("192.0.2.2", 9, &first));
    assert_true(ip_parse("192.0.2.3", 9, &other));
    answer = query(&fixture, "mail.example.org", DNS_A);
    assert_true(dns_answer_has_address(answer, &first));
    assert_false(dns_answer_has_address(answer, &other));
    assert_false(dns_answer_has_address(query(&fixture, "example.org", DNS_MX), &first));
    tear_down(&fixture);
}

static void a_long_record_arrives_whole(void **state)
{
    static char text[64 * 1024];
    struct fixture fixture;
    const struct dns_answer *answer;
    size_t at = 0;

    (void)state;
    at += (size_t)snprintf(text, sizeof text, "big.example. TXT");
    for (unsigned i = 0; i < 60; i++)
        at += (size_t)snprintf(text + at, sizeof text - at, " \"%0250u\"", i);
    set_up(&fixture, text);
    answer = query(&fixture, "big.example", DNS_TXT);
    assert_int_equal(answer->record_count, 1);
    assert_int_equal(answer->records[0].txt.length, 60 * 250);
    assert_memory_equal(answer->records[0].txt.octets + 60 * 250 - 2, "59", 2);
    tear_down(&fixture);
}

static void mistakes_are_found(void **state)
{
    static const struct {
        const char *text;
        unsigned line;
    } cases[] = {
        {"a. A 192.0.2.1\na. A 192.0.2.256\n", 2},
        {"\n\nnonsense", 3},
        {"a. A\n", 1},
        {"! a A sleepy\n", 1},
        {"! a A delay\n", 1},
        {"! a A delay 5s\n", 1},
        {"! a A delay -5\n", 1},
        {"! a NOTYPE silent\n", 1},
        {"! a A silent too\n", 1},
        {"! a..b A silent\n", 1},
        {"!\n", 1},
    };
    struct resolver_settings settings = resolver_defaults();

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct resolver *resolver = NULL;
        unsigned line = 0;

        assert_int_equal(resolver_new_zone(&settings, cases[i].text, &resolver, &line),
                         VOUCH_ERROR_SYNTAX);
        assert_int_equal(line, cases[i].line);
        assert_null(resolver);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(negative_answers_name_the_soa),
        cmocka_unit_test(addresses),
        cmocka_unit_test(a_long_record_arrives_whole),
        cmocka_unit_test(mistakes_are_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
