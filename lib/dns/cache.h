/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_CACHE_H
#define DNS_CACHE_H

/* cache.h - decoded answers by question, bounded in bytes; the least recently used go first.
 * Private to lib/dns.  No lock inside: each shard of the resolver has one cache and locks it. */

#include "lib/base/clock.h"
#include "lib/dns/question.h"

struct cache_entry;

struct cache {
    size_t limit; /* bytes */
    size_t entries_bytes;
    struct cache_entry *table;  /* by question */
    struct cache_entry *recent; /* most recently used first */
};

void cache_init(struct cache *cache, size_t limit);
void cache_clear(struct cache *cache);

/* The answer with a reference for the caller, or NULL when it is not there or its TTL is over. */
struct dns_answer *cache_get(struct cache *cache, const struct question *question, nanoseconds now);

/* Keep ANSWER until its TTL is over, but never longer than a day, a negative answer than three
 * hours (RFC 2308 5).  Failures and answers with TTL 0 are not kept. */
void cache_put(struct cache *cache, const struct question *question, struct dns_answer *answer,
               nanoseconds now);

/* Bytes in use, the tables included, and the number of answers. */
size_t cache_bytes(const struct cache *cache);
size_t cache_count(const struct cache *cache);

#endif
