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
#include "lib/verify/pra.h"

enum { ARENA_LIMIT = 16 << 20, HEADER_LIMIT = 4 << 20, LARGE = 100 * 1000 };

struct test {
    const char *header;   /* fields separated by slashes */
    const char *expected; /* "ADDRESS FIELD INDEX" or "REASON FIELD INDEX" */
};

/* The table of RFC 4407's edge cases: each with what the algorithm of its section 2 says. */
static const struct test edges[] = {
    {"From: a@x", "a@x From 1"},
    {"Sender: s@y/From: a@x", "s@y Sender 1"},
    {"Sender: \t /From: a@x", "a@x From 1"},
    {"Sender: s1@x/Sender: s2@x/From: a@x", "pra-several-senders Sender 1"},
    {"From: a@x/From: b@x", "pra-several-froms From 1"},
    {"From: a@x, b@x", "pra-several-mailboxes From 1"},
    {"Sender: s@y/From: a@x, b@x", "s@y Sender 1"},
    {"Resent-From: r@z/From: a@x/From: b@x", "r@z Resent-From 1"},
    {"Resent-From: r@z/Resent-Sender: q@z/From: a@x", "q@z Resent-Sender 1"},
    {"Resent-Sender: q@z/Resent-From: r@z", "q@z Resent-Sender 1"},
    {"Resent-From: r2@z/Received: x/Resent-From: r1@w/Resent-Sender: q1@w", "r2@z Resent-From 1"},
    {"Resent-From: r2@z/Return-Path: <x@y>/Resent-Sender: q1@w", "r2@z Resent-From 1"},
    {"Resent-Sender: q2@z/Received: x/Resent-From: r1@w", "q2@z Resent-Sender 1"},
    {"Received: x/Resent-Sender: q@x/Received: y/Resent-From: r@x", "q@x Resent-Sender 1"},
    {"Resent-Sender: \t /Resent-From: r@z", "r@z Resent-From 1"},
    {"Resent-Sender: garbage/Resent-From: r@z", "pra-no-domain Resent-Sender 1"},
    {"Resent-From: a@x, b@y", "pra-several-mailboxes Resent-From 1"},
    {"From: Undisclosed:;", "pra-group From 1"},
    {"From: \"x\" <user>", "pra-no-domain From 1"},
    {"From: (comment only)", "pra-malformed From 1"},
    {"From: <a@[192.0.2.1]>", "pra-no-domain From 1"},
    {"From: \"a@b\" <c@d>", "c@d From 1"},
    {"From: a@x (comment with b@y)", "a@x From 1"},
    {"From: <@r1,@r2:a@x>", "a@x From 1"},
    {"FROM: a@x", "a@x From 1"},
    {"From : a@x", "a@x From 1"},
};

static const struct test cases[] = {
    /* nobody at all */
    {"", "pra-missing  0"},
    {"Subject: x/To: a@x", "pra-missing  0"},
    {"From:", "pra-missing  0"},
    {"From: ", "pra-missing  0"},
    {"From: \n \n\t/Sender:\r\n ", "pra-missing  0"},
    {"X-From: a@x/From-X: b@x/Fro: c@x", "pra-missing  0"},
    {"Reply-To: a@x/Return-Path: <b@x>/Resent-To: c@x/Resent-Reply-To: d@x", "pra-missing  0"},
    /* Sender */
    {"Sender: s@y", "s@y Sender 1"},
    {"Sender: s@y/From: a@x/From: b@x", "s@y Sender 1"},
    {"Sender: s@y/From: garbage", "s@y Sender 1"},
    {"From: a@x/Sender: s@y", "s@y Sender 1"},
    {"Sender: garbage/From: a@x", "pra-no-domain Sender 1"},
    {"Sender: /Sender: s@y/Sender:\t/From: a@x", "s@y Sender 2"},
    {"Sender: s@y/Sender: s@y/From: a@x", "pra-several-senders Sender 1"},
    {"Sender: garbage/Sender: s@y", "pra-several-senders Sender 1"},
    {"Sender: s@y, t@y/From: a@x", "pra-several-mailboxes Sender 1"},
    {"Sender: <>/From: a@x", "pra-malformed Sender 1"},
    {"SENDER: s@y/fRoM: a@x", "s@y Sender 1"},
    {"Sender \t : s@y/From: a@x", "s@y Sender 1"},
    /* From */
    {"From: /From: a@x", "a@x From 2"},
    {"From: a@x/From: ", "a@x From 1"},
    {"From: a@x/From: garbage", "pra-several-froms From 1"},
    {"From: a@x/From: a@x", "pra-several-froms From 1"},
    {"From: /From: a@x/From: b@x", "pra-several-froms From 2"},
    {"From: Alice\n <a@x.example>", "a@x.example From 1"},
    {"From: Alice\r\n <a@x.example>", "a@x.example From 1"},
    {"From:\n\ta@x.example", "a@x.example From 1"},
    {"From: a@x.example,", "a@x.example From 1"},
    {"From: a@x.example, b@y.example, garbage", "pra-several-mailboxes From 1"},
    {"From: a@x.example, garbage", "pra-no-domain From 1"},
    {"From: Friends: a@x.example;", "pra-group From 1"},
    {"From: a@x.example, Friends:;", "pra-group From 1"},
    {"From: a@x.example b@y.example", "pra-malformed From 1"},
    {"From: <a@x.example> <b@y.example>", "pra-malformed From 1"},
    {"From: a@x.example <b@y.example>", "pra-malformed From 1"},
    {"From: \"a b\"@x.example", "\"a b\"@x.example From 1"},
    {"From: \"a.b\"@x.example", "a.b@x.example From 1"},
    {"From: a . b @ x . example", "a.b@x.example From 1"},
    {"From: j\xc3\xb6rg@b\xc3\xbc"
     "cher.example",
     "j\xc3\xb6rg@xn--bcher-kva.example From 1"},
    {"From: =?utf-8?Q?b=40y.example?= <a@x.example>", "a@x.example From 1"},
    {"From: J\xf6rg <a@x.example>", "pra-malformed From 1"},
    {"From: \xff", "pra-malformed From 1"},
    {"From: a@x..example", "pra-malformed From 1"},
    {"From: a@[IPv6:2001:db8::1]", "pra-no-domain From 1"},
    {"From: Alice\r <a@x.example>", "pra-malformed From 1"},
    {"From: a@x.example\r", "pra-malformed From 1"},
    {"From: \r", "pra-missing  0"},
    {"From: \x0b", "pra-malformed From 1"},
    {"From: \x0c/Sender: s@y", "s@y Sender 1"},
    {"From: \xc2\xa0", "pra-no-domain From 1"},
    {"From: ,/Sender: ", "pra-malformed From 1"},
    {"From: @x.example", "pra-malformed From 1"},
    {"From: (a@x.example", "pra-malformed From 1"},
    {"From: \"a@x.example", "pra-malformed From 1"},
    /* Resent-From */
    {"Resent-From: r@z", "r@z Resent-From 1"},
    {"Resent-From: /From: a@x", "a@x From 1"},
    {"Resent-From: /Resent-From: r@z/From: a@x", "r@z Resent-From 2"},
    {"From: a@x/Sender: s@y/Resent-From: r@z", "r@z Resent-From 1"},
    {"Resent-From: r2@z/Resent-From: r1@z", "r2@z Resent-From 1"},
    {"Resent-From: r2@z/Received: x/Resent-From: r1@z", "r2@z Resent-From 1"},
    {"Resent-From: garbage/Resent-From: r@z/From: a@x", "pra-no-domain Resent-From 1"},
    {"Resent-From: <>/Sender: s@y", "pra-malformed Resent-From 1"},
    {"Resent-From: Undisclosed:;/From: a@x", "pra-group Resent-From 1"},
    {"resent-FROM : r@z", "r@z Resent-From 1"},
    {"Sender: s1@y/Sender: s2@y/Resent-From: r@z", "r@z Resent-From 1"},
    /* Resent-Sender */
    {"Resent-Sender: q@z", "q@z Resent-Sender 1"},
    {"Resent-Sender: q2@z/Resent-Sender: q1@z", "q2@z Resent-Sender 1"},
    {"Resent-Sender: /Resent-Sender: q1@z", "q1@z Resent-Sender 2"},
    {"Resent-Sender: q2@z/Received: x/Resent-Sender: q1@z/Resent-From: r@z",
     "q2@z Resent-Sender 1"},
    {"Resent-Sender: q@z, p@z/Resent-From: r@z/From: a@x", "pra-several-mailboxes Resent-Sender 1"},
    {"Resent-Sender: q@[192.0.2.1]/From: a@x", "pra-no-domain Resent-Sender 1"},
    {"From: a@x/Sender: s@y/Resent-From: r@z/Resent-Sender: q@z", "q@z Resent-Sender 1"},
    /* blocks: what separates them, and what does not */
    {"Resent-From: r2@z/Received: /Resent-Sender: q1@w", "r2@z Resent-From 1"},
    {"Resent-From: r2@z/Received : x/Resent-Sender: q1@w", "r2@z Resent-From 1"},
    {"Resent-From: r2@z/return-path:/Resent-Sender: q1@w", "r2@z Resent-From 1"},
    {"Resent-From: r2@z/Subject: x/To: y@z/Resent-Sender: q2@z", "q2@z Resent-Sender 1"},
    {"Resent-From: r2@z/X-Received: x/Received-SPF: pass/Resent-Sender: q2@z",
     "q2@z Resent-Sender 1"},
    {"Resent-From: /Received: x/Resent-Sender: q1@w", "q1@w Resent-Sender 1"},
    {"Received: x/Resent-From: r@z/Resent-Sender: q@z/Received: y", "q@z Resent-Sender 1"},
    {"Received: x/Return-Path: <>/Resent-Sender: q@z", "q@z Resent-Sender 1"},
    {"Resent-From: r2@z/Received: x/Resent-Sender: /Resent-From: r1@w", "r2@z Resent-From 1"},
    {"Resent-From: r3@z/Resent-From: r2@z/Received: x/Resent-Sender: q1@w", "r3@z Resent-From 1"},
    {"Resent-From: r2@z/Resent-Sender: q2@z/Received: x/Resent-From: r1@w/Resent-Sender: q1@w",
     "q2@z Resent-Sender 1"},
    {"Resent-From: r2@z/Resent-Sender: /Received: x/Resent-Sender: q1@w", "r2@z Resent-From 1"},
    {"Resent-From: garbage/Received: x/Resent-Sender: q1@w", "pra-no-domain Resent-From 1"},
    {"Received: x/From: a@x/Received: y/Sender: s@y", "s@y Sender 1"},
};

static const char *describe(struct arena *arena, const struct pra *pra)
{
    struct text text = text_in(arena);

    if (pra->reason == REASON_NONE)
        text_printf(&text, "%s@%s", pra->mailbox.local, pra->mailbox.domain);
    else
        text_add(&text, reason_code(pra->reason));
    text_printf(&text, " %s %u", pra->field, pra->index);
    return text_string(&text);
}

/* NAME ":" VALUE, LENGTH octets, the value copied to the heap without a terminator. */
static void add_field(struct header_list *headers, const char *field, size_t length)
{
    const char *colon = memchr(field, ':', length);
    char name[64];
    size_t rest;
    char *value;

    assert_non_null(colon);
    rest = length - (size_t)(colon + 1 - field);
    assert_true((size_t)(colon - field) < sizeof name);
    memcpy(name, field, (size_t)(colon - field));
    name[colon - field] = '\0';
    value = malloc(rest > 0 ? rest : 1);
    assert_non_null(value);
    memcpy(value, colon + 1, rest);
    assert_int_equal(header_list_add(headers, name, value, rest), VOUCH_OK);
    free(value);
}

static struct header_list headers_of(struct arena *arena, const char *header)
{
    struct header_list headers = header_list_in(arena, HEADER_LIMIT);

    while (*header != '\0') {
        size_t length = strcspn(header, "/");

        add_field(&headers, header, length);
        header += length + (header[length] == '/');
    }
    return headers;
}

static bool test_holds(const struct test *test)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct header_list headers = headers_of(arena, test->header);
    const char *found;
    struct pra pra;
    bool same;

    assert_int_equal(pra_find(arena, &headers, &pra), VOUCH_OK);
    assert_true(pra.step_count > 0 && pra.step_count <= PRA_STEPS_MAX);
    found = describe(arena, &pra);
    same = strcmp(found, test->expected) == 0;
    if (!same)
        print_error("%s\n  found %s, not %s\n", test->header, found, test->expected);
    arena_free(arena);
    return same;
}

static void all_hold(const struct test *tests, size_t count)
{
    size_t wrong = 0;

    for (size_t i = 0; i < count; i++)
        if (!test_holds(&tests[i]))
            wrong++;
    assert_int_equal(wrong, 0);
}

static void edge_cases(void **state)
{
    (void)state;
    all_hold(edges, sizeof edges / sizeof edges[0]);
}

static void own_cases(void **state)
{
    (void)state;
    all_hold(cases, sizeof cases / sizeof cases[0]);
}

/* Octets that no C string holds. */
static void nul_in_a_value(void **state)
{
    static const struct {
        const char *field;
        size_t length;
        const char *expected;
    } values[] = {
        {"From: a@x.example\0b@y.example", 30, "pra-malformed From 1"},
        {"From: \0", 7, "pra-malformed From 1"},
        {"From:\0a@x.example", 17, "pra-malformed From 1"},
        {"From: \"a\0\" <a@x.example>", 24, "pra-malformed From 1"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct header_list headers = header_list_in(arena, HEADER_LIMIT);
        struct pra pra;

        add_field(&headers, values[i].field, values[i].length);
        assert_int_equal(pra_find(arena, &headers, &pra), VOUCH_OK);
        assert_string_equal(describe(arena, &pra), values[i].expected);
        arena_free(arena);
    }
}

/* Ten forwarders: the last one counts, whichever field it used. */
static void ten_resent_blocks(void **state)
{
    (void)state;
    for (unsigned empty = 0; empty < 3; empty++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct text header = text_in(arena);
        struct header_list headers;
        struct pra pra;

        for (unsigned hop = 10; hop > 0; hop--)
            text_printf(&header,
                        "Received: by hop%u/Resent-From: %s/Resent-Sender: %s/Resent-Date: x/", hop,
                        empty == 1 && hop == 10 ? "" : arena_printf(arena, "r%u@z", hop),
                        empty == 2 && hop == 10 ? "" : arena_printf(arena, "q%u@z", hop));
        text_add(&header, "Received: from origin/From: a@x/Sender: s@y");
        headers = headers_of(arena, text_string(&header));
        assert_int_equal(pra_find(arena, &headers, &pra), VOUCH_OK);
        assert_string_equal(describe(arena, &pra),
                            empty == 2 ? "r10@z Resent-From 1" : "q10@z Resent-Sender 1");
        arena_free(arena);
    }
}

/* One field of 100,000 octets, and 100,000 octets of fields. */
static void large_headers(void **state)
{
    static const struct {
        const char *begin, *piece, *end, *expected;
    } values[] = {
        {"From: ", "word ", "<a@x.example>", "a@x.example From 1"},
        {"From: ", "a@x.example, ", "b@x.example", "pra-several-mailboxes From 1"},
        {"From: ", "\n ", "", "pra-missing  0"},
        {"From: ", "\n ", "a@x.example", "a@x.example From 1"},
        {"From: (", "(", "a@x.example", "pra-malformed From 1"},
        {"From: ", "x", "@x.example", "with a long local-part"},
        {"Received: x/", "Received: x/", "From: a@x.example", "a@x.example From 1"},
        {"Resent-From: r@z/", "Received: x/Resent-Sender: q@z/", "From: a@x", "r@z Resent-From 1"},
        {"Sender: s@y/", "From: a@x/", "Sender:", "s@y Sender 1"},
        {"From:/", "From:/", "From: a@x", "a@x From 16668"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct arena *arena = arena_new(ARENA_LIMIT);
        struct text header = text_in(arena);
        struct header_list headers;
        struct pra pra;

        text_add(&header, values[i].begin);
        while (header.length < LARGE)
            text_add(&header, values[i].piece);
        text_add(&header, values[i].end);
        headers = headers_of(arena, text_string(&header));
        assert_int_equal(pra_find(arena, &headers, &pra), VOUCH_OK);
        if (pra.reason == REASON_NONE && strlen(pra.mailbox.local) > 1)
            assert_true(strlen(pra.mailbox.local) >= LARGE - 6);
        else
            assert_string_equal(describe(arena, &pra), values[i].expected);
        arena_free(arena);
    }
}

/* What was not kept could have named another. */
static void truncated_header(void **state)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct header_list headers = header_list_in(arena, 100);
    struct pra pra;
    char value[100] = "";

    (void)state;
    assert_int_equal(header_list_add(&headers, "From", " a@x", 4), VOUCH_OK);
    assert_int_equal(header_list_add(&headers, "X", value, sizeof value), VOUCH_ERROR_LIMIT);
    assert_int_equal(pra_find(arena, &headers, &pra), VOUCH_OK);
    assert_int_equal(pra.reason, REASON_PRA_TRUNCATED);
    arena_free(arena);
}

static void steps_and_place(void **state)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct header_list headers =
        headers_of(arena, "Resent-From: r@z/Received: x/Resent-Sender: q@z/From: a@x");
    struct text place = text_in(arena);
    struct pra pra;

    (void)state;
    assert_int_equal(pra_find(arena, &headers, &pra), VOUCH_OK);
    assert_int_equal(pra.step_count, 3);
    assert_string_equal(pra.steps[0],
                        "RFC 4407 2, step 1: the first Resent-Sender stands in an older block than "
                        "the first Resent-From");
    assert_string_equal(pra.steps[1], "RFC 4407 2, step 2: the first Resent-From");
    assert_string_equal(pra.steps[2], "RFC 4407 2, step 5: it holds one mailbox with a domain");
    headers = headers_of(arena, "From: a@x..example");
    assert_int_equal(pra_find(arena, &headers, &pra), VOUCH_OK);
    assert_int_equal(pra.step_count, 5);
    pra_describe(&pra, &place);
    assert_string_equal(text_string(&place), "malformed domain at octet 5");
    arena_free(arena);
}

/* However little memory there is: an answer, or the error that says so. */
static void memory_runs_out(void **state)
{
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct header_list headers = headers_of(arena, "From: Alice <\"a b\"@x.example>");
    int error = VOUCH_ERROR_MEMORY;
    size_t limit = 0;
    struct pra pra;

    (void)state;
    for (; error == VOUCH_ERROR_MEMORY && limit < 65536; limit += 8) {
        struct arena *small = arena_new(limit);

        assert_non_null(small);
        error = pra_find(small, &headers, &pra);
        arena_free(small);
    }
    assert_int_equal(error, VOUCH_OK);
    assert_true(limit > 64);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edge_cases),      cmocka_unit_test(own_cases),
        cmocka_unit_test(nul_in_a_value),  cmocka_unit_test(ten_resent_blocks),
        cmocka_unit_test(large_headers),   cmocka_unit_test(truncated_header),
        cmocka_unit_test(steps_and_place), cmocka_unit_test(memory_runs_out),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
