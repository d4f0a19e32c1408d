/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef SIGN_SIGNER_H
#define SIGN_SIGNER_H

/* signer.h - the signatures of one message of ours, in one pass over its body: DKIM (RFC 6376, RFC
 * 8463) and DomainKeys (RFC 4870). */

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/mail/header.h"
#include "lib/sign/settings.h"

struct signer;

/* A field to be put on top of the header. */
struct sign_field {
    const char *name;
    const char *value; /* folded with LF + TAB; signed with one space in front */
    const struct sign_settings *settings;
    struct sign_field *next; /* goes on top of this one */
};

/* A complete header has come.  Of SETTINGS (COUNT of them) those sign whose domain is an author's,
 * or the closest above it; for DomainKeys the sending address stands in the author's place (RFC
 * 4870 3.1).  *SIGNER NULL: nobody does, and *WHY says why, static; NULL where the author is simply
 * none of ours.  Both live in ARENA; SETTINGS and HEADERS must outlive the signer, NOW is in
 * seconds since 1970.  VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int signer_new(struct arena *arena, const struct sign_settings *const *settings,
                                size_t count, const struct header_list *headers, uint64_t now,
                                struct signer **signer, const char **why);

/* The next octets of the body, cut anywhere; its lines end in CRLF. */
void signer_body(struct signer *signer, const void *octets, size_t length);

/* After the last octet, once: the signatures, the one to insert first in front.
 * VOUCH_ERROR_MEMORY; VOUCH_ERROR_SYSTEM: OpenSSL failed. */
VOUCH_MUST_CHECK int signer_end(struct signer *signer, const struct sign_field **fields);

/* Release what is not in the arena.  May be NULL. */
void signer_free(struct signer *signer);

#endif
