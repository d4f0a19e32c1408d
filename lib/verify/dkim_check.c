/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* One signature. */
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/verify/dkim.h"
#include "lib/verify/dkim_body.h"
#include "lib/verify/dkim_header.h"
#include "lib/verify/dkim_key.h"

enum { SHOWN_MAX = 300, HASH_TEXT_MAX = 64 };

struct trial {
    const struct check *check;
    const struct dkim_signature *signature;
    const struct dkim_body *body;
    unsigned from_fields;
    struct outcome *outcome;
    struct dkim_key *key;
    struct dkim_body_hash hash;
};

static void set(struct trial *trial, enum vouch_result result, enum reason reason,
                const char *detail)
{
    outcome_set(trial->outcome, result, reason);
    trial->outcome->detail = detail;
}

static const char *shown(struct trial *trial, const char *octets)
{
    struct text text = text_in(trial->check->arena);

    text_add_safe(&text, octets, strlen(octets), SHOWN_MAX);
    return text_string(&text) != NULL ? text_string(&text) : "";
}

/* The key, or why there is none to verify with.  False: the signature is judged. */
static bool find_key(struct trial *trial)
{
    const struct dns_answer *answer =
        check_query(trial->check, trial->outcome, &trial->signature->key_name, DNS_TXT, NULL);

    trial->key = dkim_key_read(trial->check->arena, answer, trial->signature, trial->check->keys);
    if (trial->key == NULL) {
        set(trial, VOUCH_TEMPERROR, REASON_MEMORY, "");
        return false;
    }
    if (trial->key->result == VOUCH_NONE) {
        check_rule(trial->outcome, "RFC 6376 6.1.2: a key of %u bits%s", trial->key->bits,
                   trial->key->is_testing ? ", being tested (t=y)" : "");
        return true;
    }
    check_rule(trial->outcome, "RFC 6376 6.1.2: no key to verify with");
    set(trial, trial->key->result, trial->key->reason, trial->key->detail);
    if (answer->status == DNS_FAILURE)
        check_temperror(trial->outcome, trial->key->reason);
    return false;
}

static bool body_matches(const struct trial *trial)
{
    uint8_t signed_hash[sizeof trial->hash.octets];
    const char *digits = trial->signature->body_digits;
    size_t length;

    return sodium_base642bin(signed_hash, sizeof signed_hash, digits, strlen(digits), NULL, &length,
                             NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
           length == trial->hash.length && memcmp(signed_hash, trial->hash.octets, length) == 0;
}

/* What the body came to, for people. */
static void tell_body(struct trial *trial, bool matches)
{
    const struct dkim_signature *signature = trial->signature;
    char computed[HASH_TEXT_MAX];

    if (matches) {
        check_rule(trial->outcome, "RFC 6376 6.1.3: the body hash (%s) is that of the body",
                   dkim_canonicalization_name(signature->body_canonicalization));
        return;
    }
    sodium_bin2base64(computed, sizeof computed, trial->hash.octets, trial->hash.length,
                      sodium_base64_VARIANT_ORIGINAL);
    check_rule(trial->outcome,
               "RFC 6376 6.1.3: the body (%s, %" PRIu64 " octets) has the hash %s, but bh=%.60s",
               dkim_canonicalization_name(signature->body_canonicalization), trial->hash.body_size,
               computed, shown(trial, signature->body_digits));
}

static void tell_header(struct trial *trial, const char *finding)
{
    const struct dkim_signature *signature = trial->signature;

    check_rule(trial->outcome, "RFC 6376 6.1.3: the signature over the header (%s; %s) %s",
               dkim_canonicalization_name(signature->header_canonicalization),
               shown(trial, signature->headers), finding);
}

/* The header and its signature do not fit together: which of the two was it? */
static void fail_header(struct trial *trial, bool body_is_intact)
{
    const char *body = body_is_intact ? "the body is intact" : "the body was changed, too";

    if (trial->signature->algorithm == DKIM_ED25519_SHA256) {
        tell_header(trial, "does not verify");
        set(trial, VOUCH_FAIL, REASON_DKIM_MISMATCH, body);
    } else if (dkim_key_made(trial->key, trial->signature)) {
        tell_header(trial, "does not verify; it was made with this key, but over other fields");
        set(trial, VOUCH_FAIL, REASON_DKIM_HEADER_CHANGED, body);
    } else {
        tell_header(trial, "does not verify; it was not made with this key");
        set(trial, VOUCH_FAIL, REASON_DKIM_OTHER_KEY, body);
    }
}

/* RFC 8601 2.7.1: it verifies, but is it acceptable here? */
static bool is_acceptable(struct trial *trial)
{
    const struct dkim_settings *settings = &trial->check->settings->dkim;
    const struct dkim_signature *signature = trial->signature;
    struct arena *arena = trial->check->arena;
    const char *detail = "";
    enum reason reason = REASON_NONE;

    if (trial->from_fields > signature->from_fields) {
        reason = REASON_DKIM_FROM_NOT_SIGNED; /* RFC 6376 8.15 */
    } else if (signature->algorithm == DKIM_RSA_SHA1 && !settings->accept_rsa_sha1) {
        reason = REASON_DKIM_RSA_SHA1; /* RFC 8301 3.1 */
    } else if (signature->algorithm != DKIM_ED25519_SHA256 &&
               trial->key->bits < settings->minimum_key_bits) {
        reason = REASON_DKIM_WEAK_KEY; /* RFC 8301 3.2 */
        detail = arena_printf(arena, "%u bits", trial->key->bits);
    } else if (signature->body_length != DKIM_NO_LENGTH && !settings->accept_body_length &&
               (uint64_t)signature->body_length < trial->hash.body_size) {
        reason = REASON_DKIM_BODY_LENGTH; /* RFC 6376 8.2 */
        detail = arena_printf(arena, "%" PRId64 " of %" PRIu64 " octets", signature->body_length,
                              trial->hash.body_size);
    }
    if (reason != REASON_NONE)
        set(trial, VOUCH_POLICY, reason, detail != NULL ? detail : "");
    return reason == REASON_NONE;
}

static void judge(struct trial *trial, bool body_is_intact)
{
    const struct dkim_signature *signature = trial->signature;
    const char *detail;

    tell_header(trial, "verifies");
    if (signature->body_length != DKIM_NO_LENGTH &&
        (uint64_t)signature->body_length > trial->hash.body_size) {
        set(trial, VOUCH_PERMERROR, REASON_DKIM_SYNTAX, "l= is larger than the body");
        return;
    }
    if (!body_is_intact) {
        set(trial, VOUCH_FAIL, REASON_DKIM_BODY_CHANGED, "");
        return;
    }
    if (!is_acceptable(trial))
        return;
    detail = arena_printf(trial->check->arena, "%u-bit key%s", trial->key->bits,
                          trial->key->is_testing ? ", being tested" : "");
    set(trial, VOUCH_PASS, REASON_DKIM_PASS, detail != NULL ? detail : "");
}

static void verify(struct trial *trial)
{
    const struct dkim_signature *signature = trial->signature;
    unsigned char hash[DKIM_HASH_MAX];
    bool body_is_intact;
    size_t length;

    if (!dkim_body_hash(trial->body, signature, &trial->hash)) {
        set(trial, VOUCH_NEUTRAL, REASON_DKIM_NOT_PROCESSED, "OpenSSL refuses its hash");
        return;
    }
    body_is_intact = body_matches(trial);
    tell_body(trial, body_is_intact);
    if (!dkim_header_hash(&trial->check->facts->headers, signature, hash, &length))
        set(trial, VOUCH_TEMPERROR, REASON_MEMORY, "");
    else if (!dkim_header_verify(signature, trial->key, hash, length))
        fail_header(trial, body_is_intact);
    else
        judge(trial, body_is_intact);
}

static struct outcome *new_part(const struct check *check, const struct dkim_signature *signature)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_DKIM, IDENTITY_NONE, VOUCH_STAGE_EOM);

    if (outcome == NULL)
        return NULL;
    outcome->is_part = true;
    outcome->domain = signature->domain;
    if (*signature->domain != '\0')
        outcome_property(outcome, "header", "d", signature->domain);
    if (*signature->identity != '\0')
        outcome_property(outcome, "header", "i", signature->identity);
    if (*signature->selector != '\0')
        outcome_property(outcome, "header", "s", signature->selector);
    if (*signature->algorithm_tag != '\0')
        outcome_property(outcome, "header", "a", signature->algorithm_tag);
    return outcome;
}

bool dkim_signature_check(const struct check *check, const struct dkim_signature *signature,
                          const struct dkim_body *body, unsigned from_fields,
                          struct dkim_finding *finding)
{
    struct trial trial = {
        .check = check,
        .signature = signature,
        .body = body,
        .from_fields = from_fields,
        .outcome = new_part(check, signature),
    };

    *finding = (struct dkim_finding){.signature = signature, .outcome = trial.outcome};
    if (trial.outcome == NULL)
        return false;
    if (signature->result != VOUCH_NONE)
        set(&trial, signature->result, signature->reason, signature->detail);
    else if (check->facts->headers.truncated)
        set(&trial, VOUCH_NEUTRAL, REASON_DKIM_NOT_PROCESSED, "the header is too large");
    else if (find_key(&trial)) {
        finding->is_testing = trial.key->is_testing;
        verify(&trial);
    }
    dkim_key_free(trial.key);
    return true;
}
