/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/lookup_cache.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES = 4096 };

static const nanoseconds LIFETIME = 3 * NANOSECONDS_PER_SECOND;

struct place {
    struct store_key key; /* of length 0: free */
    struct score score;
    nanoseconds expires;
};

struct lookup_cache {
    pthread_mutex_t lock;
    unsigned char secret[crypto_shorthash_KEYBYTES];
    struct place places[PLACES];
};

struct lookup_cache *lookup_cache_new(void)
{
    struct lookup_cache *cache = sodium_init() >= 0 ? calloc(1, sizeof *cache) : NULL;

    if (cache == NULL)
        return NULL;
    if (pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        return NULL;
    }
    randombytes_buf(cache->secret, sizeof cache->secret);
    return cache;
}

void lookup_cache_free(struct lookup_cache *cache)
{
    if (cache == NULL)
        return;
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
}

static struct place *place_of(struct lookup_cache *cache, const struct store_key *key)
{
    unsigned char hash[crypto_shorthash_BYTES];
    uint64_t number;

    (void)crypto_shorthash(hash, (const unsigned char *)key->name, key->length, cache->secret);
    memcpy(&number, hash, sizeof number);
    return &cache->places[(number + (unsigned)key->kind) % PLACES];
}

static bool is_same(const struct store_key *a, const struct store_key *b)
{
    return a->kind == b->kind && a->length == b->length && memcmp(a->name, b->name, a->length) == 0;
}

bool lookup_cache_find(struct lookup_cache *cache, const struct store_key *key, nanoseconds now,
                       struct score *score)
{
    const struct place *place = place_of(cache, key);
    bool found;

    (void)pthread_mutex_lock(&cache->lock);
    found = is_same(&place->key, key) && now < place->expires;
    if (found)
        *score = place->score;
    (void)pthread_mutex_unlock(&cache->lock);
    return found;
}

void lookup_cache_keep(struct lookup_cache *cache, const struct store_key *key, nanoseconds now,
                       const struct score *score)
{
    struct place *place = place_of(cache, key);

    (void)pthread_mutex_lock(&cache->lock);
    *place = (struct place){.key = *key, .score = *score, .expires = now + LIFETIME};
    (void)pthread_mutex_unlock(&cache->lock);
}
