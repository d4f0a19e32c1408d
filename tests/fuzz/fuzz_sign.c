/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What is signed verifies.  The input is a message, whose lines end in LF; it is signed for
 * author.example in every way there is. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/sign/signer.h"
#include "lib/verify/dkim.h"
#include "lib/verify/domainkeys.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/message.h"
#include "tests/fuzz/written.h"

#define DOMAIN "author.example"

enum {
    ARENA_LIMIT = 8 * 1024 * 1024,
    HEADER_LIMIT = 64 * 1024,
    SIGNATURES_LIMIT = 4000, /* more than HEADER_LIMIT has */
    WAYS = 4,
    MEMORY_PARTS = 5
};

static const struct verify_settings settings = {
    .dkim = {.minimum_key_bits = 1024, .max_signatures = SIGNATURES_LIMIT},
    .domainkeys = {.minimum_key_bits = 1024},
};

/* Made once: the keys, and the zone that has them. */
static struct sign_key *rsa, *ed25519;
static struct sign_settings ways[WAYS];
static const struct sign_settings *way_list[WAYS];
static struct resolver *resolver;

static void set_up_way(unsigned i, enum sign_method method, const char *selector,
                       enum sign_canonicalization canonicalization, struct sign_key *key)
{
    ways[i] = (struct sign_settings){
        .domain_text = DOMAIN,
        .method = method,
        .selector = selector,
        .canonicalization = canonicalization,
        .subdomains = true,
        .key = key,
    };
    FUZZ_CHECK(dns_name_from_text(DOMAIN, strlen(DOMAIN), &ways[i].domain) == VOUCH_OK);
    way_list[i] = &ways[i];
}

static void set_up_zone(void)
{
    struct resolver_settings defaults = resolver_defaults();
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    struct text zone = text_in(arena);
    char *records[] = {sign_key_record(rsa), sign_key_record(ed25519)};
    unsigned line;

    for (unsigned i = 0; i < 2; i++) {
        FUZZ_CHECK(records[i] != NULL);
        text_printf(&zone, "%s._domainkey." DOMAIN ". TXT \"%s\"\n", i == 0 ? "r" : "e",
                    records[i]);
        free(records[i]);
    }
    FUZZ_CHECK(resolver_new_zone(&defaults, text_string(&zone), &resolver, &line) == VOUCH_OK);
    arena_free(arena);
}

static void set_up(void)
{
    if (resolver != NULL)
        return;
    FUZZ_CHECK(sign_key_new(false, 1024, &rsa) == VOUCH_OK &&
               sign_key_new(true, 0, &ed25519) == VOUCH_OK);
    set_up_way(0, SIGN_DKIM, "r", SIGN_RELAXED_SIMPLE, rsa);
    set_up_way(1, SIGN_DKIM, "e", SIGN_SIMPLE_RELAXED, ed25519);
    set_up_way(2, SIGN_DOMAINKEYS, "r", SIGN_SIMPLE, rsa);
    set_up_way(3, SIGN_DOMAINKEYS, "r", SIGN_NOFWS, rsa);
    set_up_zone();
}

/* Sign MESSAGE, its body in pieces of STEP octets.  NULL: nobody does, or memory is out, which
 * *ERROR tells. */
static const struct sign_field *sign(struct arena *arena, const struct fuzz_message *message,
                                     size_t count, size_t step, int *error)
{
    const struct sign_field *fields = NULL;
    struct signer *signer = NULL;
    const char *why = NULL;

    *error = signer_new(arena, way_list, count, &message->headers, 1000000, &signer, &why);
    FUZZ_CHECK(*error == VOUCH_OK || signer == NULL);
    if (signer == NULL)
        return NULL;
    for (size_t at = 0; at < message->body_length; at += step) {
        size_t left = message->body_length - at;
        struct fuzz_span piece = {message->body + at, left < step ? left : step};
        char *copy = fuzz_copy(piece);

        signer_body(signer, copy, piece.length);
        free(copy);
    }
    *error = signer_end(signer, &fields);
    signer_free(signer);
    return *error == VOUCH_OK ? fields : NULL;
}

/* The message as it is behind the mail server. */
static struct header_list signed_header(struct arena *arena, const struct fuzz_message *message,
                                        const struct sign_field *fields)
{
    struct header_list headers = header_list_in(arena, 2 * HEADER_LIMIT);
    const struct sign_field *on_top[WAYS];
    size_t count = 0;

    for (; fields != NULL; fields = fields->next) {
        FUZZ_CHECK(count < WAYS);
        fuzz_check_field(fields->value);
        on_top[count++] = fields;
    }
    while (count > 0) {
        const char *value = arena_printf(arena, " %s", on_top[--count]->value);

        FUZZ_CHECK(value != NULL && header_list_add(&headers, on_top[count]->name, value,
                                                    strlen(value)) == VOUCH_OK);
    }
    for (const struct header_field *f = message->headers.first; f != NULL; f = f->next)
        FUZZ_CHECK(header_list_add(&headers, f->name, f->value, f->value_length) == VOUCH_OK);
    return headers;
}

/* How many signatures of the message VERIFIER lets pass; the summary alone counts as one. */
static unsigned passes(const struct verifier *verifier, const struct header_list *headers,
                       const struct fuzz_message *message)
{
    const struct budget_limits limits = budget_defaults();
    struct facts facts = {
        .client_name = "", .helo = "", .authserv_id = "mx.example.org", .headers = *headers};
    struct check check = {.facts = &facts,
                          .settings = &settings,
                          .resolver = resolver,
                          .budget = budget_new(&limits),
                          .arena = fuzz_arena(ARENA_LIMIT),
                          .began = clock_now()};
    unsigned count = 0, parts = 0;

    FUZZ_CHECK(verifier->content->begin(&check, &check.content) && check.content != NULL);
    verifier->content->body(check.content, message->body, message->body_length);
    for (const struct outcome *o = verifier->check(&check); o != NULL; o = o->next) {
        count += !o->is_part && o->identity == IDENTITY_NONE && o->result == VOUCH_PASS;
        parts += o->is_part && o->result == VOUCH_PASS;
    }
    verifier->content->end(check.content);
    budget_free(check.budget);
    arena_free(check.arena);
    FUZZ_CHECK(parts == 0 || count == 1);
    return parts > 0 ? parts : count;
}

static unsigned count_of(const struct sign_field *fields, const char *name)
{
    unsigned count = 0;

    for (; fields != NULL; fields = fields->next)
        count += strcmp(fields->name, name) == 0;
    return count;
}

/* The time is long gone, and so is the verifier's doubt: nothing has an expiry. */
static void check_signed(struct arena *arena, const struct fuzz_message *message,
                         const struct sign_field *fields)
{
    struct header_list headers = signed_header(arena, message, fields);
    unsigned dkim = count_of(fields, "DKIM-Signature");
    unsigned domainkeys = count_of(fields, "DomainKey-Signature");

    FUZZ_CHECK(dkim == 0 || passes(&dkim_verifier, &headers, message) >= dkim);
    FUZZ_CHECK(domainkeys == 0 || passes(&domainkeys_verifier, &headers, message) >= 1);
}

static void check_in_little_memory(const struct fuzz_message *message, size_t used)
{
    for (size_t part = 0; part < MEMORY_PARTS; part++) {
        struct arena *arena = fuzz_arena(used * part / MEMORY_PARTS);
        int error = VOUCH_OK;

        (void)sign(arena, message, 2, SIZE_MAX / 2, &error);
        arena_free(arena);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_message message = fuzz_message_begin(fuzz_span(data, size), HEADER_LIMIT);
    struct arena *arena = fuzz_arena(ARENA_LIMIT), *other = fuzz_arena(ARENA_LIMIT);
    const struct sign_field *fields, *again;
    int error;

    set_up();
    fields = sign(arena, &message, WAYS, SIZE_MAX / 2, &error);
    FUZZ_CHECK(error == VOUCH_OK);
    if (fields != NULL) {
        check_signed(arena, &message, fields);
        again = sign(other, &message, WAYS, 1, &error); /* however the body is cut */
        for (; fields != NULL; fields = fields->next, again = again->next)
            FUZZ_CHECK(again != NULL && strcmp(fields->value, again->value) == 0);
    }
    check_in_little_memory(&message, arena_used(arena));
    arena_free(arena);
    arena_free(other);
    fuzz_message_end(&message);
    return 0;
}
