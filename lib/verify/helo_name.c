/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/helo_name.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/vouch.h"

static const char ipv6_tag[] = "IPv6:"; /* RFC 5321 4.1.3 */
enum { IPV6_TAG_LENGTH = sizeof ipv6_tag - 1 };

/* The inside of a bracketed literal; what cannot be read is IP_NONE. */
static struct ip parse_literal(const char *text, size_t length)
{
    struct ip ip = {.family = IP_NONE};

    if (length > IPV6_TAG_LENGTH && ascii_equal_fold(text, ipv6_tag, IPV6_TAG_LENGTH)) {
        text += IPV6_TAG_LENGTH;
        length -= IPV6_TAG_LENGTH;
        if (memchr(text, ':', length) == NULL)
            return ip;
    }
    (void)ip_parse(text, length, &ip);
    return ip;
}

static bool is_host_name_text(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (!ascii_is_alnum(text[i]) && text[i] != '-' && text[i] != '_' && text[i] != '.')
            return false;
    }
    return true;
}

/* RFC 1123 2.1: the last label of a host name is not a number, so "10.0.0.999" is none. */
static bool ends_in_number(const char *text, size_t length)
{
    while (length > 0 && ascii_is_digit(text[length - 1]))
        length--;
    return length == 0 || text[length - 1] == '.';
}

static enum helo_kind parse_name(const char *text, size_t length, struct dns_name *name)
{
    if (!is_host_name_text(text, length) || ends_in_number(text, length))
        return HELO_MALFORMED;
    if (dns_name_from_text(text, length, name) != VOUCH_OK)
        return HELO_MALFORMED;
    return dns_name_labels(name) > 1 ? HELO_DOMAIN : HELO_SINGLE_LABEL;
}

struct helo_name helo_name_parse(const char *helo)
{
    struct helo_name parsed = {.kind = HELO_MISSING};
    size_t length = strlen(helo);

    if (length == 0)
        return parsed;
    if (length >= 2 && helo[0] == '[' && helo[length - 1] == ']') {
        parsed.kind = HELO_LITERAL;
        parsed.literal = parse_literal(helo + 1, length - 2);
        return parsed;
    }
    if (helo[length - 1] == '.')
        length--;
    if (ip_parse(helo, length, &parsed.literal))
        parsed.kind = HELO_LITERAL;
    else if (length == 0 || helo[length - 1] == '.')
        parsed.kind = HELO_MALFORMED;
    else
        parsed.kind = parse_name(helo, length, &parsed.name);
    return parsed;
}
