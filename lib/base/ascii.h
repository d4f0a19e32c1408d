/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_ASCII_H
#define BASE_ASCII_H

/* ascii.h - character tests and comparisons that no locale changes. */

#include <stdbool.h>
#include <stddef.h>

static inline bool ascii_is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool ascii_is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool ascii_is_alnum(char c)
{
    return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* 0x20..0x7e */
static inline bool ascii_is_printable(char c)
{
    return c >= 0x20 && c <= 0x7e;
}

/* What an atom is made of (RFC 5322 3.2.3), octets of UTF-8 among it (RFC 6532 3.2). */
bool ascii_is_atext(char c);

/* Whether LENGTH characters are equal without regard to case. */
bool ascii_equal_fold(const char *a, const char *b, size_t length);

/* Whether two strings are equal without regard to case. */
bool ascii_string_equal_fold(const char *a, const char *b);

#endif
