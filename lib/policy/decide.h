/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_DECIDE_H
#define POLICY_DECIDE_H

/* decide.h - outcomes to a decision.
 *
 * Pure: no clock, no DNS, no store, no log.  The same arguments always give the same decision, so a
 * recorded message can be decided again under another configuration. */

#include "lib/base/outcome.h"
#include "lib/mail/facts.h"
#include "lib/policy/config.h"

/* Why a client is exempt. */
enum exemption { EXEMPT_NO, EXEMPT_CLIENT, EXEMPT_AUTHENTICATED };

/* "", "listed client", "authenticated client".  Static. */
const char *exemption_text(enum exemption exemption);

/* Whether verifiers need not run at all for this client. */
enum exemption exemption_of(const struct facts *facts, const struct vouch_config *config);

/* Whether the messages of this client are signed, where their author is one of ours. */
bool decide_signing(const struct facts *facts, const struct vouch_config *config);

enum { DECISION_REASONS = 8 };

struct decision {
    enum vouch_action action; /* what to do; CONTINUE in monitor mode */
    enum vouch_action wanted; /* what would be done in enforce mode */
    enum vouch_stage stage;   /* of the outcome that decided; MAIL for an exemption */
    enum exemption exemption;
    bool has_forged;                    /* too many forged fields decided; `outcome` is NULL */
    const struct outcome *outcome;      /* that decided; NULL: none did */
    const struct config_rule *rule;     /* that decided; NULL: none did */
    const struct config_domain *domain; /* override the rule stands in, or NULL */
    enum refuse_when combination;       /* the rule is about two outcomes together */
    enum tls_require requirement;       /* the rule is that the connection must have this */
    const struct path *recipient;       /* it is about this recipient alone; else NULL */
    unsigned failures;                  /* outcomes whose rule wants what `wanted` is */
    const struct outcome *reasons[DECISION_REASONS]; /* the first of them, `outcome` foremost; NULL
                                                        where there are fewer */
    const char *code;                                /* "550", "451", or "" */
    const char *enhanced;                            /* RFC 7372 code, or "" */
};

/* Decide on the outcomes known at STAGE: more forged Authentication-Results fields than the limit
 * are refused whoever brings them; then an exemption comes first (which wants ACCEPT), then an
 * `accept` rule, then by severity discard, reject, tempfail, quarantine, else continue; among
 * equals the first outcome.  Parts of an outcome decide nothing.  The codes belong to `wanted`: 5xx
 * with 5.x.x for REJECT, 4xx with 4.x.x for TEMPFAIL.  SPF `none` never counts against a message
 * with the null reverse-path: a bounce cannot choose who sends it.  What a "v=spf1" record said of
 * Sender ID does not count either, unless `sender-id { use-spf1 = yes }`. */
/* What the rule for OUTCOME asks for, whatever the others ask for. */
enum vouch_action decide_wish(const struct facts *facts, const struct outcome *outcome,
                              const struct vouch_config *config);

struct decision decide(const struct facts *facts, const struct outcome *outcomes,
                       const struct vouch_config *config, enum vouch_stage stage);

/* Decide on RECIPIENT alone: CONTINUE, TEMPFAIL or REJECT.  It says nothing of exempt clients and
 * of mail that is submitted locally. */
struct decision decide_recipient(const struct facts *facts, const struct path *recipient,
                                 const struct vouch_config *config);

/* Whether it can say anything but CONTINUE. */
bool decide_wants_recipients(const struct vouch_config *config);

#endif
