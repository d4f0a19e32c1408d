/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "lib/verify/key_cache.h"

enum { KEYS = 4, THREADS = 8, ROUNDS = 500 };

static unsigned char *octets[KEYS];
static int lengths[KEYS];

static int make_keys(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++) {
        EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)1024);

        lengths[i] = i2d_PUBKEY(key, &octets[i]);
        EVP_PKEY_free(key);
        if (lengths[i] <= 0)
            return -1;
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (int i = 0; i < KEYS; i++)
        OPENSSL_free(octets[i]);
    return 0;
}

static EVP_PKEY *get(struct key_cache *cache, int which)
{
    EVP_PKEY *key = key_cache_rsa(cache, octets[which], (size_t)lengths[which]);

    assert_non_null(key);
    return key;
}

static void test_same_key(void **state)
{
    struct key_cache *cache = key_cache_new(KEYS);
    EVP_PKEY *first = get(cache, 0), *again = get(cache, 0), *other = get(cache, 1);

    (void)state;
    assert_ptr_equal(first, again);
    assert_ptr_not_equal(first, other);
    assert_null(key_cache_rsa(cache, (const unsigned char *)"nonsense", 8));
    key_cache_free(cache);
    assert_int_equal(EVP_PKEY_bits(first), 1024); /* keys outlive the cache */
    EVP_PKEY_free(first);
    EVP_PKEY_free(again);
    EVP_PKEY_free(other);
}

static void test_no_cache(void **state)
{
    EVP_PKEY *first = get(NULL, 0), *again = get(NULL, 0);

    (void)state;
    assert_ptr_not_equal(first, again);
    EVP_PKEY_free(first);
    EVP_PKEY_free(again);
}

/* The least recently used goes. */
static void test_bound(void **state)
{
    struct key_cache *cache = key_cache_new(2);
    EVP_PKEY *a = get(cache, 0), *b = get(cache, 1), *a2 = get(cache, 0), *c = get(cache, 2);
    EVP_PKEY *a3 = get(cache, 0), *b2 = get(cache, 1);

    (void)state;
    assert_ptr_equal(a, a2);
    assert_ptr_equal(a, a3);
    assert_ptr_not_equal(b, b2);
    EVP_PKEY_free(a);
    EVP_PKEY_free(a2);
    EVP_PKEY_free(a3);
    EVP_PKEY_free(b);
    EVP_PKEY_free(b2);
    EVP_PKEY_free(c);
    key_cache_free(cache);
}

static void *use(void *argument)
{
    for (int i = 0; i < ROUNDS; i++)
        EVP_PKEY_free(key_cache_rsa(argument, octets[i % KEYS], (size_t)lengths[i % KEYS]));
    return NULL;
}

static void test_threads(void **state)
{
    struct key_cache *cache = key_cache_new(KEYS - 1);
    pthread_t threads[THREADS];

    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, use, cache), 0);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    key_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_key),
        cmocka_unit_test(test_no_cache),
        cmocka_unit_test(test_bound),
        cmocka_unit_test(test_threads),
    };

    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
