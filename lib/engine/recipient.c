/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The RCPT commands of a message. */
#include "lib/engine/transaction.h"
#include "lib/report/record.h"
#include "lib/report/reply.h"

/* A client may try any number of recipients: each decision replaces the one before. */
enum { RECIPIENT_ARENA_LIMIT = 1 << 18 };

/* Append a copy of PATH to LIST.  VOUCH_ERROR_LIMIT: more than are kept. */
static int keep(struct vouch_message *message, struct path_list *list, const char *path)
{
    if (list->count >= message->session->engine->config->recipients)
        return VOUCH_ERROR_LIMIT;
    if (list->count == list->room) {
        size_t room = list->room > 0 ? 2 * list->room : 4;
        const char **grown = arena_calloc(message->arena, room, sizeof *grown);

        if (grown == NULL)
            return VOUCH_ERROR_MEMORY;
        for (size_t i = 0; i < list->count; i++)
            grown[i] = list->paths[i];
        list->paths = grown;
        list->room = room;
    }
    list->paths[list->count] = arena_string(message->arena, path);
    if (list->paths[list->count] == NULL)
        return VOUCH_ERROR_MEMORY;
    list->count++;
    return VOUCH_OK;
}

int vouch_message_recipient(struct vouch_message *message, const char *path)
{
    int error = keep(message, &message->recipients, path);

    message->known_recipients++;
    message->facts.recipients = message->recipients.paths;
    message->facts.recipient_count = message->recipients.count;
    return error;
}

static int note_refused(struct vouch_message *message, const char *path)
{
    int error = keep(message, &message->refused, path);

    message->facts.refused = message->refused.paths;
    message->facts.refused_count = message->refused.count;
    return error != VOUCH_ERROR_LIMIT ? error : VOUCH_OK;
}

void message_recipient_free(struct vouch_message *message)
{
    arena_free(message->recipient.arena);
}

const struct vouch_decision *vouch_message_decide_recipient(struct vouch_message *message,
                                                            const char *path)
{
    const struct vouch_config *config = message->session->engine->config;
    struct recipient *recipient = &message->recipient;

    arena_free(recipient->arena);
    recipient->arena = arena_new(RECIPIENT_ARENA_LIMIT);
    if (recipient->arena == NULL ||
        path_parse(recipient->arena, path, &recipient->path) != VOUCH_OK)
        return NULL;
    recipient->decided = decide_recipient(&message->facts, &recipient->path, config);
    if (reply_make(recipient->arena, &message->facts, &recipient->decided, &recipient->reply) !=
        VOUCH_OK)
        return NULL;
    recipient->decision = decision_told(recipient->arena, &recipient->decided, &recipient->reply);
    if (recipient->decision.action != VOUCH_CONTINUE && note_refused(message, path) != VOUCH_OK)
        return NULL;
    return &recipient->decision;
}

const char *vouch_message_recipient_log_line(struct vouch_message *message)
{
    const struct recipient *recipient = &message->recipient;
    struct report_view view = {.facts = &message->facts, .decision = &recipient->decided};

    if (recipient->arena == NULL || recipient->decided.wanted == VOUCH_CONTINUE)
        return "";
    return record_recipient_line(recipient->arena, &view);
}
