/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/domainkeys_key.h"

#include <openssl/evp.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/mail/tag_list.h"
#include "lib/verify/public_key.h"

enum { RECORDS_MAX = 10, SHOWN_MAX = 60 };

struct reading {
    struct arena *arena;
    struct key_cache *keys;
    const struct domainkeys_signature *signature;
    const struct domainkeys_sender *sender;
    struct domainkeys_key *key;
    struct tag_list tags;
};

/* It cannot be used; always false. */
static bool refuse(struct reading *reading, enum vouch_result result, enum reason reason,
                   const char *detail)
{
    reading->key->result = result;
    reading->key->reason = reason;
    reading->key->detail = detail;
    return false;
}

static bool unsuitable(struct reading *reading, const struct tag *tag)
{
    struct text text = text_in(reading->arena);

    text_append(&text, tag->name, tag->name_length);
    text_add_char(&text, '=');
    text_add_safe(&text, tag->value, tag->value_length, SHOWN_MAX);
    return refuse(reading, VOUCH_PERMERROR, REASON_DOMAINKEYS_KEY_UNSUITABLE,
                  text_string(&text) != NULL ? text_string(&text) : "");
}

/* Flags stand in several notations: any 'y' among letters that are separated counts. */
static bool has_flag(const struct tag *tag, char flag)
{
    static const char between[] = ":| \t\r\n";

    for (size_t i = 0; tag != NULL && i < tag->value_length; i++) {
        bool begins = i == 0 || strchr(between, tag->value[i - 1]) != NULL;
        bool ends = i + 1 == tag->value_length || strchr(between, tag->value[i + 1]) != NULL;

        if (tag->value[i] == flag && begins && ends)
            return true;
    }
    return false;
}

/* RFC 4870 3.2.3 g=: the local-part that the key is for.  Empty means any, other than in DKIM;
 * "*" stands for anything there. */
static bool fits_local(const struct tag *tag, const char *local)
{
    const char *star = memchr(tag->value, '*', tag->value_length);
    size_t front = star != NULL ? (size_t)(star - tag->value) : tag->value_length;
    size_t back = star != NULL ? tag->value_length - front - 1 : 0;
    size_t length = strlen(local);

    if (star == NULL)
        return length == front && memcmp(local, tag->value, front) == 0;
    return length >= front + back && memcmp(local, tag->value, front) == 0 &&
           memcmp(local + length - back, star + 1, back) == 0;
}

static bool check_local(struct reading *reading)
{
    const struct tag *tag = tag_list_find(&reading->tags, "g");

    if (tag == NULL || tag->value_length == 0 || tag_is(tag, "*"))
        return true;
    reading->key->binds_local = fits_local(tag, reading->sender->local);
    return reading->key->binds_local || unsuitable(reading, tag);
}

/* A record that is shared with DKIM says there what DKIM may do with it. */
static bool is_suitable(struct reading *reading)
{
    const struct tag_list *tags = &reading->tags;
    const struct tag *type = tag_list_find(tags, "k");
    const struct tag *version = tag_list_find(tags, "v");
    const struct tag *hashes = tag_list_find(tags, "h");
    const struct tag *services = tag_list_find(tags, "s");
    const struct tag *flags = tag_list_find(tags, "t");

    reading->key->is_testing = has_flag(flags, 'y');
    if (type != NULL && !tag_is(type, "rsa"))
        return unsuitable(reading, type);
    if (version != NULL && !tag_is(version, "DKIM1"))
        return unsuitable(reading, version);
    if (hashes != NULL && !tag_has_item(hashes, "sha1"))
        return unsuitable(reading, hashes);
    if (services != NULL && !tag_has_item(services, "email") && !tag_has_item(services, "*"))
        return unsuitable(reading, services);
    if (has_flag(flags, 's') &&
        !dns_name_equal(&reading->signature->signer, &reading->sender->domain))
        return unsuitable(reading, flags);
    return check_local(reading);
}

static bool take_key(struct reading *reading)
{
    const struct tag *tag = tag_list_find(&reading->tags, "p");
    unsigned char *octets;
    const char *packed;
    size_t length;

    if (tag == NULL)
        return refuse(reading, VOUCH_NEUTRAL, REASON_DOMAINKEYS_KEY_SYNTAX, "no p= tag");
    if (tag->value_length == 0)
        return refuse(reading, VOUCH_PERMERROR, REASON_DOMAINKEYS_KEY_REVOKED, "");
    packed = tag_packed(tag, reading->arena);
    octets = arena_alloc(reading->arena, tag->value_length);
    if (packed == NULL || octets == NULL)
        return refuse(reading, VOUCH_TEMPERROR, REASON_MEMORY, "");
    if (public_key_decode(packed, octets, tag->value_length, &length))
        reading->key->key = key_cache_rsa(reading->keys, octets, length);
    if (reading->key->key == NULL)
        return refuse(reading, VOUCH_NEUTRAL, REASON_DOMAINKEYS_KEY_SYNTAX, "p= is no RSA key");
    reading->key->bits = (unsigned)EVP_PKEY_bits(reading->key->key);
    return true;
}

static void read_record(struct reading *reading, const struct dns_record *record)
{
    const char *text = (const char *)record->txt.octets;

    *reading->key = (struct domainkeys_key){.detail = ""};
    if (tag_list_parse(text, record->txt.length, &reading->tags) != VOUCH_OK)
        (void)refuse(reading, VOUCH_NEUTRAL, REASON_DOMAINKEYS_KEY_SYNTAX,
                     "the record is not a list of tags");
    else if (is_suitable(reading))
        (void)take_key(reading);
}

void domainkeys_key_read(struct arena *arena, const struct dns_answer *answer,
                         const struct domainkeys_signature *signature,
                         const struct domainkeys_sender *sender, struct key_cache *keys,
                         struct domainkeys_key *key)
{
    struct reading reading = {
        .arena = arena, .keys = keys, .signature = signature, .sender = sender, .key = key};

    *key = (struct domainkeys_key){.detail = ""};
    if (answer->status == DNS_FAILURE)
        (void)refuse(&reading, VOUCH_TEMPERROR, REASON_DOMAINKEYS_DNS,
                     dns_failure_text(answer->failure));
    else if (answer->status != DNS_RECORDS)
        (void)refuse(&reading, VOUCH_PERMERROR, REASON_DOMAINKEYS_NO_KEY, "");
    for (size_t i = 0; i < answer->record_count && i < RECORDS_MAX; i++) {
        struct domainkeys_key other;

        reading.key = i == 0 ? key : &other;
        read_record(&reading, &answer->records[i]);
        if (reading.key->result != VOUCH_NONE)
            continue;
        *key = *reading.key;
        break;
    }
}

/* RFC 4870 3.6: what else stands at that name, as a wildcard may have it, is no policy. */
static bool is_policy(const struct tag_list *tags)
{
    return tag_list_find(tags, "o") != NULL || tag_list_find(tags, "t") != NULL ||
           tag_list_find(tags, "n") != NULL || tag_list_find(tags, "r") != NULL;
}

struct domainkeys_policy domainkeys_policy_read(const struct dns_answer *answer)
{
    struct domainkeys_policy policy = {.signs_all = false};
    struct tag_list tags;

    for (size_t i = 0; i < answer->record_count && i < RECORDS_MAX; i++) {
        const struct dns_record *record = &answer->records[i];
        const char *text = (const char *)record->txt.octets;

        if (tag_list_parse(text, record->txt.length, &tags) != VOUCH_OK || !is_policy(&tags))
            continue;
        policy.signs_all = tag_is(tag_list_find(&tags, "o"), "-");
        policy.is_testing = has_flag(tag_list_find(&tags, "t"), 'y');
        break;
    }
    return policy;
}
