/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/key_cache.h"

#include <openssl/evp.h>
#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/table.h"
#include "lib/verify/public_key.h"

struct entry {
    unsigned char hash[crypto_hash_sha256_BYTES]; /* of the octets */
    EVP_PKEY *key;
    UT_hash_handle hh; /* in the order of use, the latest last */
};

struct key_cache {
    pthread_mutex_t lock;
    struct entry *entries;
    size_t most;
};

struct key_cache *key_cache_new(size_t most)
{
    struct key_cache *cache = calloc(1, sizeof *cache);

    if (cache != NULL && pthread_mutex_init(&cache->lock, NULL) != 0) {
        free(cache);
        cache = NULL;
    }
    if (cache != NULL)
        cache->most = most;
    return cache;
}

static void drop(struct key_cache *cache, struct entry *entry)
{
    HASH_DEL(cache->entries, entry);
    EVP_PKEY_free(entry->key);
    free(entry);
}

void key_cache_free(struct key_cache *cache)
{
    if (cache == NULL)
        return;
    while (cache->entries != NULL)
        drop(cache, cache->entries);
    (void)pthread_mutex_destroy(&cache->lock);
    free(cache);
}

/* The cache is locked. */
static struct entry *find(struct key_cache *cache, const unsigned char *hash)
{
    struct entry *entry;

    HASH_FIND(hh, cache->entries, hash, crypto_hash_sha256_BYTES, entry);
    if (entry == NULL)
        return NULL;
    HASH_DEL(cache->entries, entry);
    HASH_ADD(hh, cache->entries, hash, crypto_hash_sha256_BYTES, entry);
    return entry;
}

static EVP_PKEY *look_up(struct key_cache *cache, const unsigned char *hash)
{
    EVP_PKEY *key = NULL;
    struct entry *entry;

    (void)pthread_mutex_lock(&cache->lock);
    entry = find(cache, hash);
    if (entry != NULL && EVP_PKEY_up_ref(entry->key) == 1)
        key = entry->key;
    (void)pthread_mutex_unlock(&cache->lock);
    return key;
}

/* Another thread may have been faster. */
static void keep(struct key_cache *cache, const unsigned char *hash, EVP_PKEY *key)
{
    struct entry *entry = calloc(1, sizeof *entry);

    if (entry == NULL || EVP_PKEY_up_ref(key) != 1) {
        free(entry);
        return;
    }
    memcpy(entry->hash, hash, sizeof entry->hash);
    entry->key = key;
    (void)pthread_mutex_lock(&cache->lock);
    if (find(cache, hash) == NULL) {
        HASH_ADD(hh, cache->entries, hash, sizeof entry->hash, entry);
        if (entry->hh.tbl != NULL)
            entry = NULL;
        while (HASH_COUNT(cache->entries) > cache->most)
            drop(cache, cache->entries);
    }
    (void)pthread_mutex_unlock(&cache->lock);
    if (entry != NULL) {
        EVP_PKEY_free(entry->key);
        free(entry);
    }
}

EVP_PKEY *key_cache_rsa(struct key_cache *cache, const unsigned char *octets, size_t length)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    EVP_PKEY *key;

    if (cache == NULL)
        return public_key_rsa(octets, length);
    (void)crypto_hash_sha256(hash, octets, length);
    key = look_up(cache, hash);
    if (key != NULL)
        return key;
    key = public_key_rsa(octets, length);
    if (key != NULL)
        keep(cache, hash, key);
    return key;
}
