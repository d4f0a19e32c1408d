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

#include "lib/verify/spf_macro.h"

enum { ARENA_LIMIT = 1024 * 1024 };

static unsigned validated_asked;

static struct spf_octets validated(void *context)
{
    validated_asked++;
    return (struct spf_octets){context, strlen(context)};
}

#define OCTETS(string)                                                                             \
    {                                                                                              \
        string, sizeof(string) - 1                                                                 \
    }

static struct spf_macro_values values_for(const char *client)
{
    static char name[] = "mx.example.org";
    struct spf_macro_values values = {
        .sender = OCTETS("strong-bad@email.example.com"),
        .local = OCTETS("strong-bad"),
        .sender_domain = OCTETS("email.example.com"),
        .domain = OCTETS("email.example.com"),
        .helo = OCTETS("mail.example.net"),
        .receiver = OCTETS("mx.example.org"),
        .now = 1234567890,
        .validated = validated,
        .context = name,
    };

    assert_true(ip_parse(client, strlen(client), &values.client));
    return values;
}

/* Compile a copy of TEXT on the heap, without terminator.  The copy must outlive the macro. */
static char *compile(struct arena *arena, const char *text, enum spf_macro_use use,
                     struct spf_macro *macro)
{
    size_t length = strlen(text);
    struct spf_fault fault;
    char *copy = malloc(length > 0 ? length : 1);

    assert_non_null(copy);
    memcpy(copy, text, length);
    if (spf_macro_compile(arena, copy, length, use, macro, &fault) != VOUCH_OK)
        fail_msg("'%s': %s", text, fault.what);
    return copy;
}

static void expect(const char *text, const struct spf_macro_values *values, const char *expected)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct spf_macro macro;
    char *copy = compile(arena, text, SPF_MACRO_EXPLANATION, &macro);
    size_t length = strlen(expected);
    /* exactly as much room as is needed, then one octet less */
    char *buffer = malloc(length + 1);
    bool cut;

    assert_non_null(buffer);
    if (spf_macro_expand(&macro, values, buffer, length, &cut) != length || cut ||
        memcmp(buffer, expected, length) != 0)
        fail_msg("'%s': '%.*s' instead of '%s'", text, (int)length, buffer, expected);
    if (length > 0) {
        assert_int_equal(spf_macro_expand(&macro, values, buffer, length - 1, &cut), length - 1);
        assert_true(cut);
        assert_memory_equal(buffer, expected + 1, length - 1);
    }
    free(buffer);
    free(copy);
    arena_free(arena);
}

static void expands(void **state)
{
    static const struct {
        const char *text;
        const char *expected;
    } cases[] = {
        /* RFC 7208 7.4 */
        {"%{s}", "strong-bad@email.example.com"},
        {"%{o}", "email.example.com"},
        {"%{d}", "email.example.com"},
        {"%{d4}", "email.example.com"},
        {"%{d3}", "email.example.com"},
        {"%{d2}", "example.com"},
        {"%{d1}", "com"},
        {"%{dr}", "com.example.email"},
        {"%{d2r}", "example.email"},
        {"%{l}", "strong-bad"},
        {"%{l-}", "strong.bad"},
        {"%{lr}", "strong-bad"},
        {"%{lr-}", "bad.strong"},
        {"%{l1r-}", "strong"},
        {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
        {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
        {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
        {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
        {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},
        /* the other letters */
        {"%{h}", "mail.example.net"},
        {"%{p}", "mx.example.org"},
        {"%{c} %{r} %{t}", "192.0.2.3 mx.example.org 1234567890"},
        {"%{i}", "192.0.2.3"},
        {"%{v}", "in-addr"},
        /* escapes, literals, upper case */
        {"%%%_%-", "% %20"},
        {"", ""},
        {"plain text.", "plain text."},
        {"%{S}", "strong-bad%40email.example.com"},
        {"%{L}", "strong-bad"},
        {"%{L-}", "strong.bad"},
        {"%{D2R}", "example.email"},
        /* delimiters */
        {"%{s2-}", "strong.bad@email.example.com"},
        {"%{s1.-}", "com"},
        {"%{d999999999999999999999}", "email.example.com"},
        {"%{d127r}", "com.example.email"},
        {"%{d02}", "example.com"},
        {"%{l.-+,/_=}", "strong.bad"},
    };
    struct spf_macro_values values = values_for("192.0.2.3");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect(cases[i].text, &values, cases[i].expected);
}

static void expands_ipv6(void **state)
{
    struct spf_macro_values values = values_for("2001:db8::cb01");

    (void)state;
    expect("%{ir}.%{v}", &values,
           "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6");
    expect("%{i2}", &values, "0.1");
    expect("%{c}", &values, "2001:db8::cb01");
}

static void keeps_empty_parts(void **state)
{
    struct spf_macro_values values = values_for("192.0.2.3");

    (void)state;
    values.local = (struct spf_octets)OCTETS("-a--b-");
    expect("%{l-}", &values, ".a..b.");
    expect("%{lr-}", &values, ".b..a.");
    expect("%{l1-}", &values, "");
    expect("%{l2-}", &values, "b.");
    expect("%{l2r-}", &values, "a.");
    expect("%{l9r-}", &values, ".b..a.");
    values.local = (struct spf_octets)OCTETS("");
    expect("x%{l}y", &values, "xy");
    expect("x%{l3r-}y", &values, "xy");
}

static void escapes_all_but_unreserved(void **state)
{
    struct spf_macro_values values = values_for("192.0.2.3");

    (void)state;
    values.local = (struct spf_octets)OCTETS("~jack&jill=up-a_b3.c");
    expect("%{L}", &values, "~jack%26jill%3Dup-a_b3.c");
    values.local = (struct spf_octets)OCTETS("a\0\xff\n%+/");
    expect("%{L}", &values, "a%00%FF%0A%25%2B%2F");
}

static void knows_what_it_holds(void **state)
{
    static const struct {
        const char *text;
        bool has_local, has_validated;
    } cases[] = {
        {"%{d}.%{i}.%{o}.%{h}.a.b", false, false},
        {"%{l}.a.b", true, false},
        {"%{S}.a.b", true, false},
        {"%{P}.a.b", false, true},
        {"%{l}.%{p}", true, true},
        {"l.s.p.a.b", false, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct spf_macro macro;
        char *copy = compile(arena, cases[i].text, SPF_MACRO_DOMAIN, &macro);

        assert_int_equal(macro.has_local, cases[i].has_local);
        assert_int_equal(macro.has_validated, cases[i].has_validated);
        free(copy);
        arena_free(arena);
    }
}

/* EXPECTED NULL: no name. */
static void expect_name(const char *text, const struct spf_macro_values *values,
                        const char *expected)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct dns_name name = {.length = 0};
    char shown[DNS_NAME_TEXT_SIZE];
    struct spf_macro macro;
    char *copy = compile(arena, text, SPF_MACRO_EXPLANATION, &macro);
    int error = spf_macro_name(&macro, values, &name);

    if (expected == NULL) {
        if (error != VOUCH_ERROR_SYNTAX)
            fail_msg("'%s' is a name", text);
        assert_int_equal(name.length, 0);
    } else {
        if (error != VOUCH_OK)
            fail_msg("'%s' is no name", text);
        assert_string_equal(dns_name_format(&name, shown), expected);
    }
    free(copy);
    arena_free(arena);
}

#define LABEL_50 "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghij"
#define LABEL_63 LABEL_50 "abcdefghijabc"

static void makes_names(void **state)
{
    struct spf_macro_values values = values_for("192.0.2.3");

    (void)state;
    expect_name("%{d2}", &values, "example.com");
    expect_name("%{D2}.", &values, "example.com");
    expect_name("%{h}..", &values, NULL);
    expect_name("a..b", &values, NULL);
    expect_name(".a", &values, NULL);
    expect_name(".", &values, NULL);
    expect_name("", &values, NULL);
    expect_name(LABEL_63 ".a", &values, LABEL_63 ".a");
    expect_name(LABEL_63 "d.a", &values, NULL);
    values.helo = (struct spf_octets)OCTETS("");
    expect_name("%{h}", &values, NULL);
    expect_name("%{h}.a", &values, NULL);
    values.helo = (struct spf_octets)OCTETS("a b\xff\0c");
    expect_name("%{h}.x", &values, "a\\032b\\255\\000c.x");
}

static void cuts_names_from_the_left(void **state)
{
    struct spf_macro_values values = values_for("192.0.2.3");

    (void)state;
    /* 253 octets stay whole; with one more the first label goes; the last dot does not count */
    expect_name(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk", &values,
                LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk");
    expect_name(LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk.", &values,
                LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk");
    expect_name("a." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghi", &values,
                "a." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghi");
    expect_name("a." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghij", &values,
                LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghij");
    expect_name("xyz." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk.", &values,
                LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk");
    expect_name("." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk", &values,
                LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghijk");
    /* what would be an error is cut off with its label, or not */
    expect_name("..a" LABEL_63 ".." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50 "abcdefghij.",
                &values, NULL);
    expect_name("a" LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50, &values,
                LABEL_63 "." LABEL_63 "." LABEL_63 "." LABEL_50);
    /* a label that leaves nothing */
    expect_name(LABEL_63 LABEL_63 LABEL_63 LABEL_63 LABEL_63, &values, NULL);
    expect_name("a." LABEL_63 LABEL_63 LABEL_63 LABEL_63 LABEL_63 ".", &values, NULL);
}

/* The text that ends the process with libspf2 of Debian 12 (CVE-2023-42118). */
static void does_no_more_than_a_name_needs(void **state)
{
    struct spf_macro_values values = values_for("192.0.2.3");
    struct arena *arena = arena_new(ARENA_LIMIT);
    char *text = malloc(127 * 4 + 12000 + 16);
    size_t length = 0;
    struct spf_macro macro;
    struct spf_fault fault;
    struct dns_name name;
    char shown[DNS_NAME_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < 127; i++, length += 4)
        memcpy(text + length, i == 0 ? "%{p}" : "%{d}", 4);
    memset(text + length, 'x', 12000);
    length += 12000;
    memcpy(text + length, ".a.b", 4);
    length += 4;
    validated_asked = 0;
    assert_int_equal(spf_macro_compile(arena, text, length, SPF_MACRO_DOMAIN, &macro, &fault),
                     VOUCH_OK);
    assert_int_equal(spf_macro_name(&macro, &values, &name), VOUCH_OK);
    assert_string_equal(dns_name_format(&name, shown), "a.b");
    /* what is cut off is not asked for either */
    assert_int_equal(validated_asked, 0);
    assert_int_equal(spf_macro_compile(arena, text, length - 4, SPF_MACRO_DOMAIN, &macro, &fault),
                     VOUCH_ERROR_SYNTAX);
    free(text);
    arena_free(arena);
}

static void explanations_have_their_own_grammar(void **state)
{
    static const struct {
        const char *text;
        const char *what; /* NULL: legal */
        size_t offset;
    } cases[] = {
        {"", NULL, 0},
        {"See http://%{d}/why.html?s=%{S}&i=%{I}&t=%{T}&r=%{R}&c=%{C} .", NULL, 0},
        {"The %{x}-files.", "macro letter not allowed here", 4},
        {"100% sure", "'%' that begins no macro", 3},
        {"tab\there", "octet not allowed", 3},
        {"line\nend", "octet not allowed", 4},
        {"\xef\xbb\xbf"
         "Explanation",
         "octet not allowed", 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct spf_macro macro;
        struct spf_fault fault;
        int error = spf_macro_compile(arena, cases[i].text, strlen(cases[i].text),
                                      SPF_MACRO_EXPLANATION, &macro, &fault);

        if (cases[i].what == NULL) {
            assert_int_equal(error, VOUCH_OK);
        } else {
            assert_int_equal(error, VOUCH_ERROR_SYNTAX);
            assert_string_equal(fault.what, cases[i].what);
            assert_int_equal(fault.offset, cases[i].offset);
        }
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(expands),
        cmocka_unit_test(expands_ipv6),
        cmocka_unit_test(keeps_empty_parts),
        cmocka_unit_test(escapes_all_but_unreserved),
        cmocka_unit_test(knows_what_it_holds),
        cmocka_unit_test(makes_names),
        cmocka_unit_test(cuts_names_from_the_left),
        cmocka_unit_test(does_no_more_than_a_name_needs),
        cmocka_unit_test(explanations_have_their_own_grammar),
    };

    return cmocka_run_group_tests_name("spf_macro", tests, NULL, NULL);
}
