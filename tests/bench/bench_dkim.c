/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What DKIM costs: a whole check of a signed message, key in the cache, beside the least that any
 * verifier has to do: one SHA-256 over the body and one RSA verification.  CPU of this process on
 * this machine; compare the columns. */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/verify/dkim.h"

enum { ARENA_LIMIT = 1 << 20, PIECE = 65535, KEY_BITS = 2048, SIGNATURE_SIZE = KEY_BITS / 8 };

#define FROM "from:a@author.example"

static const struct verify_settings settings = {
    .dkim = {.minimum_key_bits = 1024, .max_signatures = 10},
};

struct bench {
    EVP_PKEY *key;
    struct resolver *resolver;
    struct key_cache *keys;
    char *body;
    size_t size;
    char field[1024]; /* the value of the signature field */
    unsigned char signature[SIGNATURE_SIZE];
};

static double cpu_microseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void need(bool holds, const char *what)
{
    if (holds)
        return;
    (void)fprintf(stderr, "bench_dkim: %s\n", what);
    exit(1);
}

/* Lines as mail has them. */
static void make_body(struct bench *bench, size_t size)
{
    static const char line[] = "The quick brown fox jumps over the lazy dog, and so on and on.\r\n";

    bench->body = malloc(size + sizeof line);
    need(bench->body != NULL, "memory");
    for (bench->size = 0; bench->size < size; bench->size += sizeof line - 1)
        memcpy(bench->body + bench->size, line, sizeof line - 1);
}

/* Sign as RFC 6376 says, by hand: both header fields are written as the relaxed form has them. */
static void sign(struct bench *bench, const char *canonicalization)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    char base64[4 * SIGNATURE_SIZE / 3 + 8], digits[64];
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t length = sizeof bench->signature;
    int used;

    SHA256((const unsigned char *)bench->body, bench->size, hash);
    (void)EVP_EncodeBlock((unsigned char *)digits, hash, sizeof hash);
    used = snprintf(bench->field, sizeof bench->field,
                    "v=1; a=rsa-sha256; c=%s; d=author.example; s=s; h=from; bh=%s; b=",
                    canonicalization, digits);
    need(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, bench->key) == 1 &&
             EVP_DigestSignUpdate(
                 context, FROM "\r\ndkim-signature:", strlen(FROM "\r\ndkim-signature:")) == 1 &&
             EVP_DigestSignUpdate(context, bench->field, (size_t)used) == 1 &&
             EVP_DigestSignFinal(context, bench->signature, &length) == 1,
         "signing");
    EVP_MD_CTX_free(context);
    (void)EVP_EncodeBlock((unsigned char *)base64, bench->signature, (int)length);
    (void)snprintf(bench->field + used, sizeof bench->field - (size_t)used, "%s", base64);
}

static void make_key(struct bench *bench)
{
    struct resolver_settings defaults = resolver_defaults();
    unsigned char *octets = NULL;
    char base64[1024], zone[1200];
    unsigned problem;
    int length;

    bench->key = EVP_RSA_gen(KEY_BITS);
    need(bench->key != NULL, "key");
    length = i2d_PUBKEY(bench->key, &octets);
    need(length > 0, "key");
    (void)EVP_EncodeBlock((unsigned char *)base64, octets, length);
    OPENSSL_free(octets);
    (void)snprintf(zone, sizeof zone,
                   "s._domainkey.author.example. TXT \"v=DKIM1; p=%.200s\" \"%s\"\n", base64,
                   base64 + 200);
    need(resolver_new_zone(&defaults, zone, &bench->resolver, &problem) == VOUCH_OK, "zone");
    bench->keys = key_cache_new(KEY_CACHE_KEYS);
}

static void give_body(const struct bench *bench, void *content)
{
    for (size_t at = 0; at < bench->size; at += PIECE) {
        size_t left = bench->size - at;

        dkim_verifier.content->body(content, bench->body + at, left < PIECE ? left : PIECE);
    }
}

static void check_once(const struct bench *bench)
{
    const struct budget_limits limits = budget_defaults();
    struct facts facts = {.client_name = "", .helo = "", .authserv_id = "mx.example.org"};
    struct check check = {.facts = &facts,
                          .settings = &settings,
                          .resolver = bench->resolver,
                          .keys = bench->keys,
                          .budget = budget_new(&limits),
                          .arena = arena_new(ARENA_LIMIT)};
    const struct outcome *outcome;

    facts.headers = header_list_in(check.arena, 1 << 16);
    need(header_list_add(&facts.headers, "DKIM-Signature", bench->field, strlen(bench->field)) ==
                 VOUCH_OK &&
             header_list_add(&facts.headers, "From", " a@author.example", 17) == VOUCH_OK &&
             dkim_verifier.content->begin(&check, &check.content) && check.content != NULL,
         "memory");
    give_body(bench, check.content);
    outcome = dkim_verifier.check(&check);
    need(outcome != NULL && outcome->result == VOUCH_PASS, "the message does not verify");
    dkim_verifier.content->end(check.content);
    budget_free(check.budget);
    arena_free(check.arena);
}

/* The parsed key at hand, nothing canonicalized. */
static void bare_once(const struct bench *bench)
{
    unsigned char hash[SHA256_DIGEST_LENGTH];
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    SHA256((const unsigned char *)bench->body, bench->size, hash);
    need(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, bench->key) == 1, "OpenSSL");
    (void)EVP_DigestVerify(context, bench->signature, sizeof bench->signature, hash, sizeof hash);
    EVP_MD_CTX_free(context);
}

static double timed(const struct bench *bench, void (*once)(const struct bench *), unsigned rounds)
{
    double began;

    once(bench);
    began = cpu_microseconds();
    for (unsigned i = 0; i < rounds; i++)
        once(bench);
    return (cpu_microseconds() - began) / rounds;
}

int main(void)
{
    static const char *const canonicalizations[] = {"relaxed/relaxed", "relaxed/simple"};
    static const struct {
        size_t size;
        unsigned rounds;
    } sizes[] = {
        {1 << 10, 3000}, {10 << 10, 3000}, {100 << 10, 1000}, {1 << 20, 200}, {10 << 20, 20}};
    struct bench bench = {.key = NULL};

    make_key(&bench);
    printf("%-18s %10s %12s %12s %8s %10s\n", "canonicalization", "body", "check us", "bare us",
           "ratio", "MB/s");
    for (size_t c = 0; c < sizeof canonicalizations / sizeof canonicalizations[0]; c++) {
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            double check, bare;

            make_body(&bench, sizes[i].size);
            sign(&bench, canonicalizations[c]);
            check = timed(&bench, check_once, sizes[i].rounds);
            bare = timed(&bench, bare_once, sizes[i].rounds);
            printf("%-18s %10zu %12.1f %12.1f %8.2f %10.1f\n", canonicalizations[c], bench.size,
                   check, bare, check / bare, (double)bench.size / check);
            free(bench.body);
        }
    }
    key_cache_free(bench.keys);
    resolver_release(bench.resolver);
    EVP_PKEY_free(bench.key);
    return 0;
}
