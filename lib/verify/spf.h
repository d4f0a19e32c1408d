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

#include "lib/verify/spf_scope.h"
#include "lib/verify/verifier.h"

extern const struct verifier spf_helo_verifier;
extern const struct verifier spf_mailfrom_verifier;

/* What one check asks. */
struct spf_request {
    enum spf_scope scope;
    bool spf2_only;     /* in a scope of Sender ID: "v=spf1" records do not count */
    const char *local;  /* of the sender; "" becomes postmaster */
    const char *domain; /* of the sender, as written */
    const char *helo;   /* the HELO argument */
};

/* check_host() of RFC 7208 4, or of RFC 4406 4 where the scope is one of Sender ID: what the
 * record of REQUEST's domain says of the client goes into OUTCOME, domain and detail with it; no
 * properties.  False: no memory. */
bool spf_judge(const struct check *check, struct outcome *outcome,
               const struct spf_request *request);

/* A domain to check: a name of two labels or more, and no address literal (RFC 7208 4.3). */
bool spf_read_domain(const char *text, struct dns_name *domain);

/* spf_judge() in an outcome of its own.  check_host() of RFC 7208 4: what the SPF record of DOMAIN
 * says of the client.  LOCAL ("" becomes postmaster) and DOMAIN are the sender, HELO is the HELO
 * argument.  IDENTITY only labels the outcome.  No properties are set.  NULL: no memory. */
struct outcome *spf_check(const struct check *check, enum identity identity, const char *local,
                          const char *domain, const char *helo);

#endif
