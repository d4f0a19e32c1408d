/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_H
#define VERIFY_DNA_H

/* dna.h - accreditation, the third step of CSV: does somebody whom this site trusts vouch for the
 * HELO name, or speak against it?  (spec/csv.md 8; draft-ietf-marid-csv-dna-02)
 *
 * The sources that the administrator configured are asked together; the first one in his order that
 * says accept or refuse decides.  Only an authenticated name is worth asking about, or a spammer
 * borrows a good one: CSA passed, or, if the settings say so, the name resolves to the client, or
 * SPF passed for it.  Where CSA failed nobody is asked.  Lists of addresses may be asked for any
 * other client.
 *
 *     result     reason                 when
 *     pass       dna-accredited         a source says accept
 *     fail       dna-refused            a source says refuse
 *     fail       dna-refused-by-record  it is what this site remembers
 *     none       dna-unknown            no source knows the name
 *     none       dna-unauthenticated    the name is not authenticated, nobody was asked or knows
 *     none       dna-source-ignored     no source knows the name, and one could not be believed
 *     temperror  dna-services-unknown   nothing decisive, and DNS did not tell the services that
 *                                       the name names
 *
 * A source in trouble (dna_ask.h) is never a reason against a client.
 *
 * Properties: smtp.helo, where it is authenticated; policy.accreditor, the service that decided. */

#include "lib/verify/verifier.h"

extern const struct verifier dna_verifier;

/* Cut what CHECK may wait for down to the time that sources are given; pass what is returned to
 * budget_lengthen() when all of them were asked. */
nanoseconds dna_begin_waiting(const struct check *check);

#endif
