/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_AUTHRES_H
#define MAIL_AUTHRES_H

/* authres.h - reading the Authentication-Results field of RFC 8601. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

/* What stands at the head of a field: enough to know whose claim it is. */
struct authres_head {
    const char *authserv_id; /* unquoted */
    unsigned version;        /* 1 when absent */
};

/* Read CFWS, authserv-id and version of a field VALUE (LENGTH octets, folded as it came).  Comments
 * may nest; none of it recurses.  VOUCH_ERROR_SYNTAX: whose field it is cannot be told.
 * VOUCH_ERROR_MEMORY.  Tolerant as spec/authres.md 7 says. */
int authres_parse_head(struct arena *arena, const char *value, size_t length,
                       struct authres_head *head);

/* Whether two authserv-ids are the same: case-insensitive, one trailing dot ignored, U-labels equal
 * to their A-labels. */
bool authres_id_equal(const char *a, const char *b);

#endif
