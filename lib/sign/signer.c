/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/sign/signer.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/sign/sign_choice.h"
#include "lib/sign/sign_names.h"
#include "lib/verify/dkim_body.h"
#include "lib/verify/dkim_header.h"
#include "lib/verify/domainkeys_hash.h"

enum {
    LINE_MAX_OCTETS = 72, /* of the field; RFC 5322 2.1.1 asks for at most 78 */
    FIELD_ROOM = 8192     /* octets of a signature in BASE64, with room to spare */
};

/* A signature in the making. */
struct making {
    const struct sign_settings *settings;
    struct dkim_signature dkim;         /* as a verifier would read it */
    struct domainkeys_hash *domainkeys; /* NULL: it is one of DKIM */
    const char *names;                  /* h= */
    struct making *next;
};

struct signer {
    struct arena *arena;
    const struct header_list *headers;
    uint64_t now;
    struct dkim_body *body; /* NULL: no signature of DKIM */
    struct making *first;
    struct making **end;
};

/* ---- what is signed ------------------------------------------------------------------------ */

static bool begin_dkim(struct signer *signer, struct making *making)
{
    const struct sign_settings *settings = making->settings;
    enum sign_canonicalization c = settings->canonicalization;
    bool simple_header = c == SIGN_SIMPLE_RELAXED || c == SIGN_SIMPLE_SIMPLE;
    bool simple_body = c == SIGN_RELAXED_SIMPLE || c == SIGN_SIMPLE_SIMPLE;

    making->names = sign_names_dkim(signer->arena, signer->headers);
    making->dkim = (struct dkim_signature){
        .headers = making->names,
        .algorithm = sign_key_is_ed25519(settings->key) ? DKIM_ED25519_SHA256 : DKIM_RSA_SHA256,
        .header_canonicalization = simple_header ? DKIM_SIMPLE : DKIM_RELAXED,
        .body_canonicalization = simple_body ? DKIM_SIMPLE : DKIM_RELAXED,
        .body_length = DKIM_NO_LENGTH,
    };
    if (signer->body == NULL)
        signer->body = dkim_body_new();
    return making->names != NULL && signer->body != NULL &&
           dkim_body_want(signer->body, &making->dkim);
}

/* Every field is named, in the order in which it stands (RFC 4870 3.3). */
static bool begin_domainkeys(struct signer *signer, struct making *making)
{
    struct text names = text_in(signer->arena);

    making->domainkeys = domainkeys_hash_new(making->settings->canonicalization != SIGN_SIMPLE);
    if (making->domainkeys == NULL)
        return false;
    for (const struct header_field *f = signer->headers->first; f != NULL; f = f->next) {
        if (!sign_names_has(f))
            continue;
        domainkeys_hash_field(making->domainkeys, f);
        text_add(&names, names.length > 0 ? ":" : "");
        text_append(&names, f->name, strcspn(f->name, " \t"));
    }
    making->names = text_string(&names);
    return making->names != NULL;
}

/* VOUCH_ERROR_SYSTEM also where OpenSSL has no SHA-1. */
static int begin(struct signer *signer, const struct sign_settings *settings)
{
    struct making *making = arena_alloc(signer->arena, sizeof *making);

    if (making == NULL)
        return VOUCH_ERROR_MEMORY;
    *making = (struct making){.settings = settings};
    *signer->end = making;
    signer->end = &making->next;
    if (settings->method == SIGN_DOMAINKEYS)
        return begin_domainkeys(signer, making) ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
    return begin_dkim(signer, making) ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

int signer_new(struct arena *arena, const struct sign_settings *const *settings, size_t count,
               const struct header_list *headers, uint64_t now, struct signer **signer,
               const char **why)
{
    struct signer *new = arena_alloc(arena, sizeof *new);
    bool *chosen = arena_calloc(arena, count + 1, sizeof *chosen);
    int error;

    *signer = NULL;
    if (new == NULL || chosen == NULL)
        return VOUCH_ERROR_MEMORY;
    *new = (struct signer){.arena = arena, .headers = headers, .now = now};
    new->end = &new->first;
    error = sign_choose(arena, settings, count, headers, chosen, why);
    for (size_t i = 0; error == VOUCH_OK && i < count; i++)
        if (chosen[i])
            error = begin(new, settings[i]);
    if (error != VOUCH_OK)
        signer_free(new);
    else if (new->first != NULL)
        *signer = new;
    return error;
}

void signer_body(struct signer *signer, const void *octets, size_t length)
{
    if (signer->body != NULL)
        dkim_body_octets(signer->body, octets, length);
    for (struct making *making = signer->first; making != NULL; making = making->next)
        if (making->domainkeys != NULL)
            domainkeys_hash_body(making->domainkeys, octets, length);
}

void signer_free(struct signer *signer)
{
    if (signer == NULL)
        return;
    dkim_body_free(signer->body);
    signer->body = NULL;
    for (struct making *making = signer->first; making != NULL; making = making->next) {
        domainkeys_hash_free(making->domainkeys);
        making->domainkeys = NULL;
    }
}

/* ---- the fields ---------------------------------------------------------------------------- */

/* OCTETS in BASE64, in lines. */
static void add_base64(struct text *text, const unsigned char *octets, size_t length)
{
    char digits[FIELD_ROOM];

    (void)sodium_bin2base64(digits, sizeof digits, octets, length, sodium_base64_VARIANT_ORIGINAL);
    for (const char *at = digits; *at != '\0';) {
        size_t count = strnlen(at, LINE_MAX_OCTETS);

        text_append(text, at, count);
        at += count;
        if (*at != '\0')
            text_add(text, "\n\t");
    }
}

/* h=, folded behind its colons. */
static void add_names(struct text *text, const char *names)
{
    size_t column = 2;

    text_add(text, "\n\th=");
    while (*names != '\0') {
        size_t length = strcspn(names, ":");

        length += names[length] == ':';
        if (column + length > LINE_MAX_OCTETS) {
            text_add(text, "\n\t");
            column = 0;
        }
        text_append(text, names, length);
        column += length;
        names += length;
    }
    text_add(text, ";");
}

static const char *canonicalization_text(const struct making *making, struct arena *arena)
{
    if (making->domainkeys != NULL)
        return making->settings->canonicalization == SIGN_SIMPLE ? "simple" : "nofws";
    return arena_printf(arena, "%s/%s",
                        dkim_canonicalization_name(making->dkim.header_canonicalization),
                        dkim_canonicalization_name(making->dkim.body_canonicalization));
}

/* All of the value up to the signature itself. */
static void add_dkim_tags(struct text *text, const struct signer *signer,
                          const struct making *making, const struct dkim_body_hash *body)
{
    const struct sign_settings *settings = making->settings;
    const char *canonicalization = canonicalization_text(making, signer->arena);
    uint64_t lifetime = settings->lifetime / NANOSECONDS_PER_SECOND;

    text_printf(text, "v=1; a=%s; c=%s;\n\td=%s; s=%s;\n\tt=%" PRIu64 ";",
                sign_key_is_ed25519(settings->key) ? "ed25519-sha256" : "rsa-sha256",
                canonicalization != NULL ? canonicalization : "", settings->domain_text,
                settings->selector, signer->now);
    if (lifetime > 0)
        text_printf(text, " x=%" PRIu64 ";", signer->now + lifetime);
    add_names(text, making->names);
    text_add(text, "\n\tbh=");
    add_base64(text, body->octets, body->length);
    text_add(text, ";\n\tb=");
    text->failed |= canonicalization == NULL;
}

static int add_dkim(struct text *text, const struct signer *signer, const struct making *making)
{
    unsigned char hash[DKIM_HASH_MAX], octets[SIGN_KEY_SIGNATURE_MAX];
    struct header_field own = {.name = "DKIM-Signature"};
    struct dkim_signature signature = making->dkim;
    struct dkim_body_hash body;
    size_t length, count;
    int error;

    if (!dkim_body_hash(signer->body, &making->dkim, &body))
        return VOUCH_ERROR_SYSTEM;
    add_dkim_tags(text, signer, making, &body);
    if (text->failed)
        return VOUCH_ERROR_MEMORY;
    own.value = arena_printf(signer->arena, " %s", text_string(text));
    if (own.value == NULL)
        return VOUCH_ERROR_MEMORY;
    own.value_length = text->length + 1;
    signature.field = &own;
    if (!dkim_header_hash(signer->headers, &signature, hash, &length))
        return VOUCH_ERROR_MEMORY;
    error = sign_key_sign(making->settings->key, SIGN_SHA256, hash, length, octets, &count);
    if (error == VOUCH_OK)
        add_base64(text, octets, count);
    return error;
}

static int add_domainkeys(struct text *text, const struct signer *signer,
                          const struct making *making)
{
    unsigned char hash[DOMAINKEYS_HASH_SIZE], octets[SIGN_KEY_SIGNATURE_MAX];
    size_t count;
    int error;

    if (!domainkeys_hash_end(making->domainkeys, hash))
        return VOUCH_ERROR_SYSTEM;
    error = sign_key_sign(making->settings->key, SIGN_SHA1, hash, sizeof hash, octets, &count);
    if (error != VOUCH_OK)
        return error;
    text_printf(text, "a=rsa-sha1; q=dns; c=%s;\n\td=%s; s=%s;",
                canonicalization_text(making, signer->arena), making->settings->domain_text,
                making->settings->selector);
    add_names(text, making->names);
    text_add(text, "\n\tb=");
    add_base64(text, octets, count);
    text_add(text, ";");
    return VOUCH_OK;
}

static int make_field(const struct signer *signer, const struct making *making,
                      struct sign_field **field)
{
    bool is_dkim = making->domainkeys == NULL;
    struct text text = text_in(signer->arena);
    struct sign_field *new = arena_alloc(signer->arena, sizeof *new);
    int error = is_dkim ? add_dkim(&text, signer, making) : add_domainkeys(&text, signer, making);

    if (error != VOUCH_OK)
        return error;
    if (new == NULL || text.failed)
        return VOUCH_ERROR_MEMORY;
    *new = (struct sign_field){
        .name = is_dkim ? "DKIM-Signature" : "DomainKey-Signature",
        .value = text_string(&text),
        .settings = making->settings,
    };
    *field = new;
    return VOUCH_OK;
}

int signer_end(struct signer *signer, const struct sign_field **fields)
{
    struct sign_field *first = NULL, **end = &first;
    int error = VOUCH_OK;

    if (signer->body != NULL)
        dkim_body_end(signer->body);
    for (const struct making *making = signer->first; error == VOUCH_OK && making != NULL;
         making = making->next) {
        error = make_field(signer, making, end);
        if (error == VOUCH_OK)
            end = &(*end)->next;
    }
    *fields = first;
    return error;
}
