/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dkim_header.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/tag_list.h"
#include "lib/verify/public_key.h"

struct hashing {
    EVP_MD_CTX *context;
    bool relaxed;
    bool failed;
};

static void feed(struct hashing *hashing, const char *octets, size_t length)
{
    if (length > 0 && EVP_DigestUpdate(hashing->context, octets, length) != 1)
        hashing->failed = true;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Blanks in front of the colon belong to no name. */
static size_t name_length(const char *name)
{
    size_t length = strlen(name);

    while (length > 0 && is_blank(name[length - 1]))
        length--;
    return length;
}

/* RFC 6376 3.4.1.  The milter protocol has LF where a field is folded by CRLF. */
static void feed_simple(struct hashing *hashing, const char *name, const char *value, size_t length)
{
    size_t begin = 0;

    feed(hashing, name, strlen(name));
    feed(hashing, ":", 1);
    for (size_t at = 0; at < length; at++) {
        if (value[at] != '\n' || (at > 0 && value[at - 1] == '\r'))
            continue;
        feed(hashing, value + begin, at - begin);
        feed(hashing, "\r\n", 2);
        begin = at + 1;
    }
    feed(hashing, value + begin, length - begin);
}

static void feed_lower(struct hashing *hashing, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char lower = ascii_lower(text[i]);

        feed(hashing, &lower, 1);
    }
}

/* Where white space within a value ends that begins at AT: blanks, and line ends between them. */
static size_t skip_white(const char *value, size_t length, size_t at)
{
    while (at < length && (is_blank(value[at]) || value[at] == '\n' ||
                           (value[at] == '\r' && at + 1 < length && value[at + 1] == '\n')))
        at++;
    return at;
}

/* RFC 6376 3.4.2 */
static void feed_relaxed(struct hashing *hashing, const char *name, const char *value,
                         size_t length)
{
    size_t at = skip_white(value, length, 0);

    feed_lower(hashing, name, name_length(name));
    feed(hashing, ":", 1);
    while (at < length) {
        size_t begin = at, end;

        while (at < length && skip_white(value, length, at) == at)
            at++;
        feed(hashing, value + begin, at - begin);
        end = at;
        at = skip_white(value, length, at);
        if (at < length && at > end)
            feed(hashing, " ", 1);
    }
}

static void feed_value(struct hashing *hashing, const char *name, const char *value, size_t length)
{
    if (hashing->relaxed)
        feed_relaxed(hashing, name, value, length);
    else
        feed_simple(hashing, name, value, length);
}

static void feed_field(struct hashing *hashing, const struct header_field *field)
{
    feed_value(hashing, field->name, field->value, field->value_length);
    feed(hashing, "\r\n", 2);
}

/* RFC 6376 3.5, 3.7: the signature's own field with an empty b=, and no line end. */
static bool feed_own(struct hashing *hashing, const struct header_field *field)
{
    struct tag_list *tags = malloc(sizeof *tags);
    char *copy = malloc(field->value_length + 1);
    const struct tag *digits = NULL;
    const char *end = field->value + field->value_length;

    if (tags != NULL && copy != NULL &&
        tag_list_parse(field->value, field->value_length, tags) == VOUCH_OK)
        digits = tag_list_find(tags, "b");
    if (digits != NULL) {
        const char *from = memchr(digits->name, '=', (size_t)(end - digits->name));
        const char *to = memchr(from, ';', (size_t)(end - from));
        size_t front = (size_t)(from + 1 - field->value);
        size_t back = to != NULL ? (size_t)(end - to) : 0;

        memcpy(copy, field->value, front);
        if (back > 0)
            memcpy(copy + front, to, back);
        feed_value(hashing, field->name, copy, front + back);
    }
    free(copy);
    free(tags);
    return digits != NULL;
}

/* A field, and how long its name is. */
struct candidate {
    const struct header_field *field;
    size_t name_length;
};

/* A name of h=, and above which of the candidates its next field is to be found. */
struct wanted {
    const char *name;
    size_t length;
    size_t next;
};

static bool is_called(const struct candidate *candidate, const char *name, size_t length)
{
    return candidate->name_length == length &&
           ascii_equal_fold(candidate->field->name, name, length);
}

static struct wanted *find_wanted(struct wanted *names, size_t *count, const char *name,
                                  size_t length, size_t candidates)
{
    for (size_t i = 0; i < *count; i++)
        if (names[i].length == length && ascii_equal_fold(names[i].name, name, length))
            return &names[i];
    names[*count] = (struct wanted){.name = name, .length = length, .next = candidates};
    return &names[(*count)++];
}

/* RFC 6376 5.4.2: each mention of a name takes the next field of that name from the bottom up; one
 * that finds none contributes nothing. */
static void feed_selected(struct hashing *hashing, const struct candidate *candidates, size_t count,
                          const char *headers, struct wanted *names)
{
    size_t known = 0;

    for (const char *at = headers; *at != '\0'; at += *at == ':') {
        size_t length = strcspn(at, ":");
        struct wanted *wanted = find_wanted(names, &known, at, length, count);

        while (wanted->next > 0 && !is_called(&candidates[wanted->next - 1], at, length))
            wanted->next--;
        if (wanted->next > 0)
            feed_field(hashing, candidates[--wanted->next].field);
        at += length;
    }
}

static bool feed_header(struct hashing *hashing, const struct header_list *headers,
                        const struct dkim_signature *signature)
{
    struct candidate *candidates = calloc(headers->count + 1, sizeof *candidates);
    struct wanted *names = calloc(DKIM_HEADER_NAMES_MAX + 1, sizeof *names);
    bool fed = candidates != NULL && names != NULL;
    size_t count = 0;

    for (const struct header_field *f = headers->first; fed && f != NULL; f = f->next)
        if (f != signature->field)
            candidates[count++] = (struct candidate){f, name_length(f->name)};
    if (fed)
        feed_selected(hashing, candidates, count, signature->headers, names);
    free(candidates);
    free(names);
    return fed && feed_own(hashing, signature->field);
}

static const EVP_MD *hash_of(const struct dkim_signature *signature)
{
    return signature->algorithm == DKIM_RSA_SHA1 ? EVP_sha1() : EVP_sha256();
}

bool dkim_header_hash(const struct header_list *headers, const struct dkim_signature *signature,
                      unsigned char hash[DKIM_HASH_MAX], size_t *length)
{
    struct hashing hashing = {.context = EVP_MD_CTX_new(),
                              .relaxed = signature->header_canonicalization == DKIM_RELAXED};
    unsigned int size = 0;
    bool made;

    made = hashing.context != NULL &&
           EVP_DigestInit_ex(hashing.context, hash_of(signature), NULL) == 1 &&
           feed_header(&hashing, headers, signature) && !hashing.failed &&
           EVP_DigestFinal_ex(hashing.context, hash, &size) == 1;
    EVP_MD_CTX_free(hashing.context);
    ERR_clear_error();
    *length = size;
    return made;
}

/* RFC 8463 3: Ed25519 signs the SHA-256 hash. */
static bool verify_ed25519(EVP_PKEY *key, const unsigned char *octets, size_t count,
                           const unsigned char *hash, size_t length)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good;

    good = context != NULL && EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestVerify(context, octets, count, hash, length) == 1;
    EVP_MD_CTX_free(context);
    return good;
}

bool dkim_header_verify(const struct dkim_signature *signature, const struct dkim_key *key,
                        const unsigned char *hash, size_t length)
{
    unsigned char octets[DKIM_SIGNATURE_MAX];
    size_t count = 0;
    bool good = false;

    if (!public_key_decode(signature->digits, octets, sizeof octets, &count))
        return false;
    if (signature->algorithm == DKIM_ED25519_SHA256)
        good = verify_ed25519(key->key, octets, count, hash, length);
    else
        good = public_key_verifies_rsa(key->key, hash_of(signature), octets, count, hash, length);
    ERR_clear_error();
    return good;
}
