/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_HELO_H
#define VERIFY_HELO_H

/* helo.h - the first step of CSV: does the HELO name resolve to the client (spec/csv.md 7)?
 *
 * This proves that the client bears the name, not that the name's owner lets it send mail; so it is
 * a method of its own ("helo"), never a CSA result.
 *
 *     pass       an address of the name is the client's
 *     fail       the name has other addresses, or none of the client's family
 *     none       no name to look up: no HELO, a literal, a single label, malformed; or no client
 *     temperror  DNS did not say
 *
 * Properties: smtp.helo. */

#include "lib/verify/helo_name.h"
#include "lib/verify/verifier.h"

extern const struct verifier helo_verifier;

/* Start the outcome of METHOD, which verifies the HELO name: stage, domain and smtp.helo are set.
 * Its result is none; its reason says why HELO has no name to verify, or is REASON_NONE if it has
 * one.  NULL: no memory. */
struct outcome *helo_outcome(const struct check *check, enum method method,
                             const struct helo_name *helo);

#endif
