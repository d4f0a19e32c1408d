/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Tag=value lists (RFC 6376 3.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/text.h"
#include "lib/mail/tag_list.h"

/* TEXT, and what is read of it: "name[value] ...", or where it is malformed. */
static const struct {
    const char *text;
    const char *read;
    size_t fault;
} cases[] = {
    {"v=1", "v[1]", 0},
    {"v=1;", "v[1]", 0},
    {"v=1; ", "v[1]", 0},
    {" v = 1 ;\r\n\ta=rsa-sha256", "v[1] a[rsa-sha256]", 0},
    {"a=;b=", "a[] b[]", 0},
    {"a= ;b=\r\n ", "a[] b[]", 0},
    {"h=from : to:\n\tsubject;x=1", "h[from : to:\n\tsubject] x[1]", 0},
    {"a=b=c;d==", "a[b=c] d[=]", 0},
    {"a_1=x;A_1=y", "a_1[x] A_1[y]", 0},
    {"n=a note, with \"quotes\"", "n[a note, with \"quotes\"]", 0},
    {"a\r\n =1", "a[1]", 0},
    {"", NULL, 0},
    {"  ", NULL, 2},
    {";", NULL, 0},
    {"a", NULL, 1},
    {"a;", NULL, 1},
    {"=1", NULL, 0},
    {"1a=1", NULL, 0},
    {"_a=1", NULL, 0},
    {"a=1;;b=2", NULL, 4},
    {"a=1;a=2", NULL, 4},
    {"a=1; b c=2", NULL, 7},
    {"a-b=1", NULL, 1},
    {"a=\xc3\xbc", NULL, 2},
    {"a=b\x7f", NULL, 3},
    {"a=b\x01", NULL, 3},
    {"\xff=1", NULL, 0},
};

/* On the heap without a terminator, so that reading on is seen. */
static char *on_heap(const char *text, size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);

    memcpy(copy, text, length);
    return copy;
}

static const char *written(struct arena *arena, const struct tag_list *list)
{
    struct text text = text_in(arena);

    for (size_t i = 0; i < list->count; i++) {
        const struct tag *tag = &list->tags[i];

        text_printf(&text, "%s%.*s[%.*s]", i > 0 ? " " : "", (int)tag->name_length, tag->name,
                    (int)tag->value_length, tag->value);
    }
    return text_string(&text);
}

static void lists(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        size_t length = strlen(cases[i].text);
        char *copy = on_heap(cases[i].text, length);
        struct tag_list list;
        int error = tag_list_parse(copy, length, &list);

        if (cases[i].read != NULL) {
            assert_int_equal(error, VOUCH_OK);
            assert_string_equal(written(arena, &list), cases[i].read);
        } else {
            assert_int_equal(error, VOUCH_ERROR_SYNTAX);
            assert_int_equal(list.fault, cases[i].fault);
        }
        free(copy);
        arena_free(arena);
    }
}

/* A NUL is an octet like any other that does not belong there. */
static void nul(void **state)
{
    struct tag_list list;

    (void)state;
    assert_int_equal(tag_list_parse("a=\0b", 4, &list), VOUCH_ERROR_SYNTAX);
    assert_int_equal(list.fault, 2);
}

static void too_many(void **state)
{
    char text[TAG_LIST_MAX * 8 + 8] = "";
    struct tag_list list;

    (void)state;
    for (unsigned i = 0; i < TAG_LIST_MAX; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "t%u=1;", i);
    assert_int_equal(tag_list_parse(text, strlen(text), &list), VOUCH_OK);
    assert_int_equal(list.count, TAG_LIST_MAX);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "x=1;");
    assert_int_equal(tag_list_parse(text, strlen(text), &list), VOUCH_ERROR_SYNTAX);
}

static void values(void **state)
{
    static const char text[] =
        "v=1;b=AB\r\n\tCD EF ;t=12;x=999999999999999999;y=1000000000000000000;"
        "z=-1;e=;h=From : to::Subject ;w= a";
    struct arena *arena = arena_new(1 << 16);
    struct tag_list list;
    const char *item;
    size_t at = 0, length;
    uint64_t number;

    (void)state;
    assert_int_equal(tag_list_parse(text, strlen(text), &list), VOUCH_OK);
    assert_true(tag_is(tag_list_find(&list, "v"), "1"));
    assert_false(tag_is(tag_list_find(&list, "v"), "11"));
    assert_false(tag_is(tag_list_find(&list, "q"), ""));
    assert_null(tag_list_find(&list, "V"));
    assert_string_equal(tag_packed(tag_list_find(&list, "b"), arena), "ABCDEF");
    assert_true(tag_number(tag_list_find(&list, "t"), &number));
    assert_int_equal(number, 12);
    assert_true(tag_number(tag_list_find(&list, "x"), &number));
    assert_int_equal(number, UINT64_C(999999999999999999));
    assert_false(tag_number(tag_list_find(&list, "y"), &number));
    assert_false(tag_number(tag_list_find(&list, "z"), &number));
    assert_false(tag_number(tag_list_find(&list, "e"), &number));

    assert_true(tag_next_item(tag_list_find(&list, "h"), &at, &item, &length));
    assert_int_equal(length, 4);
    assert_true(tag_next_item(tag_list_find(&list, "h"), &at, &item, &length));
    assert_memory_equal(item, "to", 2);
    assert_true(tag_next_item(tag_list_find(&list, "h"), &at, &item, &length));
    assert_int_equal(length, 0);
    assert_true(tag_next_item(tag_list_find(&list, "h"), &at, &item, &length));
    assert_memory_equal(item, "Subject", 7);
    assert_int_equal(length, 7);
    assert_false(tag_next_item(tag_list_find(&list, "h"), &at, &item, &length));
    assert_true(tag_has_item(tag_list_find(&list, "h"), "from"));
    assert_false(tag_has_item(tag_list_find(&list, "h"), "fro"));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists),
        cmocka_unit_test(nul),
        cmocka_unit_test(too_many),
        cmocka_unit_test(values),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
