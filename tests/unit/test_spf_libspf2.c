/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* libspf2 behind its fence: what it is asked, what it is not, and what becomes of its answer.  Its
 * answers themselves are tested by tests/conformance/libspf2.sh and tests/scenarios/libspf2.sh. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/verify/spf.h"
#include "lib/verify/spf_libspf2.h"

/* What libspf2 is made to say instead of what it does; NULL: nothing. */
static const struct spf_opinion *pretended;
static struct spf_opinion given; /* the last one */
static unsigned asked;

struct spf_opinion __real_spf_libspf2_ask(const struct check *check, const struct dns_name *domain);
struct spf_opinion __wrap_spf_libspf2_ask(const struct check *check, const struct dns_name *domain);

struct spf_opinion __wrap_spf_libspf2_ask(const struct check *check, const struct dns_name *domain)
{
    asked++;
    given = pretended != NULL ? *pretended : __real_spf_libspf2_ask(check, domain);
    return given;
}

enum { ARENA_LIMIT = 16 << 20 };

struct bench {
    struct arena *arena;
    struct text zone;
    struct verify_settings settings;
    struct facts facts;
    struct budget *budget;
    struct resolver *resolver;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    bench->arena = arena_new(ARENA_LIMIT);
    bench->zone = text_in(bench->arena);
    bench->settings.spf =
        (struct spf_settings){.term_limit = 10, .void_limit = 2, .engine = SPF_ENGINE_LIBSPF2};
    bench->facts = (struct facts){.helo = "mail.example", .authserv_id = "mx.example"};
    assert_true(ip_parse("192.0.2.9", 9, &bench->facts.client));
    pretended = NULL;
    given = (struct spf_opinion){.missing = "not asked"};
    asked = 0;
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    budget_free(bench->budget);
    resolver_release(bench->resolver);
    arena_free(bench->arena);
    free(bench);
    return 0;
}

static struct outcome *run(struct bench *bench)
{
    struct resolver_settings settings = resolver_defaults();
    struct budget_limits limits = budget_defaults();
    struct check check = {.facts = &bench->facts,
                          .settings = &bench->settings,
                          .arena = bench->arena,
                          .began = clock_now()};
    struct outcome *outcome;
    unsigned line;

    assert_int_equal(
        resolver_new_zone(&settings, text_string(&bench->zone), &bench->resolver, &line), VOUCH_OK);
    bench->budget = budget_new(&limits);
    check.resolver = bench->resolver;
    check.budget = bench->budget;
    outcome = spf_check(&check, IDENTITY_MAILFROM, "joe", "a.example", bench->facts.helo);
    assert_non_null(outcome);
    return outcome;
}

/* A TXT record of a.example: START, COUNT times UNIT, END; cut into character-strings. */
static void add_record(struct bench *bench, const char *start, const char *unit, unsigned count,
                       const char *end)
{
    struct text text = text_in(bench->arena);
    const char *value;

    text_add(&text, start);
    for (unsigned i = 0; i < count; i++)
        text_add(&text, unit);
    text_add(&text, end);
    value = text_string(&text);
    text_add(&bench->zone, "a.example. TXT");
    for (size_t length = text.length; length > 0;) {
        size_t piece = length < 255 ? length : 255;

        text_printf(&bench->zone, " \"%.*s\"", (int)piece, value);
        value += piece;
        length -= piece;
    }
    text_add(&bench->zone, "\n");
}

static bool has_rule(const struct outcome *outcome, const char *words)
{
    for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next)
        if (strstr(step->rule, words) != NULL)
            return true;
    return false;
}

/* What ends or misleads libspf2 when it is handed over. */
static const struct {
    const char *start, *unit;
    unsigned count;
    const char *end;
    enum vouch_result result;
    const char *missing; /* NULL: libspf2 has an opinion, the same */
} records[] = {
    {"v=spf1 ip4:192.0.2.9 -all", "", 0, "", VOUCH_PASS, NULL},
    {"v=spf1 ip4:192.0.2.1 ~all", "", 0, "", VOUCH_SOFTFAIL, NULL},
    {"v=spf1 ip4:192.0.2.9 -all exp=%{d} x=%{s}", "", 0, "", VOUCH_PASS, NULL}, /* modifiers stay */
    /* CVE-2023-42118: a TXT record ends the process */
    {"v=spf1 exists:", "%{d}", 127, " ?all", VOUCH_NEUTRAL, "a record holds macros"},
    /* compiled mechanisms over 511 octets are dropped, the last ones first */
    {"v=spf1", " ip4:198.51.100.1", 70, " -all", VOUCH_FAIL, "a record is too long for it"},
    {"v=spf1", " ip6:::1", 26, " -all", VOUCH_FAIL, "a record is too long for it"},
    {"v=spf1", " a:b.c.d.example.example.example", 9, " -all", VOUCH_FAIL,
     "a record is too long for it"},
    /* prefix lengths that wrap never pass our parser */
    {"v=spf1 ip4:192.0.2.0/4294967295 +all", "", 0, "", VOUCH_PERMERROR, "not asked"},
    {"v=spf1 a:x.example/18446744073709551615 +all", "", 0, "", VOUCH_PERMERROR, "not asked"},
    {"v=spf1 ip4:198.51.100.1/0 -all", "", 0, "", VOUCH_PASS,
     "a record holds the prefix length 0, which it takes for an error"},
    {"v=spf1 include:b.example -all", "", 0, "", VOUCH_FAIL, "a record holds macros"},
    {"v=spf1 a:dead.example -all", "", 0, "", VOUCH_TEMPERROR, "not asked"},
    {"v=spf1 ptr:c.example ?all", "", 0, "", VOUCH_NEUTRAL, "DNS does not answer what it asks"},
};

static void test_fence(void **state)
{
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        struct outcome *outcome;
        struct bench *bench;

        assert_int_equal(set_up(state), 0);
        bench = *state;
        add_record(bench, records[i].start, records[i].unit, records[i].count, records[i].end);
        bench->settings.spf.void_limit = 100;
        text_add(&bench->zone, "b.example. TXT \"v=spf1 exists:%{i}.b.example -all\"\n"
                               "! dead.example. ANY servfail\n"
                               "! 9.2.0.192.in-addr.arpa. PTR servfail\n");
        outcome = run(bench);
        assert_int_equal(outcome->result, records[i].result);
        if (records[i].missing == NULL)
            assert_null(given.missing);
        else
            assert_string_equal(given.missing != NULL ? given.missing : "none", records[i].missing);
        if (records[i].missing != NULL && asked > 0) {
            assert_true(has_rule(outcome, records[i].missing));
            assert_true(has_rule(outcome, "our engine decides"));
        }
        assert_int_equal(tear_down(state), 0);
    }
}

/* To libspf2 itself every client of 127/8 passes. */
static void test_loopback(void **state)
{
    struct bench *bench = *state;

    assert_true(ip_parse("127.0.0.1", 9, &bench->facts.client));
    add_record(bench, "v=spf1 ip4:192.0.2.1 -all", "", 0, "");
    assert_int_equal(run(bench)->result, VOUCH_FAIL);
    assert_null(given.missing);
}

/* What libspf2 asks costs nothing where our engine asked the same. */
static void test_questions(void **state)
{
    struct bench *bench = *state;

    add_record(bench, "v=spf1 a mx -all", "", 0, "");
    text_add(&bench->zone, "a.example. A 192.0.2.1\na.example. MX 1 m.example.\n"
                           "m.example. A 192.0.2.9\n");
    assert_int_equal(run(bench)->result, VOUCH_PASS);
    assert_null(given.missing);
    assert_int_equal(budget_use(bench->budget).queries, 4);
}

static const struct spf_opinion other = {.result = VOUCH_NEUTRAL};

static void test_its_result_counts(void **state)
{
    struct bench *bench = *state;
    struct outcome *outcome;

    pretended = &other;
    add_record(bench, "v=spf1 -all", "", 0, "");
    outcome = run(bench);
    assert_int_equal(outcome->result, VOUCH_NEUTRAL);
    assert_int_equal(outcome->reason, REASON_SPF_LIBSPF2);
    assert_string_equal(outcome->detail, "libspf2: neutral, our engine: fail (-all)");
    assert_true(has_rule(outcome, "libspf2: neutral, our engine: fail"));
}

static void test_second_opinion(void **state)
{
    struct bench *bench = *state;
    struct outcome *outcome;

    pretended = &other;
    bench->settings.spf.engine = SPF_ENGINE_NATIVE;
    bench->settings.spf.second_opinion = true;
    add_record(bench, "v=spf1 -all", "", 0, "");
    outcome = run(bench);
    assert_int_equal(outcome->result, VOUCH_FAIL);
    assert_int_equal(outcome->reason, REASON_SPF_MATCH);
    assert_string_equal(outcome->detail, "-all; libspf2: neutral");
    assert_true(has_rule(outcome, "libspf2: neutral, our engine: fail"));
}

static void test_not_asked(void **state)
{
    struct bench *bench = *state;

    bench->settings.spf.engine = SPF_ENGINE_NATIVE;
    add_record(bench, "v=spf1 -all", "", 0, "");
    assert_int_equal(run(bench)->result, VOUCH_FAIL);
    assert_int_equal(asked, 0);
}

/* A limit that our engine met stands. */
static void test_limits_stand(void **state)
{
    struct bench *bench = *state;

    pretended = &other;
    add_record(bench, "v=spf1", " exists:b.example", 11, " -all");
    text_add(&bench->zone, "b.example. MX 1 a.example.\n");
    bench->settings.spf.void_limit = 100;
    assert_int_equal(run(bench)->reason, REASON_SPF_TERM_LIMIT);
    assert_int_equal(asked, 0);
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_fence), TEST(test_loopback),       TEST(test_questions),
        TEST(test_its_result_counts), TEST(test_second_opinion), TEST(test_not_asked),
        TEST(test_limits_stand),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
