/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_MESSAGE_H
#define MAIL_MESSAGE_H

/* message.h - a stored message, or a part of one: its header fields and where its body begins
 * (RFC 5322 2.1, RFC 2046 5.1).  Lines end with LF or CRLF. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/mail/header.h"
#include "lib/vouch.h"

/* LENGTH octets of somebody else's. */
struct message_span {
    const char *octets;
    size_t length;
};

/* Read the header of MESSAGE, without the "From " line of a mailbox file, into LIST; *BODY is what
 * is behind the empty line.  A line that is no field ends the header.  From the first field
 * on that goes beyond the bounds of LIST all are left out: what stands behind one that is not seen
 * does not move up to those before it.  VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int message_read(struct message_span message, struct header_list *list,
                                  struct message_span *body);

/* The media type of a Content-Type VALUE and its parameters (RFC 2045 5.1). */
struct message_type {
    const char *type;                   /* "multipart/report", lower case */
    const char *boundary, *report_type; /* "" where there is none */
};

/* What Content-Type in LIST says; "text/plain" without one that can be read (RFC 2045 5.2).
 * VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int message_type_of(const struct header_list *list, struct message_type *type);

/* The next part of a multipart BODY with BOUNDARY, *REST being what is still to be looked at (at
 * first BODY).  False: there is none. */
bool message_next_part(const char *boundary, struct message_span *rest, struct message_span *part);

#endif
