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
#include "lib/mail/path.h"
#include "lib/vouch.h"

#define A63 "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-012345678"
#define A64 A63 "9"

enum { PLAIN = 0, MALFORMED = 1, NULL_PATH = 2 };

static const struct {
    const char *text, *raw, *local, *domain;
    int flags;
} cases[] = {
    /* RFC 5321 4.1.2 */
    {"<user@example.com>", "user@example.com", "user", "example.com", PLAIN},
    {"user@example.com", "user@example.com", "user", "example.com", PLAIN},
    {"<User+tag=x@EXAMPLE.com>", "User+tag=x@EXAMPLE.com", "User+tag=x", "EXAMPLE.com", PLAIN},
    {"<a.b.c@mail>", "a.b.c@mail", "a.b.c", "mail", PLAIN},
    {"<a@x_y.example>", "a@x_y.example", "a", "x_y.example", PLAIN},
    {"<!#$%&'*+-/=?^_`{|}~@e.org>", "!#$%&'*+-/=?^_`{|}~@e.org", "!#$%&'*+-/=?^_`{|}~", "e.org",
     PLAIN},
    {"<a@example.com.>", "a@example.com.", "a", "example.com", PLAIN},
    {"<" A63 "9@example.com>", A63 "9@example.com", A64, "example.com", PLAIN},
    {"<a@" A63 ".com>", "a@" A63 ".com", "a", A63 ".com", PLAIN},
    /* the null path */
    {"<>", "", "", "", NULL_PATH},
    {"", "", "", "", NULL_PATH},
    {"< >", " ", " ", "", MALFORMED},
    {"<", "", "", "", MALFORMED},
    {">", "", "", "", MALFORMED},
    /* brackets that do not pair */
    {"<a@b.org", "a@b.org", "a", "b.org", MALFORMED},
    {"a@b.org>", "a@b.org", "a", "b.org", MALFORMED},
    {"<<a@b.org>>", "<a@b.org>", "<a", "b.org>", MALFORMED},
    /* quoted local-parts */
    {"<\"a b\"@e.org>", "\"a b\"@e.org", "\"a b\"", "e.org", PLAIN},
    {"<\"a@b.com\"@e.org>", "\"a@b.com\"@e.org", "\"a@b.com\"", "e.org", PLAIN},
    {"<\"a\\\"@b.com\"@e.org>", "\"a\\\"@b.com\"@e.org", "\"a\\\"@b.com\"", "e.org", PLAIN},
    {"<\"a\\\\\"@e.org>", "\"a\\\\\"@e.org", "\"a\\\\\"", "e.org", PLAIN},
    {"<\"a\\@x\"@e.org>", "\"a\\@x\"@e.org", "\"a\\@x\"", "e.org", PLAIN},
    {"<\"\"@e.org>", "\"\"@e.org", "\"\"", "e.org", PLAIN},
    {"<\"a\\\\\"b\"@e.org>", "\"a\\\\\"b\"@e.org", "\"a\\\\\"b\"", "e.org", MALFORMED},
    {"<\"a\"b@e.org>", "\"a\"b@e.org", "\"a\"b", "e.org", MALFORMED},
    {"<a\"@x\"@e.org>", "a\"@x\"@e.org", "a\"@x\"", "e.org", MALFORMED},
    {"<\"a@e.org>", "\"a@e.org", "\"a", "e.org", MALFORMED},
    {"<\"a\\\"@e.org>", "\"a\\\"@e.org", "\"a\\\"", "e.org", MALFORMED},
    {"<\"a\t\"@e.org>", "\"a\t\"@e.org", "\"a\t\"", "e.org", MALFORMED},
    {"<\"a@b.org\">", "\"a@b.org\"", "\"a@b.org\"", "", MALFORMED},
    /* no address */
    {"<postmaster>", "postmaster", "postmaster", "", MALFORMED},
    {"<@>", "@", "", "", MALFORMED},
    {"<@example.com>", "@example.com", "", "example.com", MALFORMED},
    {"<a@>", "a@", "a", "", MALFORMED},
    {"<a@.>", "a@.", "a", ".", MALFORMED},
    {"<a@b@example.com>", "a@b@example.com", "a@b", "example.com", MALFORMED},
    {"<a b@example.com>", "a b@example.com", "a b", "example.com", MALFORMED},
    {"<.a@example.com>", ".a@example.com", ".a", "example.com", MALFORMED},
    {"<a.@example.com>", "a.@example.com", "a.", "example.com", MALFORMED},
    {"<a..b@example.com>", "a..b@example.com", "a..b", "example.com", MALFORMED},
    {"<a@example..com>", "a@example..com", "a", "example..com", MALFORMED},
    {"<a@.example.com>", "a@.example.com", "a", ".example.com", MALFORMED},
    {"<a@example.com..>", "a@example.com..", "a", "example.com.", MALFORMED},
    {"<a@-example.com>", "a@-example.com", "a", "-example.com", MALFORMED},
    {"<a@example-.com>", "a@example-.com", "a", "example-.com", MALFORMED},
    {"<a@exa mple.com>", "a@exa mple.com", "a", "exa mple.com", MALFORMED},
    {"<a@example.com\r\nRSET>", "a@example.com\r\nRSET", "a", "example.com\r\nRSET", MALFORMED},
    {"<a@" A64 ".com>", "a@" A64 ".com", "a", A64 ".com", MALFORMED},
    {"<" A64 "x@example.com>", A64 "x@example.com", A64 "x", "example.com", MALFORMED},
    {"<a@" A63 "." A63 "." A63 "." A63 ">", "a@" A63 "." A63 "." A63 "." A63, "a",
     A63 "." A63 "." A63 "." A63, PLAIN},
    {"<a@x." A63 "." A63 "." A63 "." A63 ">", "a@x." A63 "." A63 "." A63 "." A63, "a",
     "x." A63 "." A63 "." A63 "." A63, MALFORMED},
    /* address literals, RFC 5321 4.1.3 */
    {"<a@[192.0.2.1]>", "a@[192.0.2.1]", "a", "[192.0.2.1]", PLAIN},
    {"<a@[IPv6:2001:db8::1]>", "a@[IPv6:2001:db8::1]", "a", "[IPv6:2001:db8::1]", PLAIN},
    {"<a@[ipv6:::1]>", "a@[ipv6:::1]", "a", "[ipv6:::1]", PLAIN},
    {"<a@[IPv6:192.0.2.1]>", "a@[IPv6:192.0.2.1]", "a", "[IPv6:192.0.2.1]", MALFORMED},
    {"<a@[2001:db8::1]>", "a@[2001:db8::1]", "a", "[2001:db8::1]", MALFORMED},
    {"<a@[192.0.2]>", "a@[192.0.2]", "a", "[192.0.2]", MALFORMED},
    {"<a@[192.0.2.1>", "a@[192.0.2.1", "a", "[192.0.2.1", MALFORMED},
    {"<a@[]>", "a@[]", "a", "[]", MALFORMED},
    {"<a@[>", "a@[", "a", "[", MALFORMED},
    /* source routes, RFC 5321 appendix C */
    {"<@a.org:u@e.org>", "@a.org:u@e.org", "u", "e.org", PLAIN},
    {"<@a.org,@b.org:u@e.org>", "@a.org,@b.org:u@e.org", "u", "e.org", PLAIN},
    {"<@a.org:\"x:@y\"@e.org>", "@a.org:\"x:@y\"@e.org", "\"x:@y\"", "e.org", PLAIN},
    {"<@a.org:>", "@a.org:", "", "", MALFORMED},
    {"<@a.org,:u@e.org>", "@a.org,:u@e.org", "@a.org,:u", "e.org", MALFORMED},
    {"<@a.org,b.org:u@e.org>", "@a.org,b.org:u@e.org", "@a.org,b.org:u", "e.org", MALFORMED},
    {"<@:u@e.org>", "@:u@e.org", "@:u", "e.org", MALFORMED},
    {"<@a..org:u@e.org>", "@a..org:u@e.org", "@a..org:u", "e.org", MALFORMED},
    /* RFC 6531: U-labels become A-labels, nontransitional */
    {"<a@b\xc3\xbc"
     "cher.example>",
     "a@b\xc3\xbc"
     "cher.example",
     "a", "xn--bcher-kva.example", PLAIN},
    {"<a@B\xc3\x9c"
     "CHER.Example>",
     "a@B\xc3\x9c"
     "CHER.Example",
     "a", "xn--bcher-kva.example", PLAIN},
    {"<a@fa\xc3\x9f.de>", "a@fa\xc3\x9f.de", "a", "xn--fa-hia.de", PLAIN},
    {"<a@\xe4\xbe\x8b\xe3\x80\x82org>", "a@\xe4\xbe\x8b\xe3\x80\x82org", "a", "xn--fsq.org", PLAIN},
    {"<j\xc3\xb6rg@e.org>", "j\xc3\xb6rg@e.org", "j\xc3\xb6rg", "e.org", PLAIN},
    {"<j\xf6rg@e.org>", "j\xf6rg@e.org", "j\xf6rg", "e.org", MALFORMED},
    {"<a@b\xfc"
     "cher.example>",
     "a@b\xfc"
     "cher.example",
     "a",
     "b\xfc"
     "cher.example",
     MALFORMED},
    {"<a@\xcc\x81x.example>", "a@\xcc\x81x.example", "a", "\xcc\x81x.example", MALFORMED},
    {"<a@\xe2\x80\xae.example>", "a@\xe2\x80\xae.example", "a", "\xe2\x80\xae.example", MALFORMED},
    {"<a@\xef\xbc\x8f.example>", "a@\xef\xbc\x8f.example", "a", "\xef\xbc\x8f.example", MALFORMED},
};

/* On the heap, exactly as long as it is: reading beyond the end is caught. */
static char *on_heap(const char *text)
{
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);

    assert_non_null(copy);
    return memcpy(copy, text, size);
}

static void forms(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        char *text = on_heap(cases[i].text);
        struct path path;

        assert_int_equal(path_parse(arena, text, &path), VOUCH_OK);
        free(text);
        if (strcmp(path.local, cases[i].local) != 0 || strcmp(path.domain, cases[i].domain) != 0 ||
            path.malformed != ((cases[i].flags & MALFORMED) != 0))
            print_message("# case %zu: %s\n", i, cases[i].text);
        assert_string_equal(path.raw, cases[i].raw);
        assert_string_equal(path.local, cases[i].local);
        assert_string_equal(path.domain, cases[i].domain);
        assert_int_equal(path.malformed, (cases[i].flags & MALFORMED) != 0);
        assert_int_equal(path.null, (cases[i].flags & NULL_PATH) != 0);
        arena_free(arena);
    }
}

/* Any octet, anywhere: kept, and the domain never taken from elsewhere. */
static void every_octet(void **state)
{
    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        struct arena *arena = arena_new(1 << 16);
        char text[] = "<aXb@exXmple.org>";
        struct path path;

        text[2] = (char)octet;
        assert_int_equal(path_parse(arena, text, &path), VOUCH_OK);
        assert_string_equal(path.domain, "exXmple.org");
        assert_int_equal(path.local[1], (char)octet);
        text[2] = 'a';
        text[7] = (char)octet;
        assert_int_equal(path_parse(arena, text, &path), VOUCH_OK);
        assert_int_equal(strlen(path.raw), sizeof text - 3);
        if (octet >= 0x80)
            assert_true(path.malformed);
        arena_free(arena);
    }
}

static void huge(void **state)
{
    enum { SIZE = 1 << 20 };
    static const char fillings[] = "a@\".<[:\\\xc3";
    char *text = malloc(SIZE + 1);

    (void)state;
    assert_non_null(text);
    for (const char *c = fillings; *c != '\0'; c++) {
        struct arena *arena = arena_new(8 * SIZE);
        struct path path;

        memset(text, *c, SIZE);
        text[SIZE] = '\0';
        assert_int_equal(path_parse(arena, text, &path), VOUCH_OK);
        assert_true(path.malformed);
        text[1] = '@';
        assert_int_equal(path_parse(arena, text, &path), VOUCH_OK);
        assert_true(path.malformed);
        arena_free(arena);
    }
    free(text);
}

static void literals(void **state)
{
    static const struct {
        const char *path;
        bool is_literal;
    } domains[] = {
        {"a@[192.0.2.1]", true},
        {"<a@[192.0.2.1]>", true},
        {"a@[IPv6:2001:db8::1]", true},
        {"a@[ipv6:2001:db8::1]", true},
        {"a@[x400:c=us]", true},
        {"a@[192.0.2.1", true},
        {"a@[]", true},
        {"<@relay.example:a@[192.0.2.1]>", true},
        {"\"[192.0.2.1]\"@[192.0.2.1]", true},
        {"a@192.0.2.1", true},
        {"a@192.0.2.1.", true},
        {"a@2001:db8::1", true},
        {"a@example.com", false},
        {"a@1.2.3", false},
        {"a@192.0.2.1.example.com", false},
        {"a@x[192.0.2.1]", false},
        {"\"a@[192.0.2.1]\"@example.com", false},
        {"[192.0.2.1]", false},
        {"postmaster", false},
        {"<>", false},
        {"", false},
        {"a@", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        struct arena *arena = arena_new(4096);
        struct path path;

        assert_int_equal(path_parse(arena, domains[i].path, &path), VOUCH_OK);
        if (path_is_literal(&path) != domains[i].is_literal)
            fail_msg("%s", domains[i].path);
        arena_free(arena);
    }
}

static void out_of_memory(void **state)
{
    (void)state;
    for (size_t limit = 0; limit < 96; limit += 16) {
        struct arena *arena = arena_new(limit);
        struct path path = {.raw = "untouched"};
        int error = path_parse(arena,
                               "<local@b\xc3\xbc"
                               "cher.example>",
                               &path);

        if (error == VOUCH_OK)
            assert_string_equal(path.domain, "xn--bcher-kva.example");
        else
            assert_string_equal(path.raw, "untouched");
        assert_true(error == VOUCH_OK || error == VOUCH_ERROR_MEMORY);
        assert_true(limit > 48 || error == VOUCH_ERROR_MEMORY);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(forms),    cmocka_unit_test(every_octet),   cmocka_unit_test(huge),
        cmocka_unit_test(literals), cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
