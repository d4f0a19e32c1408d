/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "lib/base/ip.h"

/* From the heap and without a terminator, so that an over-read is caught. */
static bool parse(const char *text, struct ip *ip)
{
    size_t length = strlen(text);
    char *copy = malloc(length > 0 ? length : 1);
    bool good;

    assert_non_null(copy);
    memcpy(copy, text, length);
    good = ip_parse(copy, length, ip);
    free(copy);
    return good;
}

static void addresses_are_read_and_written(void **state)
{
    static const struct {
        const char *text, *written;
    } cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"2001:db8::1", "2001:db8::1"},
        {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
        {"::", "::"},
        {"::1", "::1"},
        {"::ffff:192.0.2.1", "192.0.2.1"}, /* mapped is IPv4 */
        {"::FFFF:c000:0201", "192.0.2.1"},
        {"64:ff9b::192.0.2.1", "64:ff9b::c000:201"},
    };
    char buffer[IP_TEXT_SIZE];
    struct ip ip;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(parse(cases[i].text, &ip));
        assert_string_equal(ip_format(&ip, buffer), cases[i].written);
    }
}

static void other_texts_are_no_addresses(void **state)
{
    static const char *const cases[] = {
        "",
        "1",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "01.2.3.4",
        "1.2.3.04",
        " 1.2.3.4",
        "1.2.3.4 ",
        "1.2.3.-4",
        "1.2.3.4/8",
        "0x1.2.3.4",
        ":",
        ":::",
        "1::2::3",
        "12345::",
        "::g",
        "[::1]",
        "::1%lo",
        "1:2:3:4:5:6:7:8:9",
        "::1.2.3.256",
        "::1.2.3",
        "IPv6:::1",
        "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000",
    };
    struct ip ip = {.family = IP_NONE};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (parse(cases[i], &ip))
            fail_msg("'%s' was taken for an address", cases[i]);
    assert_false(ip_parse("1.2.3.4\0", 8, &ip));
    assert_int_equal(ip.family, IP_NONE);
}

static void networks_contain_what_they_should(void **state)
{
    static const struct {
        const char *network, *inside, *outside;
    } cases[] = {
        {"192.0.2.0/24", "192.0.2.255", "192.0.3.0"},
        {"192.0.2.128/25", "192.0.2.128", "192.0.2.127"},
        {"192.0.2.1", "192.0.2.1", "192.0.2.2"},
        {"0.0.0.0/0", "203.0.113.9", "2001:db8::1"},
        {"::/0", "2001:db8::1", "192.0.2.1"},
        {"2001:db8::/33", "2001:db8:7fff::1", "2001:db8:8000::1"},
        {"2001:db8::1/128", "2001:db8::1", "2001:db8::2"},
    };
    struct ip_network network;
    struct ip ip;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_true(ip_network_parse(cases[i].network, &network));
        assert_true(parse(cases[i].inside, &ip));
        assert_true(ip_in_networks(&ip, &network, 1));
        assert_true(parse(cases[i].outside, &ip));
        assert_false(ip_in_networks(&ip, &network, 1));
    }
    assert_false(ip_in_networks(&ip, NULL, 0));
    ip.family = IP_NONE;
    assert_false(ip_in_network(&ip, &ip, 0));
}

static void other_texts_are_no_networks(void **state)
{
    static const char *const cases[] = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.1/8",
        "10.0.0.0/8/8",
        "::/129",
        "2001:db8::1/64",
        "10.0.0.0/8 ",
        "10/8",
        "10.0.0.0/4294967304",
    };
    struct ip_network network;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (ip_network_parse(cases[i], &network))
            fail_msg("'%s' was taken for a network", cases[i]);
}

static void socket_addresses_are_read(void **state)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    struct sockaddr local = {.sa_family = AF_UNIX};
    char buffer[IP_TEXT_SIZE];
    struct ip ip;

    (void)state;
    assert_int_equal(inet_pton(AF_INET, "192.0.2.7", &v4.sin_addr), 1);
    ip = ip_from_sockaddr((const struct sockaddr *)&v4);
    assert_string_equal(ip_format(&ip, buffer), "192.0.2.7");
    assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.8", &v6.sin6_addr), 1);
    ip = ip_from_sockaddr((const struct sockaddr *)&v6);
    assert_string_equal(ip_format(&ip, buffer), "192.0.2.8");
    assert_int_equal(ip_bits(&ip), 32);
    ip = ip_from_sockaddr(&local);
    assert_string_equal(ip_format(&ip, buffer), "unknown");
    assert_int_equal(ip_bits(&ip), 0);
    ip = ip_from_sockaddr(NULL);
    assert_int_equal(ip.family, IP_NONE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_written),
        cmocka_unit_test(other_texts_are_no_addresses),
        cmocka_unit_test(networks_contain_what_they_should),
        cmocka_unit_test(other_texts_are_no_networks),
        cmocka_unit_test(socket_addresses_are_read),
    };

    return cmocka_run_group_tests_name("ip", tests, NULL, NULL);
}
