/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What DKIM and DomainKeys cost: a whole check of a signed message, key in the cache, beside the
 * least that any verifier has to do: one hash over the body and one RSA verification; and what it
 * costs to sign, beside that hash and one RSA signature.  CPU of this process on this machine;
 * compare the columns. */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/sign/signer.h"
#include "lib/verify/dkim.h"
#include "lib/verify/domainkeys.h"

enum { ARENA_LIMIT = 1 << 20, HEADER_LIMIT = 1 << 16, PIECE = 65535, KEY_BITS = 2048 };

static const struct verify_settings settings = {
    .dkim = {.minimum_key_bits = 1024, .max_signatures = 10},
    .domainkeys = {.minimum_key_bits = 1024},
};

/* A way to sign, and who verifies it. */
struct way {
    const char *name;
    enum sign_method method;
    enum sign_canonicalization canonicalization;
    const struct verifier *verifier;
};

struct bench {
    const struct way *way;
    struct sign_settings sign;
    EVP_PKEY *bare_key;
    unsigned char bare_signature[KEY_BITS / 8];
    struct resolver *resolver;
    struct key_cache *keys;
    char *body;
    size_t size;
    struct arena *arena; /* of the signature */
    const struct sign_field *field;
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
    (void)fprintf(stderr, "bench_signatures: %s\n", what);
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

static void make_key(struct bench *bench)
{
    struct resolver_settings defaults = resolver_defaults();
    char zone[1200], *record;
    unsigned problem;

    need(sign_key_new(false, KEY_BITS, &bench->sign.key) == VOUCH_OK, "key");
    record = sign_key_record(bench->sign.key);
    need(record != NULL, "memory");
    (void)snprintf(zone, sizeof zone, "s._domainkey.author.example. TXT \"%.200s\" \"%s\"\n",
                   record, record + 200);
    free(record);
    need(resolver_new_zone(&defaults, zone, &bench->resolver, &problem) == VOUCH_OK, "zone");
    bench->keys = key_cache_new(KEY_CACHE_KEYS);
    bench->bare_key = EVP_RSA_gen(KEY_BITS);
    need(bench->bare_key != NULL &&
             dns_name_from_text("author.example", 14, &bench->sign.domain) == VOUCH_OK,
         "key");
    bench->sign.domain_text = "author.example";
    bench->sign.selector = "s";
}

static struct header_list make_header(struct arena *arena, const struct sign_field *field)
{
    struct header_list headers = header_list_in(arena, HEADER_LIMIT);
    const char *value = field != NULL ? arena_printf(arena, " %s", field->value) : NULL;

    need((field == NULL ||
          header_list_add(&headers, field->name, value, strlen(value)) == VOUCH_OK) &&
             header_list_add(&headers, "From", " a@author.example", 17) == VOUCH_OK &&
             header_list_add(&headers, "To", " b@example.org", 14) == VOUCH_OK &&
             header_list_add(&headers, "Subject", " what it costs", 14) == VOUCH_OK,
         "memory");
    return headers;
}

/* ---- the two --------------------------------------------------------------------------------- */

static const struct sign_field *sign(const struct bench *bench, struct arena *arena)
{
    const struct sign_settings *list[] = {&bench->sign};
    struct header_list headers = make_header(arena, NULL);
    const struct sign_field *fields = NULL;
    struct signer *signer = NULL;
    const char *why;

    need(signer_new(arena, list, 1, &headers, (uint64_t)time(NULL), &signer, &why) == VOUCH_OK &&
             signer != NULL,
         "signing");
    for (size_t at = 0; at < bench->size; at += PIECE)
        signer_body(signer, bench->body + at, bench->size - at < PIECE ? bench->size - at : PIECE);
    need(signer_end(signer, &fields) == VOUCH_OK && fields != NULL, "signing");
    signer_free(signer);
    return fields;
}

static void sign_once(const struct bench *bench)
{
    struct arena *arena = arena_new(ARENA_LIMIT);

    (void)sign(bench, arena);
    arena_free(arena);
}

static void check_once(const struct bench *bench)
{
    const struct verifier *verifier = bench->way->verifier;
    const struct budget_limits limits = budget_defaults();
    struct facts facts = {.client_name = "", .helo = "", .authserv_id = "mx.example.org"};
    struct check check = {.facts = &facts,
                          .settings = &settings,
                          .resolver = bench->resolver,
                          .keys = bench->keys,
                          .budget = budget_new(&limits),
                          .arena = arena_new(ARENA_LIMIT)};
    const struct outcome *outcome;

    facts.headers = make_header(check.arena, bench->field);
    need(verifier->content->begin(&check, &check.content) && check.content != NULL, "memory");
    for (size_t at = 0; at < bench->size; at += PIECE)
        verifier->content->body(check.content, bench->body + at,
                                bench->size - at < PIECE ? bench->size - at : PIECE);
    outcome = verifier->check(&check);
    need(outcome != NULL && outcome->result == VOUCH_PASS, "the message does not verify");
    verifier->content->end(check.content);
    budget_free(check.budget);
    arena_free(check.arena);
}

/* ---- the least ------------------------------------------------------------------------------- */

static const EVP_MD *hash_of(const struct bench *bench)
{
    return bench->way->method == SIGN_DOMAINKEYS ? EVP_sha1() : EVP_sha256();
}

/* The parsed key at hand, nothing canonicalized. */
static void bare_sign_once(const struct bench *bench)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[KEY_BITS / 8];
    size_t length = sizeof signature;

    need(EVP_DigestSignInit(context, NULL, hash_of(bench), NULL, bench->bare_key) == 1 &&
             EVP_DigestSign(context, signature, &length, (const unsigned char *)bench->body,
                            bench->size) == 1,
         "OpenSSL");
    EVP_MD_CTX_free(context);
}

static void bare_check_once(const struct bench *bench)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();

    need(EVP_DigestVerifyInit(context, NULL, hash_of(bench), NULL, bench->bare_key) == 1,
         "OpenSSL");
    (void)EVP_DigestVerify(context, bench->bare_signature, sizeof bench->bare_signature,
                           (const unsigned char *)bench->body, bench->size);
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

static void measure(struct bench *bench, unsigned rounds)
{
    double check, bare_check, signing, bare_signing;

    bench->arena = arena_new(ARENA_LIMIT);
    bench->field = sign(bench, bench->arena);
    check = timed(bench, check_once, rounds);
    bare_check = timed(bench, bare_check_once, rounds);
    signing = timed(bench, sign_once, rounds / 4 + 1);
    bare_signing = timed(bench, bare_sign_once, rounds / 4 + 1);
    printf("%-22s %10zu %10.1f %10.1f %7.2f %10.1f %10.1f %7.2f\n", bench->way->name, bench->size,
           check, bare_check, check / bare_check, signing, bare_signing, signing / bare_signing);
    arena_free(bench->arena);
}

int main(void)
{
    static const struct way ways[] = {
        {"dkim relaxed/relaxed", SIGN_DKIM, SIGN_RELAXED_RELAXED, &dkim_verifier},
        {"dkim relaxed/simple", SIGN_DKIM, SIGN_RELAXED_SIMPLE, &dkim_verifier},
        {"domainkeys nofws", SIGN_DOMAINKEYS, SIGN_NOFWS, &domainkeys_verifier},
        {"domainkeys simple", SIGN_DOMAINKEYS, SIGN_SIMPLE, &domainkeys_verifier},
    };
    static const struct {
        size_t size;
        unsigned rounds;
    } sizes[] = {
        {1 << 10, 2000}, {10 << 10, 2000}, {100 << 10, 500}, {1 << 20, 100}, {10 << 20, 12}};
    struct bench bench = {.bare_key = NULL};

    make_key(&bench);
    printf("%-22s %10s %10s %10s %7s %10s %10s %7s\n", "", "body", "check us", "bare us", "ratio",
           "sign us", "bare us", "ratio");
    for (size_t w = 0; w < sizeof ways / sizeof ways[0]; w++) {
        bench.way = &ways[w];
        bench.sign.method = ways[w].method;
        bench.sign.canonicalization = ways[w].canonicalization;
        for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
            make_body(&bench, sizes[i].size);
            measure(&bench, sizes[i].rounds);
            free(bench.body);
        }
    }
    key_cache_free(bench.keys);
    resolver_release(bench.resolver);
    EVP_PKEY_free(bench.bare_key);
    sign_key_free(bench.sign.key);
    return 0;
}
