/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What the scenarios cannot show of accreditation: what is kept of a source's health and for how
 * long, codes, memory that runs out, and which questions are started ahead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/dna.h"
#include "lib/verify/dna_codes.h"
#include "lib/verify/dna_services.h"
#include "lib/verify/dnswl.h"
#include "tests/unit/dns_fixture.h"

enum { ARENA_SIZE = 1 << 20, SOURCES = 3 };

#define S NANOSECONDS_PER_SECOND

static const struct dna_finding healthy = {.condition = DNA_HEALTHY};
static const struct dna_finding dead = {.condition = DNA_DEAD, .trouble = "it is dead"};
static const struct dna_finding lying = {.condition = DNA_LYING, .trouble = "it lies"};

static void test_health_is_kept_for_the_ttl(void **state)
{
    struct dna_health *health = dna_health_new(2);

    (void)state;
    assert_int_equal(dna_health_find(health, 0, false, 1).condition, DNA_UNTESTED);
    dna_health_keep(health, 0, false, &healthy, 300 * S, 1000 * S);
    assert_int_equal(dna_health_find(health, 0, false, 1299 * S).condition, DNA_HEALTHY);
    assert_int_equal(dna_health_find(health, 0, false, 1300 * S).condition, DNA_UNTESTED);
    assert_int_equal(dna_health_find(health, 0, true, 1100 * S).condition, DNA_UNTESTED);
    assert_int_equal(dna_health_find(health, 1, false, 1100 * S).condition, DNA_UNTESTED);
    dna_health_keep(health, 1, true, &healthy, 0, 1000 * S);
    assert_int_equal(dna_health_find(health, 1, true, 1059 * S).condition, DNA_HEALTHY);
    dna_health_keep(health, 1, true, &healthy, 86400 * S, 1000 * S);
    assert_int_equal(dna_health_find(health, 1, true, 4599 * S).condition, DNA_HEALTHY);
    assert_int_equal(dna_health_find(health, 1, true, 4600 * S).condition, DNA_UNTESTED);
    dna_health_free(health);
}

static void test_trouble_doubles(void **state)
{
    static const unsigned seconds[] = {60, 120, 240, 480, 960, 960};
    struct dna_health *health = dna_health_new(1);
    nanoseconds now = 1000 * S;

    (void)state;
    for (size_t i = 0; i < sizeof seconds / sizeof seconds[0]; i++) {
        dna_health_keep(health, 0, false, i % 2 == 0 ? &dead : &lying, 86400 * S, now);
        /* those who found the same meanwhile do not add up */
        dna_health_keep(health, 0, false, &dead, 0, now + S);
        dna_health_keep(health, 0, false, &dead, 0, now + 2 * S);
        assert_string_equal(dna_health_find(health, 0, false, now + (seconds[i] - 1) * S).trouble,
                            "it is dead");
        now += seconds[i] * S;
        assert_int_equal(dna_health_find(health, 0, false, now).condition, DNA_UNTESTED);
    }
    dna_health_keep(health, 0, false, &healthy, 60 * S, now);
    dna_health_keep(health, 0, false, &dead, 0, now + S);
    assert_int_equal(dna_health_find(health, 0, false, now + 61 * S).condition, DNA_UNTESTED);
    dna_health_free(health);
}

static void test_changes_are_told_once(void **state)
{
    struct dna_health *health = dna_health_new(2);
    struct dna_finding found;
    size_t index;
    bool ipv6;

    (void)state;
    dna_health_keep(health, 0, false, &healthy, 60 * S, S);
    assert_false(dna_health_take_change(health, &index, &ipv6, &found));
    dna_health_keep(health, 1, true, &lying, 0, 2 * S);
    dna_health_keep(health, 1, true, &dead, 0, 3 * S);
    assert_true(dna_health_take_change(health, &index, &ipv6, &found));
    assert_int_equal(index, 1);
    assert_true(ipv6);
    assert_int_equal(found.condition, DNA_DEAD);
    assert_false(dna_health_take_change(health, &index, &ipv6, &found));
    dna_health_keep(health, 1, true, &healthy, 60 * S, 99 * S);
    assert_true(dna_health_take_change(health, &index, &ipv6, &found));
    assert_int_equal(found.condition, DNA_HEALTHY);
    assert_false(dna_health_take_change(health, &index, &ipv6, &found));
    dna_health_free(health);
}

static void test_no_health(void **state)
{
    (void)state;
    dna_health_keep(NULL, 0, false, &dead, 0, S);
    assert_int_equal(dna_health_find(NULL, 0, false, 2 * S).condition, DNA_UNTESTED);
    dna_health_free(NULL);
}

static const struct {
    const char *records;
    const char *codes;
    const char *quota;
} code_cases[] = {
    {"127.0.0.2", "127.0.0.2 ", "unknown"},
    {"127.0.0.9 127.0.0.2 127.0.0.9", "127.0.0.2 127.0.0.9 ", "unknown"},
    {"192.0.2.1 126.0.0.2 128.0.0.2", "", "unknown"},
    {"192.0.2.1 127.1.0.1", "127.1.0.1 ", "unknown"},
    {"127.255.255.254 127.255.255.1", "", "127.255.255.1"},
    {"127.0.0.2 127.255.255.255", "127.0.0.2 ", "127.255.255.255"},
    {"127.0.0.255", "", "127.0.0.255"},
    {"127.0.0.1", "", "127.0.0.1"},
    {"127.255.0.1 127.0.1.255", "127.0.1.255 127.255.0.1 ", "unknown"},
};

static void test_codes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof code_cases / sizeof code_cases[0]; i++) {
        struct dns_record records[8] = {0};
        struct dns_answer answer = {.status = DNS_RECORDS, .type = DNS_A, .records = records};
        const char *text = code_cases[i].records;
        char shown[IP_TEXT_SIZE], all[200] = "";
        struct dna_codes codes;

        for (size_t length; *text != '\0'; text += length + (text[length] == ' ')) {
            length = strcspn(text, " ");
            assert_true(ip_parse(text, length, &records[answer.record_count++].address));
        }
        codes = dna_codes_read(&answer);
        for (size_t k = 0; k < codes.count; k++) {
            strncat(all, ip_format(&codes.code[k], shown), 50);
            strncat(all, " ", 2);
        }
        assert_string_equal(all, code_cases[i].codes);
        assert_string_equal(ip_format(&codes.quota, shown), code_cases[i].quota);
    }
}

/* More codes than are kept: the lowest, whatever the order. */
static void test_many_codes(void **state)
{
    struct dns_record records[3 * DNA_CODES_MAX] = {0};
    struct dns_answer answer = {.records = records, .record_count = 3 * DNA_CODES_MAX};
    struct dna_codes codes;

    (void)state;
    for (unsigned i = 0; i < 3 * DNA_CODES_MAX; i++)
        records[i].address = (struct ip){
            .family = IP_V4, .octets = {127, 0, 1, (uint8_t)(i * 37 % (3 * DNA_CODES_MAX))}};
    codes = dna_codes_read(&answer);
    assert_int_equal(codes.count, DNA_CODES_MAX);
    for (unsigned i = 0; i < DNA_CODES_MAX; i++)
        assert_int_equal(codes.code[i].octets[3], i);
}

static const struct {
    const char *name;
    const char *names;
} name_cases[] = {
    {"example.com", "example.com "},
    {"mail.example.com", "mail.example.com example.com "},
    {"a.b.c.d.e", "a.b.c.d.e b.c.d.e c.d.e d.e "},
    {"a.b.c.d.e.f", "a.b.c.d.e.f b.c.d.e.f c.d.e.f d.e.f e.f "},
    {"1.2.3.a.b.c.d.e.f", "1.2.3.a.b.c.d.e.f b.c.d.e.f c.d.e.f d.e.f e.f "},
    {"com", "com "},
};

static void test_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof name_cases / sizeof name_cases[0]; i++) {
        struct dns_name name = name_of(name_cases[i].name);
        struct dns_name names[DNA_NAMES_MAX];
        unsigned count = dna_names_of(&name, names);
        char shown[DNS_NAME_TEXT_SIZE], all[300] = "";

        for (unsigned k = 0; k < count; k++) {
            strncat(all, dns_name_format(&names[k], shown), 50);
            strncat(all, " ", 2);
        }
        assert_string_equal(all, name_cases[i].names);
    }
}

static const char zone[] = "2.0.0.127.good.example. A 127.0.0.2\n"
                           "10.2.0.192.good.example. A 127.0.0.2\n"
                           "10.2.0.192.good.example. TXT \"a fine host\"\n"
                           "*.liar.example. A 127.0.0.2\n"
                           "! *.dead.example. ANY refused\n";

struct bench {
    struct facts facts;
    struct verify_settings settings;
    struct dna_source sources[SOURCES];
    struct outcome csa;
    struct check check;
};

static struct dna_source list(const char *zone_name, enum dna_answer listed, struct arena *held)
{
    struct dna_source source = {.name = zone_name,
                                .kind = DNA_KIND_LIST,
                                .service_text = "",
                                .by = DNA_BY_ADDRESS,
                                .query = "",
                                .map_text = "",
                                .test_text = "",
                                .content = "",
                                .listed = listed,
                                .unauthenticated = true,
                                .health_check = true};
    struct text complaint = text_in(held);

    assert_int_equal(dna_source_read(&source, held, &complaint), VOUCH_OK);
    return source;
}

static void bench_begin(struct bench *bench, size_t arena_limit, struct arena *held)
{
    struct resolver_settings settings = resolver_defaults();
    struct budget_limits limits = budget_defaults();
    unsigned line;

    *bench = (struct bench){.facts = {.helo = "mail.example.com"}};
    bench->sources[0] = list("liar.example", DNA_REFUSE, held);
    bench->sources[1] = list("dead.example", DNA_ACCEPT, held);
    bench->sources[2] = list("good.example", DNA_ACCEPT, held);
    bench->settings.dna =
        (struct dna_settings){.timeout = S, .sources = bench->sources, .source_count = SOURCES};
    bench->csa = (struct outcome){.method = METHOD_CSA, .result = VOUCH_PASS};
    assert_true(ip_parse("192.0.2.10", strlen("192.0.2.10"), &bench->facts.client));
    bench->check = (struct check){.facts = &bench->facts,
                                  .settings = &bench->settings,
                                  .budget = budget_new(&limits),
                                  .arena = arena_new(arena_limit),
                                  .outcomes = &bench->csa};
    assert_int_equal(resolver_new_zone(&settings, zone, &bench->check.resolver, &line), VOUCH_OK);
    budget_resume(bench->check.budget);
}

static void bench_end(struct bench *bench)
{
    budget_free(bench->check.budget);
    arena_free(bench->check.arena);
    resolver_release(bench->check.resolver);
}

/* With too little memory there is no outcome, or the same with less to tell. */
static void test_memory_runs_out(void **state)
{
    static const struct verifier *const checked[] = {&dna_verifier, &dnswl_verifier};

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        bool complete = false;

        for (size_t limit = 0; limit <= 65536; limit += limit < 8192 ? 32 : 1024) {
            struct arena *held = arena_new(ARENA_SIZE);
            const struct outcome *outcome;
            struct bench bench;

            bench_begin(&bench, limit, held);
            outcome = checked[i]->check(&bench.check);
            assert_true(outcome != NULL || !complete);
            if (outcome != NULL) {
                complete = true;
                assert_int_equal(outcome->result, VOUCH_PASS);
            }
            bench_end(&bench);
            arena_free(held);
        }
        assert_true(complete);
    }
}

/* What is known of the sources spares questions: 3 of each with tests, then none to those in
 * trouble and 1 to the other. */
static void test_health_spares_questions(void **state)
{
    static const unsigned expected[] = {9, 1};
    struct dna_health *health = dna_health_new(SOURCES);

    (void)state;
    for (size_t i = 0; i < 2; i++) {
        struct arena *held = arena_new(ARENA_SIZE);
        const struct outcome *outcome;
        struct bench bench;

        bench_begin(&bench, ARENA_SIZE, held);
        bench.check.health = health;
        outcome = dna_verifier.check(&bench.check);
        assert_int_equal(outcome->reason, REASON_DNA_ACCREDITED);
        assert_int_equal(budget_use(bench.check.budget).queries, expected[i]);
        bench_end(&bench);
        arena_free(held);
    }
    assert_int_equal(dna_health_find(health, 0, false, clock_now()).condition, DNA_LYING);
    assert_int_equal(dna_health_find(health, 1, false, clock_now()).condition, DNA_LYING);
    assert_int_equal(dna_health_find(health, 2, false, clock_now()).condition, DNA_HEALTHY);
    dna_health_free(health);
}

/* A source that is not tested is known by its answers. */
static void test_untested_source(void **state)
{
    struct dna_health *health = dna_health_new(SOURCES);
    struct arena *held = arena_new(ARENA_SIZE);
    struct dna_finding found;
    struct bench bench;
    bool ipv6;
    size_t index;

    (void)state;
    bench_begin(&bench, ARENA_SIZE, held);
    for (size_t i = 0; i < SOURCES; i++)
        bench.sources[i].health_check = false;
    bench.sources[0].listed = DNA_UNKNOWN;
    bench.check.health = health;
    dna_health_keep(health, 2, false, &dead, 0, 0);
    assert_true(dna_health_take_change(health, &index, &ipv6, &found));
    assert_int_equal(dna_verifier.check(&bench.check)->reason, REASON_DNA_ACCREDITED);
    assert_int_equal(budget_use(bench.check.budget).queries, SOURCES);
    assert_true(dna_health_take_change(health, &index, &ipv6, &found));
    assert_int_equal(index, 1);
    assert_int_equal(found.condition, DNA_LYING);
    assert_true(dna_health_take_change(health, &index, &ipv6, &found));
    assert_int_equal(index, 2);
    assert_int_equal(found.condition, DNA_HEALTHY);
    assert_false(dna_health_take_change(health, &index, &ipv6, &found));
    bench_end(&bench);
    arena_free(held);
    dna_health_free(health);
}

/* Without questions left nobody is to blame. */
static void test_our_own_trouble_is_not_theirs(void **state)
{
    struct budget_limits limits = {.time = S, .max_queries = 0};
    struct dna_health *health = dna_health_new(SOURCES);
    struct arena *held = arena_new(ARENA_SIZE);
    const struct outcome *outcome;
    struct bench bench;

    (void)state;
    bench_begin(&bench, ARENA_SIZE, held);
    budget_free(bench.check.budget);
    bench.check.budget = budget_new(&limits);
    bench.check.health = health;
    outcome = dna_verifier.check(&bench.check);
    assert_int_equal(outcome->result, VOUCH_NONE);
    assert_int_equal(outcome->reason, REASON_DNA_SOURCE_IGNORED);
    for (size_t i = 0; i < SOURCES; i++)
        assert_int_equal(dna_health_find(health, i, false, clock_now()).condition, DNA_UNTESTED);
    bench_end(&bench);
    arena_free(held);
    dna_health_free(health);
}

static const struct {
    enum identity identity;
    enum vouch_result result;
    const char *domain;
    enum reason expected;
} records[] = {
    {IDENTITY_HELO, VOUCH_PASS, "mail.example.com", REASON_DNA_ACCREDITED},
    {IDENTITY_HELO, VOUCH_FAIL, "mail.example.com", REASON_DNA_REFUSED_BY_RECORD},
    {IDENTITY_HELO, VOUCH_NEUTRAL, "mail.example.com", REASON_DNA_UNKNOWN},
    {IDENTITY_HELO, VOUCH_NONE, "mail.example.com", REASON_DNA_UNKNOWN},
    {IDENTITY_HELO, VOUCH_FAIL, "other.example.com", REASON_DNA_UNKNOWN},
    {IDENTITY_MAILFROM, VOUCH_FAIL, "mail.example.com", REASON_DNA_UNKNOWN},
};

static void test_own_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        struct outcome reputation = {.method = METHOD_REPUTATION,
                                     .identity = records[i].identity,
                                     .result = records[i].result,
                                     .domain = records[i].domain};
        struct arena *held = arena_new(ARENA_SIZE);
        const struct outcome *outcome;
        struct bench bench;

        bench_begin(&bench, ARENA_SIZE, held);
        bench.sources[0].kind = DNA_KIND_OWN;
        bench.settings.dna.source_count = 1;
        bench.csa.next = &reputation;
        outcome = dna_verifier.check(&bench.check);
        assert_int_equal(outcome->reason, records[i].expected);
        assert_int_equal(budget_use(bench.check.budget).queries, 0);
        bench_end(&bench);
        arena_free(held);
    }
}

static void test_prefetch(void **state)
{
    struct arena *held = arena_new(ARENA_SIZE);
    struct bench bench;

    (void)state;
    bench_begin(&bench, ARENA_SIZE, held);
    dna_verifier.prefetch(&bench.check);
    assert_int_equal(budget_use(bench.check.budget).queries, 9);
    bench_end(&bench);
    bench_begin(&bench, ARENA_SIZE, held);
    for (size_t i = 0; i < SOURCES; i++)
        bench.sources[i].unauthenticated = false; /* the name may turn out to be nobody's */
    dna_verifier.prefetch(&bench.check);
    assert_int_equal(budget_use(bench.check.budget).queries, 0);
    bench_end(&bench);
    bench_begin(&bench, ARENA_SIZE, held);
    bench.facts.client.family = IP_NONE;
    dna_verifier.prefetch(&bench.check);
    dnswl_verifier.prefetch(&bench.check);
    assert_int_equal(budget_use(bench.check.budget).queries, 0);
    bench_end(&bench);
    arena_free(held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_health_is_kept_for_the_ttl),
        cmocka_unit_test(test_trouble_doubles),
        cmocka_unit_test(test_changes_are_told_once),
        cmocka_unit_test(test_no_health),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_many_codes),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_health_spares_questions),
        cmocka_unit_test(test_untested_source),
        cmocka_unit_test(test_our_own_trouble_is_not_theirs),
        cmocka_unit_test(test_own_record),
        cmocka_unit_test(test_prefetch),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
