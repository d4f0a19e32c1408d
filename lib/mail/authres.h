/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_AUTHRES_H
#define MAIL_AUTHRES_H

/* authres.h - reading the Authentication-Results field of RFC 8601. */

#include <stdbool.h>
#include <stddef.h>

/* Longest authserv-id that is read; domain names have 255 octets, more when written in UTF-8. */
enum { AUTHRES_ID_MAX = 1023 };

/* What stands at the head of a field: enough to know whose claim it is. */
struct authres_head {
    char authserv_id[AUTHRES_ID_MAX + 1]; /* unquoted, without the "/job" OpenDKIM can add */
    unsigned version;                     /* 1 when absent */
    size_t length;                        /* octets up to the first ';', or the end */
};

/* Read CFWS, authserv-id and version of a field VALUE (LENGTH octets, folded as it came).  Comments
 * may nest; none of it recurses.  Tolerant where the id stays plain: nothing need follow it.
 * VOUCH_ERROR_SYNTAX: whose field it is cannot be told from its first 16 KiB, as when the id is
 * missing, too long, has control characters or is not ASCII and no domain name either.  Keeps no
 * memory, because a message can have any number of such fields. */
int authres_parse_head(const char *value, size_t length, struct authres_head *head);

/* Whether two authserv-ids are the same: case-insensitive, trailing dots ignored, U-labels equal
 * to their A-labels. */
bool authres_id_equal(const char *a, const char *b);

#endif
