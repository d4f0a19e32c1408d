/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SPF_EVAL_H
#define VERIFY_SPF_EVAL_H

/* spf_eval.h - the evaluation loop behind spf.h and its mechanisms; private to the SPF engine.
 *
 * One run is one check_host() with everything it recurses into: the limits of RFC 7208 4.6.4 count
 * over all of it.  Includes are frames in memory, not calls: the stack stays small however a
 * stranger nests them, and the limit on terms bounds the frames. */

#include "lib/base/arena.h"
#include "lib/verify/spf_macro.h"
#include "lib/verify/spf_record.h"
#include "lib/verify/verifier.h"

/* One record being evaluated. */
struct spf_frame {
    struct spf_frame *parent; /* the record that includes this one; NULL: the first */
    const struct spf_record *record;
    struct dns_name domain;
    struct spf_octets domain_text; /* the same for %{d} */
    struct spf_octets validated;   /* %{p}, once it was asked for; before that NULL */
    size_t next;                   /* the term to evaluate next */
};

/* A record compiled in this run; a domain met again is not parsed again. */
struct spf_known {
    struct dns_name domain;
    const struct spf_record *record;
    struct spf_known *next;
};

struct spf_run {
    const struct check *check;
    struct outcome *outcome;
    enum spf_scope scope;
    bool spf2_only;      /* in a scope of Sender ID: "v=spf1" is nothing */
    bool used_spf1;      /* a record that decides is "v=spf1", the first or one redirected to */
    struct arena *arena; /* what need not outlive the run */
    struct spf_macro_values values;
    bool local_is_ascii;
    struct spf_frame *frame; /* the record being evaluated */
    struct spf_known *known;
    unsigned terms;      /* terms so far that ask DNS */
    unsigned voids;      /* lookups so far without an answer */
    unsigned prefetched; /* terms so far whose question was asked early */
};

/* What evaluating one term came to.  ENDED: an error decided the whole run; the outcome is set. */
enum spf_match { SPF_NO_MATCH, SPF_MATCH, SPF_ENDED };

/* Evaluate the record of DOMAIN that is meant for the scope.  Sets result, reason and detail of the
 * outcome. A fail by a mechanism leaves run->frame at the record that failed, for its explanation;
 * else it is NULL. */
void spf_evaluate(struct spf_run *run, const struct dns_name *domain);

/* End the run with an error.  DETAIL may be NULL. */
void spf_end(struct spf_run *run, enum vouch_result result, enum reason reason, const char *detail);

/* The text of a term for people, and the same as the place of an error: with the domain of its
 * record, unless that is the domain checked. */
const char *spf_term_text(struct spf_run *run, uint32_t offset, uint32_t length);
const char *spf_term_place(struct spf_run *run, uint32_t offset, uint32_t length);

/* " (in the record of DOMAIN)", or "" for the domain checked. */
const char *spf_record_place(struct spf_run *run, const struct dns_name *domain);

/* Count a term that asks DNS.  False: one too many, the run has ended. */
bool spf_count_term(struct spf_run *run, uint32_t offset, uint32_t length);

/* The name a term or modifier speaks of.  False: what it expands to is no domain name, or it holds
 * a local-part that may not be expanded (RFC 8616 4). */
bool spf_target(struct spf_run *run, const struct spf_macro *macro, struct dns_name *name);

/* Evaluate a mechanism other than include. */
enum spf_match spf_match_term(struct spf_run *run, const struct spf_term *term);

/* Ask early, and all at once, what the record just entered may ask: the questions of its terms up
 * to the first term that is sure to match.  So a record costs one round trip, not one for each of
 * its terms; most senders' records include two or three that hold addresses alone, and then the
 * whole check costs two.  What this asks in vain is bounded: only terms behind one that DNS makes
 * match, and over the whole run no more terms than the limit allows. */
void spf_prefetch(struct spf_run *run);

/* End the run because there is no memory: a temperror. */
void spf_end_memory(struct spf_run *run);

/* What came of looking for the record of a domain.  NXDOMAIN: in the scope of the PRA, where that
 * is a fail (RFC 4406 4.3).  ENDED: an error decided the whole run. */
enum spf_load { SPF_LOAD_FOUND, SPF_LOAD_NONE, SPF_LOAD_NXDOMAIN, SPF_LOAD_ENDED };

/* Find and compile the record of DOMAIN that is meant for the scope (RFC 7208 4.3 to 4.6, RFC 4406
 * 4.4).  With SPF_LOAD_NONE *REASON says why there is none. */
enum spf_load spf_load(struct spf_run *run, const struct dns_name *domain,
                       const struct spf_record **record, enum reason *reason);

/* End the run because ANSWER is a failure of DNS. */
void spf_end_dns(struct spf_run *run, const struct dns_answer *answer, const char *place);

/* %{p} for the frame being evaluated; CONTEXT is the run. */
struct spf_octets spf_validated_name(void *context);

/* A domain name as the octets a macro expands to; NULL: no memory. */
struct spf_octets spf_name_octets(struct arena *arena, const struct dns_name *name);

#endif
