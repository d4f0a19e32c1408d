/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdlib.h>
#include <string.h>

#include "lib/engine/transaction.h"
#include "lib/verify/verifier.h"

enum { HELO_ARENA_LIMIT = 1 << 20 };

static const char *text_or_empty(const char *text)
{
    return text != NULL ? text : "";
}

struct facts session_facts(const struct vouch_session *session, const struct helo *helo)
{
    const struct vouch_engine *engine = session->engine;
    struct facts facts = {
        .client = session->client,
        .client_name = text_or_empty(session->client_name),
        .helo = helo != NULL ? helo->argument : "",
        .authserv_id = engine->config->authres.authserv_id,
        .reverse_path = {.raw = "", .local = "", .domain = ""},
        .queue_id = "",
    };

    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        facts.mta[i] = text_or_empty(session->mta[i]);
    if (facts.authserv_id[0] == '\0')
        facts.authserv_id = facts.mta[VOUCH_FACT_MTA_NAME];
    if (facts.authserv_id[0] == '\0')
        facts.authserv_id = engine->host_name;
    return facts;
}

bool session_is_encrypted(const struct vouch_session *session)
{
    return text_or_empty(session->mta[VOUCH_FACT_TLS_VERSION])[0] != '\0';
}

struct check helo_check(const struct vouch_session *session, const struct helo *helo,
                        const struct facts *facts)
{
    return (struct check){
        .facts = facts,
        .settings = &session->engine->config->verify,
        .resolver = session->engine->resolver,
        .reputation = session->engine->reputation,
        .budget = helo->budget,
        .health = session->engine->health,
        .arena = helo->arena,
        .began = helo->began,
    };
}

void helo_start_questions(const struct vouch_session *session)
{
    const struct helo *helo = session->helo;
    struct facts facts = session_facts(session, helo);
    struct check check = helo_check(session, helo, &facts);

    if (exemption_of(&facts, session->engine->config) != EXEMPT_NO)
        return;
    for (size_t i = 0; i < verifier_count; i++)
        if (verifiers[i]->stage == VOUCH_STAGE_HELO && verifiers[i]->prefetch != NULL &&
            session->engine->config->enabled[verifiers[i]->method] &&
            check_applies(&check, verifiers[i]))
            verifiers[i]->prefetch(&check);
}

struct helo *helo_new(const struct vouch_session *session, const char *argument)
{
    struct helo *helo = calloc(1, sizeof *helo);

    if (helo == NULL)
        return NULL;
    helo->references = 1;
    helo->encrypted = session_is_encrypted(session);
    helo->began = clock_now();
    helo->arena = arena_new(HELO_ARENA_LIMIT);
    helo->budget = budget_new(&session->engine->config->budget);
    helo->argument = helo->arena != NULL ? arena_string(helo->arena, argument) : NULL;
    if (helo->budget == NULL || helo->argument == NULL) {
        helo_release(helo);
        return NULL;
    }
    return helo;
}

struct helo *helo_hold(struct helo *helo)
{
    helo->references++;
    return helo;
}

void helo_release(struct helo *helo)
{
    if (helo == NULL || --helo->references > 0)
        return;
    budget_free(helo->budget);
    arena_free(helo->arena);
    free(helo);
}
