/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_PATH_H
#define MAIL_PATH_H

/* path.h - the reverse-path and forward-path of RFC 5321 4.1.2. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

struct path {
    const char *raw;    /* as the client gave it, without angle brackets */
    bool null;          /* <> */
    const char *local;  /* local-part as written, quotes kept; "" if there is none */
    const char *domain; /* as written without a final dot, A-labels if it had U-labels; an address
                           literal with its brackets; "" if there is none */
    bool malformed;     /* not an address of RFC 5321 and 6531, or beyond the lengths of 4.5.3.1:
                           local and domain are what stands around the last '@' outside quotes.
                           No reason to check less */
};

/* Read TEXT, with or without angle brackets, a source route ignored (RFC 5321 4.1.2, appendix C).
 * Never guesses a domain: without '@' domain is "".  VOUCH_ERROR_MEMORY is the only error: *PATH is
 * untouched. */
int path_parse(struct arena *arena, const char *text, struct path *path);

/* Whether the domain is an address literal, user@[192.0.2.1] or user@[IPv6:2001:db8::1], whatever
 * its tag (RFC 5321 4.1.3), or an address without the brackets, which can be nothing else. */
bool path_is_literal(const struct path *path);

#endif
