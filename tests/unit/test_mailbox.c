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

#include "lib/base/text.h"
#include "lib/mail/mailbox.h"

enum { ARENA_LIMIT = 4 << 20, MANY = 1000, LARGE = 100 * 1000 };

/* A copy on the heap without terminator: reading beyond it is caught. */
static int parse(struct arena *arena, const char *value, size_t length, size_t most,
                 struct mailbox_list *list)
{
    char *copy = malloc(length > 0 ? length : 1);
    int error;

    assert_non_null(copy);
    if (length > 0)
        memcpy(copy, value, length);
    error = mailbox_list_parse(arena, copy, length, most, list);
    free(copy);
    return error;
}

/* ---- the table ------------------------------------------------------------------------------ */

static void add_escaped(struct text *text, const char *octets)
{
    for (; *octets != '\0'; octets++) {
        unsigned char octet = (unsigned char)*octets;

        if (octet == '\\')
            text_add(text, "\\\\");
        else if (octet == '\n')
            text_add(text, "\\n");
        else if (octet == '\r')
            text_add(text, "\\r");
        else if (octet == '\t')
            text_add(text, "\\t");
        else if (octet == '|' || octet < 0x20 || octet > 0x7e)
            text_printf(text, "\\x%02x", octet);
        else
            text_add_char(text, (char)octet);
    }
}

/* Undo the escapes of the table in place; returns the length. */
static size_t unescape(char *text)
{
    char *to = text;

    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '\\') {
            *to++ = *from;
        } else if (*++from == 'x') {
            char digits[3] = {from[1], from[2], '\0'};

            *to++ = (char)strtoul(digits, NULL, 16);
            from += 2;
        } else {
            *to++ = *from == 'n' ? '\n' : *from == 'r' ? '\r' : *from == 't' ? '\t' : *from;
        }
    }
    return (size_t)(to - text);
}

static const char *describe(struct arena *arena, int error, const struct mailbox_list *list)
{
    struct text text = text_in(arena);

    if (error != VOUCH_OK)
        text_printf(&text, "\t!%s at %zu", mailbox_error_text(list->error), list->offset);
    for (const struct mailbox *mailbox = list->first; mailbox != NULL; mailbox = mailbox->next) {
        text_add_char(&text, '\t');
        add_escaped(&text, mailbox->display_name);
        text_add_char(&text, '|');
        add_escaped(&text, mailbox->local);
        text_add_char(&text, '|');
        add_escaped(&text, mailbox->domain);
        text_add(&text, mailbox->in_group ? "|group" : "");
    }
    return text_string(&text);
}

/* LINE: value, note, mailboxes. */
static bool line_holds(char *line)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    char *note = strchr(line, '\t');
    char *shown = note != NULL ? strdup(line) : NULL;
    struct mailbox_list list;
    const char *expected;
    const char *found;
    bool same;
    int error;

    assert_non_null(shown);
    *note++ = '\0';
    expected = note + strcspn(note, "\t");
    error = parse(arena, line, unescape(line), MANY, &list);
    found = describe(arena, error, &list);
    same = strcmp(found, expected) == 0;
    if (!same)
        print_error("%s\n  reads as%s\n", shown, found);
    free(shown);
    arena_free(arena);
    return same;
}

static void table(void **state)
{
    const char *source = getenv("top_srcdir");
    char path[4096];
    char *line = NULL;
    size_t room = 0;
    size_t lines = 0;
    size_t wrong = 0;
    FILE *file;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/tests/unit/mailbox.tab", source != NULL ? source : ".");
    file = fopen(path, "r");
    assert_non_null(file);
    while (getline(&line, &room, file) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (line[0] == '#' || line[0] == '\0')
            continue;
        lines++;
        if (!line_holds(line))
            wrong++;
    }
    free(line);
    (void)fclose(file);
    assert_true(lines >= 290);
    assert_int_equal(wrong, 0);
}

/* ---- bounds -----------------------------------------------------------------------------------
 */

static void nothing_at_all(void **state)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct mailbox_list list;

    (void)state;
    assert_int_equal(mailbox_list_parse(arena, "", 0, 1, &list), VOUCH_ERROR_SYNTAX);
    assert_int_equal(list.error, MAILBOX_EMPTY);
    arena_free(arena);
}

static void groups_are_counted(void **state)
{
    static const char value[] = "a@x.example, A: b@y.example;, B: ;";
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct mailbox_list list;

    (void)state;
    assert_int_equal(parse(arena, value, strlen(value), 2, &list), VOUCH_OK);
    assert_int_equal(list.count, 2);
    assert_int_equal(list.groups, 2);
    assert_false(list.first->in_group);
    assert_true(list.first->next->in_group);
    arena_free(arena);
}

static void no_more_than_asked_for(void **state)
{
    static const char value[] = "a@x.example, b@y.example, \"open";
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct mailbox_list list;

    (void)state;
    assert_int_equal(parse(arena, value, strlen(value), 1, &list), VOUCH_ERROR_LIMIT);
    assert_int_equal(list.error, MAILBOX_TOO_MANY);
    assert_int_equal(list.offset, 13);
    assert_null(list.first);
    assert_int_equal(list.count, 0);
    assert_int_equal(parse(arena, value, strlen(value), 2, &list), VOUCH_ERROR_SYNTAX);
    assert_int_equal(list.error, MAILBOX_QUOTED_STRING);
    assert_int_equal(list.offset, 26);
    assert_null(list.first);
    arena_free(arena);
}

static void comment_depth(void **state)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct mailbox_list list;
    char value[2 * MAILBOX_COMMENT_DEPTH + 16];

    (void)state;
    for (size_t depth = MAILBOX_COMMENT_DEPTH; depth <= MAILBOX_COMMENT_DEPTH + 1; depth++) {
        memset(value, '(', depth);
        memset(value + depth, ')', depth);
        memcpy(value + 2 * depth, "a@b.example", 11);
        assert_int_equal(parse(arena, value, 2 * depth + 11, 1, &list),
                         depth == MAILBOX_COMMENT_DEPTH ? VOUCH_OK : VOUCH_ERROR_SYNTAX);
    }
    assert_int_equal(list.error, MAILBOX_COMMENT_TOO_DEEP);
    assert_int_equal(list.offset, MAILBOX_COMMENT_DEPTH);
    arena_free(arena);
}

/* A piece over and over, then an end: nothing may cost more than its length, nor recurse. */
static void large_values(void **state)
{
    static const struct {
        const char *piece, *end;
        enum mailbox_error error;
        size_t count;
    } cases[] = {
        {"word ", "<a@b.example>", MAILBOX_OK, 1},
        {"(comment)", "a@b.example", MAILBOX_OK, 1},
        {"((", "a@b.example", MAILBOX_COMMENT_TOO_DEEP, 0},
        {"\n ", "a@b.example", MAILBOX_OK, 1},
        {"\\", "a@b.example", MAILBOX_UNEXPECTED, 0},
        {"\"\\\"\" ", "<a@b.example>", MAILBOX_OK, 1},
        {"a.", "b@c.example", MAILBOX_OK, 1},
        {"a.(x)", "b@c.example", MAILBOX_OK, 1},
        {",", "a@b.example", MAILBOX_OK, 1},
        {"<", "a@b.example", MAILBOX_NO_LOCAL, 0},
        {"@", "a@b.example", MAILBOX_NO_LOCAL, 0},
        {"\"", "a@b.example", MAILBOX_LOCAL, 0},
        {"[", "a@b.example", MAILBOX_LITERAL, 0},
        {"x:", ";", MAILBOX_GROUP, 0},
        {"x:;,", "a@b.example", MAILBOX_OK, 1},
        {"a@b.c,", "a@b.example", MAILBOX_TOO_MANY, 0},
        {"\xc3\xa9", "@b.example", MAILBOX_OK, 1},
        {"\xc3", "@b.example", MAILBOX_NOT_UTF8, 0},
        {" ", "", MAILBOX_EMPTY, 0},
    };
    char *value = malloc(LARGE + 64);

    (void)state;
    assert_non_null(value);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct mailbox_list list;
        size_t step = strlen(cases[i].piece);
        size_t length = 0;
        int error;

        for (; length + step <= LARGE; length += step)
            memcpy(value + length, cases[i].piece, step);
        memcpy(value + length, cases[i].end, strlen(cases[i].end));
        error = mailbox_list_parse(arena, value, length + strlen(cases[i].end), MANY, &list);
        assert_true(error != VOUCH_ERROR_MEMORY);
        if (list.error != cases[i].error || list.count != cases[i].count)
            fail_msg("%s...: %s at %zu", cases[i].piece, mailbox_error_text(list.error),
                     list.offset);
        assert_true(arena_used(arena) < 16 * LARGE);
        arena_free(arena);
    }
    free(value);
}

static void large_route_and_domain(void **state)
{
    char *value = malloc(LARGE + 64);
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct mailbox_list list;
    size_t length = 1;

    (void)state;
    assert_non_null(value);
    value[0] = '<';
    for (; length + 5 <= LARGE; length += 5)
        memcpy(value + length, "@r.e,", 5);
    memcpy(value + length, ":a@b.example>", 13);
    assert_int_equal(mailbox_list_parse(arena, value, length + 13, 1, &list), VOUCH_OK);
    assert_string_equal(list.first->domain, "b.example");
    memset(value, 'a', LARGE);
    value[1] = '@';
    assert_int_equal(mailbox_list_parse(arena, value, LARGE, 1, &list), VOUCH_ERROR_SYNTAX);
    assert_int_equal(list.error, MAILBOX_DOMAIN);
    free(value);
    arena_free(arena);
}

/* However little memory there is: an answer, or the error that says so. */
static void memory_runs_out(void **state)
{
    static const char value[] = "Group: Alice \"B\" <@r.example:\"a b\".c@b\xc3\xbc"
                                "cher.example>, d@e.example;";
    int error = VOUCH_ERROR_MEMORY;
    size_t limit = 0;

    (void)state;
    for (; error == VOUCH_ERROR_MEMORY && limit < 65536; limit += 8) {
        struct arena *arena = arena_new(limit);
        struct mailbox_list list;

        assert_non_null(arena);
        error = parse(arena, value, strlen(value), 2, &list);
        assert_int_equal(list.count, error == VOUCH_OK ? 2 : 0);
        arena_free(arena);
    }
    assert_int_equal(error, VOUCH_OK);
    assert_true(limit > 64);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(table),
        cmocka_unit_test(nothing_at_all),
        cmocka_unit_test(groups_are_counted),
        cmocka_unit_test(no_more_than_asked_for),
        cmocka_unit_test(comment_depth),
        cmocka_unit_test(large_values),
        cmocka_unit_test(large_route_and_domain),
        cmocka_unit_test(memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
