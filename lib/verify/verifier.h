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
#include "lib/reputation/reputation.h"
#include "lib/verify/dna_health.h"
#include "lib/verify/key_cache.h"
#include "lib/verify/settings.h"

/* What a verifier works with. */
struct check {
    const struct facts *facts;
    const struct verify_settings *settings;
    struct resolver *resolver;
    struct budget *budget;
    struct key_cache *keys;        /* NULL: none are kept */
    struct reputation *reputation; /* NULL: none is kept */
    struct dna_health *health;     /* of the sources of accreditation; NULL: none is kept */
    struct arena *arena;           /* outcomes are made here */

    /* What the verifiers that ran before said of the same message: those of its stage that stand
     * earlier in the table, and those of earlier stages; of the stage HELO nothing is known of the
     * message.  An identity that did not pass is no identity. */
    const struct outcome *outcomes;
    nanoseconds began; /* trace times count from here */
    void *content;     /* what the verifier's content.begin made; NULL where it has none */
};

/* How a verifier of stage EOM sees what the message contains while it comes in, in this order: each
 * field, begin, the octets of the body, the verifier's own check, end.  Only `begin` and `check`
 * may wait for DNS. */
struct verifier_content {
    /* A header field has come in: start the questions that it raises.  May be NULL. */
    void (*field)(const struct check *check, const struct header_field *field);

    /* The header is complete.  *CONTENT becomes the state that the calls below get; NULL: the body
     * does not matter for this message, neither `body` nor `end` will be called, but `check` will.
     * False: no memory; the engine reports temperror, and nothing more is called. */
    bool (*begin)(const struct check *check, void **content);

    /* The next octets of the body, cut anywhere. */
    void (*body)(void *content, const void *octets, size_t length);

    /* Release what is not in the check's arena.  Called once, also for a message that is given up
     * before its check.  May be NULL. */
    void (*end)(void *content);
};

struct verifier {
    enum method method;
    enum identity identity;
    enum vouch_stage stage; /* when its facts are complete */

    const struct verifier_content *content; /* NULL: it does not look at the body */

    /* Whether the settings ask for it, once its method is enabled.  NULL: always. */
    bool (*wanted)(const struct verify_settings *settings);

    /* Whether it has something to say of this message; NULL: of every one. */
    bool (*applies)(const struct check *check);

    /* Start the questions that `check` is sure to ask.  May be NULL. */
    void (*prefetch)(const struct check *check);

    /* What was found: one or more outcomes linked by `next`.  NULL when memory is out, and only
     * then: the engine reports it as temperror.  Who has nothing to say says `none`. */
    struct outcome *(*check)(const struct check *check);
};

/* All verifiers, in the order in which they run and report. */
extern const struct verifier *const verifiers[];
extern const size_t verifier_count;

/* Ask DNS on behalf of OUTCOME: the question, its answer and RULE go into the trace.  RULE may be
 * NULL when it depends on the answer; check_rule tells it then. */
const struct dns_answer *check_query(const struct check *check, struct outcome *outcome,
                                     const struct dns_name *name, enum dns_type type,
                                     const char *rule);

/* Tell in the trace which rule applied to what was just answered: in that question's own step, if
 * it names no rule yet, else in a step of its own. */
void check_rule(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* OUTCOME is temperror because DNS gave nothing to rely on: for REASON, unless what it gave was
 * bogus, which has a reason of its own and the question as its detail. */
void check_temperror(struct outcome *outcome, enum reason reason);

/* Set the outcome's detail; the text must be safe. */
void check_detail(struct outcome *outcome, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* What the addresses of a host say about the client. */
enum host_match {
    HOST_MATCHES,      /* one of them is the client's */
    HOST_DIFFERS,      /* there are some, none is the client's */
    HOST_NO_ADDRESS,   /* there is none of the client's family */
    HOST_LOOKUP_FAILED /* nobody knows */
};

/* Ask for HOST's addresses of the client's family and compare; no rule is told yet. */
enum host_match check_host(const struct check *check, struct outcome *outcome,
                           const struct dns_name *host);

/* Whether VERIFIER has something to say of what CHECK looks at. */
bool check_applies(const struct check *check, const struct verifier *verifier);

/* Start a question, without trace. */
void check_prefetch(const struct check *check, const struct dns_name *name, enum dns_type type);

/* The address record type of the client's family: AAAA for IPv6, else A. */
enum dns_type check_address_type(const struct check *check);

#endif
