/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/spf_record.h"

enum { ARENA_LIMIT = 8 * 1024 * 1024 };

/* Parse a copy of TEXT on the heap, without terminator, so that a read beyond its end is caught. */
static int parse(struct arena *arena, const char *text, size_t length,
                 const struct spf_record **record, struct spf_problem *problem)
{
    char *copy = malloc(length > 0 ? length : 1);
    int error;

    assert_non_null(copy);
    memcpy(copy, text, length);
    assert_true(spf_record_is(copy, length));
    error = spf_record_parse(arena, copy, length, record, problem);
    free(copy);
    return error;
}

static void selects_by_version(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        {"v=spf1", true},        {"v=spf1 ", true},       {"V=SpF1 -all", true},
        {"v=spf1\t-all", false}, {"v=spf10", false},      {"v=spf1.", false},
        {" v=spf1", false},      {"v=spf", false},        {"", false},
        {"v=spf2 -all", false},  {"spf2.0/mfrom", false}, {"\"v=spf1\" -all", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = strlen(cases[i].text);
        char *copy = malloc(length > 0 ? length : 1);

        assert_non_null(copy);
        memcpy(copy, cases[i].text, length);
        if (spf_record_is(copy, length) != cases[i].is)
            fail_msg("%s", cases[i].text);
        free(copy);
    }
}

static void accepts(void **state)
{
    static const struct {
        const char *text; /* behind "v=spf1" */
        size_t terms;
    } cases[] = {
        {"", 0},
        {" ", 0},
        {"   -all   ", 1},
        {" all -all", 2},
        {" ALL Include:a.B InClUdE:c.d", 3},
        {" +all ~all ?all -all", 4},
        {" a mx ptr", 3},
        {" a/24 a//64 a/24//64 a/0 a//0 a/32//128", 6},
        {" mx:a.b/24 mx:a.b//64 mx:a.b/24//64", 3},
        {" a:foo:bar/baz.example.com", 1},
        {" a:foo/24.example.com/24//64", 1},
        {" a:%{d} a:%{d}/24 a:%{d}//64 a:x%%", 4},
        {" a:x.%{d2/}/8", 1},
        {" a:foo.example.xn--zckzah", 1},
        {" a:foo.example.a-1", 1},
        {" a:foo.example.1a a:a.b. a:.com", 3},
        {" a:mail.example...com", 1},
        {" ptr:a.b exists:%{i}.x.y", 2},
        {" exists:%{L3r+-}.%{H}.%{O127}._.%{V}.%{p}.%{s}%%%_%-.a.b", 1},
        {" ip4:0.0.0.0/0 ip4:255.255.255.255/32 ip4:1.2.3.4", 3},
        {" ip6:::/0 ip6:::1.1.1.1/0 ip6:Cafe:Babe:8000::/33 ip6:1:2:3:4:5:6:7:8/128", 4},
        {" ip6:::ffff:192.0.2.1", 1},
        {" redirect=a.b", 0},
        {" redirect=%{d} exp=a.b -all", 1},
        {" EXP=a.b Redirect=%{o}.c.d", 0},
        {" moo.cow-far_out=man:dog/cat x= y=%%%_%-%{d} default=+ a1=b", 0},
        {" exp.=a exp-=b redirect_=c redirec=d", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        const struct spf_record *record = NULL;
        struct spf_problem problem;
        char text[256];
        int error;

        (void)snprintf(text, sizeof text, "v=spf1%s", cases[i].text);
        error = parse(arena, text, strlen(text), &record, &problem);
        if (error != VOUCH_OK)
            fail_msg("'%s': term %u: %s", text, problem.term, problem.what);
        if (record->term_count != cases[i].terms)
            fail_msg("'%s': %zu terms", text, record->term_count);
        arena_free(arena);
    }
}

static const struct {
    const char *text;
    const char *problem;
    size_t offset;
} refusals[] = {
    /* terms */
    {"v=spf1 -all moo", "term 2: unknown mechanism 'moo'", 12},
    {"v=spf1 ip5:1.2.3.4", "term 1: unknown mechanism 'ip5'", 7},
    {"v=spf1  a  -ip5:1.2.3.4", "term 2: unknown mechanism 'ip5'", 12},
    {"v=spf1 -", "term 1: unknown mechanism", 8},
    {"v=spf1 --all", "term 1: unknown mechanism '-all'", 8},
    {"v=spf1 :a.b", "term 1: unknown mechanism", 7},
    {"v=spf1 /24", "term 1: unknown mechanism", 7},
    {"v=spf1 redirect:a.b", "term 1: unknown mechanism 'redirect'", 7},
    {"v=spf1 exp:a.b", "term 1: unknown mechanism 'exp'", 7},
    {"v=spf1 redirect", "term 1: unknown mechanism 'redirect'", 7},
    {"v=spf1 moo.cow/far_out=man:dog", "term 1: unknown mechanism 'moo.cow'", 7},
    {"v=spf1 v=spf1\t-all", "term 1: octet not allowed '\\x09'", 13},
    {"v=spf1 a\ta", "term 1: octet not allowed '\\x09'", 8},
    {"v=spf1 a:b.c\r\n", "term 1: octet not allowed '\\x0D'", 12},
    {"v=spf1 \x80"
     "a:example.net",
     "term 1: octet not allowed '\\x80'", 7},
    {"v=spf1 a:\xef\xbb\xbfgarbage.example.net -all", "term 1: octet not allowed '\\xEF'", 9},
    {"v=spf1 a -all\x7f", "term 2: octet not allowed '\\x7F'", 13},
    /* all */
    {"v=spf1 -all.", "term 1: unknown mechanism 'all.'", 8},
    {"v=spf1 -all:foobar", "term 1: argument not allowed in '-all:foobar'", 7},
    {"v=spf1 -all/8", "term 1: argument not allowed in '-all/8'", 7},
    {"v=spf1 all:", "term 1: argument not allowed in 'all:'", 7},
    {"v=spf1 all=", NULL, 0}, /* an unknown modifier */
    /* arguments that must be there or must not */
    {"v=spf1 include", "term 1: argument missing in 'include'", 7},
    {"v=spf1 include:", "term 1: argument missing in 'include:'", 7},
    {"v=spf1 include:a.b/24", "term 1: bad top-level label in 'a.b/24'", 15},
    {"v=spf1 include/24", "term 1: prefix length not allowed in 'include/24'", 7},
    {"v=spf1 exists", "term 1: argument missing in 'exists'", 7},
    {"v=spf1 exists:", "term 1: argument missing in 'exists:'", 7},
    {"v=spf1 exists:a.b/24", "term 1: bad top-level label in 'a.b/24'", 14},
    {"v=spf1 a:", "term 1: argument missing in 'a:'", 7},
    {"v=spf1 mx:", "term 1: argument missing in 'mx:'", 7},
    {"v=spf1 ptr:", "term 1: argument missing in 'ptr:'", 7},
    {"v=spf1 a:/24", "term 1: argument missing in 'a:/24'", 7},
    {"v=spf1 ptr/0", "term 1: prefix length not allowed in 'ptr/0'", 7},
    {"v=spf1 ptr:a.b/0", "term 1: bad top-level label in 'a.b/0'", 11},
    {"v=spf1 ip4", "term 1: argument missing in 'ip4'", 7},
    {"v=spf1 ip4:", "term 1: argument missing in 'ip4:'", 7},
    {"v=spf1 ip6", "term 1: argument missing in 'ip6'", 7},
    {"v=spf1 ip4/24", "term 1: prefix length not allowed in 'ip4/24'", 7},
    /* prefix lengths */
    {"v=spf1 a/", "term 1: bad IPv4 prefix length '/'", 8},
    {"v=spf1 a//", "term 1: bad IPv6 prefix length '//'", 8},
    {"v=spf1 a/33", "term 1: bad IPv4 prefix length '/33'", 8},
    {"v=spf1 a/00", "term 1: bad IPv4 prefix length '/00'", 8},
    {"v=spf1 a/08", "term 1: bad IPv4 prefix length '/08'", 8},
    {"v=spf1 a//129", "term 1: bad IPv6 prefix length '//129'", 8},
    {"v=spf1 a//064", "term 1: bad IPv6 prefix length '//064'", 8},
    {"v=spf1 a/24/64", "term 1: bad IPv4 prefix length '/64'", 11},
    {"v=spf1 a/24/24", "term 1: prefix length not allowed in 'a/24/24'", 7},
    {"v=spf1 a/24//64/", "term 1: bad IPv4 prefix length '/'", 15},
    {"v=spf1 a///64", "term 1: bad IPv4 prefix length '/'", 8},
    {"v=spf1 a/-1", "term 1: prefix length not allowed in 'a/-1'", 7},
    {"v=spf1 a:x.y/18446744073709551616", "term 1: bad IPv4 prefix length '/18446744073709551616'",
     12},
    {"v=spf1 ip4:192.0.2.0/4294967295", "term 1: bad IPv4 prefix length '/4294967295'", 20},
    {"v=spf1 ip4:192.0.2.0/4294967296", "term 1: bad IPv4 prefix length '/4294967296'", 20},
    {"v=spf1 ip4:1.2.3.4/33", "term 1: bad IPv4 prefix length '/33'", 18},
    {"v=spf1 ip4:1.2.3.4/032", "term 1: bad IPv4 prefix length '/032'", 18},
    {"v=spf1 ip4:1.2.3.4/", "term 1: bad IPv4 prefix length '/'", 18},
    {"v=spf1 ip4:1.2.3.4//32", "term 1: bad IPv4 prefix length '//32'", 18},
    {"v=spf1 ip6:::1/129", "term 1: bad IPv6 prefix length '/129'", 14},
    {"v=spf1 ip6:::1.1.1.1//33", "term 1: bad IPv6 prefix length '//33'", 20},
    /* addresses */
    {"v=spf1 ip4:1.2.3", "term 1: bad IPv4 address '1.2.3'", 11},
    {"v=spf1 ip4:1.2.3.4.5", "term 1: bad IPv4 address '1.2.3.4.5'", 11},
    {"v=spf1 ip4:1.2.3.256", "term 1: bad IPv4 address '1.2.3.256'", 11},
    {"v=spf1 ip4:1.2.3.04", "term 1: bad IPv4 address '1.2.3.04'", 11},
    {"v=spf1 ip4:1.2.3.4:8080", "term 1: bad IPv4 address '1.2.3.4:8080'", 11},
    {"v=spf1 ip4:::ffff:1.2.3.4", "term 1: bad IPv4 address '::ffff:1.2.3.4'", 11},
    {"v=spf1 ip4:/8", "term 1: bad IPv4 address", 11},
    {"v=spf1 ip6:1.2.3.4", "term 1: bad IPv6 address '1.2.3.4'", 11},
    {"v=spf1 ip6::CAFE::BABE", "term 1: bad IPv6 address ':CAFE::BABE'", 11},
    {"v=spf1 ip6:fe80::1%eth0", "term 1: bad IPv6 address 'fe80::1%eth0'", 11},
    {"v=spf1 ip6:[::1]", "term 1: bad IPv6 address '[::1]'", 11},
    {"v=spf1 ip4:%{i}", "term 1: bad IPv4 address '%{i}'", 11},
    /* domain-spec */
    {"v=spf1 a:museum", "term 1: domain name without a top-level label 'museum'", 9},
    {"v=spf1 a:museum.", "term 1: domain name without a top-level label 'museum.'", 9},
    {"v=spf1 a:foo-bar -all", "term 1: domain name without a top-level label 'foo-bar'", 9},
    {"v=spf1 a:abc.123", "term 1: bad top-level label in 'abc.123'", 9},
    {"v=spf1 a:111.222.33.44", "term 1: address where a domain name is wanted '111.222.33.44'", 9},
    {"v=spf1 a:example.-com", "term 1: bad top-level label in 'example.-com'", 9},
    {"v=spf1 a:example.com-", "term 1: bad top-level label in 'example.com-'", 9},
    {"v=spf1 a:example.co_m", "term 1: bad top-level label in 'example.co_m'", 9},
    {"v=spf1 a:example.com..", "term 1: bad top-level label in 'example.com..'", 9},
    {"v=spf1 a:example.com:8080", "term 1: bad top-level label in 'example.com:8080'", 9},
    {"v=spf1 a:%{d}com", "term 1: domain name without a top-level label '%{d}com'", 9},
    {"v=spf1 a:%{d}.", "term 1: domain name without a top-level label '%{d}.'", 9},
    {"v=spf1 a:.", "term 1: domain name without a top-level label '.'", 9},
    /* macros */
    {"v=spf1 exists:%(ir).sbl.example.com", "term 1: '%' that begins no macro '%'", 14},
    {"v=spf1 exists:foo%.sbl.example.com", "term 1: '%' that begins no macro '%'", 17},
    {"v=spf1 exists:a.b%", "term 1: '%' that begins no macro '%'", 17},
    {"v=spf1 a:%{a}.example.com", "term 1: macro letter not allowed here '%{a'", 9},
    {"v=spf1 a:%{}.example.com", "term 1: macro letter not allowed here '%{}'", 9},
    {"v=spf1 a:%{c}.example.com", "term 1: macro letter not allowed here '%{c'", 9},
    {"v=spf1 a:%{R}.example.com", "term 1: macro letter not allowed here '%{R'", 9},
    {"v=spf1 exp=%{t}.example.com", "term 1: macro letter not allowed here '%{t'", 11},
    {"v=spf1 x=%{t}", "term 1: macro letter not allowed here '%{t'", 9},
    {"v=spf1 a:%{d0}.a.b", "term 1: number of parts is zero '%{d0'", 9},
    {"v=spf1 a:%{d2x}.a.b", "term 1: malformed macro '%{d2'", 9},
    {"v=spf1 a:%{dr2}.a.b", "term 1: malformed macro '%{dr'", 9},
    {"v=spf1 a:%{d.r}.a.b", "term 1: malformed macro '%{d.'", 9},
    {"v=spf1 a:%{d:}.a.b", "term 1: malformed macro '%{d'", 9},
    {"v=spf1 a:%{d", "term 1: malformed macro '%{d'", 9},
    {"v=spf1 a:%{", "term 1: malformed macro '%{'", 9},
    /* modifiers */
    {"v=spf1 exp=", "term 1: domain name missing", 11},
    {"v=spf1 redirect=", "term 1: domain name missing", 16},
    {"v=spf1 exp=-all", "term 1: domain name without a top-level label '-all'", 11},
    {"v=spf1 redirect=a.b redirect=a.b", "term 2: second modifier 'redirect'", 20},
    {"v=spf1 exp=a.b -all EXP=a.b", "term 3: second modifier 'EXP'", 20},
    {"v=spf1 1up=foo", "term 1: bad modifier name '1up'", 7},
    {"v=spf1 =all", "term 1: bad modifier name", 7},
    {"v=spf1 -x=y", "term 1: bad modifier name '-x'", 7},
    {"v=spf1 +redirect=a.b", "term 1: bad modifier name '+redirect'", 7},
    {"v=spf1 x$y=z", "term 1: bad modifier name 'x$y'", 7},
    {"v=spf1 -all foo=%abc", "term 2: '%' that begins no macro '%'", 16},
};

static void refuses_and_names_the_place(void **state)
{

    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        const char *text = refusals[i].text;
        const struct spf_record *record = NULL;
        struct spf_problem problem;
        struct text said = text_in(arena);
        int error = parse(arena, text, strlen(text), &record, &problem);

        if (refusals[i].problem == NULL) {
            assert_int_equal(error, VOUCH_OK);
        } else {
            if (error != VOUCH_ERROR_SYNTAX)
                fail_msg("'%s' is accepted", text);
            spf_problem_describe(&problem, text, &said);
            if (strcmp(text_string(&said), refusals[i].problem) != 0)
                fail_msg("'%s': said: %s", text, text_string(&said));
            if (problem.offset != refusals[i].offset)
                fail_msg("'%s': offset %zu", text, problem.offset);
            assert_true(problem.offset + problem.length <= strlen(text));
        }
        arena_free(arena);
    }
}

static void a_nul_is_no_end(void **state)
{
    static const char text[] = "v=spf1 a:foo.example.com\0 -all";
    struct arena *arena = arena_new(ARENA_LIMIT);
    const struct spf_record *record;
    struct spf_problem problem;

    (void)state;
    assert_int_equal(parse(arena, text, sizeof text - 1, &record, &problem), VOUCH_ERROR_SYNTAX);
    assert_string_equal(problem.what, "octet not allowed");
    assert_int_equal(problem.offset, 24);
    arena_free(arena);
}

static void compiles_to_values(void **state)
{
    static const char text[] = "v=spf1 -a:x.y/24//64 ~mx ?ip4:192.0.2.0/25 ip6:2001:db8::/32 "
                               "redirect=%{d2}.z exp=e.f ptr";
    struct arena *arena = arena_new(ARENA_LIMIT);
    const struct spf_record *record;
    struct spf_problem problem;

    (void)state;
    assert_int_equal(parse(arena, text, sizeof text - 1, &record, &problem), VOUCH_OK);
    assert_int_equal(record->term_count, 5);
    assert_int_equal(record->terms[0].kind, SPF_A);
    assert_int_equal(record->terms[0].result, VOUCH_FAIL);
    assert_int_equal(record->terms[0].prefix4, 24);
    assert_int_equal(record->terms[0].prefix6, 64);
    assert_int_equal(record->terms[0].offset, 7);
    assert_int_equal(record->terms[0].length, 13);
    assert_int_equal(record->terms[0].target.count, 1);
    assert_int_equal(record->terms[0].target.parts[0].length, 3);
    assert_int_equal(record->terms[1].kind, SPF_MX);
    assert_int_equal(record->terms[1].result, VOUCH_SOFTFAIL);
    assert_int_equal(record->terms[1].prefix4, 32);
    assert_int_equal(record->terms[1].prefix6, 128);
    assert_int_equal(record->terms[1].target.count, 0);
    assert_int_equal(record->terms[2].kind, SPF_IP4);
    assert_int_equal(record->terms[2].result, VOUCH_NEUTRAL);
    assert_int_equal(record->terms[2].prefix4, 25);
    assert_int_equal(record->terms[2].address.family, IP_V4);
    assert_int_equal(record->terms[3].kind, SPF_IP6);
    assert_int_equal(record->terms[3].result, VOUCH_PASS);
    assert_int_equal(record->terms[3].prefix6, 32);
    assert_int_equal(record->terms[4].kind, SPF_PTR);
    assert_false(record->has_all);
    assert_true(record->redirect.present);
    assert_int_equal(record->redirect.target.count, 2);
    assert_true(record->explanation.present);
    arena_free(arena);
}

/* COUNT times UNIT behind "v=spf1", then END. */
static char *repeat(const char *unit, size_t count, const char *end)
{
    size_t size = strlen(unit) * count + strlen(end) + 16;
    char *text = malloc(size);
    size_t length;

    assert_non_null(text);
    length = (size_t)snprintf(text, size, "v=spf1");
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(text + length, size - length, "%s", unit);
    (void)snprintf(text + length, size - length, "%s", end);
    return text;
}

static void is_bounded(void **state)
{
    static const struct {
        const char *unit;
        size_t count;
        const char *end;
        int error;
    } cases[] = {
        {" all", SPF_TERMS_MAX, "", VOUCH_OK},
        {" all", SPF_TERMS_MAX + 1, "", VOUCH_ERROR_LIMIT},
        {" ip4:192.0.2.1", 70, " -all", VOUCH_OK},
        {" ", SPF_RECORD_MAX - 6, "", VOUCH_OK},
        {" ", SPF_RECORD_MAX - 5, "", VOUCH_ERROR_LIMIT},
        {" a:%{d}%{d}%{d}%{d}", 4095, "", VOUCH_ERROR_LIMIT /* octets */},
        {" a:%{d}%{d}", 4096, "", VOUCH_OK},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        char *text = repeat(cases[i].unit, cases[i].count, cases[i].end);
        const struct spf_record *record;
        struct spf_problem problem;

        if (parse(arena, text, strlen(text), &record, &problem) != cases[i].error)
            fail_msg("case %zu", i);
        free(text);
        arena_free(arena);
    }
}

static void bounds_the_macros_of_a_string(void **state)
{
    (void)state;
    for (size_t count = SPF_MACROS_MAX; count <= SPF_MACROS_MAX + 1; count++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        char *text = malloc(32 + 4 * count);
        const struct spf_record *record;
        struct spf_problem problem;
        size_t length = (size_t)snprintf(text, 32, "v=spf1 exists:");

        for (size_t i = 0; i < count; i++, length += 4)
            memcpy(text + length, "%{d}", 4);
        assert_int_equal(parse(arena, text, length, &record, &problem),
                         count > SPF_MACROS_MAX ? VOUCH_ERROR_LIMIT : VOUCH_OK);
        free(text);
        arena_free(arena);
    }
}

static void survives_lack_of_memory(void **state)
{
    static const char text[] = "v=spf1 a:%{d}.x.y mx ip4:192.0.2.1 redirect=%{o}";

    (void)state;
    for (size_t limit = 0;; limit += 16) {
        struct arena *arena = arena_new(limit);
        const struct spf_record *record;
        struct spf_problem problem;
        int error = parse(arena, text, sizeof text - 1, &record, &problem);

        arena_free(arena);
        if (error == VOUCH_OK)
            return;
        assert_int_equal(error, VOUCH_ERROR_MEMORY);
        assert_true(limit < ARENA_LIMIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selects_by_version),
        cmocka_unit_test(accepts),
        cmocka_unit_test(refuses_and_names_the_place),
        cmocka_unit_test(a_nul_is_no_end),
        cmocka_unit_test(compiles_to_values),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(bounds_the_macros_of_a_string),
        cmocka_unit_test(survives_lack_of_memory),
    };

    return cmocka_run_group_tests_name("spf_record", tests, NULL, NULL);
}
