/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_KEY_CACHE_H
#define VERIFY_KEY_CACHE_H

/* key_cache.h - RSA keys as OpenSSL wants them, kept: to read one costs OpenSSL 3 ten times what a
 * signature costs to verify with it.  A key is found by what its record says of it, so a record
 * that changes brings another key, and the TTL is that of the record.  Safe for any number of
 * threads.
 */

#include <openssl/types.h>
#include <stddef.h>

struct key_cache;

enum { KEY_CACHE_KEYS = 1000 }; /* some 4 MB */

/* A cache of at most MOST keys, the least recently used go first; NULL: no memory. */
struct key_cache *key_cache_new(size_t most);
void key_cache_free(struct key_cache *cache);

/* The key that public_key_rsa() reads; CACHE may be NULL.  Free with EVP_PKEY_free. */
EVP_PKEY *key_cache_rsa(struct key_cache *cache, const unsigned char *octets, size_t length);

#endif
