/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_TAG_LIST_H
#define MAIL_TAG_LIST_H

/* tag_list.h - the tag=value lists of signatures and keys (RFC 6376 3.2). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/vouch.h"

/* Nobody needs more; the excess makes the list malformed. */
enum { TAG_LIST_MAX = 64 };

struct tag {
    const char *name; /* points into the text */
    size_t name_length;
    const char *value; /* points into the text; white space around it is cut, inside it stays */
    size_t value_length;
};

struct tag_list {
    struct tag tags[TAG_LIST_MAX];
    size_t count;
    size_t fault; /* where it is malformed: octets in front of it */
};

/* Read LENGTH octets of TEXT, folded or not, with LF or CRLF; it must outlive *LIST.
 * VOUCH_ERROR_SYNTAX: malformed, and that is a list in which a name comes twice, too (RFC 6376
 * 3.2), or one with an octet that is not ASCII. */
VOUCH_MUST_CHECK int tag_list_parse(const char *text, size_t length, struct tag_list *list);

/* The tag NAME, letter case counts, or NULL. */
const struct tag *tag_list_find(const struct tag_list *list, const char *name);

/* Whether TAG is there and its value is VALUE, letter case counts. */
bool tag_is(const struct tag *tag, const char *value);

/* The value without any white space in ARENA, or NULL: no memory. */
char *tag_packed(const struct tag *tag, struct arena *arena);

/* The value as a number of at most 18 digits.  False: it is none. */
bool tag_number(const struct tag *tag, uint64_t *number);

/* Go through the items of a value that are separated by ':': *ITEM and *LENGTH become the next one,
 * without white space around it.  *AT is where to go on: begin with 0.  False: no more. */
bool tag_next_item(const struct tag *tag, size_t *at, const char **item, size_t *length);

/* Whether one of the items is WORD, without regard to case. */
bool tag_has_item(const struct tag *tag, const char *word);

#endif
