/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

/* text.h - text that grows inside an arena.
 *
 * The one place where memory for text grows.  When an arena is at its limit the text turns `failed`
 * and every later append does nothing: append freely, ask once at the end with text_string(). */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

struct text {
    struct arena *arena;
    char *data; /* always NUL-terminated once anything was appended */
    size_t length;
    size_t capacity;
    bool failed;
};

/* An empty text that grows in ARENA. */
struct text text_in(struct arena *arena);

void text_append(struct text *text, const char *octets, size_t length);
void text_add(struct text *text, const char *string);
void text_add_char(struct text *text, char c);
void text_printf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Append LENGTH octets of a stranger as printable ASCII for one line of a log or a reply: octets
 * outside 0x20..0x7e become \xHH, a backslash is doubled; after LIMIT octets of output "..." ends
 * it. */
void text_add_safe(struct text *text, const char *octets, size_t length, size_t limit);

/* The text so far ("" when empty), or NULL when any append failed.  Belongs to the arena. */
const char *text_string(const struct text *text);

#endif
