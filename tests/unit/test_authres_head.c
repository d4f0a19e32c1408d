/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/mail/authres.h"
#include "lib/vouch.h"

#define TEN(x) x x x x x x x x x x

/* id NULL: cannot be told. */
static const struct {
    const char *value, *id;
    unsigned version;
} heads[] = {
    {" example.com; none", "example.com", 1},
    {"example.com;none", "example.com", 1},
    {" example.com 1; none", "example.com", 1},
    {" example.com 1 ; none", "example.com", 1},
    {" example.com 2; spf=pass", "example.com", 2},
    {" example.com 0; none", "example.com", 0},
    {" example.com 001; none", "example.com", 1},
    {" example.com 99999999999999999999; none", "example.com", 4294967295U},
    {" example.com", "example.com", 1},
    {" example.com;", "example.com", 1},
    {" example.com 1", "example.com", 1},
    {"\r\n\texample.com\r\n\t1\r\n\t;\r\n\tnone\r\n", "example.com", 1},
    {"\n example.com;\n\tnone", "example.com", 1},
    {" MX.Example.COM.; spf=pass", "MX.Example.COM.", 1},
    {" (a) example.com (b) 1 (c) ; none", "example.com", 1},
    {"(a)example.com(b)1(c);none", "example.com", 1},
    {" (a (b (c) d) e) example.com; none", "example.com", 1},
    {" (a \\) b) example.com; none", "example.com", 1},
    {" (a \\\\) example.com; none", "example.com", 1},
    {" (evil.example; none) example.com; none", "example.com", 1},
    {" (\xff\x01) example.com; none", "example.com", 1},
    {" \"example.com\"; none", "example.com", 1},
    {" \"exam\\ple.com\" 1; none", "example.com", 1},
    {" \"a b; c (d)\"; none", "a b; c (d)", 1},
    {" \" example.com\t\"; none", "example.com", 1},
    {" \"example.com\r\n \"; none", "example.com", 1},
    {" \"a\\\"b\"; none", "a\"b", 1},
    {" example.com/4Xyz123; none", "example.com", 1},
    {" \"example.com/4Xyz123\"; none", "example.com", 1},
    {" /example.com; none", "/example.com", 1},
    {" b\xc3\xbc"
     "cher.example; none",
     "b\xc3\xbc"
     "cher.example",
     1},
    {" a_b-c+d!e; none", "a_b-c+d!e", 1},
    {" b\xc3\xbc"
     "cher.example.; none",
     "b\xc3\xbc"
     "cher.example.",
     1},
    /* cannot be told */
    {"", NULL, 0},
    {" \r\n\t ", NULL, 0},
    {" ; none", NULL, 0},
    {" (example.com; none", NULL, 0},
    {" (a (b) example.com; none", NULL, 0},
    {" (a)) example.com; none", NULL, 0},
    {" (a \\", NULL, 0},
    {" \"example.com; none", NULL, 0},
    {" \"example.com\\", NULL, 0},
    {" \"\"; none", NULL, 0},
    {" \" \"; none", NULL, 0},
    {" spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.org; dkim=none", NULL, 0},
    {" example.com none", NULL, 0},
    {" evil.example example.com; none", NULL, 0},
    {" example.com evil.example; none", NULL, 0},
    {" example.com 1 1; none", NULL, 0},
    {" example.com 1a; none", NULL, 0},
    {" example.com 1.0; none", NULL, 0},
    {" example.com (a; none", NULL, 0},
    {" example.com, evil.example; none", NULL, 0},
    {" \"example.com\"1; none", NULL, 0},
    {" \"example.com\"x; none", NULL, 0},
    {" <example.com>; none", NULL, 0},
    {" user@example.com; none", NULL, 0},
    {" example.com\x7f; none", NULL, 0},
    {" exam\x01ple.com; none", NULL, 0},
    {" example\\.com; none", NULL, 0},
    /* a reader that takes off what it holds for white space would see another id */
    {" example.com\xc2\xa0; none", NULL, 0},
    {" \xe3\x80\x80"
     "example.com; none",
     NULL, 0},
    {" example.com\xa0; none", NULL, 0},
    {" example.com\xff; none", NULL, 0},
    {" \"example.com\xc2\x85\"; none", NULL, 0},
    {" \"example.com\f\"; none", NULL, 0},
    {" \"\vexample.com\"; none", NULL, 0},
    {" \"example.com\x7f\"; none", NULL, 0},
};

static int parse(const char *value, size_t length, struct authres_head *head)
{
    char *copy = malloc(length > 0 ? length : 1);
    int error;

    assert_non_null(copy);
    memcpy(copy, value, length);
    error = authres_parse_head(copy, length, head);
    free(copy);
    return error;
}

static void head_forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
        struct authres_head head;
        int error = parse(heads[i].value, strlen(heads[i].value), &head);

        if (error != (heads[i].id != NULL ? VOUCH_OK : VOUCH_ERROR_SYNTAX))
            print_message("# case %zu: %s\n", i, heads[i].value);
        assert_int_equal(error, heads[i].id != NULL ? VOUCH_OK : VOUCH_ERROR_SYNTAX);
        if (heads[i].id == NULL)
            continue;
        assert_string_equal(head.authserv_id, heads[i].id);
        assert_int_equal(head.version, heads[i].version);
    }
}

/* A NUL ends the value for whoever reads it as a string; nobody can tell what stands behind. */
static void nul_octets(void **state)
{
    static const char *const masks[] = {
        "Z example.com; none",    " exaZmple.com; none",      " example.comZ; none",
        " (Z) example.com; none", " (\\Z) example.com; none", " \"aZb\"; none",
        " \"a\\Zb\"; none",       " example.com Z; none",     " example.com 1Z; none"};

    (void)state;
    for (size_t i = 0; i < sizeof masks / sizeof masks[0]; i++) {
        struct authres_head head;
        char value[64];
        size_t length = strlen(masks[i]);

        memcpy(value, masks[i], length);
        *(char *)memchr(value, 'Z', length) = '\0';
        assert_int_equal(parse(value, length, &head), VOUCH_ERROR_SYNTAX);
    }
}

static void truncated_anywhere(void **state)
{
    static const char value[] = " (c (d\\)) e) \"exa\\mple.com\" (f) 1 (g) ; none";

    (void)state;
    for (size_t length = 0; length < sizeof value; length++) {
        struct authres_head head;
        int error = parse(value, length, &head);

        if (error == VOUCH_OK)
            assert_string_equal(head.authserv_id, "example.com");
        else
            assert_int_equal(error, VOUCH_ERROR_SYNTAX);
    }
}

static void huge(void **state)
{
    enum { SIZE = 1 << 20 };
    char *value = malloc(SIZE);
    struct authres_head head;

    (void)state;
    assert_non_null(value);
    for (const char *c = "a( \"\\);\xc3"; *c != '\0'; c++) {
        memset(value, *c, SIZE);
        assert_int_equal(parse(value, SIZE, &head), VOUCH_ERROR_SYNTAX);
    }
    memset(value, '(', SIZE); /* deep, and closed within the first 16 KiB */
    memset(value + 8000, ')', 8000);
    memcpy(value + 16000, "example.com;", 12);
    assert_int_equal(parse(value, SIZE, &head), VOUCH_OK);
    assert_string_equal(head.authserv_id, "example.com");
    memset(value, ' ', SIZE); /* the id stands beyond what is read */
    memcpy(value + 17000, "example.com;", 12);
    assert_int_equal(parse(value, SIZE, &head), VOUCH_ERROR_SYNTAX);
    memcpy(value + 16 * 1024 - 7, "example.com;", 12);
    assert_int_equal(parse(value, SIZE, &head), VOUCH_ERROR_SYNTAX);
    memset(value, 'a', AUTHRES_ID_MAX);
    value[AUTHRES_ID_MAX] = ';';
    assert_int_equal(parse(value, SIZE, &head), VOUCH_OK);
    assert_int_equal(strlen(head.authserv_id), AUTHRES_ID_MAX);
    memset(value, 'a', AUTHRES_ID_MAX + 1);
    value[AUTHRES_ID_MAX + 1] = ';';
    assert_int_equal(parse(value, SIZE, &head), VOUCH_ERROR_SYNTAX);
    free(value);
}

static void equal_ids(void **state)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } cases[] = {
        {"example.com", "example.com", true},
        {"example.com", "EXAMPLE.Com", true},
        {"example.com.", "example.com", true},
        {"example.com.", "example.com.", true},
        {"example.com..", "example.com", true},
        {"example.com", "example.co", false},
        {"example.com", "xample.com", false},
        {"mx.example.com", "example.com", false},
        {"", "", true},
        {"", "a", false},
        {".", "", false},
        {"..", "", false},
        {"b\xc3\xbc"
         "cher.example",
         "xn--bcher-kva.example", true},
        {"B\xc3\x9c"
         "CHER.example.",
         "XN--bcher-kva.example", true},
        {"b\xc3\xbc"
         "cher.example",
         "bucher.example", false},
        {"b\xfc"
         "cher.example",
         "b\xfc"
         "cher.example",
         true},
        {"b\xfc"
         "cher.example",
         "xn--bcher-kva.example", false},
        {TEN(TEN("\xc3\xbc")) TEN(TEN("\xc3\xbc")), TEN(TEN("\xc3\xbc")) TEN(TEN("\xc3\xbc")),
         true},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(authres_id_equal(cases[i].a, cases[i].b), cases[i].equal);
        assert_int_equal(authres_id_equal(cases[i].b, cases[i].a), cases[i].equal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(head_forms),         cmocka_unit_test(nul_octets),
        cmocka_unit_test(truncated_anywhere), cmocka_unit_test(huge),
        cmocka_unit_test(equal_ids),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
