/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"

static void arena_memory_is_zeroed_aligned_and_apart(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    unsigned char *before = NULL;

    (void)state;
    for (size_t size = 1; size < 9000; size += 97) {
        unsigned char *memory = arena_alloc(arena, size);

        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % _Alignof(max_align_t), 0);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(memory[i], 0);
        memset(memory, 0xff, size);
        if (before != NULL)
            assert_int_equal(*before, 0xff);
        before = memory;
    }
    arena_free(arena);
}

/* Where the compiler cannot see it: it would not let a program ask for so much. */
static volatile size_t huge = SIZE_MAX;

static void arena_stops_at_its_limit(void **state)
{
    struct arena *arena = arena_new(1000);

    (void)state;
    assert_null(arena_alloc(arena, 1001));
    assert_null(arena_alloc(arena, huge));
    assert_non_null(arena_alloc(arena, 900));
    assert_null(arena_alloc(arena, 200));
    assert_non_null(arena_alloc(arena, 50));
    assert_true(arena_used(arena) <= 1000);
    arena_free(arena);
}

static void arena_calloc_catches_overflow(void **state)
{
    struct arena *arena = arena_new(SIZE_MAX);

    (void)state;
    assert_null(arena_calloc(arena, huge / 2, 3));
    assert_non_null(arena_calloc(arena, 0, 3));
    arena_free(arena);
    arena_free(NULL);
}

static void arena_copies_octets_with_nul_inside(void **state)
{
    struct arena *arena = arena_new(1000);

    (void)state;
    assert_memory_equal(arena_copy(arena, "a\0b", 3), "a\0b", 4);
    assert_string_equal(arena_copy(arena, NULL, 0), "");
    assert_string_equal(arena_string(arena, "abc"), "abc");
    assert_string_equal(arena_printf(arena, "%s-%d", "x", 7), "x-7");
    arena_free(arena);
}

static void text_grows(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct text text = text_in(arena);

    (void)state;
    assert_string_equal(text_string(&text), "");
    for (int i = 0; i < 1000; i++)
        text_printf(&text, "%d,", i);
    text_add_char(&text, '!');
    text_append(&text, "", 0);
    assert_int_equal(text.length, 10 * 2 + 90 * 3 + 900 * 4 + 1);
    assert_int_equal(strlen(text_string(&text)), text.length);
    assert_memory_equal(text_string(&text), "0,1,2,3,", 8);
    arena_free(arena);
}

static void text_without_memory_stays_failed(void **state)
{
    struct arena *arena = arena_new(400);
    struct text text = text_in(arena);

    (void)state;
    for (int i = 0; i < 100; i++)
        text_add(&text, "0123456789");
    assert_null(text_string(&text));
    text_add(&text, "x");
    assert_null(text_string(&text));
    arena_free(arena);
}

static void text_makes_octets_safe(void **state)
{
    static const struct {
        const char *octets;
        size_t length, limit;
        const char *expected;
    } cases[] = {
        {"plain", 5, 99, "plain"},
        {"a\r\nb", 4, 99, "a\\x0D\\x0Ab"},
        {"nul\0x", 5, 99, "nul\\x00x"},
        {"\xc3\xa9\x7f", 3, 99, "\\xC3\\xA9\\x7F"},
        {"back\\slash", 10, 99, "back\\\\slash"},
        {"abcdef", 6, 6, "abcdef"},
        {"abcdef", 6, 5, "abcde..."},
        {"ab\n", 3, 4, "ab..."},
    };
    struct arena *arena = arena_new(1 << 16);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text text = text_in(arena);

        text_add_safe(&text, cases[i].octets, cases[i].length, cases[i].limit);
        assert_string_equal(text_string(&text), cases[i].expected);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_memory_is_zeroed_aligned_and_apart),
        cmocka_unit_test(arena_stops_at_its_limit),
        cmocka_unit_test(arena_calloc_catches_overflow),
        cmocka_unit_test(arena_copies_octets_with_nul_inside),
        cmocka_unit_test(text_grows),
        cmocka_unit_test(text_without_memory_stays_failed),
        cmocka_unit_test(text_makes_octets_safe),
    };

    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
