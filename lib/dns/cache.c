/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/cache.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "lib/base/table.h"

enum {
    SECONDS_MAX = 86400,
    SECONDS_MAX_NEGATIVE = 10800,
    MALLOC_OVERHEAD = 16 /* of each of the two blocks of an entry */
};

struct cache_entry {
    UT_hash_handle hh;
    struct cache_entry *prev, *next; /* by last use */
    struct dns_answer *answer;
    nanoseconds expires;
    uint8_t key[];
};

void cache_init(struct cache *cache, size_t limit)
{
    *cache = (struct cache){.limit = limit};
}

static size_t entry_bytes(const struct cache_entry *entry)
{
    return sizeof *entry + entry->hh.keylen + dns_answer_size(entry->answer) +
           2 * (size_t)MALLOC_OVERHEAD;
}

static void free_entry(struct cache_entry *entry)
{
    dns_answer_release(entry->answer);
    free(entry);
}

static void drop(struct cache *cache, struct cache_entry *entry)
{
    HASH_DEL(cache->table, entry);
    DL_DELETE(cache->recent, entry);
    cache->entries_bytes -= entry_bytes(entry);
    free_entry(entry);
}

void cache_clear(struct cache *cache)
{
    while (cache->recent != NULL)
        drop(cache, cache->recent);
}

size_t cache_count(const struct cache *cache)
{
    return HASH_COUNT(cache->table);
}

size_t cache_bytes(const struct cache *cache)
{
    size_t handles = cache_count(cache) * sizeof(UT_hash_handle); /* counted in the entries too */

    return cache->entries_bytes + HASH_OVERHEAD(hh, cache->table) - handles;
}

static struct cache_entry *find(const struct cache *cache, const struct question *question)
{
    struct cache_entry *entry;

    HASH_FIND_BYHASHVALUE(hh, cache->table, question->key, question->key_length,
                          (unsigned)question->hash, entry);
    return entry;
}

struct dns_answer *cache_get(struct cache *cache, const struct question *question, nanoseconds now)
{
    struct cache_entry *entry = find(cache, question);

    if (entry == NULL)
        return NULL;
    if (entry->expires <= now) {
        drop(cache, entry);
        return NULL;
    }
    DL_DELETE(cache->recent, entry);
    DL_PREPEND(cache->recent, entry);
    return dns_answer_hold(entry->answer);
}

static nanoseconds lifetime(const struct dns_answer *answer)
{
    uint32_t most = answer->status == DNS_RECORDS ? SECONDS_MAX : SECONDS_MAX_NEGATIVE;

    if (answer->status == DNS_FAILURE)
        return 0;
    return (answer->ttl < most ? answer->ttl : most) * NANOSECONDS_PER_SECOND;
}

static struct cache_entry *new_entry(const struct question *question, struct dns_answer *answer,
                                     nanoseconds expires)
{
    struct cache_entry *entry = calloc(1, sizeof *entry + question->key_length);

    if (entry == NULL)
        return NULL;
    memcpy(entry->key, question->key, question->key_length);
    entry->hh.keylen = (unsigned)question->key_length;
    entry->answer = dns_answer_hold(answer);
    entry->expires = expires;
    return entry;
}

void cache_put(struct cache *cache, const struct question *question, struct dns_answer *answer,
               nanoseconds now)
{
    nanoseconds life = lifetime(answer);
    struct cache_entry *entry;

    if (life == 0)
        return;
    entry = find(cache, question);
    if (entry != NULL)
        drop(cache, entry);
    entry = new_entry(question, answer, now + life);
    if (entry == NULL)
        return;
    if (entry_bytes(entry) > cache->limit) {
        free_entry(entry);
        return;
    }
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, cache->table, entry->key, question->key_length,
                                (unsigned)question->hash, entry);
    if (entry->hh.tbl == NULL) { /* no memory */
        free_entry(entry);
        return;
    }
    DL_PREPEND(cache->recent, entry);
    cache->entries_bytes += entry_bytes(entry);
    while (cache->recent != NULL && cache_bytes(cache) > cache->limit)
        drop(cache, cache->recent->prev); /* the head's prev is the tail */
}
