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

#include "lib/base/arena.h"
#include "lib/mail/header.h"
#include "lib/vouch.h"

static void keeps_order_and_octets(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct header_list list = header_list_in(arena, 1 << 12);
    struct header_list moved;
    const struct header_field *field;

    (void)state;
    assert_null(header_list_find(&list, "From", NULL));
    moved = list; /* an empty list is handed around by value */
    assert_int_equal(header_list_add(&moved, "Received", " a\n\tb", 5), VOUCH_OK);
    assert_int_equal(header_list_add(&moved, "FROM", " x\0y", 4), VOUCH_OK);
    assert_int_equal(header_list_add(&moved, "received", "", 0), VOUCH_OK);
    assert_int_equal(moved.count, 3);
    assert_false(moved.truncated);

    field = header_list_find(&moved, "received", NULL);
    assert_string_equal(field->name, "Received");
    assert_string_equal(field->value, " a\n\tb");
    field = header_list_find(&moved, "received", field);
    assert_string_equal(field->name, "received");
    assert_string_equal(field->value, "");
    assert_null(header_list_find(&moved, "received", field));

    field = header_list_find(&moved, "From", NULL);
    assert_int_equal(field->value_length, 4);
    assert_memory_equal(field->value, " x\0y", 5); /* and a NUL behind */
    assert_null(header_list_find(&moved, "Fro", NULL));
    assert_null(header_list_find(&moved, "From ", NULL));
    arena_free(arena);
}

static void copies_without_terminator(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct header_list list = header_list_in(arena, 1 << 12);
    char *value = malloc(3);

    (void)state;
    assert_non_null(value);
    memcpy(value, "abc", 3);
    assert_int_equal(header_list_add(&list, "A", value, 3), VOUCH_OK);
    memcpy(value, "xyz", 3);
    free(value);
    assert_string_equal(list.first->value, "abc");
    arena_free(arena);
}

static void bounded_in_octets(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct header_list list = header_list_in(arena, 3 * HEADER_FIELD_COST + 3);
    char *large = calloc(1, 1 << 20);

    (void)state;
    assert_non_null(large);
    assert_int_equal(header_list_add(&list, "A", "", 0), VOUCH_OK);
    assert_int_equal(header_list_add(&list, "B", large, 1 << 20), VOUCH_ERROR_LIMIT);
    assert_true(list.truncated);
    assert_int_equal(header_list_add(&list, "C", "", 0), VOUCH_OK);
    assert_int_equal(header_list_add(&list, "D", "x", 1), VOUCH_ERROR_LIMIT);
    assert_int_equal(header_list_add(&list, "D", "", 0), VOUCH_OK);
    assert_int_equal(header_list_add(&list, "", "", 0), VOUCH_ERROR_LIMIT);
    assert_int_equal(list.count, 6);
    assert_int_equal(list.octets, list.max_octets);
    assert_null(header_list_find(&list, "B", NULL));
    assert_string_equal(header_list_find(&list, "D", NULL)->value, "");
    free(large);
    arena_free(arena);
}

/* What the engine relies on: twice max_octets of arena is enough, however small the fields are. */
static void memory_follows_octets(void **state)
{
    enum { MAX = 1 << 16 };

    (void)state;
    for (size_t length = 0; length < 64; length++) {
        struct arena *arena = arena_new(2 * MAX);
        struct header_list list = header_list_in(arena, MAX);
        char value[64] = {0};
        int error;

        do
            error = header_list_add(&list, "X", value, length);
        while (error == VOUCH_OK);
        assert_int_equal(error, VOUCH_ERROR_LIMIT);
        arena_free(arena);
    }
}

static void out_of_memory(void **state)
{
    struct arena *arena = arena_new(64);
    struct header_list list = header_list_in(arena, 1 << 12);

    (void)state;
    assert_int_equal(header_list_add(&list, "A", "b", 1), VOUCH_OK);
    assert_int_equal(header_list_add(&list, "B", "c", 1), VOUCH_ERROR_MEMORY);
    assert_true(list.truncated);
    assert_int_equal(list.count, 2);
    assert_null(header_list_find(&list, "B", NULL));
    assert_string_equal(header_list_find(&list, "A", NULL)->value, "b");
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_order_and_octets), cmocka_unit_test(copies_without_terminator),
        cmocka_unit_test(bounded_in_octets),      cmocka_unit_test(memory_follows_octets),
        cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
