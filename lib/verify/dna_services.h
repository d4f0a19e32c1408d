/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_SERVICES_H
#define VERIFY_DNA_SERVICES_H

/* dna_services.h - the accreditation services that a name names: PTR records at _vouch._smtp.NAME,
 * or else at its nearest parent that has any, two labels at least.  They are a hint: the receiver
 * asks only those that it trusts.
 *
 * Read as a set, for DNS gives them in any order; of more than 10 none is used. */

#include "lib/verify/verifier.h"

enum { DNA_NAMES_MAX = 5, DNA_SERVICE_RECORDS_MAX = 10 };

/* NAME and its parents, the nearest first, down to two labels; of a long name the parents of more
 * than DNA_NAMES_MAX labels are left out.  Returns how many. */
unsigned dna_names_of(const struct dns_name *name, struct dns_name names[DNA_NAMES_MAX]);

struct dna_services {
    const struct dns_answer *answer; /* NULL: none are named */
    bool failed;                     /* DNS did not tell */
};

void dna_services_prefetch(const struct check *check, const struct dns_name *name);

struct dna_services dna_services_find(const struct check *check, struct outcome *outcome,
                                      const struct dns_name *name);

bool dna_services_has(const struct dna_services *services, const struct dns_name *service);

#endif
