/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_UNBOUND_PROBE_H
#define DNS_UNBOUND_PROBE_H

/* unbound_probe.h - whether validation works over the nameservers (dnssec = auto).  Private to
 * lib/dns.
 *
 * The keys of the trust anchor's zone are asked for with validation; when that does not make them
 * secure, a question without validation tells why.  All calls are made by one thread, the one that
 * hands out libunbound's answers; only unbound_probe_found may be called by any. */

#include <stdatomic.h>

#include "lib/base/clock.h"
#include "lib/dns/name.h"
#include "lib/vouch.h"

struct ub_ctx;

struct unbound_probe {
    struct ub_ctx *plain;
    struct ub_ctx *validating;
    char zone[DNS_NAME_TEXT_SIZE]; /* the trust anchor's */
    atomic_int found;              /* enum vouch_dnssec */
    bool asking;
    bool has_answered; /* found is not what it began with */
    nanoseconds next;  /* when to ask again, unless asking; 0: never */
};

/* Ask for the keys of ZONE. */
void unbound_probe_begin(struct unbound_probe *probe, struct ub_ctx *plain,
                         struct ub_ctx *validating, const struct dns_name *zone);

/* Ask again when it is time. */
void unbound_probe_continue(struct unbound_probe *probe, nanoseconds now);

enum vouch_dnssec unbound_probe_found(const struct unbound_probe *probe);

#endif
