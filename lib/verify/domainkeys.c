/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/domainkeys.h"

#include <openssl/evp.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/verify/dkim_author.h"
#include "lib/verify/domainkeys_hash.h"
#include "lib/verify/domainkeys_key.h"
#include "lib/verify/domainkeys_signature.h"
#include "lib/verify/public_key.h"

enum { DIGITS_SHOWN = 8, NAMES_SHOWN = 200 };

/* One signature on its way. */
struct trial {
    struct domainkeys_signature *signature;
    struct domainkeys_hash *hash; /* NULL: it cannot be verified */
    struct outcome *outcome;
};

/* What the message contains. */
struct content {
    struct domainkeys_sender sender;
    struct trial trials[DOMAINKEYS_SIGNATURES_MAX];
    size_t count;
    unsigned left_out;
};

/* ---- while the message comes in ----------------------------------------------------------------
 */

static unsigned signatures_in(const struct header_list *headers)
{
    unsigned count = 0;

    for (const struct header_field *f = headers->first; f != NULL; f = f->next)
        count += domainkeys_is_signature(f);
    return count;
}

/* Ask for the key while the rest of the message comes in. */
static void take_field(const struct check *check, const struct header_field *field)
{
    const struct domainkeys_signature *signature;

    if (!domainkeys_is_signature(field) ||
        signatures_in(&check->facts->headers) > DOMAINKEYS_SIGNATURES_MAX)
        return;
    signature = domainkeys_signature_read(check->arena, field);
    if (signature != NULL && signature->result == VOUCH_NONE)
        check_prefetch(check, &signature->key_name, DNS_TXT);
}

static void refuse(struct domainkeys_signature *signature, enum vouch_result result,
                   enum reason reason)
{
    signature->result = result;
    signature->reason = reason;
}

/* RFC 4870 3.7.3: a signature must be by the sending domain, or one above it, and cover the field
 * that names the sender. */
static void match_sender(const struct content *content, struct domainkeys_signature *signature)
{
    const struct domainkeys_sender *sender = &content->sender;

    if (signature->result != VOUCH_NONE)
        return;
    if (sender->reason != REASON_NONE)
        refuse(signature, VOUCH_PERMERROR, sender->reason);
    else if (!dkim_speaks_for(&signature->signer, &sender->domain))
        refuse(signature, VOUCH_PERMERROR, REASON_DOMAINKEYS_OTHER_DOMAIN);
    else if (!domainkeys_signature_names(signature, sender->field))
        refuse(signature, VOUCH_PERMERROR, REASON_DOMAINKEYS_SENDER_NOT_SIGNED);
}

/* False: no memory. */
static bool start_hash(struct trial *trial)
{
    if (trial->signature->result != VOUCH_NONE)
        return true;
    if (!domainkeys_hash_is_allowed()) {
        refuse(trial->signature, VOUCH_POLICY, REASON_DOMAINKEYS_NO_SHA1);
        return true;
    }
    trial->hash = domainkeys_hash_new(trial->signature->is_nofws);
    return trial->hash != NULL && domainkeys_hash_header(trial->hash, trial->signature);
}

static void end(void *state)
{
    struct content *content = state;

    for (size_t i = 0; i < content->count; i++) {
        domainkeys_hash_free(content->trials[i].hash);
        content->trials[i].hash = NULL;
    }
}

static bool take_signature(const struct check *check, struct content *content,
                           const struct header_field *field)
{
    struct trial *trial = &content->trials[content->count];

    if (content->count == DOMAINKEYS_SIGNATURES_MAX) {
        content->left_out++;
        return true;
    }
    trial->signature = domainkeys_signature_read(check->arena, field);
    if (trial->signature == NULL)
        return false;
    content->count++;
    match_sender(content, trial->signature);
    if (trial->signature->result == VOUCH_NONE)
        check_prefetch(check, &trial->signature->key_name, DNS_TXT);
    return start_hash(trial);
}

static bool begin(const struct check *check, void **state)
{
    const struct header_list *headers = &check->facts->headers;
    struct content *content;

    *state = NULL;
    if (signatures_in(headers) == 0)
        return true;
    content = arena_alloc(check->arena, sizeof *content);
    if (content == NULL || !domainkeys_find_sender(check->arena, headers, &content->sender))
        return false;
    for (const struct header_field *f = headers->first; f != NULL; f = f->next) {
        if (domainkeys_is_signature(f) && !take_signature(check, content, f)) {
            end(content);
            return false;
        }
    }
    *state = content;
    return true;
}

static void take_body(void *state, const void *octets, size_t length)
{
    struct content *content = state;

    for (size_t i = 0; i < content->count; i++)
        if (content->trials[i].hash != NULL)
            domainkeys_hash_body(content->trials[i].hash, octets, length);
}

/* ---- one signature ------------------------------------------------------------------------------
 */

/* Whether the signature is that of KEY over HASH. */
static bool verifies(const struct domainkeys_signature *signature, EVP_PKEY *key,
                     const unsigned char hash[DOMAINKEYS_HASH_SIZE])
{
    unsigned char octets[DOMAINKEYS_SIGNATURE_MAX];
    size_t length;

    return public_key_decode(signature->digits, octets, sizeof octets, &length) &&
           public_key_verifies_rsa(key, EVP_sha1(), octets, length, hash, DOMAINKEYS_HASH_SIZE);
}

static void add_properties(const struct content *content, struct trial *trial, bool binds_local)
{
    const struct domainkeys_sender *sender = &content->sender;
    const char *address = sender->text;
    char digits[DIGITS_SHOWN + 1];

    if (trial->signature->domain[0] != '\0')
        outcome_property(trial->outcome, "header", "d", trial->signature->domain);
    if (sender->reason == REASON_NONE) {
        if (binds_local)
            address = arena_printf(trial->outcome->arena, "%s@%s", sender->local, sender->text);
        if (address != NULL)
            outcome_property(trial->outcome, "header",
                             strcmp(sender->field, "Sender") == 0 ? "sender" : "from", address);
    }
    (void)snprintf(digits, sizeof digits, "%s", trial->signature->digits);
    if (digits[0] != '\0')
        outcome_property(trial->outcome, "header", "b", digits);
}

/* What was signed and how, for people. */
static void tell_coverage(struct trial *trial)
{
    const struct domainkeys_signature *signature = trial->signature;
    struct text names = text_in(trial->outcome->arena);

    for (size_t i = 0; i < signature->name_count && names.length < NAMES_SHOWN; i++) {
        text_add(&names, i > 0 ? ":" : "");
        text_add_safe(&names, signature->names[i], strlen(signature->names[i]), NAMES_SHOWN);
    }
    check_rule(trial->outcome, "RFC 4870 3.4.2: %s over %s and the body",
               signature->is_nofws ? "nofws" : "simple",
               names.length > 0 ? text_string(&names) : "every field below");
}

/* RFC 4870 3.2.3, 3.6: what fails in a test is not treated differently. */
static void excuse(struct outcome *outcome)
{
    if (outcome->result == VOUCH_FAIL)
        outcome_set(outcome, VOUCH_NEUTRAL, REASON_DOMAINKEYS_TESTING);
}

/* KEY can be used. */
static void judge(const struct check *check, struct trial *trial, const struct domainkeys_key *key)
{
    unsigned char hash[DOMAINKEYS_HASH_SIZE];
    struct outcome *outcome = trial->outcome;

    check_rule(outcome, "RFC 4870 3.2.3: a key of %u bits%s", key->bits,
               key->is_testing ? ", being tested (t=y)" : "");
    tell_coverage(trial);
    if (!domainkeys_hash_end(trial->hash, hash)) {
        outcome_set(outcome, VOUCH_TEMPERROR, REASON_MEMORY);
    } else if (!verifies(trial->signature, key->key, hash)) {
        outcome_set(outcome, VOUCH_FAIL, REASON_DOMAINKEYS_MISMATCH);
        if (key->is_testing)
            excuse(outcome);
    } else if (key->bits < check->settings->domainkeys.minimum_key_bits) {
        outcome_set(outcome, VOUCH_POLICY, REASON_DOMAINKEYS_WEAK_KEY);
        check_detail(outcome, "%u bits", key->bits);
    } else {
        outcome_set(outcome, VOUCH_PASS, REASON_DOMAINKEYS_PASS);
    }
}

static void find_key_and_judge(const struct check *check, const struct content *content,
                               struct trial *trial, bool *binds_local)
{
    const struct dns_answer *answer =
        check_query(check, trial->outcome, &trial->signature->key_name, DNS_TXT, NULL);
    struct domainkeys_key key;

    domainkeys_key_read(check->arena, answer, trial->signature, &content->sender, check->keys,
                        &key);
    *binds_local = key.binds_local;
    if (key.result == VOUCH_NONE) {
        judge(check, trial, &key);
    } else {
        check_rule(trial->outcome, "RFC 4870 3.2.3: no key to verify with");
        outcome_set(trial->outcome, key.result, key.reason);
        trial->outcome->detail = key.detail;
        if (key.result == VOUCH_TEMPERROR && answer->status == DNS_FAILURE)
            check_temperror(trial->outcome, key.reason);
    }
    EVP_PKEY_free(key.key);
}

/* False: no memory. */
static bool try(const struct check *check, const struct content *content, struct trial *trial)
{
    const struct domainkeys_signature *signature = trial->signature;
    bool binds_local = false;

    trial->outcome = outcome_new(check->arena, METHOD_DOMAINKEYS, IDENTITY_NONE, VOUCH_STAGE_EOM);
    if (trial->outcome == NULL)
        return false;
    trial->outcome->is_part = true;
    trial->outcome->domain = signature->domain;
    if (signature->result == VOUCH_NONE) {
        find_key_and_judge(check, content, trial, &binds_local);
    } else {
        outcome_set(trial->outcome, signature->result, signature->reason);
        trial->outcome->detail = signature->detail;
        check_rule(trial->outcome, "RFC 4870 3.7: %s", reason_text(signature->reason));
    }
    add_properties(content, trial, binds_local);
    return true;
}

/* ---- the message ------------------------------------------------------------------------------
 */

/* RFC 4870 3.7.3: the topmost of those that can be verified, else the topmost. */
static const struct trial *choose(const struct content *content)
{
    for (size_t i = 0; i < content->count; i++)
        if (content->trials[i].signature->result == VOUCH_NONE)
            return &content->trials[i];
    return content->count > 0 ? &content->trials[0] : NULL;
}

/* What the sending domain says of mail without a signature that verifies (RFC 4870 3.6). */
static void apply_policy(const struct check *check, struct content *content,
                         const struct domainkeys_sender *sender, struct outcome *summary)
{
    const char *text = arena_printf(check->arena, "_domainkey.%s", sender->text);
    struct domainkeys_policy policy;
    struct dns_name name;

    if (text == NULL || dns_name_from_text(text, strlen(text), &name) != VOUCH_OK)
        return;
    policy = domainkeys_policy_read(check_query(check, summary, &name, DNS_TXT, NULL));
    check_rule(summary, "RFC 4870 3.6: the domain signs %s mail%s",
               policy.signs_all ? "all its" : "some",
               policy.is_testing ? ", and is testing (t=y)" : "");
    if (policy.is_testing) {
        excuse(summary);
        for (size_t i = 0; content != NULL && i < content->count; i++)
            excuse(content->trials[i].outcome);
    } else if (policy.signs_all && summary->result == VOUCH_NONE) {
        summary->reason = REASON_DOMAINKEYS_UNSIGNED;
    }
}

static struct outcome *sum_up(const struct check *check, struct content *content,
                              const struct domainkeys_sender *sender)
{
    struct outcome *summary =
        outcome_new(check->arena, METHOD_DOMAINKEYS, IDENTITY_NONE, VOUCH_STAGE_EOM);
    const struct trial *chosen = content != NULL ? choose(content) : NULL;

    if (summary == NULL)
        return NULL;
    summary->domain = sender->text;
    outcome_set(summary, VOUCH_NONE, REASON_DOMAINKEYS_NO_SIGNATURE);
    if (chosen != NULL) {
        summary->security = chosen->outcome->security;
        summary->detail = chosen->outcome->detail;
        outcome_set(summary, chosen->outcome->result, chosen->outcome->reason);
    }
    if (sender->reason == REASON_NONE &&
        (summary->result == VOUCH_NONE || summary->result == VOUCH_FAIL))
        apply_policy(check, content, sender, summary);
    return summary;
}

static struct outcome *check_message(const struct check *check)
{
    struct content *content = check->content;
    struct domainkeys_sender found;
    struct outcome *summary, **end_of_parts;

    if (content == NULL && !domainkeys_find_sender(check->arena, &check->facts->headers, &found))
        return NULL;
    for (size_t i = 0; content != NULL && i < content->count; i++)
        if (!try(check, content, &content->trials[i]))
            return NULL;
    summary = sum_up(check, content, content != NULL ? &content->sender : &found);
    if (summary == NULL)
        return NULL;
    end_of_parts = &summary->next;
    for (size_t i = 0; content != NULL && i < content->count; i++) {
        *end_of_parts = content->trials[i].outcome;
        end_of_parts = &content->trials[i].outcome->next;
    }
    if (content != NULL && content->left_out > 0)
        check_rule(summary, "%u more signatures were not looked at", content->left_out);
    return summary;
}

static const struct verifier_content domainkeys_content = {
    .field = take_field,
    .begin = begin,
    .body = take_body,
    .end = end,
};

const struct verifier domainkeys_verifier = {
    .method = METHOD_DOMAINKEYS,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_EOM,
    .content = &domainkeys_content,
    .check = check_message,
};
