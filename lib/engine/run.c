/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/engine/transaction.h"

bool message_wants(const struct vouch_message *message, const struct verifier *verifier)
{
    const struct vouch_config *config = message->session->engine->config;

    return config->enabled[verifier->method] &&
           (verifier->wanted == NULL || verifier->wanted(&config->verify));
}

struct check message_check(const struct vouch_message *message)
{
    const struct vouch_engine *engine = message->session->engine;

    return (struct check){
        .facts = &message->facts,
        .settings = &engine->config->verify,
        .resolver = engine->resolver,
        .keys = engine->keys,
        .health = engine->health,
        .reputation = engine->reputation,
        .budget = message->budget,
        .arena = message->arena,
        .outcomes = message->outcomes,
        .began = message->began,
    };
}

/* There was no memory even to say so: the message must not pass as if it had been checked. */
static struct outcome *spare_outcome(struct vouch_message *message, const struct verifier *verifier)
{
    if (message->spare_used)
        return NULL;
    message->spare_used = true;
    message->spare = (struct outcome){
        .method = verifier->method,
        .identity = verifier->identity,
        .stage = verifier->stage,
        .result = VOUCH_TEMPERROR,
        .reason = REASON_MEMORY,
        .domain = "",
        .detail = "",
        .explanation = "",
    };
    return &message->spare;
}

static void append(struct vouch_message *message, struct outcome *outcome)
{
    if (outcome == NULL)
        return;
    *message->outcomes_end = outcome;
    while (outcome->next != NULL)
        outcome = outcome->next;
    message->outcomes_end = &outcome->next;
}

void message_append(struct vouch_message *message, const struct verifier *verifier,
                    struct outcome *outcome)
{
    append(message, outcome != NULL ? outcome : spare_outcome(message, verifier));
}

void message_run_verifier(struct vouch_message *message, const struct verifier *verifier,
                          void *content)
{
    struct check check = message_check(message);

    check.content = content;
    message_append(message, verifier, verifier->check(&check));
}

/* Find what the HELO is worth, once for all messages under it. */
static void check_helo(struct vouch_message *message)
{
    struct helo *helo = message->helo;
    struct facts facts = session_facts(message->session, helo);
    struct check check = helo_check(message->session, helo, &facts);
    struct outcome **end = &helo->outcomes;

    for (size_t i = 0; i < verifier_count; i++) {
        if (verifiers[i]->stage != VOUCH_STAGE_HELO || !message_wants(message, verifiers[i]) ||
            !check_applies(&check, verifiers[i]))
            continue;
        check.outcomes = helo->outcomes;
        *end = verifiers[i]->check(&check);
        if (*end == NULL) {
            helo->incomplete = true;
            message_append(message, verifiers[i], NULL);
        }
        while (*end != NULL)
            end = &(*end)->next;
    }
    helo->checked = true;
}

/* The outcomes of the HELO outlive the message, so it links copies of its own. */
static void run_helo_stage(struct vouch_message *message)
{
    if (!message->helo->checked)
        check_helo(message);
    for (const struct outcome *of = message->helo->outcomes; of != NULL; of = of->next) {
        struct outcome *copy = arena_alloc(message->arena, sizeof *copy);

        if (copy == NULL) {
            message_append(message, &(struct verifier){.method = of->method, .stage = of->stage},
                           NULL);
            return;
        }
        *copy = *of;
        copy->next = NULL;
        append(message, copy);
    }
}

/* Whether VERIFIER, that is not of the HELO, has something to say of the message. */
static bool applies(const struct vouch_message *message, const struct verifier *verifier)
{
    struct check check = message_check(message);

    return message_wants(message, verifier) && check_applies(&check, verifier);
}

void message_run_stage(struct vouch_message *message, enum vouch_stage stage)
{
    if (stage == VOUCH_STAGE_HELO) {
        run_helo_stage(message);
        return;
    }
    for (size_t i = 0; i < verifier_count; i++) {
        if (verifiers[i]->stage != stage || !applies(message, verifiers[i]))
            continue;
        if (verifiers[i]->content != NULL)
            message_content_check(message, verifiers[i]);
        else
            message_run_verifier(message, verifiers[i], NULL);
    }
}

void message_start_questions(struct vouch_message *message, enum vouch_stage stage)
{
    struct check check = message_check(message);

    for (size_t i = 0; i < verifier_count; i++)
        if (verifiers[i]->stage == stage && verifiers[i]->prefetch != NULL &&
            applies(message, verifiers[i]))
            verifiers[i]->prefetch(&check);
}
