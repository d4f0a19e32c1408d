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

#include "lib/base/utf8.h"

/* RFC 3629 4, each row of the grammar with its edges. */
static const struct {
    const char *text;
    size_t length, character;
} cases[] = {
    {"", 0, 0},
    {"a", 1, 1},
    {"\0", 1, 1},
    {"\x7f", 1, 1},
    {"\x80", 1, 0},
    {"\xbf", 1, 0},
    {"\xc0\x80", 2, 0},
    {"\xc1\xbf", 2, 0},
    {"\xc2\x80", 2, 2},
    {"\xc2\x7f", 2, 0},
    {"\xc2\xc0", 2, 0},
    {"\xdf\xbf", 2, 2},
    {"\xc3", 1, 0},
    {"\xe0\x9f\xbf", 3, 0},
    {"\xe0\xa0\x80", 3, 3},
    {"\xe0\xa0", 2, 0},
    {"\xed\x9f\xbf", 3, 3},
    {"\xed\xa0\x80", 3, 0},
    {"\xee\x80\x80", 3, 3},
    {"\xef\xbf\xbf", 3, 3},
    {"\xf0\x8f\xbf\xbf", 4, 0},
    {"\xf0\x90\x80\x80", 4, 4},
    {"\xf0\x90\x80", 3, 0},
    {"\xf4\x8f\xbf\xbf", 4, 4},
    {"\xf4\x90\x80\x80", 4, 0},
    {"\xf5\x80\x80\x80", 4, 0},
    {"\xff", 1, 0},
};

static void characters(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *copy = malloc(cases[i].length + 1);

        assert_non_null(copy);
        memcpy(copy + 1, cases[i].text, cases[i].length);
        assert_int_equal(utf8_character(copy + 1, cases[i].length), cases[i].character);
        free(copy);
    }
}

static void whole_texts(void **state)
{
    (void)state;
    assert_true(utf8_is_valid("", 0));
    assert_true(utf8_is_valid("a\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80z", 11));
    assert_false(utf8_is_valid("a\xc3\xbc\xe2\x82", 5));
    assert_false(utf8_is_valid("a\xffz", 3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters),
        cmocka_unit_test(whole_texts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
