/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_HEALTH_H
#define VERIFY_DNA_HEALTH_H

/* dna_health.h - which sources can be trusted at the moment, kept for all transactions.
 *
 * A DNS list dies without a word, or begins to answer everything: its domain was sold, the resolver
 * lies, a quota is used up.  So a source is tested before it is believed, what was found is kept
 * for a while, and one that is in trouble is not asked at all until that while is over.  Safe for
 * any number of threads. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"

struct dna_health;

enum dna_condition {
    DNA_UNTESTED, /* or what was found is too long ago */
    DNA_HEALTHY,
    DNA_DEAD, /* it does not answer: for now */
    DNA_LYING /* it answers what cannot be, or that it does not serve us */
};

enum { DNA_TROUBLE_SIZE = 160 };

/* What is known of one source. */
struct dna_finding {
    enum dna_condition condition;
    char trouble[DNA_TROUBLE_SIZE]; /* of a dead or lying one: what it did; safe text */
};

/* How long a finding is kept.  What is dead is given twice as long each time it is found so
 * again, up to the longest. */
#define DNA_HEALTHY_LEAST   (60 * NANOSECONDS_PER_SECOND)
#define DNA_HEALTHY_LONGEST (3600 * NANOSECONDS_PER_SECOND)
#define DNA_TROUBLE_LEAST   (60 * NANOSECONDS_PER_SECOND)
#define DNA_TROUBLE_LONGEST (960 * NANOSECONDS_PER_SECOND)

/* Room for COUNT sources.  NULL: no memory. */
struct dna_health *dna_health_new(size_t count);
void dna_health_free(struct dna_health *health);

/* What is known at NOW of source INDEX; HEALTH may be NULL: nothing.  A list of addresses is tested
 * for each family by itself: IPV6. */
struct dna_finding dna_health_find(struct dna_health *health, size_t index, bool ipv6,
                                   nanoseconds now);

/* Keep what was found.  TTL: how long a healthy one may be kept at most. */
void dna_health_keep(struct dna_health *health, size_t index, bool ipv6,
                     const struct dna_finding *found, nanoseconds ttl, nanoseconds now);

/* Take a source whose condition for people, in trouble or not, changed since it was last taken.
 * False: there is none.  A source that is found healthy for the first time is not told of. */
bool dna_health_take_change(struct dna_health *health, size_t *index, bool *ipv6,
                            struct dna_finding *found);

#endif
