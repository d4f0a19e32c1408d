/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What a DKIM signature is made of.  The input is the value of a DKIM-Signature field up to an
 * empty line, a key record up to an empty line, and the body. */
#include <stdlib.h>
#include <string.h>

#include "lib/dns/answer_new.h"
#include "lib/mail/tag_list.h"
#include "lib/verify/dkim_body.h"
#include "lib/verify/dkim_key.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 4 * 1024 * 1024, NOW = 1700000000, BODY_MAX = 16 * 1024 };

/* Everything up to an empty line. */
static struct fuzz_span take_part(struct fuzz_span *rest)
{
    struct fuzz_span part = *rest;
    size_t end = 0;

    while (end < part.length &&
           (part.octets[end] != '\n' || (end + 1 < part.length && part.octets[end + 1] != '\n')))
        end++;
    part.length = end;
    rest->octets += end;
    rest->length -= end;
    for (unsigned i = 0; i < 2 && rest->length > 0 && rest->octets[0] == '\n'; i++) {
        rest->octets++;
        rest->length--;
    }
    return part;
}

/* Tags lie within the text, each name once, and no white space around what they say. */
static void check_tags(struct fuzz_span text)
{
    char *copy = fuzz_copy(text);
    struct tag_list list;

    if (tag_list_parse(copy, text.length, &list) != VOUCH_OK) {
        FUZZ_CHECK(list.fault <= text.length);
        free(copy);
        return;
    }
    FUZZ_CHECK(list.count <= TAG_LIST_MAX);
    for (size_t i = 0; i < list.count; i++) {
        const struct tag *tag = &list.tags[i];
        char *name = fuzz_string((struct fuzz_span){tag->name, tag->name_length});

        FUZZ_CHECK(tag->name >= copy && tag->name_length > 0);
        FUZZ_CHECK(tag->value + tag->value_length <= copy + text.length);
        FUZZ_CHECK(tag_list_find(&list, name) == tag);
        free(name);
    }
    free(copy);
}

static void check_packed(const char *text)
{
    FUZZ_CHECK(fuzz_is_printable(text) && strchr(text, ' ') == NULL);
}

static void check_signature(const struct dkim_signature *signature)
{
    FUZZ_CHECK(signature->result == VOUCH_NONE || signature->result == VOUCH_PERMERROR ||
               signature->result == VOUCH_NEUTRAL);
    FUZZ_CHECK((signature->result == VOUCH_NONE) == (signature->reason == REASON_NONE));
    FUZZ_CHECK(fuzz_is_printable(signature->detail));
    if (signature->result != VOUCH_NONE)
        return;
    check_packed(signature->domain);
    check_packed(signature->selector);
    check_packed(signature->digits);
    check_packed(signature->body_digits);
    FUZZ_CHECK(strlen(signature->headers) <= DKIM_HEADER_LIST_MAX);
    FUZZ_CHECK(signature->from_fields > 0); /* RFC 6376 5.4 */
    FUZZ_CHECK(signature->body_length >= DKIM_NO_LENGTH);
    FUZZ_CHECK(dns_name_labels(&signature->key_name) > 2);
}

static struct dkim_body_hash hash_of(const struct dkim_signature *signature, struct fuzz_span body,
                                     size_t chunk)
{
    struct dkim_body *hashed = dkim_body_new();
    struct dkim_body_hash hash = {.length = 0};

    FUZZ_CHECK(hashed != NULL && dkim_body_want(hashed, signature));
    for (size_t at = 0; at < body.length; at += chunk) {
        size_t left = body.length - at;
        struct fuzz_span part = {body.octets + at, left < chunk ? left : chunk};
        char *copy = fuzz_copy(part);

        dkim_body_octets(hashed, copy, part.length);
        free(copy);
    }
    dkim_body_end(hashed);
    FUZZ_CHECK(dkim_body_hash(hashed, signature, &hash));
    FUZZ_CHECK(hash.length == 20 || hash.length == 32);
    dkim_body_free(hashed);
    return hash;
}

/* The hash is the same wherever the body was cut. */
static void check_body(const struct dkim_signature *signature, struct fuzz_span body)
{
    static const size_t chunks[] = {1, 2, 3, 7};
    struct dkim_body_hash whole = hash_of(signature, body, BODY_MAX);

    for (size_t i = 0; i < sizeof chunks / sizeof chunks[0]; i++) {
        struct dkim_body_hash cut = hash_of(signature, body, chunks[i]);

        FUZZ_CHECK(cut.length == whole.length && cut.body_size == whole.body_size);
        FUZZ_CHECK(memcmp(cut.octets, whole.octets, whole.length) == 0);
    }
}

static void check_key(struct arena *arena, const struct dkim_signature *signature,
                      struct fuzz_span record)
{
    struct dns_record *records;
    uint8_t *data;
    struct dns_answer *answer =
        dns_answer_new(&signature->key_name, DNS_TXT, 1, record.length, &records, &data);
    struct dkim_key *key;

    FUZZ_CHECK(answer != NULL);
    memcpy(data, record.octets, record.length);
    records[0].txt.octets = data;
    records[0].txt.length = record.length;
    answer->status = DNS_RECORDS;
    key = dkim_key_read(arena, answer, signature, NULL);
    FUZZ_CHECK(key == NULL || (key->result == VOUCH_NONE) == (key->reason == REASON_NONE));
    if (key != NULL && key->result == VOUCH_NONE) {
        FUZZ_CHECK(key->key != NULL && key->bits > 0);
        (void)dkim_key_made(key, signature);
    }
    dkim_key_free(key);
    dns_answer_release(answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct fuzz_span value = take_part(&rest), record = take_part(&rest);
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    char *copy = fuzz_string(value);
    struct header_field field = {
        .name = "DKIM-Signature", .value = copy, .value_length = value.length};
    const struct dkim_signature *signature;

    check_tags(value);
    check_tags(record);
    FUZZ_CHECK(dkim_is_signature(&field));
    signature = dkim_signature_read(arena, &field, NOW);
    if (signature != NULL) {
        check_signature(signature);
        if (signature->result == VOUCH_NONE) {
            check_key(arena, signature, record);
            if (rest.length <= BODY_MAX)
                check_body(signature, rest);
        }
    }
    free(copy);
    arena_free(arena);
    return 0;
}
