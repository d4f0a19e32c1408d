/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Expansion of compiled macro-strings. */
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/verify/spf_macro.h"

/* The right end of a buffer, filled towards its left. */
struct tail {
    char *buffer;
    size_t room;
    bool cut;
};

static void put(struct tail *tail, char c)
{
    if (tail->room == 0)
        tail->cut = true;
    else
        tail->buffer[--tail->room] = c;
}

static void put_octets(struct tail *tail, const char *octets, size_t length)
{
    while (length > 0 && !tail->cut)
        put(tail, octets[--length]);
}

/* One octet of a value; RFC 7208 7.3: an upper-case macro escapes all but RFC 3986 unreserved. */
static void put_value_octet(struct tail *tail, char c, bool escape)
{
    static const char digits[] = "0123456789ABCDEF";
    unsigned char octet = (unsigned char)c;

    if (!escape || ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || c == '~') {
        put(tail, c);
        return;
    }
    put(tail, digits[octet & 0xf]);
    put(tail, digits[octet >> 4]);
    put(tail, '%');
}

static void put_value(struct tail *tail, const struct spf_macro_part *part, const char *value,
                      size_t length)
{
    while (length > 0 && !tail->cut)
        put_value_octet(tail, value[--length], part->escape);
}

/* The rightmost parts of VALUE, joined by dots. */
static void put_parts(struct tail *tail, const struct spf_macro_part *part, const char *value,
                      size_t length)
{
    unsigned parts = 1;

    while (length > 0 && !tail->cut) {
        char c = value[--length];

        if ((spf_delimiter_bit(c) & part->delimiters) == 0) {
            put_value_octet(tail, c, part->escape);
        } else {
            if (part->keep != 0 && parts++ == part->keep)
                return;
            put(tail, '.');
        }
    }
}

/* The same with the parts in reverse order: what is rightmost then stands first in VALUE. */
static void put_parts_reversed(struct tail *tail, const struct spf_macro_part *part,
                               const char *value, size_t length)
{
    unsigned parts = 1;
    size_t start = 0;

    for (size_t i = 0; !tail->cut; i++) {
        if (i < length && (spf_delimiter_bit(value[i]) & part->delimiters) == 0)
            continue;
        put_value(tail, part, value + start, i - start);
        if (i == length || (part->keep != 0 && parts++ == part->keep))
            return;
        put(tail, '.');
        start = i + 1;
    }
}

enum { SCRATCH_SIZE = 64 };

/* %{i}: a dotted quad, or 32 nibbles with dots between them. */
static struct spf_octets client_octets(const struct ip *client, char scratch[SCRATCH_SIZE])
{
    static const char digits[] = "0123456789ABCDEF";
    size_t length = 0;

    if (client->family != IP_V6) {
        ip_format(client, scratch);
        return (struct spf_octets){scratch, strlen(scratch)};
    }
    for (size_t i = 0; i < 32; i++) {
        uint8_t octet = client->octets[i / 2];

        if (i > 0)
            scratch[length++] = '.';
        scratch[length++] = digits[i % 2 == 0 ? octet >> 4 : octet & 0xf];
    }
    return (struct spf_octets){scratch, length};
}

static struct spf_octets number_octets(long long number, char scratch[SCRATCH_SIZE])
{
    size_t at = SCRATCH_SIZE;
    unsigned long long rest = number > 0 ? (unsigned long long)number : 0;

    do {
        scratch[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    return (struct spf_octets){scratch + at, SCRATCH_SIZE - at};
}

static struct spf_octets value_of(char letter, const struct spf_macro_values *values,
                                  char scratch[SCRATCH_SIZE])
{
    switch (letter) {
    case 's':
        return values->sender;
    case 'l':
        return values->local;
    case 'o':
        return values->sender_domain;
    case 'd':
        return values->domain;
    case 'h':
        return values->helo;
    case 'r':
        return values->receiver;
    case 'p':
        return values->validated(values->context);
    case 'i':
        return client_octets(&values->client, scratch);
    case 'c':
        ip_format(&values->client, scratch);
        return (struct spf_octets){scratch, strlen(scratch)};
    case 't':
        return number_octets(values->now, scratch);
    default: /* 'v': compiling lets no other letter through */
        return values->client.family == IP_V6 ? (struct spf_octets){"ip6", 3}
                                              : (struct spf_octets){"in-addr", 7};
    }
}

size_t spf_macro_expand(const struct spf_macro *macro, const struct spf_macro_values *values,
                        char *buffer, size_t size, bool *cut)
{
    struct tail tail = {.buffer = buffer, .room = size};
    char scratch[SCRATCH_SIZE];

    for (size_t i = macro->count; i > 0 && !tail.cut; i--) {
        const struct spf_macro_part *part = &macro->parts[i - 1];
        struct spf_octets value;

        if (part->letter == '\0') {
            put_octets(&tail, part->literal, part->length);
            continue;
        }
        value = value_of(part->letter, values, scratch);
        if (part->reverse)
            put_parts_reversed(&tail, part, value.octets, value.length);
        else
            put_parts(&tail, part, value.octets, value.length);
    }
    *cut = tail.cut;
    return size - tail.room;
}

int spf_macro_name(const struct spf_macro *macro, const struct spf_macro_values *values,
                   struct dns_name *name)
{
    enum { TEXT_MAX = DNS_NAME_MAX - 2 };
    char buffer[TEXT_MAX + 2]; /* a dot before the name and a dot behind it */
    bool cut;
    size_t length = spf_macro_expand(macro, values, buffer, sizeof buffer, &cut);
    const char *text = buffer + sizeof buffer - length;
    struct dns_name read;
    int error;

    if (length > 0 && text[length - 1] == '.')
        length--;
    /* RFC 7208 7.3: whole labels go from the left until 253 octets are left */
    if (cut || length > TEXT_MAX) {
        const char *dot = memchr(text, '.', length);

        while (dot != NULL && length - (size_t)(dot + 1 - text) > TEXT_MAX)
            dot = memchr(dot + 1, '.', length - (size_t)(dot + 1 - text));
        if (dot == NULL)
            return VOUCH_ERROR_SYNTAX;
        length -= (size_t)(dot + 1 - text);
        text = dot + 1;
    }
    if (length == 0 || text[length - 1] == '.')
        return VOUCH_ERROR_SYNTAX;
    error = dns_name_from_text(text, length, &read);
    if (error != VOUCH_OK || dns_name_is_root(&read))
        return VOUCH_ERROR_SYNTAX;
    *name = read;
    return VOUCH_OK;
}
