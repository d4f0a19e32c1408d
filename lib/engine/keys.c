/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Keys to sign with, for who looks after them. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/engine/transaction.h"
#include "lib/sign/sign_test.h"

enum { ARENA_SIZE = 1 << 20 };

struct vouch_key {
    char *pem;
    char *record;
};

int vouch_key_new(bool ed25519, unsigned bits, struct vouch_key **key)
{
    struct vouch_key *new = calloc(1, sizeof *new);
    struct sign_key *made = NULL;
    int error = new != NULL ? sign_key_new(ed25519, bits, &made) : VOUCH_ERROR_MEMORY;

    if (error == VOUCH_OK) {
        new->pem = sign_key_pem(made);
        new->record = sign_key_record(made);
        if (new->pem == NULL || new->record == NULL)
            error = VOUCH_ERROR_MEMORY;
    }
    sign_key_free(made);
    if (error != VOUCH_OK)
        vouch_key_free(new);
    else
        *key = new;
    return error;
}

void vouch_key_free(struct vouch_key *key)
{
    if (key == NULL)
        return;
    if (key->pem != NULL)
        OPENSSL_cleanse(key->pem, strlen(key->pem));
    free(key->pem);
    free(key->record);
    free(key);
}

const char *vouch_key_pem(const struct vouch_key *key)
{
    return key->pem;
}

const char *vouch_key_record(const struct vouch_key *key)
{
    return key->record;
}

/* Ask DNS, and tell what it says. */
static int test(struct vouch_engine *engine, const struct sign_settings *settings,
                struct arena *arena, struct vouch_key_test *result)
{
    struct budget *budget = budget_new(&engine->config->budget);
    struct text text = text_in(arena);
    struct dns_name name;

    if (budget == NULL)
        return VOUCH_ERROR_MEMORY;
    if (!sign_test_name(arena, settings, &name))
        text_add(&text, "selector and domain are too long for a name in DNS");
    else
        result->good = sign_test(
            settings, resolver_query(engine->resolver, budget, &name, DNS_TXT, NULL, NULL), &text);
    budget_free(budget);
    if (text.failed)
        return VOUCH_ERROR_MEMORY;
    (void)strncpy(result->text, text_string(&text), sizeof result->text - 1);
    return VOUCH_OK;
}

int vouch_engine_test_key(struct vouch_engine *engine, size_t index, struct vouch_key_test *result)
{
    const struct sign_settings *settings;
    struct arena *arena;
    int error;

    if (index >= engine->config->sign_settings_count)
        return VOUCH_ERROR_RANGE;
    settings = engine->config->sign_settings[index];
    *result = (struct vouch_key_test){
        .method = settings->method == SIGN_DKIM ? "dkim" : "domainkeys",
        .domain = settings->domain_text,
        .selector = settings->selector,
    };
    arena = arena_new(ARENA_SIZE);
    if (arena == NULL)
        return VOUCH_ERROR_MEMORY;
    error = test(engine, settings, arena, result);
    arena_free(arena);
    return error;
}
