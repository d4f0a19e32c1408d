/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DKIM_KEY_H
#define VERIFY_DKIM_KEY_H

/* dkim_key.h - the public key that a signature names (RFC 6376 3.6.1, RFC 8463). */

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/outcome.h"
#include "lib/dns/answer.h"
#include "lib/verify/dkim_signature.h"
#include "lib/verify/key_cache.h"

enum { DKIM_KEY_RECORDS_MAX = 10 };

struct dkim_key {
    /* NONE: it can be used.  Else PERMERROR, NEUTRAL or TEMPERROR, with why. */
    enum vouch_result result;
    enum reason reason;
    const char *detail;

    EVP_PKEY *key;   /* where result is NONE; free with dkim_key_free */
    unsigned bits;   /* of the key; 0: unknown */
    bool is_testing; /* t=y */
};

/* The key for SIGNATURE in ANSWER to the TXT question for it, kept in KEYS (may be NULL).  Of
 * several records the first that can be used counts, and if none can, the first (RFC 6376 6.1.2).
 * NULL: no memory. */
struct dkim_key *dkim_key_read(struct arena *arena, const struct dns_answer *answer,
                               const struct dkim_signature *signature, struct key_cache *keys);

/* Give back what is not in the arena.  NULL is fine. */
void dkim_key_free(struct dkim_key *key);

/* Whether SIGNATURE, which does not verify, was made with KEY all the same, so that something else
 * than the key differs.  RSA only: Ed25519 does not tell. */
bool dkim_key_made(const struct dkim_key *key, const struct dkim_signature *signature);

#endif
