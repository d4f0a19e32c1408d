/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SUBMITTER_H
#define VERIFY_SUBMITTER_H

/* submitter.h - the SUBMITTER parameter of MAIL (RFC 4405): who the client says is responsible,
 * before DATA, checked as Sender ID checks the PRA; and whether the header says the same.
 *
 * No MTA of today announces the extension, so a client that uses it is nearly always refused by
 * the MTA itself; and without the parameter there is nothing to say. */

#include "lib/verify/verifier.h"

extern const struct verifier submitter_verifier;
extern const struct verifier submitter_header_verifier;

#endif
