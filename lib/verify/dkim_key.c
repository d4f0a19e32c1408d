/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dkim_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/mail/tag_list.h"
#include "lib/verify/public_key.h"

enum { SHOWN_MAX = 60, ED25519_BITS = 256 };

/* The record being read. */
struct reading {
    struct arena *arena;
    struct key_cache *keys;
    const struct dkim_signature *signature;
    struct dkim_key *key;
    struct tag_list tags;
};

/* It cannot be used; always false. */
static bool refuse(struct reading *reading, enum reason reason, const char *detail)
{
    reading->key->result = VOUCH_PERMERROR;
    reading->key->reason = reason;
    reading->key->detail = detail;
    return false;
}

static bool refuse_tag(struct reading *reading, enum reason reason, const struct tag *tag)
{
    struct text text = text_in(reading->arena);

    text_append(&text, tag->name, tag->name_length);
    text_add_char(&text, '=');
    text_add_safe(&text, tag->value, tag->value_length, SHOWN_MAX);
    return refuse(reading, reason, text_string(&text) != NULL ? text_string(&text) : "");
}

static const char *key_type(const struct dkim_signature *signature)
{
    return signature->algorithm == DKIM_ED25519_SHA256 ? "ed25519" : "rsa";
}

/* RFC 6376 3.6.1, 6.1.2: what the key may be used for. */
static bool is_suitable(struct reading *reading)
{
    const struct tag *hashes = tag_list_find(&reading->tags, "h");
    const struct tag *type = tag_list_find(&reading->tags, "k");
    const struct tag *services = tag_list_find(&reading->tags, "s");
    const struct tag *flags = tag_list_find(&reading->tags, "t");
    bool is_sha1 = reading->signature->algorithm == DKIM_RSA_SHA1;

    if (type != NULL ? !tag_is(type, key_type(reading->signature))
                     : strcmp(key_type(reading->signature), "rsa") != 0)
        return type != NULL ? refuse_tag(reading, REASON_DKIM_KEY_UNSUITABLE, type)
                            : refuse(reading, REASON_DKIM_KEY_UNSUITABLE, "an RSA key");
    if (hashes != NULL && !tag_has_item(hashes, is_sha1 ? "sha1" : "sha256"))
        return refuse_tag(reading, REASON_DKIM_KEY_UNSUITABLE, hashes);
    if (services != NULL && !tag_has_item(services, "email") && !tag_has_item(services, "*"))
        return refuse_tag(reading, REASON_DKIM_KEY_UNSUITABLE, services);
    if (flags != NULL && tag_has_item(flags, "s") && !reading->signature->identity_is_domain)
        return refuse(reading, REASON_DKIM_KEY_UNSUITABLE, "t=s, but i= is below d=");
    reading->key->is_testing = flags != NULL && tag_has_item(flags, "y");
    return true;
}

static bool take_rsa(struct reading *reading, const unsigned char *octets, size_t length)
{
    reading->key->key = key_cache_rsa(reading->keys, octets, length);
    if (reading->key->key == NULL)
        return refuse(reading, REASON_DKIM_KEY_SYNTAX, "p= is no RSA key");
    reading->key->bits = (unsigned)EVP_PKEY_bits(reading->key->key);
    return true;
}

static bool take_ed25519(struct reading *reading, const unsigned char *octets, size_t length)
{
    reading->key->key = public_key_ed25519(octets, length);
    if (reading->key->key == NULL)
        return refuse(reading, REASON_DKIM_KEY_SYNTAX, "p= is no Ed25519 key");
    reading->key->bits = ED25519_BITS;
    return true;
}

static bool take_key(struct reading *reading)
{
    const struct tag *tag = tag_list_find(&reading->tags, "p");
    unsigned char *octets;
    const char *packed;
    size_t length;

    if (tag == NULL)
        return refuse(reading, REASON_DKIM_KEY_SYNTAX, "no p= tag");
    if (tag->value_length == 0)
        return refuse(reading, REASON_DKIM_KEY_REVOKED, "");
    packed = tag_packed(tag, reading->arena);
    octets = arena_alloc(reading->arena, tag->value_length);
    if (packed == NULL || octets == NULL)
        return refuse(reading, REASON_MEMORY, "");
    if (!public_key_decode(packed, octets, tag->value_length, &length))
        return refuse(reading, REASON_DKIM_KEY_SYNTAX, "p= is not base64");
    return reading->signature->algorithm == DKIM_ED25519_SHA256
               ? take_ed25519(reading, octets, length)
               : take_rsa(reading, octets, length);
}

/* RFC 6376 3.6.1: v= is recommended; where it is, it is the first tag and DKIM1. */
static bool is_key_record(struct reading *reading)
{
    const struct tag *version = tag_list_find(&reading->tags, "v");

    if (version == NULL)
        return true;
    if (version != &reading->tags.tags[0])
        return refuse(reading, REASON_DKIM_KEY_SYNTAX, "v= is not the first tag");
    return tag_is(version, "DKIM1") || refuse_tag(reading, REASON_DKIM_KEY_SYNTAX, version);
}

static void read_record(struct reading *reading, const struct dns_record *record)
{
    *reading->key = (struct dkim_key){.detail = ""};
    if (record->txt.length == 0)
        (void)refuse(reading, REASON_DKIM_KEY_SYNTAX, "the record is empty");
    else if (tag_list_parse((const char *)record->txt.octets, record->txt.length, &reading->tags) !=
             VOUCH_OK)
        (void)refuse(reading, REASON_DKIM_KEY_SYNTAX, "the record is not a list of tags");
    else if (is_key_record(reading) && is_suitable(reading))
        (void)take_key(reading);
    if (reading->key->reason == REASON_MEMORY)
        reading->key->result = VOUCH_TEMPERROR;
}

static void take_answer(struct reading *reading, const struct dns_answer *answer)
{
    struct dkim_key *key = reading->key;

    for (size_t i = 0; i < answer->record_count && i < DKIM_KEY_RECORDS_MAX; i++) {
        struct dkim_key other;

        reading->key = i == 0 ? key : &other;
        read_record(reading, &answer->records[i]);
        if (reading->key->result != VOUCH_NONE)
            continue;
        *key = *reading->key;
        break;
    }
}

struct dkim_key *dkim_key_read(struct arena *arena, const struct dns_answer *answer,
                               const struct dkim_signature *signature, struct key_cache *keys)
{
    struct dkim_key *key = arena_alloc(arena, sizeof *key);
    struct reading reading = {.arena = arena, .keys = keys, .signature = signature, .key = key};

    if (key == NULL)
        return NULL;
    *key = (struct dkim_key){.detail = ""};
    if (answer->status == DNS_FAILURE) {
        key->result = VOUCH_TEMPERROR;
        key->reason =
            answer->failure == DNS_FAILURE_TIMEOUT ? REASON_DKIM_TIMEOUT : REASON_DKIM_DNS;
        key->detail = dns_failure_text(answer->failure);
        if (key->reason == REASON_DKIM_TIMEOUT)
            key->detail = "";
    } else if (answer->status != DNS_RECORDS) {
        (void)refuse(&reading, REASON_DKIM_NO_KEY, "");
    } else {
        take_answer(&reading, answer);
    }
    return key;
}

/* What RSA makes of a signature with the right key is a hash in its frame, whatever the hash. */
static bool recovers(EVP_PKEY *key, bool is_sha1, const unsigned char *octets, size_t length)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    unsigned char hash[EVP_MAX_MD_SIZE];
    size_t size = 0;
    bool made;

    made = context != NULL && EVP_PKEY_verify_recover_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, is_sha1 ? EVP_sha1() : EVP_sha256()) == 1 &&
           EVP_PKEY_verify_recover(context, NULL, &size, octets, length) == 1;
    if (made) {
        unsigned char *frame = size <= sizeof hash ? hash : OPENSSL_malloc(size);

        made = frame != NULL && EVP_PKEY_verify_recover(context, frame, &size, octets, length) == 1;
        if (frame != hash)
            OPENSSL_free(frame);
    }
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return made;
}

bool dkim_key_made(const struct dkim_key *key, const struct dkim_signature *signature)
{
    unsigned char digits[DKIM_SIGNATURE_MAX];
    size_t count;

    return signature->algorithm != DKIM_ED25519_SHA256 && key->key != NULL &&
           public_key_decode(signature->digits, digits, sizeof digits, &count) &&
           recovers(key->key, signature->algorithm == DKIM_RSA_SHA1, digits, count);
}

void dkim_key_free(struct dkim_key *key)
{
    if (key == NULL)
        return;
    EVP_PKEY_free(key->key);
    key->key = NULL;
}
