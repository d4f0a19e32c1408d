/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/engine/transaction.h"

/* What the message contains, as one verifier sees it. */
struct content {
    struct content *next;
    const struct verifier *verifier;
    void *state; /* the verifier's; NULL: the body does not matter to it */
    bool failed; /* there was no memory for the state */
};

static bool looks_at_content(const struct vouch_message *message, const struct verifier *verifier)
{
    return verifier->content != NULL && message_wants(message, verifier);
}

void message_content_field(struct vouch_message *message, const struct header_field *field)
{
    struct check check;

    if (message->is_exempt)
        return;
    check = message_check(message);
    for (size_t i = 0; i < verifier_count; i++)
        if (looks_at_content(message, verifiers[i]) && verifiers[i]->content->field != NULL)
            verifiers[i]->content->field(&check, field);
}

/* False: no memory, and what there is says so when it is checked. */
static bool begin_one(struct vouch_message *message, const struct verifier *verifier,
                      struct content **content)
{
    struct check check = message_check(message);
    struct content *new = arena_alloc(message->arena, sizeof *new);

    if (new == NULL)
        return false;
    new->verifier = verifier;
    new->failed = !verifier->content->begin(&check, &new->state);
    *content = new;
    return true;
}

void message_content_begin(struct vouch_message *message)
{
    struct content **end = &message->contents;

    if (message->contents_begun || message_is_refused(message))
        return;
    message->contents_begun = true;
    message_signing_begin(message);
    if (message->is_exempt)
        return;
    for (size_t i = 0; i < verifier_count; i++)
        if (looks_at_content(message, verifiers[i]) && begin_one(message, verifiers[i], end))
            end = &(*end)->next;
}

void message_content_body(struct vouch_message *message, const void *octets, size_t length)
{
    if (!message->contents_begun) {
        budget_resume(message->budget);
        message_content_begin(message);
        budget_pause(message->budget);
    }
    if (message->signer != NULL)
        signer_body(message->signer, octets, length);
    for (struct content *content = message->contents; content != NULL; content = content->next)
        if (content->state != NULL)
            content->verifier->content->body(content->state, octets, length);
}

static struct content *find(const struct vouch_message *message, const struct verifier *verifier)
{
    struct content *content = message->contents;

    while (content != NULL && content->verifier != verifier)
        content = content->next;
    return content;
}

void message_content_check(struct vouch_message *message, const struct verifier *verifier)
{
    struct content *content;

    message_content_begin(message);
    content = find(message, verifier);
    if (content == NULL || content->failed)
        message_append(message, verifier, NULL);
    else
        message_run_verifier(message, verifier, content->state);
}

bool message_content_wants_body(const struct vouch_message *message)
{
    if (!message->contents_begun)
        return message->may_sign ||
               (vouch_engine_wants_body(message->session->engine) && !message->is_exempt);
    if (message->signer != NULL)
        return true;
    for (struct content *content = message->contents; content != NULL; content = content->next)
        if (content->state != NULL)
            return true;
    return false;
}

void message_content_free(struct vouch_message *message)
{
    signer_free(message->signer);
    for (struct content *content = message->contents; content != NULL; content = content->next)
        if (content->state != NULL && content->verifier->content->end != NULL)
            content->verifier->content->end(content->state);
}
