/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dns/name.h"
#include "lib/vouch.h"

/* Read TEXT from a heap copy without a terminator, so that an over-read is caught. */
static int read_text(const char *text, size_t length, struct dns_name *name)
{
    char *copy = malloc(length > 0 ? length : 1);
    int error;

    assert_non_null(copy);
    memcpy(copy, text, length);
    error = dns_name_from_text(copy, length, name);
    free(copy);
    return error;
}

static struct dns_name name_of(const char *text)
{
    struct dns_name name;

    assert_int_equal(read_text(text, strlen(text), &name), 0);
    return name;
}

static void text_round_trip(void **state)
{
    static const struct {
        const char *text;
        size_t length;
        const char *shown; /* NULL: a syntax error */
    } cases[] = {
        {"", 0, "."},
        {".", 1, "."},
        {"example.org", 11, "example.org"},
        {"example.org.", 12, "example.org"},
        {"Mail.EXAMPLE.Org", 16, "mail.example.org"},
        {"_client._smtp.mail", 18, "_client._smtp.mail"},
        {"a b", 3, "a\\032b"},
        {"a\0b.c", 5, "a\\000b.c"},
        {"\xff.\x7f", 3, "\\255.\\127"},
        {"a\\.b", 4, "a\\092.b"},
        {"*.@", 3, "\\042.\\064"},
        {"..", 2, NULL},
        {".a", 2, NULL},
        {"a..b", 4, NULL},
        {"a..", 3, NULL},
        {"a.b..", 5, NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char buffer[DNS_NAME_TEXT_SIZE];
        struct dns_name name, untouched;

        memset(&name, 0xaa, sizeof name);
        untouched = name;
        if (cases[i].shown != NULL) {
            assert_int_equal(read_text(cases[i].text, cases[i].length, &name), 0);
            assert_string_equal(dns_name_format(&name, buffer), cases[i].shown);
        } else {
            assert_int_equal(read_text(cases[i].text, cases[i].length, &name), VOUCH_ERROR_SYNTAX);
            assert_memory_equal(&name, &untouched, sizeof name);
        }
    }
}

/* Fill TEXT with labels of 63 letters until LENGTH. */
static void fill(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text[i] = i % 64 == 63 ? '.' : 'a';
}

static void length_limits(void **state)
{
    char text[300], buffer[DNS_NAME_TEXT_SIZE];
    struct dns_name name;

    (void)state;
    memset(text, 'a', sizeof text);
    assert_int_equal(read_text(text, 63, &name), 0);
    assert_int_equal(read_text(text, 64, &name), VOUCH_ERROR_SYNTAX);
    fill(text, sizeof text);
    assert_int_equal(read_text(text, 253, &name), 0);
    assert_int_equal(name.length, 255);
    assert_int_equal(strlen(dns_name_format(&name, buffer)), 253);
    text[253] = '.';
    assert_int_equal(read_text(text, 254, &name), 0);
    fill(text, sizeof text);
    assert_int_equal(read_text(text, 254, &name), VOUCH_ERROR_SYNTAX);
    assert_int_equal(read_text(text, 300, &name), VOUCH_ERROR_SYNTAX);
}

static void every_octet_fits_as_text(void **state)
{
    char text[253], buffer[DNS_NAME_TEXT_SIZE];
    struct dns_name name;

    (void)state;
    memset(text, 0xff, sizeof text);
    for (size_t i = 63; i < sizeof text; i += 64)
        text[i] = '.';
    assert_int_equal(read_text(text, sizeof text, &name), 0);
    assert_int_equal(strlen(dns_name_format(&name, buffer)), 250 * 4 + 3);
}

static void wire(void **state)
{
    static const struct {
        const char *wire;
        size_t length;
        const char *shown; /* NULL: a syntax error */
    } cases[] = {
        {"", 1, "."},
        {"\001a", 3, "a"},
        {"\001.\002b\0", 6, "\\046.b\\000"},
        {"", 0, NULL},
        {"\001a", 2, NULL},      /* the zero is missing */
        {"\001a\0x", 4, NULL},   /* something behind it */
        {"\003ab", 3, NULL},     /* beyond the end */
        {"\300\014", 2, NULL},   /* a compression pointer */
        {"\100aaaaaa", 8, NULL}, /* a label type of its own */
    };
    uint8_t longest[DNS_NAME_MAX + 2];
    struct dns_name name;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t *copy = malloc(cases[i].length + 1);
        char buffer[DNS_NAME_TEXT_SIZE];
        int error;

        assert_non_null(copy);
        memcpy(copy + 1, cases[i].wire, cases[i].length);
        error = dns_name_from_wire(copy + 1, cases[i].length, &name);
        free(copy);
        assert_int_equal(error, cases[i].shown != NULL ? 0 : VOUCH_ERROR_SYNTAX);
        if (error == 0)
            assert_string_equal(dns_name_format(&name, buffer), cases[i].shown);
    }
    for (size_t i = 0; i < sizeof longest; i += 2)
        memcpy(longest + i, "\001a", i + 1 < sizeof longest ? 2 : 1);
    longest[254] = 0;
    assert_int_equal(dns_name_from_wire(longest, 255, &name), 0);
    assert_int_equal(dns_name_labels(&name), 127);
    memcpy(longest + 254, "\001a", 2);
    longest[256] = 0;
    assert_int_equal(dns_name_from_wire(longest, 257, &name), VOUCH_ERROR_SYNTAX);
}

static void prepend(void **state)
{
    char text[254], buffer[DNS_NAME_TEXT_SIZE];
    struct dns_name name = name_of("mail.example.org"), out;

    (void)state;
    assert_int_equal(dns_name_prepend("_client._smtp", &name, &name), 0);
    assert_string_equal(dns_name_format(&name, buffer), "_client._smtp.mail.example.org");
    assert_int_equal(dns_name_prepend("", &name, &out), VOUCH_ERROR_LIMIT);
    assert_int_equal(dns_name_prepend("a..b", &name, &out), VOUCH_ERROR_LIMIT);
    fill(text, 253);
    text[251] = '\0';
    name = name_of(text);
    assert_int_equal(dns_name_prepend("b", &name, &out), 0);
    assert_int_equal(out.length, 255);
    memset(&out, 0xaa, sizeof out);
    assert_int_equal(dns_name_prepend("bb", &name, &out), VOUCH_ERROR_LIMIT);
    assert_int_equal(out.length, 0xaa);
}

static void relations(void **state)
{
    static const struct {
        const char *name, *ancestor;
        bool within;
    } cases[] = {
        {"a.example.org", "example.org", true},
        {"EXAMPLE.org", "example.ORG", true},
        {"example.org", "a.example.org", false},
        {"badexample.org", "example.org", false},
        {"example.org", "", true},
        {"", "", true},
        {"", "org", false},
        {"a.example.net", "example.org", false},
        {"a.b", "b", true},
        {"a.bb", "b", false},
    };
    struct dns_name name = name_of("a.b.c"), out;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct dns_name below = name_of(cases[i].name), above = name_of(cases[i].ancestor);

        assert_int_equal(dns_name_within(&below, &above), cases[i].within);
    }
    assert_int_equal(dns_name_labels(&name), 3);
    for (unsigned labels = 0; labels < 5; labels++) {
        static const char *const suffixes[] = {"", "c", "b.c", "a.b.c", "a.b.c"};
        struct dns_name expected = name_of(suffixes[labels]);

        dns_name_suffix(&name, labels, &out);
        assert_true(dns_name_equal(&out, &expected));
        assert_int_equal(dns_name_is_root(&out), labels == 0);
    }
    dns_name_suffix(&name, 1, &name);
    out = name_of("C");
    assert_true(dns_name_equal(&name, &out));
    out = name_of("\xe3");
    assert_false(dns_name_equal(&name, &out));
}

/* "a.b" as one label is not "a.b" as two: only a name in labels can tell (RFC 1035 3.1). */
static void addresses(void **state)
{
    static const struct {
        const char *address, *zone, *name;
    } cases[] = {
        {"192.0.2.10", NULL, "10.2.0.192.in-addr.arpa"},
        {"255.255.255.255", NULL, "255.255.255.255.in-addr.arpa"},
        {"0.0.0.0", NULL, "0.0.0.0.in-addr.arpa"},
        {"::ffff:192.0.2.10", NULL, "10.2.0.192.in-addr.arpa"},
        {"2001:db8::1234:abcd", NULL,
         "d.c.b.a.4.3.2.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"},
        {"127.0.0.2", "list.example", "2.0.0.127.list.example"},
        {"::1", "list.example",
         "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.list.example"},
    };
    struct dns_name untouched = name_of("untouched");

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct dns_name name = name_of(cases[i].zone != NULL ? cases[i].zone : "");
        char buffer[DNS_NAME_TEXT_SIZE];
        struct ip ip;

        assert_true(ip_parse(cases[i].address, strlen(cases[i].address), &ip));
        if (cases[i].zone != NULL)
            assert_int_equal(dns_name_of_ip_in(&ip, &name, &name), VOUCH_OK);
        else
            assert_int_equal(dns_name_of_ip(&ip, &name), VOUCH_OK);
        assert_string_equal(dns_name_format(&name, buffer), cases[i].name);
        assert_int_equal(name.length, strlen(cases[i].name) + 2);
    }
    assert_int_equal(dns_name_of_ip(&(struct ip){.family = IP_NONE}, &untouched),
                     VOUCH_ERROR_RANGE);
    assert_true(dns_name_equal(&untouched, &(struct dns_name){11, "\011untouched"}));
}

static void an_address_in_a_long_zone(void **state)
{
    struct ip ip = {.family = IP_V6};
    struct dns_name zone;
    char text[254] = "";

    (void)state;
    fill(text, 253 - 2 * 32);
    zone = name_of(text);
    assert_int_equal(dns_name_of_ip_in(&ip, &zone, &zone), VOUCH_OK);
    fill(text, 254 - 2 * 32);
    zone = name_of(text);
    assert_int_equal(dns_name_of_ip_in(&ip, &zone, &zone), VOUCH_ERROR_LIMIT);
}

static void a_dot_inside_a_label(void **state)
{
    struct dns_name one, two = name_of("a.b");

    (void)state;
    assert_int_equal(dns_name_from_wire((const uint8_t *)"\003a.b", 5, &one), 0);
    assert_false(dns_name_equal(&one, &two));
    two = name_of("b");
    assert_false(dns_name_within(&one, &two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_round_trip),
        cmocka_unit_test(length_limits),
        cmocka_unit_test(every_octet_fits_as_text),
        cmocka_unit_test(wire),
        cmocka_unit_test(prepend),
        cmocka_unit_test(addresses),
        cmocka_unit_test(an_address_in_a_long_zone),
        cmocka_unit_test(relations),
        cmocka_unit_test(a_dot_inside_a_label),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
