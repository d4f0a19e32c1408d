/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_TRUST_H
#define VERIFY_DNA_TRUST_H

/* dna_trust.h - whether a source of accreditation is to be believed; dna_ask.h tells when it is
 * not.  For dna_ask.c alone. */

#include "lib/verify/dna_ask.h"

/* TXT or A, as the format of SOURCE asks. */
enum dns_type dna_question_type(const struct dna_source *source);

/* What a question to a source came to. */
struct dna_exchange {
    const struct dns_answer *answer; /* NULL: the name would be too long to be asked for */
    struct dna_codes codes;          /* of DNA_FORMAT_CODES */
    struct dna_finding trouble;      /* DNA_UNTESTED: none */
    bool is_ours;                    /* the trouble is not the source's fault */
};

/* Ask SOURCE about SUBJECT; no rule is told yet. */
struct dna_exchange dna_exchange(const struct check *check, struct outcome *outcome,
                                 const struct dna_source *source, const char *subject);

/* Whether SOURCE passes its test, now or not long ago.  False: REPLY says why not. */
bool dna_is_trusted(const struct check *check, struct outcome *outcome,
                    const struct dna_source *source, bool ipv6, struct dna_reply *reply);

/* SOURCE got into TROUBLE over a question: remember that and say so. */
void dna_distrust(const struct check *check, struct outcome *outcome,
                  const struct dna_source *source, bool ipv6, const struct dna_exchange *exchange,
                  struct dna_reply *reply);

/* SOURCE answered as it should.  Where it is not tested, that is all that tells of its health. */
void dna_believe(const struct check *check, const struct dna_source *source, bool ipv6);

#endif
