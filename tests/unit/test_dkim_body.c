/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Canonicalized bodies and their hashes (RFC 6376 3.4.3 to 3.4.5). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/sha.h>

#include "lib/verify/dkim_body.h"

/* A body, and what is hashed of it. */
static const struct {
    const char *body, *simple, *relaxed;
} cases[] = {
    {"", "\r\n", ""},
    {"\r\n", "\r\n", ""},
    {"\r\n\r\n\r\n", "\r\n", ""},
    {"a", "a\r\n", "a\r\n"},
    {"a\r\n", "a\r\n", "a\r\n"},
    {"a\r\n\r\n\r\n", "a\r\n", "a\r\n"},
    {"\r\n\r\na\r\n", "\r\n\r\na\r\n", "\r\n\r\na\r\n"},
    {"a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"},
    /* RFC 6376 3.4.5 */
    {" C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", " C\r\nD E\r\n"},
    {" \r\n", " \r\n", ""},
    {" \t \r\n\t\r\n", " \t \r\n\t\r\n", ""},
    {"a \t\r\n \r\nb", "a \t\r\n \r\nb\r\n", "a\r\n\r\nb\r\n"},
    {"a  ", "a  \r\n", "a\r\n"},
    {"\t a\t\tb", "\t a\t\tb\r\n", " a b\r\n"},
    /* a CR or an LF alone is text */
    {"a\rb\r\n", "a\rb\r\n", "a\rb\r\n"},
    {"a\nb\r\n", "a\nb\r\n", "a\nb\r\n"},
    {"a\r", "a\r\r\n", "a\r\r\n"},
    {"a\n", "a\n\r\n", "a\n\r\n"},
    {"a\r\r\n", "a\r\r\n", "a\r\r\n"},
    {"\r\r\n", "\r\r\n", "\r\r\n"},
    {"a\r\n\r", "a\r\n\r\r\n", "a\r\n\r\r\n"},
    {"a \r b\r\n", "a \r b\r\n", "a \r b\r\n"},
    {"a \rb\r\n", "a \rb\r\n", "a \rb\r\n"},
    {"\n\r\n", "\n\r\n", "\n\r\n"},
};
enum { CASES = sizeof cases / sizeof cases[0] };

static struct dkim_signature signature_of(enum dkim_canonicalization canonicalization,
                                          int64_t length)
{
    return (struct dkim_signature){
        .algorithm = DKIM_RSA_SHA256,
        .body_canonicalization = canonicalization,
        .body_length = length,
    };
}

static void check_hash(const struct dkim_body *body, const struct dkim_signature *signature,
                       const char *expected)
{
    size_t size = strlen(expected);
    size_t hashed = size;
    struct dkim_body_hash hash;
    uint8_t octets[SHA256_DIGEST_LENGTH];

    if (signature->body_length != DKIM_NO_LENGTH && (size_t)signature->body_length < size)
        hashed = (size_t)signature->body_length;
    assert_true(dkim_body_hash(body, signature, &hash));
    SHA256((const unsigned char *)expected, hashed, octets);
    assert_int_equal(hash.length, sizeof octets);
    assert_int_equal(hash.body_size, size);
    assert_memory_equal(hash.octets, octets, sizeof octets);
}

/* BODY in pieces that end behind CUT, then behind every STEP octets; each on the heap, so that
 * reading on is seen. */
static void give(struct dkim_body *body, const char *octets, size_t length, size_t cut, size_t step)
{
    for (size_t at = 0; at < length;) {
        size_t size = at == 0 && cut > 0 ? cut : step;
        char *piece;

        size = size < length - at ? size : length - at;
        piece = malloc(size);
        memcpy(piece, octets + at, size);
        dkim_body_octets(body, piece, size);
        free(piece);
        at += size;
    }
    dkim_body_end(body);
}

static void check_case(size_t i, size_t cut, size_t step, int64_t limit)
{
    struct dkim_signature simple = signature_of(DKIM_SIMPLE, limit);
    struct dkim_signature relaxed = signature_of(DKIM_RELAXED, limit);
    struct dkim_signature all = signature_of(DKIM_RELAXED, DKIM_NO_LENGTH);
    struct dkim_body *body = dkim_body_new();

    assert_true(dkim_body_want(body, &simple));
    assert_true(dkim_body_want(body, &relaxed));
    assert_true(dkim_body_want(body, &all));
    assert_true(dkim_body_want(body, &all));
    give(body, cases[i].body, strlen(cases[i].body), cut, step);
    check_hash(body, &simple, cases[i].simple);
    check_hash(body, &relaxed, cases[i].relaxed);
    check_hash(body, &all, cases[i].relaxed);
    dkim_body_free(body);
}

static void vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        check_case(i, 0, SIZE_MAX, DKIM_NO_LENGTH);
}

static void cut_anywhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++) {
        for (size_t cut = 0; cut <= strlen(cases[i].body); cut++)
            check_case(i, cut, SIZE_MAX, DKIM_NO_LENGTH);
        for (size_t step = 1; step < 4; step++)
            check_case(i, 0, step, DKIM_NO_LENGTH);
    }
}

static void limits(void **state)
{
    (void)state;
    for (size_t i = 0; i < CASES; i++)
        for (int64_t limit = 0; limit < 20; limit++)
            check_case(i, 0, 1, limit);
}

static void sha1_and_strangers(void **state)
{
    struct dkim_signature signature = signature_of(DKIM_SIMPLE, DKIM_NO_LENGTH);
    struct dkim_body *body = dkim_body_new();
    struct dkim_body_hash hash;
    uint8_t octets[SHA_DIGEST_LENGTH];

    (void)state;
    signature.algorithm = DKIM_RSA_SHA1;
    assert_true(dkim_body_want(body, &signature));
    give(body, "a\r\n", 3, 0, 1);
    dkim_body_end(body);
    assert_true(dkim_body_hash(body, &signature, &hash));
    SHA1((const unsigned char *)"a\r\n", 3, octets);
    assert_int_equal(hash.length, sizeof octets);
    assert_memory_equal(hash.octets, octets, sizeof octets);
    signature.algorithm = DKIM_RSA_SHA256;
    assert_false(dkim_body_hash(body, &signature, &hash));
    dkim_body_free(body);
    dkim_body_free(NULL);
}

/* Larger than every buffer: words, white space and line ends that go on and on. */
static void large(void **state)
{
    enum { SIZE = 100000 };
    static const char *const fillers[] = {"w", " ", "\r\n", "a b\r\n", "\r"};
    struct dkim_signature relaxed = signature_of(DKIM_RELAXED, DKIM_NO_LENGTH);
    struct dkim_signature simple = signature_of(DKIM_SIMPLE, 5000);

    (void)state;
    for (size_t i = 0; i < sizeof fillers / sizeof fillers[0]; i++) {
        struct dkim_body_hash whole[2], cut[2];

        for (unsigned run = 0; run < 2; run++) {
            struct dkim_body *body = dkim_body_new();
            struct dkim_body_hash *to = run == 0 ? whole : cut;
            char *text = malloc(SIZE + 1);
            size_t unit = strlen(fillers[i]);

            for (size_t at = 0; at < SIZE; at++)
                text[at] = fillers[i][at % unit];
            text[SIZE] = '.';
            assert_true(dkim_body_want(body, &relaxed) && dkim_body_want(body, &simple));
            give(body, text, SIZE + 1, 0, run == 0 ? SIZE_MAX : 4093);
            assert_true(dkim_body_hash(body, &relaxed, &to[0]));
            assert_true(dkim_body_hash(body, &simple, &to[1]));
            free(text);
            dkim_body_free(body);
        }
        assert_memory_equal(whole[0].octets, cut[0].octets, 32);
        assert_memory_equal(whole[1].octets, cut[1].octets, 32);
        assert_int_equal(whole[0].body_size, cut[0].body_size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors), cmocka_unit_test(cut_anywhere),
        cmocka_unit_test(limits),  cmocka_unit_test(sha1_and_strangers),
        cmocka_unit_test(large),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
