/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DKIM_H
#define VERIFY_DKIM_H

/* dkim.h - DKIM (RFC 6376, 8301, 8463).
 *
 * What it says of a message, in this order:
 *
 *   - the summary, identity NONE: `pass` when a signature passes, whoever signed; else the first of
 *     temperror, policy, fail, permerror, neutral that a signature has; else `none`.  It speaks of
 *     no domain;
 *   - for each domain of the From field one outcome of identity AUTHOR: the same over the
 * signatures of that domain and of those above it.  `domain` sections ask for it, and nothing else
 * does;
 *   - a part for each signature, and one more for all that were left out.
 *
 * A signature that fails although its key is only being tested (t=y) is none to the summaries (RFC
 * 6376 3.6.1). */

#include "lib/verify/dkim_signature.h"
#include "lib/verify/verifier.h"

extern const struct verifier dkim_verifier;

/* What a signature came to, beside its outcome. */
struct dkim_finding {
    const struct dkim_signature *signature;
    struct outcome *outcome;
    bool is_testing; /* its key says t=y */
};

struct dkim_body;

/* Verify SIGNATURE of the message of CHECK, whose header has FROM_FIELDS From fields and whose BODY
 * has ended.  False: no memory. */
bool dkim_signature_check(const struct check *check, const struct dkim_signature *signature,
                          const struct dkim_body *body, unsigned from_fields,
                          struct dkim_finding *finding);

#endif
