/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The names in certificates; what the scenarios cannot show of the verifier. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/tls.h"
#include "lib/verify/tls_name.h"

enum { ARENA = 1 << 16 };

static const struct {
    const char *text;
    const char *name; /* NULL: malformed */
} decodings[] = {
    {"", ""},
    {"Example", "Example"},
    {"Example+20CA", "Example CA"},
    {"+5C+3C+3E+28+29+22+2B", "\\<>()\"+"},
    {"/C=XX/CN=a+2bb", "/C=XX/CN=a+b"}, /* Sendmail writes upper case */
    {"+C3+A4", "\xc3\xa4"},
    {"\xc3\xa4", "\xc3\xa4"},
    {"+0D+0ABcc:", "\r\nBcc:"},
    {"100%s=\";", "100%s=\";"},
    {"+5Cx00", "\\x00"}, /* OpenSSL's way to write a NUL */
    {"+2B20", "+20"},    /* decoded once */
    {"+00", NULL},
    {"a+00b", NULL},
    {"+", NULL},
    {"a+2", NULL},
    {"+2G", NULL},
    {"+G2", NULL},
    {"++20", NULL},
    {"+ 20", NULL},
};

/* The text lies at the end of its memory, without a terminator. */
static int decode(struct arena *arena, const char *text, size_t length, const char **name)
{
    char *copy = malloc(length > 0 ? length : 1);
    int error;

    assert_non_null(copy);
    memcpy(copy, text, length);
    error = tls_name_decode(arena, copy, length, name);
    free(copy);
    return error;
}

static void test_decode(void **state)
{
    struct arena *arena = arena_new(ARENA);

    (void)state;
    for (size_t i = 0; i < sizeof decodings / sizeof decodings[0]; i++) {
        const char *name = NULL;
        int error = decode(arena, decodings[i].text, strlen(decodings[i].text), &name);

        assert_int_equal(error, decodings[i].name != NULL ? VOUCH_OK : VOUCH_ERROR_SYNTAX);
        if (decodings[i].name != NULL)
            assert_string_equal(name, decodings[i].name);
    }
    arena_free(arena);
}

static void test_decode_bounds(void **state)
{
    struct arena *arena = arena_new(ARENA);
    static char text[3 * TLS_NAME_MAX + 3];
    const char *name = NULL;

    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(decode(arena, text, TLS_NAME_MAX, &name), VOUCH_OK);
    assert_int_equal(strlen(name), TLS_NAME_MAX);
    assert_int_equal(decode(arena, text, TLS_NAME_MAX + 1, &name), VOUCH_ERROR_SYNTAX);
    for (size_t i = 0; i < sizeof text; i += 3)
        memcpy(text + i, "+20", 3);
    assert_int_equal(decode(arena, text, 3 * TLS_NAME_MAX, &name), VOUCH_OK);
    assert_int_equal(decode(arena, text, 3 * TLS_NAME_MAX + 3, &name), VOUCH_ERROR_SYNTAX);
    arena_free(arena);
    arena = arena_new(0);
    assert_int_equal(decode(arena, text, 30, &name), VOUCH_ERROR_MEMORY);
    assert_null(tls_name_fold(arena, "name"));
    arena_free(arena);
}

static const struct {
    const char *name, *folded;
} foldings[] = {
    {"", ""},
    {"   ", ""},
    {"Example CA", "example ca"},
    {"  Example \t\r\n CA  ", "example ca"},
    {"/C=XX/O=\xc3\x84", "/c=xx/o=\xc3\x84"},
};

static void test_fold(void **state)
{
    struct arena *arena = arena_new(ARENA);

    (void)state;
    for (size_t i = 0; i < sizeof foldings / sizeof foldings[0]; i++) {
        assert_string_equal(tls_name_fold(arena, foldings[i].name), foldings[i].folded);
        assert_string_equal(tls_name_fold(arena, foldings[i].folded), foldings[i].folded);
    }
    arena_free(arena);
}

static const struct {
    const char *pattern, *name;
    bool matches;
} patterns[] = {
    {"", "", true},
    {"", "a", false},
    {"a", "", false},
    {"*", "", true},
    {"*", "anything", true},
    {"**", "anything", true},
    {"Example CA", "example ca", true},
    {"example ca", "example ca 2", false},
    {"example*", "example ca 2", true},
    {"*ca", "example ca", true},
    {"*ca", "example ca 2", false},
    {"*.bank.example", "mail.bank.example", true},
    {"*.bank.example", "bank.example", false},
    {"a*b*c", "abc", true},
    {"a*b*c", "a-b-b-c", true},
    {"a*b*c", "a-c-b", false},
    {"*aab", "aaaaab", true},
    {"/C=XX/*", "/c=xx/o=evil", true},
    {"/C=XX/*", "/c=xy/o=evil", false},
    {"a*\xc3\xa4", "a-\xc3\xa4", true},
    {"*", "*", true},
};

static void test_matches(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof patterns[0]; i++)
        assert_true(tls_name_matches(patterns[i].pattern, patterns[i].name) == patterns[i].matches);
}

/* Many stars in front of what is not there: no more than one step for each pair of octets. */
static void test_matches_is_bounded(void **state)
{
    char pattern[201], name[1001];

    (void)state;
    for (size_t i = 0; i < sizeof pattern - 1; i++)
        pattern[i] = i % 2 == 0 ? '*' : 'a';
    pattern[sizeof pattern - 1] = '\0';
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    assert_true(tls_name_matches(pattern, name));
    name[sizeof name - 2] = 'b';
    assert_false(tls_name_matches(pattern, name));
}

struct bench {
    struct facts facts;
    struct verify_settings settings;
    struct check check;
};

static void bench_begin(struct bench *bench, size_t arena_limit)
{
    *bench = (struct bench){.facts = {.helo = "mail.bank.example"}};
    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        bench->facts.mta[i] = "";
    bench->facts.mta[VOUCH_FACT_TLS_VERSION] = "TLSv1.3";
    bench->check = (struct check){
        .facts = &bench->facts,
        .settings = &bench->settings,
        .arena = arena_new(arena_limit),
    };
}

static void tell_sendmail(struct bench *bench, const char *issuer)
{
    bench->facts.mta[VOUCH_FACT_TLS_VERIFY] = "OK";
    bench->facts.mta[VOUCH_FACT_CERT_ISSUER] = issuer;
    bench->facts.mta[VOUCH_FACT_CN_SUBJECT] = "mail.bank.example";
}

static void tell_postfix(struct bench *bench, const char *issuer)
{
    bench->facts.mta[VOUCH_FACT_MTA_VERSION] = "Postfix 3.7.11";
    bench->facts.mta[VOUCH_FACT_CERT_ISSUER] = issuer;
    bench->facts.mta[VOUCH_FACT_CERT_SUBJECT] = "mail.bank.example";
}

static const struct {
    bool sendmail;
    const char *issuer, *key;
} keys[] = {
    {false, "Example CA", "postfix:example ca"},
    {true, "/C=XX/CN=Example+20+20CA", "sendmail:/c=xx/cn=example ca"},
    {false, "Example+20CA", "postfix:example+20ca"}, /* Postfix encodes nothing */
    {false, "\xc3\x84 \\ \r\nx", "postfix:\\xc3\\x84 \\\\ \\x0d\\x0ax"},
    {true, "+00", ""},
    {true, "", ""},
};

static void test_issuer_key(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct bench bench;
        const struct outcome *outcome;

        bench_begin(&bench, ARENA);
        (keys[i].sendmail ? tell_sendmail : tell_postfix)(&bench, keys[i].issuer);
        outcome = tls_verifier.check(&bench.check);
        assert_non_null(outcome);
        assert_string_equal(tls_issuer_key(bench.check.arena, outcome), keys[i].key);
        arena_free(bench.check.arena);
    }
}

/* Names too long to be shown whole are told apart all the same, and never longer than what is kept
 * of a name. */
static void test_long_names(void **state)
{
    static char issuer[TLS_NAME_MAX + 2];
    struct bench bench;
    const struct outcome *outcome;
    const char *first, *second, *third;

    (void)state;
    memset(issuer, 0xc3, TLS_NAME_MAX);
    issuer[0] = 'A';
    bench_begin(&bench, ARENA);
    tell_postfix(&bench, issuer);
    outcome = tls_verifier.check(&bench.check);
    assert_int_equal(outcome->reason, REASON_TLS_MATCH);
    first = tls_issuer_key(bench.check.arena, outcome);
    assert_in_range(strlen(first), 200, 255);
    issuer[0] = 'a'; /* the same, as names are compared */
    second = tls_issuer_key(bench.check.arena, tls_verifier.check(&bench.check));
    assert_string_equal(first, second);
    issuer[TLS_NAME_MAX - 1] = '2';
    third = tls_issuer_key(bench.check.arena, tls_verifier.check(&bench.check));
    assert_string_not_equal(first, third);
    issuer[TLS_NAME_MAX] = 'x';
    outcome = tls_verifier.check(&bench.check);
    assert_int_equal(outcome->reason, REASON_TLS_MALFORMED);
    arena_free(bench.check.arena);
}

/* What did not pass proves nothing and is counted for nobody. */
static void test_only_a_pass_counts(void **state)
{
    static const char *const words[] = {"FAIL", "NO", "NOT", "TEMP", "PROTOCOL", "NONE", "ok"};
    struct dns_name name;

    (void)state;
    assert_int_equal(dns_name_from_text("mail.bank.example", 17, &name), VOUCH_OK);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        struct bench bench;
        struct outcome *outcome;

        bench_begin(&bench, ARENA);
        tell_sendmail(&bench, "/CN=Example+20CA");
        bench.facts.mta[VOUCH_FACT_TLS_VERIFY] = words[i];
        outcome = tls_verifier.check(&bench.check);
        assert_int_not_equal(outcome->result, VOUCH_PASS);
        assert_string_equal(outcome->domain, "");
        assert_false(tls_proves(outcome, &name));
        assert_string_equal(tls_issuer_key(bench.check.arena, outcome), "");
        bench.facts.mta[VOUCH_FACT_TLS_VERIFY] = "OK";
        outcome->next = tls_verifier.check(&bench.check);
        assert_true(tls_proves(outcome->next, &name));
        arena_free(bench.check.arena);
    }
    assert_false(tls_proves(NULL, &name));
}

/* With too little memory there is no outcome, or the same with less to tell. */
static void test_memory_runs_out(void **state)
{
    static const char *const refused[] = {"*other*"};
    bool complete = false;

    (void)state;
    for (size_t limit = 0; limit <= 16384; limit += limit < 4096 ? 16 : 1024) {
        struct bench bench;
        const struct outcome *outcome;

        bench_begin(&bench, limit);
        bench.settings.tls.refuse_issuers = (struct tls_names){refused, 1};
        tell_sendmail(&bench, "/C=XX/CN=Example+20CA");
        outcome = tls_verifier.check(&bench.check);
        assert_true(outcome != NULL || !complete);
        complete = outcome != NULL;
        if (outcome != NULL)
            assert_int_equal(outcome->reason, REASON_TLS_MATCH);
        arena_free(bench.check.arena);
    }
    assert_true(complete);
}

static const struct {
    const char *name;
    int fact; /* -1: none */
} macros[] = {
    {"j", VOUCH_FACT_MTA_NAME},
    {"{tls_version}", VOUCH_FACT_TLS_VERSION},
    {"tls_version", VOUCH_FACT_TLS_VERSION},
    {"verify", VOUCH_FACT_TLS_VERIFY},
    {"{cn_issuer}", VOUCH_FACT_CN_ISSUER},
    {"v", VOUCH_FACT_MTA_VERSION},
    {"", -1},
    {"{}", -1},
    {"{tls_version", -1},
    {"tls_version}", -1},
    {"tls_versio", -1},
    {"rcpt_addr", -1},
};

static void test_macros(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof macros / sizeof macros[0]; i++) {
        enum vouch_fact fact = VOUCH_FACT_AUTH_TYPE;

        assert_true(vouch_fact_from_macro(macros[i].name, &fact) == (macros[i].fact >= 0));
        assert_int_equal(fact, macros[i].fact >= 0 ? macros[i].fact : VOUCH_FACT_AUTH_TYPE);
    }
    for (unsigned fact = 0; fact < VOUCH_FACT_COUNT; fact++) {
        enum vouch_fact found = 0;

        assert_true(vouch_fact_from_macro(vouch_fact_macro((enum vouch_fact)fact), &found));
        assert_int_equal(found, fact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_decode_bounds),
        cmocka_unit_test(test_fold),
        cmocka_unit_test(test_matches),
        cmocka_unit_test(test_matches_is_bounded),
        cmocka_unit_test(test_issuer_key),
        cmocka_unit_test(test_long_names),
        cmocka_unit_test(test_only_a_pass_counts),
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_macros),
    };

    return cmocka_run_group_tests_name("tls", tests, NULL, NULL);
}
