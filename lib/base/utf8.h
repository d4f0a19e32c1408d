/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

/* utf8.h - telling UTF-8 (RFC 3629) from other octets. */

#include <stdbool.h>
#include <stddef.h>

/* Octets of the well-formed UTF-8 character at the start of the LENGTH octets at TEXT: 1 to 4, or 0
 * when none stands there.  Overlong forms, surrogates and what is beyond U+10FFFF are not
 * well-formed. */
size_t utf8_character(const char *text, size_t length);

/* Whether all LENGTH octets are well-formed UTF-8. */
bool utf8_is_valid(const char *text, size_t length);

#endif
