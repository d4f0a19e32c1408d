/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/engine/transaction.h"
#include "lib/report/reply.h"

/* Beside the header fields: recipients, outcomes with their traces, replies and records. */
enum { MESSAGE_ARENA_ROOM = 8 << 20 };

static bool has_temperror(const struct outcome *outcomes)
{
    for (; outcomes != NULL; outcomes = outcomes->next)
        if (outcomes->result == VOUCH_TEMPERROR)
            return true;
    return false;
}

/* Without HELO there is still something to say about it; one from before STARTTLS is none
 * (RFC 3207 4.2); what DNS trouble or want of memory left open is asked again. */
static int ensure_helo(struct vouch_session *session)
{
    struct helo *helo = session->helo;

    if (helo == NULL || (session_is_encrypted(session) && !helo->encrypted))
        return vouch_session_helo(session, "");
    if (helo->checked && (helo->incomplete || has_temperror(helo->outcomes)))
        return vouch_session_helo(session, helo->argument);
    return VOUCH_OK;
}

/* Later facts of the session must not change what this message was decided on. */
static int copy_facts(struct vouch_message *message)
{
    struct arena *arena = message->arena;
    struct facts facts = session_facts(message->session, message->helo);

    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++) {
        facts.mta[i] = arena_string(arena, facts.mta[i]);
        if (facts.mta[i] == NULL)
            return VOUCH_ERROR_MEMORY;
    }
    facts.authserv_id = arena_string(arena, facts.authserv_id);
    if (facts.authserv_id == NULL)
        return VOUCH_ERROR_MEMORY;
    facts.headers = header_list_in(arena, message->session->engine->config->header_octets);
    message->facts = facts;
    return VOUCH_OK;
}

static int fill(struct vouch_message *message, const char *reverse_path)
{
    const struct vouch_config *config = message->session->engine->config;
    int error = ensure_helo(message->session);

    if (error != VOUCH_OK)
        return error;
    message->helo = helo_hold(message->session->helo);
    message->session->unused_helos = 0;
    message->arena = arena_new(config->header_octets * 2 + MESSAGE_ARENA_ROOM);
    message->budget = budget_new(&config->budget);
    if (message->arena == NULL || message->budget == NULL)
        return VOUCH_ERROR_MEMORY;
    error = copy_facts(message);
    if (error == VOUCH_OK)
        error = path_parse(message->arena, reverse_path, &message->facts.reverse_path);
    message->facts.has_mail = error == VOUCH_OK;
    message->is_exempt = exemption_of(&message->facts, config) != EXEMPT_NO;
    message->may_sign = decide_signing(&message->facts, config);
    return error;
}

int vouch_message_new(struct vouch_session *session, const char *reverse_path,
                      struct vouch_message **message)
{
    struct vouch_message *new = calloc(1, sizeof *new);
    int error;

    if (new == NULL)
        return VOUCH_ERROR_MEMORY;
    new->session = session;
    new->began = clock_now();
    new->outcomes_end = &new->outcomes;
    error = fill(new, reverse_path);
    if (error != VOUCH_OK) {
        vouch_message_free(new);
        return error;
    }
    *message = new;
    return VOUCH_OK;
}

void vouch_message_free(struct vouch_message *message)
{
    if (message == NULL)
        return;
    message_content_free(message);
    message_recipient_free(message);
    budget_free(message->budget);
    arena_free(message->arena);
    helo_release(message->helo);
    free(message);
}

int vouch_message_parameter(struct vouch_message *message, const char *parameter)
{
    static const char keyword[] = "SUBMITTER=";
    const size_t length = sizeof keyword - 1;

    if (strlen(parameter) < length || !ascii_equal_fold(parameter, keyword, length))
        return VOUCH_OK;
    message->facts.submitter = arena_string(message->arena, parameter + length);
    return message->facts.submitter != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

int vouch_message_header(struct vouch_message *message, const char *name, const char *value,
                         size_t value_length)
{
    struct header_list *headers = &message->facts.headers;
    int error = message_note_forged(message, name, value, value_length);

    if (error == VOUCH_OK)
        error = header_list_add(headers, name, value, value_length);
    if (error == VOUCH_OK)
        message_content_field(message, headers->last);
    return error;
}

int vouch_message_body(struct vouch_message *message, const void *octets, size_t length)
{
    message_content_body(message, octets, length);
    return VOUCH_OK;
}

bool vouch_message_wants_body(const struct vouch_message *message)
{
    return message_content_wants_body(message);
}

int vouch_message_queue_id(struct vouch_message *message, const char *queue_id)
{
    const char *copy = arena_string(message->arena, queue_id);

    if (copy == NULL)
        return VOUCH_ERROR_MEMORY;
    message->facts.queue_id = copy;
    return VOUCH_OK;
}
