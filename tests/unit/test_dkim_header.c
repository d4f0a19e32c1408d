/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The header as a DKIM signature signs it: the hash of ours beside that of the octets written out
 * by hand (RFC 6376 3.4.1, 3.4.2, 3.4.5, 5.4.2). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "lib/verify/dkim_header.h"

/* The signature's own field: as it comes, and as it is hashed. */
#define OWN         " v=1; b=QUJD\n\tREVG ; h=x"
#define OWN_SIMPLE  "DKIM-Signature: v=1; b=; h=x"
#define OWN_RELAXED "dkim-signature:v=1; b=; h=x"

static const struct {
    const char *fields[8][2]; /* below the signature, topmost first */
    const char *headers;      /* h= */
    const char *simple, *relaxed;
} cases[] = {
    /* RFC 6376 3.4.5 */
    {{{"A", " X"}, {"B ", " Y\t\n\tZ  "}},
     "a:b",
     "A: X\r\nB : Y\t\r\n\tZ  \r\n",
     "a:X\r\nb:Y Z\r\n"},
    {{{"A", " X"}, {"B", " Y"}}, "b:a", "B: Y\r\nA: X\r\n", "b:Y\r\na:X\r\n"},
    {{{"A", " X"}}, "a:none:A", "A: X\r\n", "a:X\r\n"},
    /* from the bottom up */
    {{{"A", "1"}, {"A", "2"}, {"A", "3"}}, "a:a", "A:3\r\nA:2\r\n", "a:3\r\na:2\r\n"},
    {{{"A", "1"}, {"B", "2"}, {"a", "3"}},
     "A:b:a",
     "a:3\r\nB:2\r\nA:1\r\n",
     "a:3\r\nb:2\r\na:1\r\n"},
    {{{"A", "1"}}, "a:a:a", "A:1\r\n", "a:1\r\n"},
    /* values */
    {{{"A", ""}}, "a", "A:\r\n", "a:\r\n"},
    {{{"A", " \t "}}, "a", "A: \t \r\n", "a:\r\n"},
    {{{"A", "\n X\n\n Y"}}, "a", "A:\r\n X\r\n\r\n Y\r\n", "a:X Y\r\n"},
    {{{"A", " X\r\n\tY"}}, "a", "A: X\r\n\tY\r\n", "a:X Y\r\n"},
    {{{"A", " a\rb"}}, "a", "A: a\rb\r\n", "a:a\rb\r\n"},
    {{{"A", " caf\303\251  x"}}, "a", "A: caf\303\251  x\r\n", "a:caf\303\251 x\r\n"},
    {{{"Very-Long.Name", "x"}}, "very-long.name", "Very-Long.Name:x\r\n", "very-long.name:x\r\n"},
    /* its own field is none of those it selects */
    {{{"DKIM-Signature", " 2"}},
     "dkim-signature:dkim-signature",
     "DKIM-Signature: 2\r\n",
     "dkim-signature:2\r\n"},
    {{{NULL, NULL}}, "a", "", ""},
};

static void expect(const struct header_list *headers, struct dkim_signature *signature,
                   const char *selected, const char *own)
{
    unsigned char found[DKIM_HASH_MAX], wanted[EVP_MAX_MD_SIZE];
    char text[1000];
    size_t length;
    unsigned int size;

    (void)snprintf(text, sizeof text, "%s%s", selected, own);
    assert_true(dkim_header_hash(headers, signature, found, &length));
    assert_int_equal(EVP_Digest(text, strlen(text), wanted, &size,
                                signature->algorithm == DKIM_RSA_SHA1 ? EVP_sha1() : EVP_sha256(),
                                NULL),
                     1);
    assert_int_equal(length, size);
    assert_memory_equal(found, wanted, size);
}

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct header_list headers = header_list_in(arena, 1 << 15);
        struct dkim_signature signature = {.headers = cases[i].headers};

        assert_int_equal(header_list_add(&headers, "DKIM-Signature", OWN, strlen(OWN)), VOUCH_OK);
        signature.field = headers.first;
        for (size_t f = 0; f < 8 && cases[i].fields[f][0] != NULL; f++)
            assert_int_equal(header_list_add(&headers, cases[i].fields[f][0], cases[i].fields[f][1],
                                             strlen(cases[i].fields[f][1])),
                             VOUCH_OK);
        for (int algorithm = DKIM_RSA_SHA1; algorithm <= DKIM_ED25519_SHA256; algorithm++) {
            signature.algorithm = (enum dkim_algorithm)algorithm;
            signature.header_canonicalization = DKIM_SIMPLE;
            expect(&headers, &signature, cases[i].simple, OWN_SIMPLE);
            signature.header_canonicalization = DKIM_RELAXED;
            expect(&headers, &signature, cases[i].relaxed, OWN_RELAXED);
        }
        arena_free(arena);
    }
}

/* Where b= stands, and how it is written. */
static const struct {
    const char *field, *simple, *relaxed;
} owns[] = {
    {" b=QQ==", "DKIM-Signature: b=", "dkim-signature:b="},
    {" b = QQ== ", "DKIM-Signature: b =", "dkim-signature:b ="},
    {" bh=b; b=QQ==; c=b", "DKIM-Signature: bh=b; b=; c=b", "dkim-signature:bh=b; b=; c=b"},
    {" a=1;\n b=\n QQ==;\n", "DKIM-Signature: a=1;\r\n b=;\r\n", "dkim-signature:a=1; b=;"},
    {"b=", "DKIM-Signature:b=", "dkim-signature:b="},
};

static void test_owns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof owns / sizeof owns[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct header_list headers = header_list_in(arena, 1 << 15);
        struct dkim_signature signature = {.headers = "", .algorithm = DKIM_RSA_SHA256};

        assert_int_equal(
            header_list_add(&headers, "DKIM-Signature", owns[i].field, strlen(owns[i].field)),
            VOUCH_OK);
        signature.field = headers.first;
        expect(&headers, &signature, "", owns[i].simple);
        signature.header_canonicalization = DKIM_RELAXED;
        expect(&headers, &signature, "", owns[i].relaxed);
        arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_owns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
