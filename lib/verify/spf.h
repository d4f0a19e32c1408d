/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SPF_H
#define VERIFY_SPF_H

/* spf.h - Sender Policy Framework (RFC 7208).
 *
 * Two verifiers, one for each identity: the HELO name (RFC 7208 2.3) and the reverse-path, which is
 * postmaster at the HELO name when it is null (2.4).  Both say:
 *
 * - `domain`: the domain checked, `detail`: the mechanism that matched as its owner wrote it
 *   ("-all"), "default" when none did, or for an error its place ("term 3: unknown mechanism
 *   'ip5'"), with the domain of the record when that is not the domain checked;
 * - `explanation`: what the domain's owner says to a fail (exp=), expanded, "" if nothing;
 * - the property smtp.mailfrom (the domain alone) or smtp.helo.
 */

#include "lib/verify/verifier.h"

extern const struct verifier spf_helo_verifier;
extern const struct verifier spf_mailfrom_verifier;

/* check_host() of RFC 7208 4: what the SPF record of DOMAIN says of the client.  LOCAL ("" becomes
 * postmaster) and DOMAIN are the sender, HELO is the HELO argument.  IDENTITY only labels the
 * outcome.  No properties are set.  NULL: no memory. */
struct outcome *spf_check(const struct check *check, enum identity identity, const char *local,
                          const char *domain, const char *helo);

#endif
