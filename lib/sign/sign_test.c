/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/sign/sign_test.h"

#include <string.h>

#include "lib/verify/dkim_key.h"

bool sign_test_name(struct arena *arena, const struct sign_settings *settings,
                    struct dns_name *name)
{
    const char *text =
        arena_printf(arena, "%s._domainkey.%s", settings->selector, settings->domain_text);

    return text != NULL && dns_name_from_text(text, strlen(text), name) == VOUCH_OK;
}

/* A signature of ours, as far as it matters to a key. */
static struct dkim_signature signature_of(const struct sign_settings *settings)
{
    struct dkim_signature signature = {.identity_is_domain = true, .algorithm = DKIM_RSA_SHA256};

    if (settings->method == SIGN_DOMAINKEYS)
        signature.algorithm = DKIM_RSA_SHA1;
    else if (sign_key_is_ed25519(settings->key))
        signature.algorithm = DKIM_ED25519_SHA256;
    return signature;
}

static bool tell_key(const struct sign_settings *settings, const struct dkim_key *key,
                     struct text *text)
{
    if (key->result != VOUCH_NONE) {
        text_printf(text, "%s%s%s", reason_text(key->reason), key->detail[0] != '\0' ? ": " : "",
                    key->detail);
        return false;
    }
    if (!sign_key_fits(settings->key, key->key)) {
        text_add(text, "another key is in DNS");
        return false;
    }
    text_printf(text, "the key is in DNS (%s, %u bits)",
                sign_key_is_ed25519(settings->key) ? "Ed25519" : "RSA", key->bits);
    if (key->is_testing)
        text_add(text, ", but marked as being tested (t=y): verifiers may ignore it");
    return true;
}

bool sign_test(const struct sign_settings *settings, const struct dns_answer *answer,
               struct text *text)
{
    struct dkim_signature signature = signature_of(settings);
    struct dkim_key *key = dkim_key_read(text->arena, answer, &signature, NULL);
    bool good = key != NULL && tell_key(settings, key, text);

    if (key == NULL)
        text_add(text, reason_text(REASON_MEMORY));
    if (answer->record_count > 1)
        text_printf(text, "; there are %zu records where one should be", answer->record_count);
    dkim_key_free(key);
    return good;
}
