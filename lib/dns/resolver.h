/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_RESOLVER_H
#define DNS_RESOLVER_H

/* resolver.h - the only way to DNS.
 *
 * Asks in this order: the transaction's own answers (a question asked twice costs once and cannot
 * be answered two ways), the process-wide cache, a question already in flight, the backend.  Safe
 * for any number of threads; a budget belongs to one transaction and so to one thread at a time.
 *
 * resolver_query never fails by return value: trouble is an answer with status DNS_FAILURE. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/clock.h"
#include "lib/dns/answer.h"
#include "lib/vouch.h"

struct resolver;

enum { RESOLVER_NAMESERVERS_MAX = 16 };

/* Whether answers are validated; AUTO: if the nameservers let us. */
enum dnssec_mode { DNSSEC_NO, DNSSEC_YES, DNSSEC_AUTO };

struct resolver_settings {
    const char *const *nameservers; /* "ADDR" or "ADDR@PORT"; none: /etc/resolv.conf */
    size_t nameserver_count;
    size_t cache_bytes;     /* bound of the cache; 0: no cache */
    unsigned max_in_flight; /* questions in flight at once; beyond it OVERLOAD */
    enum dnssec_mode dnssec;
    const char *trust_anchor; /* a file of DS or DNSKEY records; "": TRUST_ANCHOR_ROOT */
};

/* The defaults of DESIGN.md: /etc/resolv.conf, 16 MiB, 2,000, no validation. */
struct resolver_settings resolver_defaults(void);

/* A resolver over libunbound.  Starts threads: call after fork.  VOUCH_ERROR_SYNTAX: a nameserver
 * is not an address; VOUCH_ERROR_SYSTEM: libunbound would not start, or with DNSSEC_YES the trust
 * anchor cannot be read. */
VOUCH_MUST_CHECK int resolver_new(const struct resolver_settings *settings,
                                  struct resolver **resolver);

/* A resolver over a zone text in memory, for tests: the same cache, coalescing and budget in front.
 * TEXT is zone-file format as ldns reads it, absolute names, one record a line (class and TTL may
 * be left out; TTL 300), blank lines and lines that start with ";" are skipped.  Names absent are
 * NXDOMAIN; names with other types, or with names below them, NODATA (with the closest SOA of the
 * zone, if it has one); CNAMEs are followed, a loop is SERVFAIL; wildcards as in RFC 4592.
 *
 * Lines that start with "!" script faults, for a name (* is every name, *.x every name below x; the
 * closest name wins, then the later line) and a type (or ANY), also when a CNAME leads there; a
 * delay and another fault may both be given:
 *
 *     ! NAME TYPE silent      never answered
 *     ! NAME TYPE servfail    likewise refused, formerr, bogus, malformed, normal
 *     ! NAME TYPE secure      answered as validated (all else is insecure)
 *     ! NAME TYPE delay MS    answered after MS milliseconds
 *
 * and those that only a network can show: truncate (which costs nothing here), garbage, wrong-id,
 * wrong-name, wrong-port (silent here).
 *
 * What has no delay is answered before the question's asker goes on, without a thread.
 * VOUCH_ERROR_SYNTAX: *PROBLEM_LINE is the line of TEXT that is wrong. */
VOUCH_MUST_CHECK int resolver_new_zone(const struct resolver_settings *settings, const char *text,
                                       struct resolver **resolver, unsigned *problem_line);

struct resolver *resolver_hold(struct resolver *resolver);

/* Release a reference; the last one waits for the threads to end, not for answers. */
void resolver_release(struct resolver *resolver);

/* Whether answers are validated now; see enum vouch_dnssec. */
enum vouch_dnssec resolver_dnssec(struct resolver *resolver);

void resolver_counters(struct resolver *resolver, struct vouch_counters *counters);

/* What one transaction may spend.  Holds a reference to every answer it was given, so answers need
 * no release by those who asked. */
struct budget;

struct budget_limits {
    nanoseconds time;     /* time spent waiting, in total over all stages */
    unsigned max_queries; /* different questions asked */
};

/* The defaults: 8 s (Sendmail waits 10) and 150 queries (RFC 7208 4.6.4 allows ten mx of ten hosts,
 * 111 in all, and CSA has 8). */
struct budget_limits budget_defaults(void);

/* NULL: no memory. */
struct budget *budget_new(const struct budget_limits *limits);
void budget_free(struct budget *budget);

/* Time is counted only between resume and pause: while the MTA waits for us.  A new budget is
 * paused; a resolver_query with a paused one counts its own time.  Both may be called twice. */
void budget_resume(struct budget *budget);
void budget_pause(struct budget *budget);

/* Make BUDGET end no later than OTHER does: two transactions answered in one callback share its
 * time.  Both are running. */
void budget_share_deadline(struct budget *budget, const struct budget *other);

/* Leave BUDGET no more than TIME from now on, for questions that are not worth all of it.  Returns
 * how much was taken away; give that to budget_lengthen when they were asked. */
nanoseconds budget_shorten(struct budget *budget, nanoseconds time);
void budget_lengthen(struct budget *budget, nanoseconds taken);

/* True when no time is left. */
bool budget_is_spent(const struct budget *budget);

struct budget_use {
    unsigned queries; /* different questions asked */
    unsigned voids;   /* of which answered NODATA or NXDOMAIN */
    nanoseconds time; /* waited so far */
};
struct budget_use budget_use(const struct budget *budget);

/* Ask and wait until the answer is there or the budget's time is over.  The answer belongs to the
 * budget.  Never NULL.  With no queries left, a question not asked before is DNS_FAILURE_BUDGET;
 * with no time left, one not in the cache is DNS_FAILURE_TIMEOUT; neither is asked then.  ASKED and
 * TOOK (may be NULL): when the question was first asked by this transaction, a prefetch included,
 * and how long its answer took from then, 0 from the cache. */
const struct dns_answer *resolver_query(struct resolver *resolver, struct budget *budget,
                                        const struct dns_name *name, enum dns_type type,
                                        nanoseconds *asked, nanoseconds *took);

/* Start the question and return at once.  Paid for from the budget; a later query is then free.
 * Does nothing while half of max_in_flight is in flight. */
void resolver_prefetch(struct resolver *resolver, struct budget *budget,
                       const struct dns_name *name, enum dns_type type);

#endif
