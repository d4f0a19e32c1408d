/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DOMAINKEYS_H
#define VERIFY_DOMAINKEYS_H

/* domainkeys.h - DomainKeys (RFC 4870).
 *
 * What it says of a message: the summary, about the sending domain, whose signature is the one
 * that RFC 4870 3.7.3 chooses; then a part for each of the first DOMAINKEYS_SIGNATURES_MAX
 * signatures.  Without a signature, or when the one that counts failed, the domain's policy
 * (_domainkey.DOMAIN) is asked: nothing counts against a domain that is only testing. */

#include "lib/verify/verifier.h"

enum { DOMAINKEYS_SIGNATURES_MAX = 3 };

extern const struct verifier domainkeys_verifier;

#endif
