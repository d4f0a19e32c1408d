/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_CSA_RECORD_H
#define VERIFY_CSA_RECORD_H

/* csa_record.h - the CSA records of one name, read as a set (spec/csv.md 2). */

#include "lib/verify/verifier.h"

enum { CSA_RECORDS_MAX = 10 };

struct csa_records {
    bool denied;         /* a record that does not authorize */
    bool ignores_target; /* a record that authorizes whoever proves the name in another way */
    const struct dns_name *target[CSA_RECORDS_MAX]; /* of the others, the root left out */
    unsigned targets;
    bool any; /* a record of a known version and weight */
};

/* The name at which NAME has its CSA record.  VOUCH_ERROR_LIMIT: NAME is too long to have one. */
int csa_record_name(const struct dns_name *name, struct dns_name *record_name);

/* Read the at most CSA_RECORDS_MAX records of ANSWER; every record's rule goes into the trace.  The
 * targets belong to ANSWER. */
struct csa_records csa_records_read(const struct dns_answer *answer, struct outcome *outcome);

/* An SRV question that got no ANSWER: OUTCOME is temperror, csa-defer-srv. */
void csa_defer(struct outcome *outcome, const struct dns_answer *answer);

/* Whether any record of ANSWER, found at a parent, asserts that every client below it has a record
 * of its own (spec/csv.md 2.2).  Its weight says nothing here. */
bool csa_records_assert_explicit(const struct dns_answer *answer);

#endif
