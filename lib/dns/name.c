/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/name.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/vouch.h"

/* Append one label; false when it is empty, too long, or the name would be. */
static bool add_label(struct dns_name *name, const char *label, size_t length)
{
    if (length == 0 || length > DNS_LABEL_MAX || name->length + length + 2 > DNS_NAME_MAX)
        return false;
    name->wire[name->length] = (uint8_t)length;
    memcpy(name->wire + name->length + 1, label, length);
    name->length = (uint8_t)(name->length + length + 1);
    return true;
}

/* Read labels into *NAME, which has no final zero yet. */
static bool add_labels(struct dns_name *name, const char *text, size_t length)
{
    size_t start = 0;

    for (size_t i = 0; i <= length; i++) {
        if (i < length && text[i] != '.')
            continue;
        if (i == length && start == length && length > 0)
            break; /* a trailing dot */
        if (!add_label(name, text + start, i - start))
            return false;
        start = i + 1;
    }
    return true;
}

int dns_name_from_text(const char *text, size_t length, struct dns_name *name)
{
    struct dns_name result = {.length = 0};

    if (length > 1 || (length == 1 && text[0] != '.'))
        if (!add_labels(&result, text, length))
            return VOUCH_ERROR_SYNTAX;
    result.wire[result.length++] = 0;
    *name = result;
    return VOUCH_OK;
}

int dns_name_from_wire(const uint8_t *wire, size_t length, struct dns_name *name)
{
    size_t at = 0;

    if (length == 0 || length > DNS_NAME_MAX)
        return VOUCH_ERROR_SYNTAX;
    while (at < length && wire[at] != 0) {
        if (wire[at] > DNS_LABEL_MAX)
            return VOUCH_ERROR_SYNTAX;
        at += (size_t)wire[at] + 1;
    }
    if (at + 1 != length)
        return VOUCH_ERROR_SYNTAX;
    *name = (struct dns_name){.length = (uint8_t)length};
    memcpy(name->wire, wire, length);
    return VOUCH_OK;
}

static char *format_octet(char *out, uint8_t octet)
{
    char c = ascii_lower((char)octet);

    if (ascii_is_alnum(c) || c == '-' || c == '_') {
        *out++ = c;
        return out;
    }
    *out++ = '\\';
    *out++ = (char)('0' + octet / 100);
    *out++ = (char)('0' + octet / 10 % 10);
    *out++ = (char)('0' + octet % 10);
    return out;
}

const char *dns_name_format(const struct dns_name *name, char buffer[DNS_NAME_TEXT_SIZE])
{
    char *out = buffer;

    for (size_t at = 0; name->wire[at] != 0; at += (size_t)name->wire[at] + 1) {
        if (at > 0)
            *out++ = '.';
        for (size_t i = 1; i <= name->wire[at]; i++)
            out = format_octet(out, name->wire[at + i]);
    }
    if (out == buffer)
        *out++ = '.';
    *out = '\0';
    return buffer;
}

int dns_name_prepend(const char *labels, const struct dns_name *name, struct dns_name *out)
{
    struct dns_name result = {.length = 0};

    if (!add_labels(&result, labels, strlen(labels)))
        return VOUCH_ERROR_LIMIT;
    if (result.length + name->length > DNS_NAME_MAX)
        return VOUCH_ERROR_LIMIT;
    memcpy(result.wire + result.length, name->wire, name->length);
    result.length = (uint8_t)(result.length + name->length);
    *out = result;
    return VOUCH_OK;
}

enum { REVERSED_SIZE = 2 * 32 + 1 }; /* the nibbles of IPv6, a dot behind each */

/* "10.2.0.192", without a dot at the end. */
static void reverse_ip(const struct ip *ip, char text[REVERSED_SIZE])
{
    size_t length = 0;

    for (unsigned i = ip_bits(ip) / 8; i-- > 0;) {
        unsigned octet = ip->octets[i];

        length += (size_t)snprintf(text + length, REVERSED_SIZE - length,
                                   ip->family == IP_V4 ? "%u." : "%x.",
                                   ip->family == IP_V4 ? octet : octet & 0xfU);
        if (ip->family == IP_V6)
            length += (size_t)snprintf(text + length, REVERSED_SIZE - length, "%x.", octet >> 4);
    }
    text[length - 1] = '\0';
}

int dns_name_of_ip_in(const struct ip *ip, const struct dns_name *zone, struct dns_name *out)
{
    char text[REVERSED_SIZE];

    if (ip->family == IP_NONE)
        return VOUCH_ERROR_RANGE;
    reverse_ip(ip, text);
    return dns_name_prepend(text, zone, out);
}

int dns_name_of_ip(const struct ip *ip, struct dns_name *out)
{
    static const struct dns_name v4 = {14, "\007in-addr\004arpa"};
    static const struct dns_name v6 = {10, "\003ip6\004arpa"};

    return dns_name_of_ip_in(ip, ip->family == IP_V4 ? &v4 : &v6, out);
}

unsigned dns_name_labels(const struct dns_name *name)
{
    unsigned count = 0;

    for (size_t at = 0; name->wire[at] != 0; at += (size_t)name->wire[at] + 1)
        count++;
    return count;
}

/* Where the last LABELS labels begin. */
static size_t suffix_start(const struct dns_name *name, unsigned labels)
{
    unsigned count = dns_name_labels(name);
    size_t at = 0;

    for (; count > labels; count--)
        at += (size_t)name->wire[at] + 1;
    return at;
}

void dns_name_suffix(const struct dns_name *name, unsigned labels, struct dns_name *out)
{
    size_t start = suffix_start(name, labels);
    struct dns_name result = {.length = (uint8_t)(name->length - start)};

    memcpy(result.wire, name->wire + start, result.length);
    *out = result;
}

/* Length octets are at most 63 and so below every letter: folding leaves them alone. */
static bool wire_equal(const uint8_t *a, const uint8_t *b, size_t length)
{
    return ascii_equal_fold((const char *)a, (const char *)b, length);
}

bool dns_name_equal(const struct dns_name *a, const struct dns_name *b)
{
    return a->length == b->length && wire_equal(a->wire, b->wire, a->length);
}

bool dns_name_within(const struct dns_name *name, const struct dns_name *ancestor)
{
    size_t start = suffix_start(name, dns_name_labels(ancestor));

    return name->length - start == ancestor->length &&
           wire_equal(name->wire + start, ancestor->wire, ancestor->length);
}

bool dns_name_is_root(const struct dns_name *name)
{
    return name->length == 1;
}
