/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What needs records made by a program, and details; the rest is in
 * tests/scenarios/spf_records.scn. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/verify/spf.h"

enum { ARENA_LIMIT = 16 * 1024 * 1024 };

/* A check of joe@a.example with everything that is needed around it. */
struct bench {
    struct arena *arena;
    struct text zone;
    struct resolver *resolver;
    struct verify_settings settings;
    struct budget_limits limits;
    struct facts facts;
    struct check check;
};

static int set_up(void **state)
{
    struct bench *bench = calloc(1, sizeof *bench);

    bench->arena = arena_new(ARENA_LIMIT);
    bench->zone = text_in(bench->arena);
    bench->settings.spf = (struct spf_settings){.term_limit = 10, .void_limit = 2};
    bench->limits = budget_defaults();
    bench->facts = (struct facts){.helo = "mail.example", .authserv_id = "mx.example"};
    assert_true(ip_parse("192.0.2.9", 9, &bench->facts.client));
    *state = bench;
    return 0;
}

static int tear_down(void **state)
{
    struct bench *bench = *state;

    budget_free(bench->check.budget);
    resolver_release(bench->resolver);
    arena_free(bench->arena);
    free(bench);
    return 0;
}

/* Put a TXT record into the zone, cut into character-strings. */
static void add_txt(struct bench *bench, const char *name, const char *value)
{
    text_printf(&bench->zone, "%s. TXT", name);
    for (size_t length = strlen(value); length > 0;) {
        size_t piece = length < 255 ? length : 255;

        text_printf(&bench->zone, " \"%.*s\"", (int)piece, value);
        value += piece;
        length -= piece;
    }
    text_add(&bench->zone, "\n");
}

static struct outcome *run_in(struct bench *bench, struct arena *arena)
{
    struct resolver_settings settings = resolver_defaults();
    unsigned line;

    if (bench->resolver == NULL)
        assert_int_equal(
            resolver_new_zone(&settings, text_string(&bench->zone), &bench->resolver, &line),
            VOUCH_OK);
    budget_free(bench->check.budget);
    bench->check = (struct check){.facts = &bench->facts,
                                  .settings = &bench->settings,
                                  .resolver = bench->resolver,
                                  .budget = budget_new(&bench->limits),
                                  .arena = arena,
                                  .began = clock_now()};
    return spf_check(&bench->check, IDENTITY_MAILFROM, "joe", "a.example", bench->facts.helo);
}

static struct outcome *run(struct bench *bench)
{
    struct outcome *outcome = run_in(bench, bench->arena);

    assert_non_null(outcome);
    return outcome;
}

static void expect(const struct outcome *outcome, enum vouch_result result, enum reason reason)
{
    if (outcome->result != result || outcome->reason != reason)
        fail_msg("%s %s (%s)", vouch_result_word(outcome->result), reason_code(outcome->reason),
                 outcome->detail);
}

/* UNIT COUNT times between START and END; %u in UNIT becomes the number, from 0. */
static const char *repeat(struct bench *bench, const char *start, const char *unit, unsigned count,
                          const char *end)
{
    struct text text = text_in(bench->arena);

    text_add(&text, start);
    for (unsigned i = 0; i < count; i++) {
        const char *number = strstr(unit, "%u");

        if (number == NULL)
            text_add(&text, unit);
        else
            text_printf(&text, "%.*s%u%s", (int)(number - unit), unit, i, number + 2);
    }
    text_add(&text, end);
    return text_string(&text);
}

/* Nine includes a record, nested four deep: 7,381 questions with libspf2. */
static void an_include_bomb_costs_ten_terms(void **state)
{
    struct bench *bench = *state;
    char name[64];
    char record[64];
    struct outcome *outcome;

    add_txt(bench, "a.example", repeat(bench, "v=spf1", " include:x%u.example", 9, " -all"));
    for (unsigned i = 0; i < 9 + 81 + 729; i++) {
        unsigned level = i < 9 ? 1 : i < 90 ? 2 : 3;
        unsigned number = level == 1 ? i : level == 2 ? i - 9 : i - 90;

        (void)snprintf(name, sizeof name, "x%0*u.example", (int)level, number);
        (void)snprintf(record, sizeof record, "v=spf1");
        add_txt(bench, name,
                repeat(bench, record,
                       arena_printf(bench->arena, " include:x%0*u%%u.example", (int)level, number),
                       9, " -all"));
    }
    for (unsigned i = 0; i < 7290; i++) {
        (void)snprintf(name, sizeof name, "x%04u.example", i);
        add_txt(bench, name, "v=spf1 a:mail.example -all");
    }
    text_add(&bench->zone, "mail.example. A 198.51.100.1\n");
    outcome = run(bench);
    expect(outcome, VOUCH_PERMERROR, REASON_SPF_TERM_LIMIT);
    /* the first record, ten terms, and at most ten more asked ahead */
    assert_true(budget_use(bench->check.budget).queries <= 21);
}

static void text_that_ends_other_processes(void **state)
{
    struct bench *bench = *state;
    char *filler = arena_alloc(bench->arena, 12001);
    const char *start = repeat(bench, "v=spf1 exists:", "%{d}", 127, "");

    memset(filler, 'x', 12000);
    add_txt(bench, "a.example", arena_printf(bench->arena, "%s%s", start, filler));
    expect(run(bench), VOUCH_PERMERROR, REASON_SPF_SYNTAX);
}

static void the_same_with_a_legal_end(void **state)
{
    struct bench *bench = *state;
    char *filler = arena_alloc(bench->arena, 12001);
    const char *start = repeat(bench, "v=spf1 exists:", "%{d}", 127, "");

    memset(filler, 'x', 12000);
    add_txt(bench, "a.example", arena_printf(bench->arena, "%s%s.b.example -all", start, filler));
    text_add(&bench->zone, "b.example. A 127.0.0.2\n");
    expect(run(bench), VOUCH_PASS, REASON_SPF_MATCH);
}

static void and_as_an_explanation(void **state)
{
    struct bench *bench = *state;
    char *filler = arena_alloc(bench->arena, 12001);
    struct outcome *outcome;

    memset(filler, 'x', 12000);
    add_txt(bench, "a.example", "v=spf1 -all exp=e.example");
    add_txt(bench, "e.example",
            arena_printf(bench->arena, "%s%s", repeat(bench, "", "%{d}", 127, ""), filler));
    outcome = run(bench);
    expect(outcome, VOUCH_FAIL, REASON_SPF_MATCH);
    assert_string_equal(outcome->explanation, "");
}

static void an_explanation_of_some_length_is_kept(void **state)
{
    struct bench *bench = *state;
    struct outcome *outcome;

    add_txt(bench, "a.example", "v=spf1 -all exp=e.example");
    add_txt(bench, "e.example", repeat(bench, "", "%{d} ", 100, ""));
    outcome = run(bench);
    expect(outcome, VOUCH_FAIL, REASON_SPF_MATCH);
    assert_string_equal(outcome->explanation, repeat(bench, "", "a.example ", 100, ""));
}

static void no_tail_is_lost(void **state)
{
    static const struct {
        const char *unit;
        unsigned count;
        const char *end;
        enum vouch_result result;
    } cases[] = {
        {" ip4:198.51.100.%u", 70, " -all", VOUCH_FAIL},
        {" ip4:198.51.100.%u", 70, " ip4:192.0.2.9 -all", VOUCH_PASS},
        {" ip6:2001:db8:aaaa:bbbb:cccc:dddd:eeee:%u", 26, " -all", VOUCH_FAIL},
        {" ip6:2001:db8:aaaa:bbbb:cccc:dddd:eeee:%u", 26, " ~all", VOUCH_SOFTFAIL},
        {" x%u=y", 100, " -all", VOUCH_FAIL},
        {" ip4:1.1.1.1", 4000, " -all", VOUCH_FAIL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct bench *bench;
        void *own;
        struct outcome *outcome;

        set_up(&own);
        bench = own;
        add_txt(bench, "a.example",
                repeat(bench, "v=spf1", cases[i].unit, cases[i].count, cases[i].end));
        outcome = run(bench);
        if (outcome->result != cases[i].result)
            fail_msg("case %zu: %s %s", i, vouch_result_word(outcome->result),
                     reason_code(outcome->reason));
        tear_down(&own);
    }
}

static void too_many_terms(void **state)
{
    struct bench *bench = *state;
    struct outcome *outcome;

    add_txt(bench, "a.example", repeat(bench, "v=spf1", " a", 5000, " -all"));
    outcome = run(bench);
    expect(outcome, VOUCH_PERMERROR, REASON_SPF_SIZE_LIMIT);
    assert_string_equal(outcome->detail, "a.example");
}

/* Ten mx mechanisms of ten exchanges each: 111 questions are within RFC 7208. */
static void ten_mx_of_ten_hosts(void **state)
{
    struct bench *bench = *state;

    add_txt(bench, "a.example", repeat(bench, "v=spf1", " mx:m%u.example", 10, " -all"));
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned k = 0; k < 10; k++) {
            text_printf(&bench->zone, "m%u.example. MX %u h%u%u.example.\n", i, k, i, k);
            text_printf(&bench->zone, "h%u%u.example. A 198.51.100.%u\n", i, k, i * 10 + k);
        }
    }
    bench->limits.max_queries = 111;
    expect(run(bench), VOUCH_FAIL, REASON_SPF_MATCH);
    assert_int_equal(budget_use(bench->check.budget).queries, 111);
    assert_true(ip_parse("198.51.100.99", 13, &bench->facts.client));
    expect(run(bench), VOUCH_PASS, REASON_SPF_MATCH);
    /* fewer than it takes: an error of ours */
    assert_true(ip_parse("192.0.2.9", 9, &bench->facts.client));
    bench->limits.max_queries = 110;
    expect(run(bench), VOUCH_TEMPERROR, REASON_SPF_DNS);
}

static void limits_are_settings(void **state)
{
    struct bench *bench = *state;

    add_txt(bench, "a.example",
            "v=spf1 a:x1.example a:x2.example a:x3.example a:x4.example ip4:192.0.2.9 -all");
    expect(run(bench), VOUCH_PERMERROR, REASON_SPF_VOID_LIMIT);
    bench->settings.spf.void_limit = 4;
    expect(run(bench), VOUCH_PASS, REASON_SPF_MATCH);
    bench->settings.spf.void_limit = 3;
    expect(run(bench), VOUCH_PERMERROR, REASON_SPF_VOID_LIMIT);
    bench->settings.spf.term_limit = 3;
    expect(run(bench), VOUCH_PERMERROR, REASON_SPF_TERM_LIMIT);
    bench->settings.spf.void_limit = 0;
    expect(run(bench), VOUCH_PERMERROR, REASON_SPF_VOID_LIMIT);
    bench->settings.spf.term_limit = 0;
    expect(run(bench), VOUCH_PERMERROR, REASON_SPF_TERM_LIMIT);
}

/* A limit far beyond the RFC's must not become depth of stack or time without end. */
static void a_loop_ends_at_any_limit(void **state)
{
    struct bench *bench = *state;

    add_txt(bench, "a.example", "v=spf1 include:b.example -all");
    add_txt(bench, "b.example", "v=spf1 redirect=a.example");
    bench->settings.spf.term_limit = 5000;
    expect(run(bench), VOUCH_PERMERROR, REASON_SPF_TERM_LIMIT);
    assert_int_equal(budget_use(bench->check.budget).queries, 2);
}

static void details(void **state)
{
    static const struct {
        const char *record;
        enum vouch_result result;
        enum reason reason;
        const char *detail;
    } cases[] = {
        {"v=spf1 ip4:192.0.2.0/24 -all", VOUCH_PASS, REASON_SPF_MATCH, "ip4:192.0.2.0/24"},
        {"v=spf1 a ~ALL", VOUCH_SOFTFAIL, REASON_SPF_MATCH, "~ALL"},
        {"v=spf1", VOUCH_NEUTRAL, REASON_SPF_DEFAULT, "default"},
        {"v=spf1 include:b.example -all", VOUCH_PASS, REASON_SPF_MATCH, "include:b.example"},
        {"v=spf1 redirect=b.example", VOUCH_PASS, REASON_SPF_MATCH, "ip4:192.0.2.9"},
        {"v=spf1 ip5:1.2.3.4", VOUCH_PERMERROR, REASON_SPF_SYNTAX,
         "term 1: unknown mechanism 'ip5'"},
        {"v=spf1 include:bad.example", VOUCH_PERMERROR, REASON_SPF_SYNTAX,
         "term 2: unknown mechanism 'oops' (in the record of bad.example)"},
        {"v=spf1 include:two.example", VOUCH_PERMERROR, REASON_SPF_MULTIPLE_RECORDS, "two.example"},
        {"v=spf1 include:none.example", VOUCH_PERMERROR, REASON_SPF_INCLUDE_NONE,
         "include:none.example"},
        {"v=spf1 redirect=none.example", VOUCH_PERMERROR, REASON_SPF_REDIRECT_NONE,
         "redirect=none.example"},
        {"v=spf1 redirect=c.example", VOUCH_PERMERROR, REASON_SPF_INCLUDE_NONE,
         "include:none.example (in the record of c.example)"},
        {"v=spf1 include:dead.example", VOUCH_TEMPERROR, REASON_SPF_DNS,
         "TXT dead.example: SERVFAIL"},
        {"v=spf1 a:dead.example", VOUCH_TEMPERROR, REASON_SPF_DNS,
         "a:dead.example: A dead.example: SERVFAIL"},
        {"v=spf1 a:x.a a:x.b a:x.c", VOUCH_PERMERROR, REASON_SPF_VOID_LIMIT, "a:x.c"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome *outcome;
        struct bench *bench;
        void *own;

        set_up(&own);
        bench = own;
        add_txt(bench, "a.example", cases[i].record);
        text_add(&bench->zone, "a.example. A 198.51.100.1\n");
        add_txt(bench, "b.example", "v=spf1 ip4:192.0.2.9 -all");
        add_txt(bench, "c.example", "v=spf1 include:none.example -all");
        add_txt(bench, "bad.example", "v=spf1 a oops");
        add_txt(bench, "two.example", "v=spf1 -all");
        add_txt(bench, "two.example", "v=spf1 +all");
        text_add(&bench->zone, "! dead.example. ANY servfail\n");
        outcome = run(bench);
        if (outcome->result != cases[i].result || outcome->reason != cases[i].reason ||
            strcmp(outcome->detail, cases[i].detail) != 0)
            fail_msg("%s: %s %s '%s'", cases[i].record, vouch_result_word(outcome->result),
                     reason_code(outcome->reason), outcome->detail);
        tear_down(&own);
    }
}

static void a_malformed_domain_is_shown_safely(void **state)
{
    struct bench *bench = *state;
    struct outcome *outcome;

    add_txt(bench, "a.example", "v=spf1 -all");
    (void)run(bench);
    outcome = spf_check(&bench->check, IDENTITY_MAILFROM, "joe", "a..\r\nb\xff", "mail.example");
    assert_non_null(outcome);
    expect(outcome, VOUCH_NONE, REASON_SPF_NO_DOMAIN);
    assert_string_equal(outcome->domain, "");
    assert_string_equal(outcome->detail, "a..\\x0D\\x0Ab\\xFF");
}

/* Without memory the answer is NULL or temperror, and never another than with it. */
static void lack_of_memory_is_no_verdict(void **state)
{
    struct bench *bench = *state;

    add_txt(bench, "a.example", "v=spf1 include:b.example exists:%{l}.%{p}.b.example -all");
    add_txt(bench, "b.example", "v=spf1 ?a:mail.example");
    text_add(&bench->zone, "mail.example. A 198.51.100.1\n");
    for (size_t limit = 0; limit < 8192; limit += 48) {
        struct arena *arena = arena_new(limit);
        const struct outcome *outcome = run_in(bench, arena);

        if (outcome != NULL && outcome->result != VOUCH_TEMPERROR)
            assert_int_equal(outcome->result, VOUCH_FAIL);
        arena_free(arena);
    }
    expect(run(bench), VOUCH_FAIL, REASON_SPF_MATCH);
}

static void the_time_is_now(void **state)
{
    struct bench *bench = *state;
    long long before = (long long)time(NULL);
    long long told;
    char *end;

    add_txt(bench, "a.example", "v=spf1 -all exp=e.example");
    add_txt(bench, "e.example", "%{t}");
    told = strtoll(run(bench)->explanation, &end, 10);
    assert_int_equal(*end, '\0');
    assert_true(told >= before && told <= (long long)time(NULL));
}

static void every_step_is_told(void **state)
{
    static const struct {
        const char *asked, *answer, *rule;
    } steps[] = {
        {"TXT a.example", "\"v=spf1 a:b.example -all\"", "RFC 7208 4.5: the SPF record"},
        {"A b.example", "198.51.100.1", "RFC 7208 5.3: a:b.example"},
        {"", "", "RFC 7208 4.6.2: -all: fail"},
    };
    struct bench *bench = *state;
    const struct trace_step *step;

    add_txt(bench, "a.example", "v=spf1 a:b.example -all");
    text_add(&bench->zone, "b.example. A 198.51.100.1\n");
    step = run(bench)->trace;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++, step = step->next) {
        assert_non_null(step);
        assert_string_equal(step->asked, steps[i].asked);
        assert_string_equal(step->answer, steps[i].answer);
        assert_string_equal(step->rule, steps[i].rule);
    }
    assert_null(step);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_include_bomb_costs_ten_terms),
        TEST(text_that_ends_other_processes),
        TEST(the_same_with_a_legal_end),
        TEST(and_as_an_explanation),
        TEST(an_explanation_of_some_length_is_kept),
        cmocka_unit_test(no_tail_is_lost),
        TEST(too_many_terms),
        TEST(ten_mx_of_ten_hosts),
        TEST(limits_are_settings),
        TEST(a_loop_ends_at_any_limit),
        cmocka_unit_test(details),
        TEST(a_malformed_domain_is_shown_safely),
        TEST(lack_of_memory_is_no_verdict),
        TEST(the_time_is_now),
        TEST(every_step_is_told),
    };

    return cmocka_run_group_tests_name("spf", tests, NULL, NULL);
}
