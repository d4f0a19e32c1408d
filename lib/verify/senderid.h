/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SENDERID_H
#define VERIFY_SENDERID_H

/* senderid.h - Sender ID (RFC 4406).
 *
 * Two verifiers, one for each scope: the Purported Responsible Address of the header (RFC 4407),
 * and, where the settings ask for it, the reverse-path.  Both say what SPF says (spf.h), with the
 * records and rules of RFC 4406 4, and:
 *
 * - a message without a PRA is a permerror, whose reason is that of pra.h;
 * - the PRA's domain that does not exist is a fail (RFC 4406 4.3);
 * - REASON_SENDER_ID_SPF1 tells that what matched was published for SPF ("v=spf1");
 * - the property header.<field the PRA came from> is the PRA, or smtp.mailfrom the domain.
 */

#include "lib/verify/verifier.h"

extern const struct verifier senderid_mfrom_verifier;
extern const struct verifier senderid_pra_verifier;

#endif
