/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_VERIFIER_H
#define VERIFY_VERIFIER_H

/* verifier.h - the contract of every verifier, and the table of them all.
 *
 * A verifier turns facts and DNS into outcomes.  It decides nothing about the message, touches
 * nothing but its check's arena, and never answers `fail` for trouble of ours or of DNS. */

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/outcome.h"
#include "lib/dns/resolver.h"
#include "lib/mail/facts.h"
#include "lib/verify/settings.h"

/* What a verifier works with. */
struct check {
    const struct facts *facts;
    const struct verify_settings *settings;
    struct resolver *resolver;
    struct budget *budget;
    struct arena *arena; /* outcomes are made here */
    nanoseconds began;   /* trace times count from here */
};

struct verifier {
    enum method method;
    enum identity identity;
    enum vouch_stage stage; /* when its facts are complete */
    bool wants_body;

    /* Start the questions that `check` is sure to ask.  May be NULL. */
    void (*prefetch)(const struct check *check);

    /* What was found: one or more outcomes linked by `next`.  NULL when memory is out, and only
     * then: the engine reports it as temperror.  Who has nothing to say says `none`. */
    struct outcome *(*check)(const struct check *check);
};

/* All verifiers, in the order in which they run and report. */
extern const struct verifier *const verifiers[];
extern const size_t verifier_count;

/* Ask DNS on behalf of OUTCOME: the question, its answer and RULE go into the trace. */
const struct dns_answer *check_query(const struct check *check, struct outcome *outcome,
                                     const struct dns_name *name, enum dns_type type,
                                     const char *rule);

/* Start a question, without trace. */
void check_prefetch(const struct check *check, const struct dns_name *name, enum dns_type type);

/* The address record type of the client's family: AAAA for IPv6, else A. */
enum dns_type check_address_type(const struct check *check);

#endif
