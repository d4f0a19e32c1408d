/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_CSA_PARENTS_H
#define VERIFY_CSA_PARENTS_H

/* csa_parents.h - the search for a parent domain that requires explicit authorization of every host
 * below it (spec/csv.md 4). */

#include "lib/verify/verifier.h"

/* Where the search begins, and how it goes on. */
struct csa_search {
    unsigned first; /* labels of the shortest parent asked */
    unsigned step;  /* labels more in the next one */
    unsigned limit; /* parents asked at most */
};

/* For a name: from two labels, so that no top-level domain is asked, one label at a time, five
 * parents.  For an address literal (FAMILY other than IP_NONE) in the reverse tree: the networks
 * /8, /16, /24 of IPv4 and /16, /32, /48 of IPv6. */
struct csa_search csa_search_for(enum ip_family family);

/* Ask the parents of NAME, shortest first, and set OUTCOME: fail, temperror or none. */
void csa_search_parents(const struct check *check, struct outcome *outcome,
                        const struct dns_name *name, struct csa_search search);

/* Whether the negative ANSWER comes from the root or a top-level domain: then the domain does not
 * exist, and neither does any parent that could assert something. */
bool csa_domain_is_missing(const struct dns_answer *answer);

#endif
