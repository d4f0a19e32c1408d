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

#include "lib/mail/xtext.h"

static const struct {
    const char *xtext;
    const char *octets; /* NULL: it is none */
    size_t count;
} cases[] = {
    {"", "", 0},
    {"bob@example.org", "bob@example.org", 15},
    {"a+2Bb@example.org", "a+b@example.org", 15},
    {"+3D+20+00", "= \0", 3},
    {"+FF", "\377", 1},
    {"a b", NULL, 0},
    {"a=b", NULL, 0},
    {"+2b", NULL, 0}, /* RFC 3461 4: upper case */
    {"+", NULL, 0},
    {"a+2", NULL, 0},
    {"+G0", NULL, 0},
    {"caf\303\251", NULL, 0},
    {"\001", NULL, 0},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t length = strlen(cases[i].xtext), count = 0;
        char *xtext = malloc(length + (length == 0)); /* no terminator behind it */
        char *octets = malloc(length + (length == 0));

        memcpy(xtext, cases[i].xtext, length);
        assert_int_equal(xtext_decode(xtext, length, octets, &count), cases[i].octets != NULL);
        if (cases[i].octets != NULL) {
            assert_int_equal(count, cases[i].count);
            assert_memory_equal(octets, cases[i].octets, count);
        }
        free(octets);
        free(xtext);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
