/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/engine/transaction.h"
#include "lib/verify/verifier.h"

/* What CONFIG asks for; that of PREVIOUS (may be NULL) if it is the same. */
static int find_reputation(const struct vouch_config *config, const struct vouch_engine *previous,
                           struct reputation **reputation)
{
    *reputation = NULL;
    if (!config->enabled[METHOD_REPUTATION])
        return VOUCH_OK;
    if (previous == NULL || previous->reputation == NULL ||
        !reputation_same(&config->reputation, &previous->config->reputation))
        return reputation_new(&config->reputation, reputation);
    *reputation = reputation_hold(previous->reputation);
    return VOUCH_OK;
}

static int make_engine(struct vouch_config *config, const struct vouch_engine *previous,
                       struct resolver *resolver, struct vouch_engine **engine)
{
    struct vouch_engine *new = calloc(1, sizeof *new);
    int error;

    if (new == NULL)
        return VOUCH_ERROR_MEMORY;
    new->keys = key_cache_new(KEY_CACHE_KEYS);
    new->health = dna_health_new(config->source_count);
    error = new->keys != NULL &&new->health != NULL
                ? find_reputation(config, previous, &new->reputation)
                : VOUCH_ERROR_MEMORY;
    if (error != VOUCH_OK) {
        key_cache_free(new->keys);
        dna_health_free(new->health);
        free(new);
        return error;
    }
    atomic_init(&new->references, 1);
    new->config = config_hold(config);
    new->resolver = resolver_hold(resolver);
    if (gethostname(new->host_name, sizeof new->host_name - 1) != 0 || new->host_name[0] == '\0')
        memcpy(new->host_name, "localhost", sizeof "localhost");
    *engine = new;
    return VOUCH_OK;
}

int engine_new_with(struct vouch_config *config, struct resolver *resolver,
                    struct vouch_engine **engine)
{
    return make_engine(config, NULL, resolver, engine);
}

int vouch_engine_new(struct vouch_config *config, struct vouch_engine *previous,
                     struct vouch_engine **engine)
{
    struct resolver *resolver;
    int error = VOUCH_OK;

    if (previous != NULL && config_same_resolver(config, previous->config))
        resolver = resolver_hold(previous->resolver);
    else
        error = resolver_new(&config->dns, &resolver);
    if (error != VOUCH_OK)
        return error;
    error = make_engine(config, previous, resolver, engine);
    resolver_release(resolver);
    return error;
}

struct vouch_engine *vouch_engine_hold(struct vouch_engine *engine)
{
    atomic_fetch_add_explicit(&engine->references, 1, memory_order_relaxed);
    return engine;
}

void vouch_engine_release(struct vouch_engine *engine)
{
    if (engine == NULL ||
        atomic_fetch_sub_explicit(&engine->references, 1, memory_order_acq_rel) != 1)
        return;
    resolver_release(engine->resolver);
    key_cache_free(engine->keys);
    dna_health_free(engine->health);
    reputation_release(engine->reputation);
    vouch_config_release(engine->config);
    free(engine);
}

const struct vouch_settings *vouch_engine_settings(const struct vouch_engine *engine)
{
    return vouch_config_settings(engine->config);
}

const char *vouch_method_name(size_t index)
{
    return index < METHOD_COUNT ? method_name((enum method)index) : NULL;
}

bool vouch_engine_wants_body(const struct vouch_engine *engine)
{
    if (engine->config->sign_settings_count > 0)
        return true;
    for (size_t i = 0; i < verifier_count; i++)
        if (verifiers[i]->content != NULL && engine->config->enabled[verifiers[i]->method])
            return true;
    return false;
}

bool vouch_engine_answers_recipients(const struct vouch_engine *engine)
{
    return decide_wants_recipients(engine->config);
}

const char *vouch_dnssec_text(enum vouch_dnssec dnssec)
{
    switch (dnssec) {
    case VOUCH_DNSSEC_OFF:
        return "DNS answers are not validated (dns { dnssec = no })";
    case VOUCH_DNSSEC_ON:
        return "DNS answers are validated";
    case VOUCH_DNSSEC_PROBING:
        return "DNS answers are not validated yet: the name servers have not shown whether they "
               "pass signatures (dns { dnssec = auto })";
    case VOUCH_DNSSEC_STRIPPED:
        return "DNS answers are not validated: the name servers pass no signatures "
               "(dns { dnssec = auto })";
    case VOUCH_DNSSEC_UNTRUSTED:
        return "DNS answers are not validated: the signatures that the name servers pass do not "
               "lead to the trust anchor (dns { dnssec = auto })";
    case VOUCH_DNSSEC_NO_ANCHOR:
        return "DNS answers are not validated: the trust anchor cannot be read "
               "(dns { dnssec = auto })";
    }
    return "";
}

enum vouch_dnssec vouch_engine_dnssec(const struct vouch_engine *engine)
{
    return resolver_dnssec(engine->resolver);
}

enum vouch_source_change vouch_engine_source_change(struct vouch_engine *engine,
                                                    char text[VOUCH_SOURCE_TEXT_SIZE])
{
    const struct dna_settings *settings = &engine->config->verify.dna;
    struct dna_finding found;
    size_t index;
    bool ipv6;

    if (!dna_health_take_change(engine->health, &index, &ipv6, &found))
        return VOUCH_SOURCE_NONE;
    if (found.condition == DNA_HEALTHY) {
        (void)snprintf(text, VOUCH_SOURCE_TEXT_SIZE, "source '%s' is asked again%s",
                       settings->sources[index].name, ipv6 ? " for IPv6" : "");
        return VOUCH_SOURCE_TRUSTED;
    }
    (void)snprintf(text, VOUCH_SOURCE_TEXT_SIZE, "source '%s' is ignored%s: %s",
                   settings->sources[index].name, ipv6 ? " for IPv6" : "", found.trouble);
    return VOUCH_SOURCE_IGNORED;
}

void vouch_engine_counters(const struct vouch_engine *engine, struct vouch_counters *counters)
{
    resolver_counters(engine->resolver, counters);
}
