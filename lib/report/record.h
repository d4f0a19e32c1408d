/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_RECORD_H
#define REPORT_RECORD_H

/* record.h - one message told three ways: a JSON object, a log line, an explanation for a person.
 * All three come from the same view, so they cannot disagree. */

#include "lib/base/arena.h"
#include "lib/base/outcome.h"
#include "lib/dns/resolver.h"
#include "lib/mail/facts.h"
#include "lib/policy/decide.h"
#include "lib/sign/signer.h"
#include "lib/vouch.h"

/* The configuration that decided, as it would be written: `csa { fail = reject }`, `domain "x" {
 * spf { fail = reject } }`, `exempt { authenticated = yes }`, `limits { forged-fields = ... }`; ""
 * when none did.  NULL: no memory.
 */
const char *record_rule_text(struct arena *arena, const struct decision *decision);

/* Who let the message go before its end. */
enum given_up { GIVEN_UP_NOT, GIVEN_UP_BY_CLIENT, GIVEN_UP_IN_TROUBLE };

struct report_view {
    const struct facts *facts;
    const struct outcome *outcomes;
    const struct decision *decision;
    const struct vouch_reply *reply;
    struct budget_use dns; /* spent, HELO's questions included */
    enum given_up given_up;
    unsigned forged_authres;             /* Authentication-Results fields removed */
    const struct sign_field *signatures; /* that were made */
    const char *unsigned_because;        /* why none, where there might have been; NULL */
};

/* One line of JSON: id (queue id), client, client_name, helo, mail_from (without brackets; null
 * before MAIL), rcpt, rcpt_refused, authenticated, exempt (why, or null), action, wanted, reply
 * (one string "550 5.7.23 text", lines joined by "\n"; null when none), stage, rule
 * {text,file,line} (null when none decided), outcomes [{method, identity (of a method that has
 * several), part (true for one of several signatures, which come behind the outcome that sums them
 * up), result, reason, reason_text, domain, detail, explanation (SPF exp=, where there is one),
 * dnssec (of all answers together), properties {"smtp.helo": "..."}, trace [{asked, answer, rule,
 * dnssec, asked_us, took_us}]}], dns {queries, voids, ms}, given_up (by whom before its end,
 * "client" or "trouble", or null), forged_authres, signatures (that were made) [{method, domain,
 * selector}], unsigned (why none, where there might have been; else null).  ASCII; octets that are
 * not UTF-8 appear as \xHH text.  WITH_TRACE false leaves the traces out.  NULL: no memory. */
const char *record_json(struct arena *arena, const struct report_view *view, bool with_trace);

/* One line for syslog, printable ASCII, at most RECORD_LOG_MAX octets, what matters most in front:
 *
 *     4Xyz: reject mail: csa=fail (client address mismatch) helo=mail.example.com; spf=pass
 *     mailfrom=example.com; client=192.0.2.9 name=... from=<a@example.com> to=3
 *     rule="csa { fail = reject }" (default) dns=4/12ms
 *
 * and behind that "signed=example.org/selector" for each signature that was made.
 *
 * or "monitor: would reject mail: ...", "exempt (authenticated client): ...".  What a stranger said
 * never holds a quote, semicolon, bracket or parenthesis, nor, outside a reason in parentheses, a
 * blank: those are \xHH.  Of several signatures it has the summary.  dns is questions and time
 * waited.  NULL: no memory. */
enum { RECORD_LOG_MAX = 900 };
const char *record_log_line(struct arena *arena, const struct report_view *view);

/* The same about one recipient, whom VIEW's decision is about; it has no outcomes and no reply:
 *
 *     NOQUEUE: reject rcpt: recipient=<b@[192.0.2.1]>; client=192.0.2.9 helo=... from=<...> to=0
 *     rule="recipient { address-literal = reject }" (default) */
const char *record_recipient_line(struct arena *arena, const struct report_view *view);

/* Several lines: the decision and the rule behind it, then each outcome with its steps.  NULL: no
 * memory. */
const char *record_explanation(struct arena *arena, const struct report_view *view);

#endif
