/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/request.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/message_feed.h"

static bool read_address(const char *text, struct sockaddr_storage *address)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

    memset(address, 0, sizeof *address);
    if (inet_pton(AF_INET, text, &v4.sin_addr) == 1) {
        memcpy(address, &v4, sizeof v4);
        return true;
    }
    if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1) {
        memcpy(address, &v6, sizeof v6);
        return true;
    }
    return false;
}

static int tell_macros(struct vouch_session *session, const struct request *request)
{
    int error = VOUCH_OK;

    for (size_t i = 0; error == VOUCH_OK && i < request->macro_count; i++)
        error = vouch_session_fact(session, request->macros[i].fact, request->macros[i].value);
    return error;
}

static int start_session(struct vouch_engine *engine, const struct request *request,
                         struct vouch_session **session)
{
    struct sockaddr_storage address;
    int error;

    if (!read_address(request->client, &address))
        return VOUCH_ERROR_SYNTAX;
    error =
        vouch_session_new(engine, (const struct sockaddr *)&address, request->client_name, session);
    if (error == VOUCH_OK && request->authenticated != NULL)
        error = vouch_session_fact(*session, VOUCH_FACT_AUTH_AUTHEN, request->authenticated);
    if (error == VOUCH_OK)
        error = tell_macros(*session, request);
    if (error == VOUCH_OK && request->helo != NULL)
        error = vouch_session_helo(*session, request->helo);
    return error;
}

static bool refuses(const struct vouch_decision *decision)
{
    return decision->action == VOUCH_REJECT || decision->action == VOUCH_TEMPFAIL;
}

/* *TOLD: how many of them were not refused. */
static int add_recipients(struct vouch_message *message, const struct request *request,
                          size_t *told)
{
    for (size_t i = 0; i < request->recipient_count; i++) {
        const struct vouch_decision *decision =
            vouch_message_decide_recipient(message, request->recipients[i]);
        int error;

        if (decision == NULL)
            return VOUCH_ERROR_MEMORY;
        if (refuses(decision))
            continue;
        (*told)++;
        error = vouch_message_recipient(message, request->recipients[i]);
        if (error != VOUCH_OK && error != VOUCH_ERROR_LIMIT)
            return error;
    }
    return VOUCH_OK;
}

/* The stages in the order of the SMTP session; a refusal ends it, as it does there, and so does it
 * when every recipient is refused. */
static int run_stages(struct vouch_message *message, const struct request *request)
{
    struct message_feed feed = message_feed_start(request->message, request->message_length);
    size_t told = 0;
    int error;

    if (refuses(vouch_message_decide(message, VOUCH_STAGE_MAIL)))
        return VOUCH_OK;
    error = add_recipients(message, request, &told);
    if (error != VOUCH_OK || request->message == NULL ||
        (told == 0 && request->recipient_count > 0))
        return error;
    error = message_feed_header(&feed, message);
    if (error != VOUCH_OK || refuses(vouch_message_decide(message, VOUCH_STAGE_EOH)))
        return error;
    error = message_feed_body(&feed, message);
    if (error == VOUCH_OK)
        (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
    return error;
}

static int answer_text(struct vouch_message *message, enum request_answer answer, char **text)
{
    const char *told = answer == ANSWER_RECORD ? vouch_message_record(message, true)
                                               : vouch_message_explanation(message);

    *text = told != NULL ? strdup(told) : NULL;
    return *text != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

static int tell_submitter(struct vouch_message *message, const char *submitter)
{
    char parameter[1100];

    if (submitter == NULL)
        return VOUCH_OK;
    if (snprintf(parameter, sizeof parameter, "SUBMITTER=%s", submitter) >= (int)sizeof parameter)
        return VOUCH_ERROR_LIMIT;
    return vouch_message_parameter(message, parameter);
}

int request_run(struct vouch_engine *engine, const struct request *request,
                enum request_answer answer, char **text)
{
    struct vouch_session *session = NULL;
    struct vouch_message *message = NULL;
    int error = start_session(engine, request, &session);

    if (error == VOUCH_OK)
        error = vouch_message_new(session, request->mail_from, &message);
    if (error == VOUCH_OK)
        error = tell_submitter(message, request->submitter);
    if (error == VOUCH_OK && request->queue_id != NULL)
        error = vouch_message_queue_id(message, request->queue_id);
    if (error == VOUCH_OK)
        error = run_stages(message, request);
    if (error == VOUCH_OK)
        error = answer_text(message, answer, text);
    vouch_message_free(message);
    vouch_session_free(session);
    return error;
}
