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

#include "lib/base/text.h"
#include "lib/mail/authres_results.h"

enum { ARENA = 1 << 20 };

/* Each result as "method=result ptype.name=<value>", separated by "; ". */
static const struct {
    const char *value;
    int error;
    const char *results;
} cases[] = {
    {" example.org; none", VOUCH_OK, ""},
    {" example.org 1; none", VOUCH_OK, ""},
    {" example.org", VOUCH_OK, ""},
    {" example.org;", VOUCH_OK, ""},
    {" example.org; spf=pass smtp.mailfrom=example.net", VOUCH_OK,
     "spf=pass smtp.mailfrom=<example.net>"},
    {"example.org;\r\n\tspf=pass\r\n\tsmtp.mailfrom=example.net;\n dkim=fail", VOUCH_OK,
     "spf=pass smtp.mailfrom=<example.net>; dkim=fail"},
    {" example.org; dkim=pass (2048-bit; key (good)) header.d=example.net header.b=\"AbC/dEf+\"",
     VOUCH_OK, "dkim=pass header.d=<example.net> header.b=<AbC/dEf+>"},
    {" example.org; dkim=pass header.i=@example.net header.b=AbC/dEf+=;", VOUCH_OK,
     "dkim=pass header.i=<@example.net> header.b=<AbC/dEf+=>"},
    {" example.org; dkim / 1 = pass reason=\"good; (really)\" header . d = example.net", VOUCH_OK,
     "dkim=pass header.d=<example.net>"},
    {" example.org; x-tls=pass policy.cert-issuer=\"a \\\"b\\\" c\"", VOUCH_OK,
     "x-tls=pass policy.cert-issuer=<a \"b\" c>"},
    {" example.org; spf=fail reason=\"spf=pass smtp.mailfrom=bank.example\"", VOUCH_OK, "spf=fail"},
    {" example.org; spf=fail (; dkim=pass header.d=bank.example)", VOUCH_OK, "spf=fail"},
    {" \"example.org\" ; spf=none", VOUCH_OK, "spf=none"},
    {" example.org; =pass", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf=", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf=pass smtp.mailfrom", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf=pass smtp.mailfrom=", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf=pass smtp.mailfrom=\"a", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf=pass smtp=a", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf=pass (never ends", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org; spf=pass smtp.helo=a b", VOUCH_ERROR_SYNTAX, NULL},
    {" example.org spf=pass", VOUCH_ERROR_SYNTAX, NULL},
    {" ; spf=pass", VOUCH_ERROR_SYNTAX, NULL},
    {"", VOUCH_ERROR_SYNTAX, NULL},
};

static const char *told(struct arena *arena, const struct authres_result *results)
{
    struct text text = text_in(arena);

    for (; results != NULL; results = results->next) {
        text_printf(&text, "%s%s=%s", text.length > 0 ? "; " : "", results->method,
                    results->result);
        for (const struct authres_property *p = results->properties; p != NULL; p = p->next)
            text_printf(&text, " %s.%s=<%s>", p->ptype, p->name, p->value);
    }
    return text_string(&text);
}

/* Copied to the heap without terminator: an over-read is caught. */
static int read_copy(struct arena *arena, const char *value, size_t length,
                     struct authres_result **results)
{
    char *copy = malloc(length > 0 ? length : 1);
    int error;

    assert_non_null(copy);
    memcpy(copy, value, length);
    error = authres_read_results(arena, copy, length, results);
    free(copy);
    return error;
}

static void test_results(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA);
        struct authres_result *results;
        int error = read_copy(arena, cases[i].value, strlen(cases[i].value), &results);

        if (error != cases[i].error)
            fail_msg("'%s': %d", cases[i].value, error);
        if (error == VOUCH_OK)
            assert_string_equal(told(arena, results), cases[i].results);
        else
            assert_null(results);
        arena_free(arena);
    }
}

/* Every beginning of a field is read, or not, without a step beyond it. */
static void test_cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (size_t length = 0; length < strlen(cases[i].value); length++) {
            struct arena *arena = arena_new(ARENA);
            struct authres_result *results;

            (void)read_copy(arena, cases[i].value, length, &results);
            arena_free(arena);
        }
}

static void test_limits(void **state)
{
    struct arena *arena = arena_new(ARENA);
    struct authres_result *results;
    struct text many = text_in(arena);

    (void)state;
    text_add(&many, "example.org");
    for (int i = 0; i <= AUTHRES_RESULTS_MAX; i++)
        text_add(&many, "; spf=pass");
    assert_int_equal(authres_read_results(arena, many.data, many.length, &results),
                     VOUCH_ERROR_LIMIT);
    many = text_in(arena);
    text_add(&many, "example.org; spf=pass");
    for (int i = 0; i <= AUTHRES_PROPERTIES_MAX; i++)
        text_add(&many, " a.b=c");
    assert_int_equal(authres_read_results(arena, many.data, many.length, &results),
                     VOUCH_ERROR_LIMIT);
    many = text_in(arena);
    text_add(&many, "example.org; none");
    for (int i = 0; i < 17000; i++)
        text_add(&many, " ");
    assert_int_equal(authres_read_results(arena, many.data, many.length, &results),
                     VOUCH_ERROR_LIMIT);
    arena_free(arena);
}

static void test_memory_runs_out(void **state)
{
    static const char value[] = " example.org; dkim=pass header.d=example.net header.b=\"A\\b\"";
    bool complete = false;

    (void)state;
    for (size_t limit = 0; limit < 4096; limit += 16) {
        struct arena *arena = arena_new(limit);
        struct authres_result *results;

        if (arena == NULL)
            continue;
        complete = authres_read_results(arena, value, strlen(value), &results) == VOUCH_OK;
        if (!complete)
            assert_null(results);
        arena_free(arena);
    }
    assert_true(complete);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_results),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_memory_runs_out),
    };

    return cmocka_run_group_tests_name("authres_results", tests, NULL, NULL);
}
