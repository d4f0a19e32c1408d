/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/helo_name.h"

#define LABEL_63 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"

static const struct {
    const char *helo;
    enum helo_kind kind;
    const char *expected; /* the name or the address as text */
} cases[] = {
    {"", HELO_MISSING, ""},

    {"mail.example.com", HELO_DOMAIN, "mail.example.com"},
    {"mail.example.com.", HELO_DOMAIN, "mail.example.com"},
    {"MAIL.Example.COM", HELO_DOMAIN, "mail.example.com"},
    {"example.com", HELO_DOMAIN, "example.com"},
    {"a.b", HELO_DOMAIN, "a.b"},
    {"_x._y.example.com", HELO_DOMAIN, "_x._y.example.com"},
    {"-a-.example.com", HELO_DOMAIN, "-a-.example.com"},
    {"xn--mil-ula.example.com", HELO_DOMAIN, "xn--mil-ula.example.com"},
    {"1.2.3.4.example.com", HELO_DOMAIN, "1.2.3.4.example.com"},
    {"10.2.0.192.in-addr.arpa", HELO_DOMAIN, "10.2.0.192.in-addr.arpa"},
    {"mail.example.x25", HELO_DOMAIN, "mail.example.x25"},
    {LABEL_63 ".com", HELO_DOMAIN, LABEL_63 ".com"},

    {"localhost", HELO_SINGLE_LABEL, "localhost"},
    {"com.", HELO_SINGLE_LABEL, "com"},
    {"WIN-7F3A", HELO_SINGLE_LABEL, "win-7f3a"},
    {"_", HELO_SINGLE_LABEL, "_"},
    {LABEL_63, HELO_SINGLE_LABEL, LABEL_63},

    {"[192.0.2.1]", HELO_LITERAL, "192.0.2.1"},
    {"192.0.2.1", HELO_LITERAL, "192.0.2.1"},
    {"192.0.2.1.", HELO_LITERAL, "192.0.2.1"},
    {"[IPv6:2001:db8::1]", HELO_LITERAL, "2001:db8::1"},
    {"[ipv6:2001:DB8:0::1]", HELO_LITERAL, "2001:db8::1"},
    {"[2001:db8::1]", HELO_LITERAL, "2001:db8::1"},
    {"2001:db8::1", HELO_LITERAL, "2001:db8::1"},
    {"::", HELO_LITERAL, "::"},
    {"[IPv6:::ffff:192.0.2.1]", HELO_LITERAL, "192.0.2.1"},
    {"[IPv6:192.0.2.1]", HELO_LITERAL, "unknown"},
    {"[IPv6:]", HELO_LITERAL, "unknown"},
    {"[IPv6]", HELO_LITERAL, "unknown"},
    {"[]", HELO_LITERAL, "unknown"},
    {"[[192.0.2.1]]", HELO_LITERAL, "unknown"},
    {"[192.0.2.1 ]", HELO_LITERAL, "unknown"},
    {"[192.0.2]", HELO_LITERAL, "unknown"},
    {"[192.0.2.01]", HELO_LITERAL, "unknown"},
    {"[192.0.2.1/24]", HELO_LITERAL, "unknown"},
    {"[fe80::1%eth0]", HELO_LITERAL, "unknown"},
    {"[mail.example.com]", HELO_LITERAL, "unknown"},

    {".", HELO_MALFORMED, ""},
    {"..", HELO_MALFORMED, ""},
    {".example.com", HELO_MALFORMED, ""},
    {"mail..example.com", HELO_MALFORMED, ""},
    {"mail.example.com..", HELO_MALFORMED, ""},
    {"[", HELO_MALFORMED, ""},
    {"]", HELO_MALFORMED, ""},
    {"[192.0.2.1", HELO_MALFORMED, ""},
    {"192.0.2.1]", HELO_MALFORMED, ""},
    {"[192.0.2.1].", HELO_MALFORMED, ""},
    {"192.0.2.256", HELO_MALFORMED, ""},
    {"192.0.2", HELO_MALFORMED, ""},
    {"25", HELO_MALFORMED, ""},
    {"mail.25", HELO_MALFORMED, ""},
    {" ", HELO_MALFORMED, ""},
    {" mail.example.com", HELO_MALFORMED, ""},
    {"mail.example.com ", HELO_MALFORMED, ""},
    {"mail example.com", HELO_MALFORMED, ""},
    {"m\xc3\xa4il.example.com", HELO_MALFORMED, ""},
    {"mail\x7f.example.com", HELO_MALFORMED, ""},
    {"mail\\046example.com", HELO_MALFORMED, ""},
    {"%{i}.example.com", HELO_MALFORMED, ""},
    {LABEL_63 "a.com", HELO_MALFORMED, ""},
};

/* A copy without room behind its end, so that an over-read is caught. */
static struct helo_name parse_copy(const char *helo)
{
    size_t size = strlen(helo) + 1;
    char *copy = malloc(size);
    struct helo_name parsed;

    assert_non_null(copy);
    memcpy(copy, helo, size);
    parsed = helo_name_parse(copy);
    free(copy);
    return parsed;
}

static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct helo_name parsed = parse_copy(cases[i].helo);
        char text[DNS_NAME_TEXT_SIZE] = "";

        if (parsed.kind == HELO_LITERAL)
            (void)ip_format(&parsed.literal, text);
        else if (parsed.kind == HELO_DOMAIN || parsed.kind == HELO_SINGLE_LABEL)
            (void)dns_name_format(&parsed.name, text);
        if (parsed.kind != cases[i].kind || strcmp(text, cases[i].expected) != 0)
            fail_msg("\"%s\": kind %d \"%s\"", cases[i].helo, parsed.kind, text);
    }
}

/* The longest name there is, with and without the dot, and one octet more. */
static void test_length(void **state)
{
    char name[300];

    (void)state;
    for (size_t length = 250; length < 260; length++) {
        enum helo_kind expected = length <= 253 ? HELO_DOMAIN : HELO_MALFORMED;

        for (size_t i = 0; i < length; i++)
            name[i] = i % 49 == 48 ? '.' : 'a';
        name[length] = '\0';
        assert_int_equal(parse_copy(name).kind, expected);
        name[length] = '.';
        name[length + 1] = '\0';
        assert_int_equal(parse_copy(name).kind, expected);
    }
}

/* Every octet: only letters, digits, hyphen and underscore stand in a name. */
static void test_octets(void **state)
{
    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        char helo[] = "x?y.example";
        char c = (char)octet;
        bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.';

        helo[1] = c;
        assert_int_equal(parse_copy(helo).kind, allowed ? HELO_DOMAIN : HELO_MALFORMED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table),
        cmocka_unit_test(test_length),
        cmocka_unit_test(test_octets),
    };

    return cmocka_run_group_tests_name("helo_name", tests, NULL, NULL);
}
