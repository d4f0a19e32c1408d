/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNSWL_H
#define VERIFY_DNSWL_H

/* dnswl.h - what DNS allowlists say of the client's address (RFC 8904).
 *
 * Asked are the sources that are allowlists and meant for clients without an authenticated name,
 * too (dna_source_is_allowlist).  One outcome for each; of several lists they are parts, and one in
 * front of them sums them up: pass, if one of them is, else trouble before none.
 *
 *     pass       dnswl-listed      the list has the address, with a code that means accept
 *     none       dnswl-not-listed  it has not
 *     temperror  dnswl-trouble     it does not answer
 *     permerror  dnswl-trouble     it is not to be believed: refuses, quota, lists everything
 *     none       no-client-address
 *
 * Properties: dns.zone, policy.ip (the codes), policy.txt (its TXT record), dns.sec. */

#include "lib/verify/verifier.h"

extern const struct verifier dnswl_verifier;

#endif
