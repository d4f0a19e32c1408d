/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_VBR_H
#define VERIFY_VBR_H

/* vbr.h - Vouch By Reference of a message (RFC 5518): does a service that this site trusts, a
 * `source` of kind vbr, vouch for the domain in a VBR-Info field?  Results as in RFC 6212.
 *
 * A field counts only if its domain is one that passed: DKIM (of i=, else d=), DomainKeys (d=), SPF
 * (of the reverse-path) or Sender ID (of the PRA).
 *
 *     result     reason                 when
 *     pass       vbr-vouched            a service vouches for this content, or for all
 *     fail       vbr-not-vouched        those that were asked do not
 *     fail       vbr-several-contents   the fields do not all have the same mc=
 *     none       vbr-no-info            no such field, or none that can be read
 *     none       vbr-unauthenticated    no field speaks of a domain that passed
 *     none       vbr-no-service         none of these names a service that is trusted here
 *     temperror  vbr-trouble            a service did not answer
 *     permerror  vbr-trouble            a service is not to be believed
 *     permerror  vbr-bad-answer         its answer is not what RFC 5518 5 says
 *     permerror  vbr-too-many           more than 10 fields
 *
 * Properties: header.md, header.mv, the domain and the service that decided. */

#include "lib/verify/verifier.h"

enum { VBR_INFO_MAX = 10 };

extern const struct verifier vbr_verifier;

#endif
