/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_HEADER_H
#define MAIL_HEADER_H

/* header.h - the header fields of a message, in order, bounded in octets and count. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

struct header_field {
    const char *name;  /* octets before the colon */
    const char *value; /* octets behind the colon, the leading space included if it was sent;
                          folding as it came; NUL-terminated, but may hold NULs inside */
    size_t value_length;
    struct header_field *next;
};

/* What a field takes beside its octets: a thousand empty fields are not free. */
enum { HEADER_FIELD_COST = 32 };

struct header_list {
    struct arena *arena;
    size_t max_octets; /* kept in total; what is beyond is counted, not kept */
    size_t octets;     /* kept: of name and value, and HEADER_FIELD_COST for each field */
    unsigned count;    /* fields seen, kept or not */
    bool truncated;    /* something was not kept */
    struct header_field *first;
    struct header_field *last; /* NULL: none yet */
};

struct header_list header_list_in(struct arena *arena, size_t max_octets);

/* Append a copy of a field.  VOUCH_ERROR_LIMIT: beyond max_octets, not kept.  VOUCH_ERROR_MEMORY.
 */
int header_list_add(struct header_list *list, const char *name, const char *value,
                    size_t value_length);

/* Whether FIELD is called NAME: case-insensitive, and white space in front of the colon, which is
 * obsolete (RFC 5322 4.5), does not count. */
bool header_field_is(const struct header_field *field, const char *name);

/* The first field called NAME, as header_field_is() says, after AFTER (NULL: from the start), or
 * NULL. */
const struct header_field *header_list_find(const struct header_list *list, const char *name,
                                            const struct header_field *after);

#endif
