/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DOMAINKEYS_KEY_H
#define VERIFY_DOMAINKEYS_KEY_H

/* domainkeys_key.h - the key and the policy that a domain publishes (RFC 4870 3.2.3, 3.6). */

#include <openssl/types.h>
#include <stdbool.h>

#include "lib/base/outcome.h"
#include "lib/dns/answer.h"
#include "lib/verify/domainkeys_signature.h"
#include "lib/verify/key_cache.h"

struct domainkeys_key {
    /* NONE: it can be used.  Else PERMERROR, NEUTRAL or TEMPERROR, with why. */
    enum vouch_result result;
    enum reason reason;
    const char *detail; /* safe */

    EVP_PKEY *key; /* free with EVP_PKEY_free */
    unsigned bits;
    bool is_testing;  /* t=y */
    bool binds_local; /* g= named the local-part, which is proven, too */
};

/* The key for SIGNATURE of a message from SENDER, in ANSWER to the TXT question for it, kept in
 * KEYS (may be NULL).  Of several
 * records the first that can be used counts, and if none can, the first. */
void domainkeys_key_read(struct arena *arena, const struct dns_answer *answer,
                         const struct domainkeys_signature *signature,
                         const struct domainkeys_sender *sender, struct key_cache *keys,
                         struct domainkeys_key *key);

struct domainkeys_policy {
    bool signs_all;  /* o=- */
    bool is_testing; /* t=y */
};

/* What ANSWER to the TXT question for _domainkey.DOMAIN says; without a record: nothing. */
struct domainkeys_policy domainkeys_policy_read(const struct dns_answer *answer);

#endif
