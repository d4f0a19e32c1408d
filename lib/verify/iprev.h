/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_IPREV_H
#define VERIFY_IPREV_H

/* iprev.h - does the client's address have a name in the reverse tree that leads back to it?
 * (RFC 8601 3, with the results of 2.7.3)
 *
 *     result     reason                when
 *     pass       iprev-match           one of the names has the client's address
 *     fail       iprev-mismatch        they have other addresses
 *     fail       iprev-no-address      they have none of the client's family
 *     permerror  iprev-no-name         the address has no name
 *     permerror  iprev-too-many-names  it has more than 10, and none of those looked up leads back
 *     temperror  iprev-dns             DNS did not say, and what it said does not pass
 *
 * DNS gives the names in any order, so they are looked up in an order of their own: shorter names
 * first, then by letters.
 *
 * A client without an address has no result: `none` is not one of this method's.
 *
 * Properties: policy.iprev, the client's address.  The outcome's domain is the name that leads back
 * to the client; only a pass has one, for the owner of an address may claim any name for it.  Of
 * several the first counts. */

#include "lib/verify/verifier.h"

enum { IPREV_NAMES_MAX = 10 };

extern const struct verifier iprev_verifier;

#endif
