/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_BUDGET_H
#define DNS_BUDGET_H

/* budget.h - what a transaction has asked so far.  Private to lib/dns. */

#include "lib/dns/flight.h"
#include "lib/dns/resolver.h"

/* One question of the transaction: either still in flight or answered. */
struct memo {
    struct memo *next;
    struct flight *flight;     /* NULL once answered */
    struct dns_answer *answer; /* NULL while in flight */
    nanoseconds asked;
    nanoseconds took; /* until the answer was there; 0: from the cache */
    uint64_t hash;
    size_t key_length;
    uint8_t key[]; /* as in struct question */
};

/* The memo of QUESTION, or NULL. */
struct memo *budget_find(const struct budget *budget, const struct question *question);

/* A new memo of QUESTION, neither in flight nor answered; the caller makes it one of both. COUNTED:
 * it was paid for.  NULL: no memory, or more refusals than are worth remembering. */
struct memo *budget_remember(struct budget *budget, const struct question *question, bool counted,
                             nanoseconds now);

bool budget_has_queries(const struct budget *budget);

/* Set the answer (takes over the reference), count it when it is void and forget the flight. */
void budget_answered(struct budget *budget, struct memo *memo, struct dns_answer *answer,
                     nanoseconds took);

/* When the time is over, as seen at NOW. */
nanoseconds budget_deadline(const struct budget *budget, nanoseconds now);

bool budget_is_running(const struct budget *budget);

#endif
