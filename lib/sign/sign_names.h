/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef SIGN_SIGN_NAMES_H
#define SIGN_SIGN_NAMES_H

/* sign_names.h - which header fields are signed. */

#include "lib/mail/header.h"

/* What h= of a DKIM signature says, without white space (RFC 6376 5.4): every field of HEADERS that
 * its reader is shown or that tells how to read the body.  Those that may stand in a message once
 * are named once more than they do, so that nobody adds another; but one that is absent is not
 * named, for mail servers add what they miss.  NULL: no memory. */
const char *sign_names_dkim(struct arena *arena, const struct header_list *headers);

/* Whether FIELD is one of those. */
bool sign_names_has(const struct header_field *field);

/* How many of HEADERS are. */
size_t sign_names_count(const struct header_list *headers);

#endif
