/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_DOMAIN_H
#define MAIL_DOMAIN_H

/* domain.h - what stands behind the '@' of an address (RFC 5321 4.1.2, RFC 6531 3.3). */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/vouch.h"

/* Whether LENGTH octets at TEXT are a domain name in ASCII: labels of letters, digits, hyphens
 * inside, and the underscore that many hosts have.  A final dot is not part of it. */
bool domain_is_name(const char *text, size_t length);

/* Whether they are an address literal (RFC 5321 4.1.3): [192.0.2.1] or [IPv6:2001:db8::1]; no other
 * tag was ever registered. */
bool domain_is_literal(const char *text, size_t length);

/* Copy a domain name or an address literal into ARENA, A-labels for U-labels.  VOUCH_ERROR_SYNTAX:
 * it is neither; *DOMAIN is untouched.  VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int domain_read(struct arena *arena, const char *text, size_t length,
                                 const char **domain);

#endif
