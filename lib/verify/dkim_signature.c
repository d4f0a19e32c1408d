/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dkim_signature.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/mail/tag_list.h"

enum { SHOWN_MAX = 60 };

/* The reading of one field. */
struct reading {
    struct arena *arena;
    struct dkim_signature *signature;
    struct tag_list tags;
    uint64_t now;
    bool out_of_memory;
};

bool dkim_is_signature(const struct header_field *field)
{
    size_t length = strlen(field->name);

    while (length > 0 && field->name[length - 1] == ' ')
        length--;
    return length == strlen("DKIM-Signature") &&
           ascii_equal_fold(field->name, "DKIM-Signature", length);
}

const char *dkim_canonicalization_name(enum dkim_canonicalization canonicalization)
{
    return canonicalization == DKIM_RELAXED ? "relaxed" : "simple";
}

/* It cannot be verified; always false. */
static bool refuse(struct reading *reading, enum vouch_result result, enum reason reason,
                   const char *detail)
{
    reading->signature->result = result;
    reading->signature->reason = reason;
    reading->signature->detail = detail;
    return false;
}

static bool is_malformed(struct reading *reading, const char *detail)
{
    return refuse(reading, VOUCH_PERMERROR, REASON_DKIM_SYNTAX, detail);
}

/* Nothing is wrong with it, but we cannot do it. */
static bool is_beyond_us(struct reading *reading, const char *detail)
{
    return refuse(reading, VOUCH_NEUTRAL, REASON_DKIM_NOT_PROCESSED, detail);
}

static bool is_malformed_value(struct reading *reading, const char *tag, const char *value)
{
    struct text text = text_in(reading->arena);

    text_printf(&text, "%s=", tag);
    text_add_safe(&text, value, strlen(value), SHOWN_MAX);
    return is_malformed(reading, text_string(&text) != NULL ? text_string(&text) : tag);
}

/* The value of the tag NAME without white space; "" where absent. */
static const char *value_of(struct reading *reading, const char *name)
{
    const struct tag *tag = tag_list_find(&reading->tags, name);
    const char *value = tag != NULL ? tag_packed(tag, reading->arena) : "";

    if (value == NULL)
        reading->out_of_memory = true;
    return value != NULL ? value : "";
}

/* First of all, so that there is something to report whatever is wrong with the rest. */
static void read_values(struct reading *reading)
{
    struct dkim_signature *signature = reading->signature;

    signature->domain = value_of(reading, "d");
    signature->selector = value_of(reading, "s");
    signature->identity = value_of(reading, "i");
    signature->algorithm_tag = value_of(reading, "a");
    signature->digits = value_of(reading, "b");
    signature->body_digits = value_of(reading, "bh");
    signature->headers = value_of(reading, "h");
}

/* RFC 6376 3.5, 6.1.1 */
static bool has_required_tags(struct reading *reading)
{
    static const char *const names[] = {"v", "a", "b", "bh", "d", "h", "s"};
    static const char *const missing[] = {"no v= tag", "no a= tag", "no b= tag", "no bh= tag",
                                          "no d= tag", "no h= tag", "no s= tag"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const struct tag *tag = tag_list_find(&reading->tags, names[i]);

        if (tag == NULL || tag->value_length == 0)
            return is_malformed(reading, missing[i]);
    }
    if (!tag_is(tag_list_find(&reading->tags, "v"), "1"))
        return is_malformed_value(reading, "v", value_of(reading, "v"));
    return true;
}

static bool read_algorithm(struct reading *reading)
{
    static const char *const names[] = {
        [DKIM_RSA_SHA1] = "rsa-sha1",
        [DKIM_RSA_SHA256] = "rsa-sha256",
        [DKIM_ED25519_SHA256] = "ed25519-sha256",
    };

    for (unsigned i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strcmp(reading->signature->algorithm_tag, names[i]) == 0) {
            reading->signature->algorithm = (enum dkim_algorithm)i;
            return true;
        }
    }
    return is_malformed_value(reading, "a", reading->signature->algorithm_tag);
}

static bool read_canonicalization(const char *name, size_t length,
                                  enum dkim_canonicalization *canonicalization)
{
    if (length == 6 && memcmp(name, "simple", length) == 0)
        *canonicalization = DKIM_SIMPLE;
    else if (length == 7 && memcmp(name, "relaxed", length) == 0)
        *canonicalization = DKIM_RELAXED;
    else
        return false;
    return true;
}

/* RFC 6376 3.5: c= of one name is about the header, and the body is simple then. */
static bool read_canonicalizations(struct reading *reading)
{
    struct dkim_signature *signature = reading->signature;
    const char *value = value_of(reading, "c");
    size_t length = strcspn(value, "/");

    if (tag_list_find(&reading->tags, "c") == NULL)
        return true;
    if (!read_canonicalization(value, length, &signature->header_canonicalization))
        return is_malformed_value(reading, "c", value);
    if (value[length] == '/' &&
        !read_canonicalization(value + length + 1, strlen(value + length + 1),
                               &signature->body_canonicalization))
        return is_malformed_value(reading, "c", value);
    return true;
}

static int hex_digit(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* RFC 6376 2.11: DKIM-Quoted-Printable, up to a zero octet.  NULL: no memory. */
static char *unquote(struct arena *arena, const char *text)
{
    char *plain = arena_alloc(arena, strlen(text) + 1);
    size_t length = 0;

    if (plain == NULL)
        return NULL;
    while (*text != '\0') {
        int high = *text == '=' ? hex_digit(text[1]) : -1;
        int low = high >= 0 ? hex_digit(text[2]) : -1;

        plain[length++] = low >= 0 ? (char)(high * 16 + low) : *text;
        text += low >= 0 ? 3 : 1;
    }
    plain[length] = '\0';
    return plain;
}

/* RFC 6376 3.5: the domain of i= is d= or below it. */
static bool read_identity(struct reading *reading, const struct dns_name *domain)
{
    struct dkim_signature *signature = reading->signature;
    const char *plain, *at;
    struct dns_name identity;

    if (tag_list_find(&reading->tags, "i") == NULL) {
        signature->identity = arena_printf(reading->arena, "@%s", signature->domain);
        signature->identity_is_domain = true;
        if (signature->identity == NULL) {
            signature->identity = "";
            reading->out_of_memory = true;
        }
        return true;
    }
    plain = unquote(reading->arena, signature->identity);
    if (plain == NULL) {
        reading->out_of_memory = true;
        return false;
    }
    at = strrchr(plain, '@');
    if (at == NULL || dns_name_from_text(at + 1, strlen(at + 1), &identity) != VOUCH_OK ||
        !dns_name_within(&identity, domain))
        return is_malformed_value(reading, "i", signature->identity);
    signature->identity_is_domain = dns_name_equal(&identity, domain);
    return true;
}

static bool is_domain_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (!ascii_is_alnum(*text) && strchr("-_.", *text) == NULL)
            return false;
    return true;
}

/* RFC 6376 3.6.2.1: where the key is. */
static bool read_names(struct reading *reading)
{
    struct dkim_signature *signature = reading->signature;
    struct dns_name domain;
    const char *labels;

    if (!is_domain_text(signature->domain) ||
        dns_name_from_text(signature->domain, strlen(signature->domain), &domain) != VOUCH_OK ||
        dns_name_is_root(&domain))
        return is_malformed_value(reading, "d", signature->domain);
    labels = arena_printf(reading->arena, "%s._domainkey", signature->selector);
    if (labels == NULL) {
        reading->out_of_memory = true;
        return false;
    }
    if (!is_domain_text(signature->selector) ||
        dns_name_prepend(labels, &domain, &signature->key_name) != VOUCH_OK)
        return is_malformed_value(reading, "s", signature->selector);
    return read_identity(reading, &domain);
}

/* RFC 6376 3.5, 5.4: h= has From in it. */
static bool read_header_list(struct reading *reading)
{
    struct dkim_signature *signature = reading->signature;
    const struct tag *tag = tag_list_find(&reading->tags, "h");
    size_t at = 0, length, names = 0;
    const char *name;

    while (tag_next_item(tag, &at, &name, &length)) {
        if (length == 0)
            return is_malformed(reading, "h= with an empty name");
        if (length == strlen("From") && ascii_equal_fold(name, "From", length))
            signature->from_fields++;
        names++;
    }
    if (signature->from_fields == 0)
        return is_malformed(reading, "h= without From");
    if (names > DKIM_HEADER_NAMES_MAX || strlen(signature->headers) > DKIM_HEADER_LIST_MAX)
        return is_beyond_us(reading, "h= has too many names");
    return true;
}

static bool read_body_length(struct reading *reading)
{
    const struct tag *tag = tag_list_find(&reading->tags, "l");
    uint64_t length;

    reading->signature->body_length = DKIM_NO_LENGTH;
    if (tag == NULL)
        return true;
    if (!tag_number(tag, &length))
        return is_malformed_value(reading, "l", value_of(reading, "l"));
    reading->signature->body_length = (int64_t)length;
    return true;
}

/* RFC 6376 3.5: a method that is not known is passed over; dns/txt is the only one there is. */
static bool read_query_methods(struct reading *reading)
{
    const struct tag *tag = tag_list_find(&reading->tags, "q");

    if (tag == NULL || tag_has_item(tag, "dns/txt"))
        return true;
    return is_malformed_value(reading, "q", value_of(reading, "q"));
}

/* RFC 6376 3.5 t=, x= */
static bool read_times(struct reading *reading)
{
    const struct tag *made = tag_list_find(&reading->tags, "t");
    const struct tag *expires = tag_list_find(&reading->tags, "x");
    uint64_t made_at = 0, expires_at = 0;

    if (made != NULL && !tag_number(made, &made_at))
        return is_malformed_value(reading, "t", value_of(reading, "t"));
    if (expires != NULL && !tag_number(expires, &expires_at))
        return is_malformed_value(reading, "x", value_of(reading, "x"));
    if (made != NULL && expires != NULL && expires_at <= made_at)
        return is_malformed(reading, "x= is not after t=");
    if (expires != NULL && reading->now >= expires_at + DKIM_CLOCK_DRIFT)
        return refuse(reading, VOUCH_PERMERROR, REASON_DKIM_EXPIRED, "");
    if (made != NULL && made_at > reading->now + DKIM_CLOCK_DRIFT)
        return refuse(reading, VOUCH_PERMERROR, REASON_DKIM_FUTURE, "");
    return true;
}

static void read_tags(struct reading *reading)
{
    (void)(has_required_tags(reading) && read_algorithm(reading) &&
           read_canonicalizations(reading) && read_names(reading) && read_header_list(reading) &&
           read_body_length(reading) && read_query_methods(reading) && read_times(reading));
}

struct dkim_signature *dkim_signature_read(struct arena *arena, const struct header_field *field,
                                           uint64_t now)
{
    struct dkim_signature *signature = arena_alloc(arena, sizeof *signature);
    struct reading reading = {.arena = arena, .signature = signature, .now = now};

    if (signature == NULL)
        return NULL;
    *signature = (struct dkim_signature){.field = field, .detail = "", .body_length = -1};
    signature->domain = signature->selector = signature->identity = "";
    signature->algorithm_tag = signature->digits = signature->body_digits = "";
    signature->headers = "";
    if (field->value_length > DKIM_SIGNATURE_MAX) {
        (void)is_beyond_us(&reading, "the field is too long");
    } else if (tag_list_parse(field->value, field->value_length, &reading.tags) != VOUCH_OK) {
        read_values(&reading);
        (void)is_malformed(&reading, "not a list of tags");
    } else {
        read_values(&reading);
        read_tags(&reading);
    }
    return reading.out_of_memory ? NULL : signature;
}
