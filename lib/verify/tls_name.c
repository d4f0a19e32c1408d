/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/tls_name.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/vouch.h"

enum {
    SHOWN_MAX = 240, /* octets */
    DIGEST_SIZE = 17 /* hexadecimal digits and NUL */
};

static int digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The octet that the LENGTH octets of TEXT, which begin with '+', stand for; 0: none. */
static char decode_octet(const char *text, size_t length)
{
    int high, low;

    if (length < 3)
        return 0;
    high = digit(text[1]);
    low = digit(text[2]);
    return high >= 0 && low >= 0 ? (char)(high * 16 + low) : 0;
}

int tls_name_decode(struct arena *arena, const char *text, size_t length, const char **name)
{
    char *octets;
    size_t count = 0;

    if (length > 3 * (size_t)TLS_NAME_MAX)
        return VOUCH_ERROR_SYNTAX;
    octets = arena_alloc(arena, length + 1);
    if (octets == NULL)
        return VOUCH_ERROR_MEMORY;
    for (size_t i = 0; i < length; i++) {
        char octet = text[i];

        if (octet == '+') {
            octet = decode_octet(text + i, length - i);
            i += 2;
        }
        if (octet == '\0' || count == TLS_NAME_MAX)
            return VOUCH_ERROR_SYNTAX;
        octets[count++] = octet;
    }
    octets[count] = '\0';
    *name = octets;
    return VOUCH_OK;
}

/* Of NAME as it is compared.  False: no memory. */
static bool digest(struct arena *arena, const char *name, char digits[DIGEST_SIZE])
{
    const char *folded = tls_name_fold(arena, name);
    unsigned char hash[crypto_generichash_BYTES_MIN];

    if (folded == NULL)
        return false;
    (void)crypto_generichash(hash, sizeof hash, (const unsigned char *)folded, strlen(folded), NULL,
                             0);
    (void)sodium_bin2hex(digits, DIGEST_SIZE, hash, DIGEST_SIZE / 2);
    return true;
}

const char *tls_name_shown(struct arena *arena, const char *name)
{
    struct text whole = text_in(arena);
    struct text cut = text_in(arena);
    char digits[DIGEST_SIZE];

    text_add_safe(&whole, name, strlen(name), 4 * (size_t)TLS_NAME_MAX);
    if (text_string(&whole) == NULL || whole.length <= SHOWN_MAX)
        return text_string(&whole) != NULL ? text_string(&whole) : "";
    text_add_safe(&cut, name, strlen(name), SHOWN_MAX - DIGEST_SIZE);
    if (!digest(arena, name, digits))
        return "";
    text_add(&cut, digits);
    return text_string(&cut) != NULL ? text_string(&cut) : "";
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

const char *tls_name_fold(struct arena *arena, const char *name)
{
    char *folded = arena_alloc(arena, strlen(name) + 1);
    size_t length = 0;

    if (folded == NULL)
        return NULL;
    for (; *name != '\0'; name++) {
        if (!is_space(*name))
            folded[length++] = ascii_lower(*name);
        else if (length > 0 && folded[length - 1] != ' ')
            folded[length++] = ' ';
    }
    while (length > 0 && folded[length - 1] == ' ')
        length--;
    folded[length] = '\0';
    return folded;
}

/* Only the last '*' ever takes more: what an earlier one could take besides, it can take itself. */
bool tls_name_matches(const char *pattern, const char *name)
{
    const char *star = NULL;
    const char *taken = NULL;

    while (*name != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            taken = name;
        } else if (ascii_lower(*pattern) == *name) {
            pattern++;
            name++;
        } else if (star != NULL) {
            pattern = star + 1;
            name = ++taken;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
