/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/domainkeys_signature.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/mail/mailbox.h"
#include "lib/mail/tag_list.h"

enum { SHOWN_MAX = 60, SENDERS_MAX = 100 };

bool domainkeys_is_signature(const struct header_field *field)
{
    return header_field_is(field, "DomainKey-Signature");
}

/* The field being read. */
struct reading {
    struct arena *arena;
    struct domainkeys_signature *signature;
    struct tag_list tags;
    bool failed; /* no memory */
};

/* It cannot be verified; always false. */
static bool refuse(struct reading *reading, enum vouch_result result, enum reason reason,
                   const char *detail)
{
    reading->signature->result = result;
    reading->signature->reason = reason;
    reading->signature->detail = detail;
    return false;
}

static bool bad_format(struct reading *reading, const char *detail)
{
    return refuse(reading, VOUCH_NEUTRAL, REASON_DOMAINKEYS_SYNTAX, detail);
}

static bool unknown_value(struct reading *reading, const struct tag *tag)
{
    struct text text = text_in(reading->arena);

    text_append(&text, tag->name, tag->name_length);
    text_add_char(&text, '=');
    text_add_safe(&text, tag->value, tag->value_length, SHOWN_MAX);
    return bad_format(reading, text_string(&text) != NULL ? text_string(&text) : "");
}

/* RFC 4870 3.3: a tag is one lower-case letter. */
static bool read_tags(struct reading *reading, const struct header_field *field)
{
    if (field->value_length > DOMAINKEYS_SIGNATURE_MAX)
        return bad_format(reading, "too long");
    if (tag_list_parse(field->value, field->value_length, &reading->tags) != VOUCH_OK)
        return bad_format(reading, "not a list of tags");
    for (size_t i = 0; i < reading->tags.count; i++) {
        const struct tag *tag = &reading->tags.tags[i];

        if (tag->name_length != 1 || tag->name[0] < 'a' || tag->name[0] > 'z')
            return bad_format(reading, "a tag of more than one letter");
    }
    return true;
}

/* a=, c= and q=: what is not said means what everybody does. */
static bool read_methods(struct reading *reading)
{
    const struct tag *algorithm = tag_list_find(&reading->tags, "a");
    const struct tag *canonicalization = tag_list_find(&reading->tags, "c");
    const struct tag *query = tag_list_find(&reading->tags, "q");

    if (algorithm != NULL && !tag_is(algorithm, "rsa-sha1"))
        return unknown_value(reading, algorithm);
    if (query != NULL && !tag_is(query, "dns"))
        return unknown_value(reading, query);
    reading->signature->is_nofws = canonicalization != NULL && tag_is(canonicalization, "nofws");
    if (canonicalization != NULL && !reading->signature->is_nofws &&
        !tag_is(canonicalization, "simple"))
        return unknown_value(reading, canonicalization);
    return true;
}

/* The name of TAG in lower case; *TEXT is it. */
static bool read_name(struct reading *reading, const struct tag *tag, struct dns_name *name,
                      const char **text)
{
    char shown[DNS_NAME_TEXT_SIZE];

    if (tag == NULL || tag->value_length == 0 ||
        dns_name_from_text(tag->value, tag->value_length, name) != VOUCH_OK)
        return false;
    (void)dns_name_format(name, shown);
    for (char *at = shown; *at != '\0'; at++)
        *at = ascii_lower(*at);
    *text = arena_string(reading->arena, shown);
    reading->failed |= *text == NULL;
    return *text != NULL;
}

/* RFC 4870 3.4: the key is at SELECTOR._domainkey.DOMAIN. */
static bool read_key_name(struct reading *reading)
{
    struct domainkeys_signature *signature = reading->signature;
    struct dns_name selector;
    const char *name;

    if (!read_name(reading, tag_list_find(&reading->tags, "d"), &signature->signer,
                   &signature->domain))
        return bad_format(reading, "d= is no domain");
    if (!read_name(reading, tag_list_find(&reading->tags, "s"), &selector, &signature->selector))
        return bad_format(reading, "s= is no selector");
    name = arena_printf(reading->arena, "%s._domainkey.%s", signature->selector, signature->domain);
    reading->failed |= name == NULL;
    if (name == NULL || dns_name_from_text(name, strlen(name), &signature->key_name) != VOUCH_OK)
        return bad_format(reading, "d= and s= together are no name");
    return true;
}

static bool read_names(struct reading *reading)
{
    struct domainkeys_signature *signature = reading->signature;
    const struct tag *tag = tag_list_find(&reading->tags, "h");
    const char *item, **names;
    size_t length, at = 0;

    if (tag == NULL)
        return true;
    names = arena_calloc(reading->arena, DOMAINKEYS_NAMES_MAX, sizeof *names);
    reading->failed |= names == NULL;
    while (names != NULL && tag_next_item(tag, &at, &item, &length)) {
        if (length == 0)
            continue;
        if (signature->name_count == DOMAINKEYS_NAMES_MAX)
            return bad_format(reading, "h= names too many fields");
        names[signature->name_count] = arena_copy(reading->arena, item, length);
        reading->failed |= names[signature->name_count] == NULL;
        if (reading->failed)
            return false;
        signature->name_count++;
    }
    signature->names = names;
    return signature->name_count > 0 || bad_format(reading, "h= is empty");
}

static bool read_digits(struct reading *reading)
{
    const struct tag *tag = tag_list_find(&reading->tags, "b");

    if (tag == NULL || tag->value_length == 0)
        return bad_format(reading, "no b= tag");
    reading->signature->digits = tag_packed(tag, reading->arena);
    reading->failed |= reading->signature->digits == NULL;
    return !reading->failed;
}

struct domainkeys_signature *domainkeys_signature_read(struct arena *arena,
                                                       const struct header_field *field)
{
    struct domainkeys_signature *signature = arena_alloc(arena, sizeof *signature);
    struct reading reading = {.arena = arena, .signature = signature};

    if (signature == NULL)
        return NULL;
    *signature = (struct domainkeys_signature){
        .field = field, .detail = "", .domain = "", .selector = "", .digits = ""};
    if (read_tags(&reading, field) && read_key_name(&reading) && read_methods(&reading) &&
        read_names(&reading))
        (void)read_digits(&reading);
    return reading.failed ? NULL : signature;
}

bool domainkeys_signature_names(const struct domainkeys_signature *signature, const char *name)
{
    for (size_t i = 0; i < signature->name_count; i++)
        if (ascii_string_equal_fold(signature->names[i], name))
            return true;
    return signature->names == NULL;
}

/* ---- the sender --------------------------------------------------------------------------------
 */

/* The one field called NAME.  NULL: none, or several, which *COUNT tells. */
static const struct header_field *find_one(const struct header_list *headers, const char *name,
                                           unsigned *count)
{
    const struct header_field *found = NULL;

    *count = 0;
    for (const struct header_field *f = headers->first; f != NULL; f = f->next) {
        if (!header_field_is(f, name))
            continue;
        found = f;
        ++*count;
    }
    return *count == 1 ? found : NULL;
}

static bool read_sender(struct arena *arena, const struct header_field *field,
                        struct domainkeys_sender *sender)
{
    struct mailbox_list list;
    char name[DNS_NAME_TEXT_SIZE];
    int error = mailbox_list_parse(arena, field->value, field->value_length, SENDERS_MAX, &list);

    sender->reason = REASON_DOMAINKEYS_NO_SENDER;
    if (error == VOUCH_ERROR_MEMORY)
        return false;
    if (error != VOUCH_OK || list.count == 0 ||
        dns_name_from_text(list.first->domain, strlen(list.first->domain), &sender->domain) !=
            VOUCH_OK)
        return true;
    sender->reason = REASON_NONE;
    sender->local = list.first->local;
    sender->text = arena_string(arena, dns_name_format(&sender->domain, name));
    return sender->text != NULL;
}

/* RFC 4870 3.1, from the whole header: what stands above a signature is shown to the reader, too.
 */
bool domainkeys_find_sender(struct arena *arena, const struct header_list *headers,
                            struct domainkeys_sender *sender)
{
    unsigned senders, froms;
    const struct header_field *sender_field = find_one(headers, "Sender", &senders);
    const struct header_field *from_field = find_one(headers, "From", &froms);

    *sender = (struct domainkeys_sender){
        .reason = REASON_DOMAINKEYS_NO_SENDER, .field = "", .local = "", .text = ""};
    if (senders > 1 || froms != 1 || headers->truncated)
        return true;
    sender->field = sender_field != NULL ? "Sender" : "From";
    return read_sender(arena, sender_field != NULL ? sender_field : from_field, sender);
}
