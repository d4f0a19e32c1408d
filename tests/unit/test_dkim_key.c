/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Key records (RFC 6376 3.6.1, RFC 8463). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "lib/verify/dkim_key.h"

/* The RSA key of 1024 bits of RFC 6376 C, as a SubjectPublicKeyInfo and as an RSAPublicKey. */
#define SPKI                                                                                       \
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFC"     \
    "jxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9"     \
    "tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
#define PKCS1                                                                                      \
    "MIGJAoGBAPAhE/9QLdIGwSYapn1klbf8OQygZ4udCDV9afv/Ni0jE3ZKcUKPE4Iob2/dviNh9xM2HmKNKyrrfW4E"     \
    "i0truh36/9G10LZTMnWVZP3jupH5FxpzaBu2j80yonR/N9WMfg64qGK11j21/qZzAaNo0FxZOggyY9I8N1A81Rhy"     \
    "RxDZAgMBAAE="
#define ED25519 "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="

static const struct {
    enum dkim_algorithm algorithm;
    const char *text;
    enum vouch_result result;
    enum reason reason;
    const char *detail;
    unsigned bits;
} cases[] = {
    {DKIM_RSA_SHA256, "v=DKIM1; k=rsa; p=" SPKI, VOUCH_NONE, REASON_NONE, "", 1024},
    {DKIM_RSA_SHA256, "p=" SPKI, VOUCH_NONE, REASON_NONE, "", 1024},
    {DKIM_RSA_SHA256, "v=DKIM1; p=" PKCS1, VOUCH_NONE, REASON_NONE, "", 1024},
    {DKIM_RSA_SHA256, "v=DKIM1; g=; n=a note; p=" SPKI ";", VOUCH_NONE, REASON_NONE, "", 1024},
    {DKIM_RSA_SHA256, "v=DKIM1; h=sha1:sha256; s=email; p=" SPKI, VOUCH_NONE, REASON_NONE, "",
     1024},
    {DKIM_RSA_SHA256, "v=DKIM1; s=web:*; p=" SPKI, VOUCH_NONE, REASON_NONE, "", 1024},
    {DKIM_ED25519_SHA256, "v=DKIM1; k=ed25519; p=" ED25519, VOUCH_NONE, REASON_NONE, "", 256},
    {DKIM_ED25519_SHA256, "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo",
     VOUCH_NONE, REASON_NONE, "", 256},
    {DKIM_RSA_SHA256, "", VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX, "the record is empty", 0},
    {DKIM_RSA_SHA256, "junk", VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX,
     "the record is not a list of tags", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; t; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX,
     "the record is not a list of tags", 0},
    {DKIM_RSA_SHA256, "v=DKIM3; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX, "v=DKIM3", 0},
    {DKIM_RSA_SHA256, "k=rsa; v=DKIM1; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX,
     "v= is not the first tag", 0},
    {DKIM_RSA_SHA256, "v=DKIM1", VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX, "no p= tag", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; p=", VOUCH_PERMERROR, REASON_DKIM_KEY_REVOKED, "", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; p=!", VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX, "p= is not base64",
     0},
    {DKIM_RSA_SHA256, "v=DKIM1; p=QUJD", VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX,
     "p= is no RSA key", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; p=" ED25519, VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX,
     "p= is no RSA key", 0},
    {DKIM_ED25519_SHA256, "v=DKIM1; k=ed25519; p=QUJD", VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX,
     "p= is no Ed25519 key", 0},
    {DKIM_ED25519_SHA256, "v=DKIM1; k=ed25519; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_SYNTAX,
     "p= is no Ed25519 key", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; k=dsa; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_UNSUITABLE,
     "k=dsa", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; k=ed25519; p=" ED25519, VOUCH_PERMERROR, REASON_DKIM_KEY_UNSUITABLE,
     "k=ed25519", 0},
    {DKIM_ED25519_SHA256, "v=DKIM1; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_UNSUITABLE,
     "an RSA key", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; h=sha1; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_UNSUITABLE,
     "h=sha1", 0},
    {DKIM_RSA_SHA1, "v=DKIM1; h=sha256; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_UNSUITABLE,
     "h=sha256", 0},
    {DKIM_RSA_SHA256, "v=DKIM1; s=chat; p=" SPKI, VOUCH_PERMERROR, REASON_DKIM_KEY_UNSUITABLE,
     "s=chat", 0},
};

static struct dns_record record_of(const char *text, char **copy)
{
    size_t length = strlen(text);

    *copy = malloc(length > 0 ? length : 1);
    memcpy(*copy, text, length);
    return (struct dns_record){.txt = {.octets = (const uint8_t *)*copy, .length = length}};
}

/* Keys outlive their arenas here; they are given back after each test. */
static EVP_PKEY *kept[1000];
static size_t kept_count;

static struct dkim_key *read_key(struct arena *arena, const struct dns_answer *answer,
                                 const struct dkim_signature *signature)
{
    struct dkim_key *key = dkim_key_read(arena, answer, signature, NULL);

    if (key != NULL && key->key != NULL) {
        assert_in_range(kept_count, 0, sizeof kept / sizeof kept[0] - 1);
        kept[kept_count++] = key->key;
    }
    return key;
}

static int free_keys(void **state)
{
    (void)state;
    while (kept_count > 0)
        EVP_PKEY_free(kept[--kept_count]);
    return 0;
}

static struct dkim_key *read_one(struct arena *arena, const char *text,
                                 const struct dkim_signature *signature)
{
    char *copy;
    struct dns_record record = record_of(text, &copy);
    struct dns_answer answer = {.status = DNS_RECORDS, .record_count = 1, .records = &record};
    struct dkim_key *key = read_key(arena, &answer, signature);

    free(copy);
    assert_non_null(key);
    return key;
}

static void records(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct dkim_signature signature = {.algorithm = cases[i].algorithm};
        struct dkim_key *key = read_one(arena, cases[i].text, &signature);

        if (key->result != cases[i].result || key->reason != cases[i].reason ||
            strcmp(key->detail, cases[i].detail) != 0 || key->bits != cases[i].bits)
            fail_msg("%s: %s %s \"%s\" %u", cases[i].text, vouch_result_word(key->result),
                     reason_code(key->reason), key->detail, key->bits);
        assert_int_equal(key->key != NULL, key->result == VOUCH_NONE);
        if (key->key != NULL)
            assert_int_equal(EVP_PKEY_base_id(key->key), cases[i].algorithm == DKIM_ED25519_SHA256
                                                             ? EVP_PKEY_ED25519
                                                             : EVP_PKEY_RSA);
        arena_free(arena);
    }
}

static void flags(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct dkim_signature signature = {.algorithm = DKIM_RSA_SHA256, .identity_is_domain = true};
    struct dkim_key *key = read_one(arena, "v=DKIM1; t=s:y; p=" SPKI, &signature);

    (void)state;
    assert_int_equal(key->result, VOUCH_NONE);
    assert_true(key->is_testing);
    assert_false(read_one(arena, "v=DKIM1; t=s:x; p=" SPKI, &signature)->is_testing);
    signature.identity_is_domain = false;
    key = read_one(arena, "v=DKIM1; t=s; p=" SPKI, &signature);
    assert_int_equal(key->reason, REASON_DKIM_KEY_UNSUITABLE);
    assert_int_equal(read_one(arena, "v=DKIM1; t=y; p=" SPKI, &signature)->result, VOUCH_NONE);
    arena_free(arena);
}

/* The first of several that can be used. */
static void several(void **state)
{
    static const char *const texts[] = {"v=spf1 -all", "v=DKIM1; p=", "v=DKIM1; p=" SPKI, "x"};
    struct arena *arena = arena_new(1 << 16);
    struct dkim_signature signature = {.algorithm = DKIM_RSA_SHA256};
    struct dns_record list[4];
    char *copies[4];
    struct dns_answer answer = {.status = DNS_RECORDS, .record_count = 4, .records = list};

    (void)state;
    for (size_t i = 0; i < 4; i++)
        list[i] = record_of(texts[i], &copies[i]);
    assert_int_equal(read_key(arena, &answer, &signature)->result, VOUCH_NONE);
    answer.record_count = 2;
    assert_string_equal(read_key(arena, &answer, &signature)->detail, "v=spf1 -all");
    for (size_t i = 0; i < 4; i++)
        free(copies[i]);
    arena_free(arena);
}

static void no_answer(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct dkim_signature signature = {.algorithm = DKIM_RSA_SHA256};
    struct dns_answer answer = {.status = DNS_NXDOMAIN};
    struct dkim_key *key = read_key(arena, &answer, &signature);

    (void)state;
    assert_int_equal(key->result, VOUCH_PERMERROR);
    assert_int_equal(key->reason, REASON_DKIM_NO_KEY);
    answer.status = DNS_NODATA;
    assert_int_equal(read_key(arena, &answer, &signature)->reason, REASON_DKIM_NO_KEY);
    answer = (struct dns_answer){.status = DNS_FAILURE, .failure = DNS_FAILURE_SERVFAIL};
    key = read_key(arena, &answer, &signature);
    assert_int_equal(key->result, VOUCH_TEMPERROR);
    assert_int_equal(key->reason, REASON_DKIM_DNS);
    assert_string_equal(key->detail, "SERVFAIL");
    answer.failure = DNS_FAILURE_TIMEOUT;
    assert_int_equal(read_key(arena, &answer, &signature)->reason, REASON_DKIM_TIMEOUT);
    arena_free(arena);
}

/* Never a key that is half read, never a verdict against the signer. */
static void out_of_memory(void **state)
{
    struct dkim_signature signature = {.algorithm = DKIM_RSA_SHA256};
    char *copy;
    struct dns_record record = record_of("v=DKIM1; p=" SPKI, &copy);
    struct dns_answer answer = {.status = DNS_RECORDS, .record_count = 1, .records = &record};
    bool done = false;

    (void)state;
    for (size_t limit = 0; !done; limit += 16) {
        struct arena *arena = arena_new(limit);
        struct dkim_key *key = read_key(arena, &answer, &signature);

        done = key != NULL && key->result == VOUCH_NONE;
        if (key != NULL && !done)
            assert_int_equal(key->result, VOUCH_TEMPERROR);
        assert_in_range(limit, 0, 8192);
        arena_free(arena);
    }
    free(copy);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(records, free_keys),
        cmocka_unit_test_teardown(flags, free_keys),
        cmocka_unit_test_teardown(several, free_keys),
        cmocka_unit_test_teardown(no_answer, free_keys),
        cmocka_unit_test_teardown(out_of_memory, free_keys),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
