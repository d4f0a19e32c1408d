/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/session.h"

#include <stdlib.h>
#include <string.h>

#include <libmilter/mfapi.h>

#include "milter/gate.h"
#include "milter/log.h"
#include "milter/record.h"

static struct log_limit overload_limit, trouble_limit, body_limit;

struct session *session_new(void)
{
    struct session *session = calloc(1, sizeof *session);

    if (session == NULL)
        return NULL;
    session->generation = reload_hold();
    /* What every MTA knows that starts a second connection without a new negotiation. */
    session->actions = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE;
    session->steps = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_RCPT | SMFIP_NR_HDR;
    if (session->generation != NULL && session->generation->answers_recipients)
        session->steps &= ~SMFIP_NR_RCPT;
    session->leading_space = true;
    session->without_body = session->generation != NULL && session->generation->without_bodies &&
                            vouch_engine_wants_body(session->generation->engine);
    return session;
}

/* Free the message without a word. */
static void drop_message(struct session *session)
{
    if (session->message == NULL)
        return;
    vouch_message_free(session->message);
    session->message = NULL;
    gate_leave_message();
}

static void drop_client(struct session *session)
{
    session_end(session);
    vouch_session_free(session->client);
    session->client = NULL;
    if (session->counted)
        gate_leave_session();
    session->counted = false;
    session->client_trouble = false;
}

void session_free(struct session *session)
{
    if (session == NULL)
        return;
    drop_client(session);
    if (session->generation != NULL)
        reload_release(session->generation);
    free(session);
}

void session_connect(struct session *session, const struct sockaddr *client, const char *name)
{
    const struct generation *generation = session->generation;
    int error;

    drop_client(session);
    if (generation == NULL)
        return;
    if (session->without_body) { /* nothing is verified or signed without it */
        log_limited(&body_limit, LOG_WARNING,
                    "an MTA goes on with what it negotiated before a reload, and may send no "
                    "bodies: its messages are put off until it connects anew");
        return;
    }
    session->counted = true;
    session->overloaded = !gate_enter_session(generation->settings->max_sessions);
    if (session->overloaded) {
        log_limited(&overload_limit, LOG_WARNING,
                    "more than %u sessions at once: further ones are not checked, their messages "
                    "get \"%s\"",
                    generation->settings->max_sessions,
                    vouch_action_word(session_unchecked(session)));
        return;
    }
    error = vouch_session_new(generation->engine, client, name, &session->client);
    if (error != VOUCH_OK)
        session->client = NULL;
    session_note(session, error);
}

enum vouch_action session_unchecked(const struct session *session)
{
    const struct vouch_settings *settings;

    if (session == NULL || session->generation == NULL)
        return VOUCH_TEMPFAIL;
    settings = session->generation->settings;
    if (settings->monitor)
        return VOUCH_CONTINUE;
    return session->overloaded ? settings->overload : VOUCH_TEMPFAIL;
}

void session_note(struct session *session, int error)
{
    if (error == VOUCH_OK || error == VOUCH_ERROR_LIMIT)
        return;
    if (session->message != NULL)
        session->trouble = true;
    else
        session->client_trouble = true;
    log_limited(&trouble_limit, LOG_WARNING, "a message cannot be judged: %s",
                vouch_error_text(error));
}

bool session_begin(struct session *session, const char *reverse_path)
{
    int error;

    session->trouble = false;
    if (!gate_enter_message()) {
        session->overloaded = true;
        return false;
    }
    error = vouch_message_new(session->client, reverse_path, &session->message);
    if (error == VOUCH_OK)
        return true;
    session->message = NULL;
    gate_leave_message();
    session_note(session, error);
    return false;
}

static int priority_of(const struct vouch_decision *decision)
{
    return decision->action > VOUCH_ACCEPT ? LOG_NOTICE : LOG_INFO;
}

/* Every step of every check, line by line. */
static void explain(struct session *session)
{
    const char *line = vouch_message_explanation(session->message);

    while (line != NULL && *line != '\0') {
        int length = (int)strcspn(line, "\n");

        log_write(LOG_DEBUG, "  %.*s", length, line);
        line += length + (line[length] == '\n' ? 1 : 0);
    }
}

void session_finish(struct session *session, const struct vouch_decision *decision)
{
    const char *line = vouch_message_log_line(session->message);

    log_write(priority_of(decision), "%s", line != NULL ? line : "no memory for a log line");
    if (log_verbose())
        explain(session);
    record_append(&session->generation->record, vouch_message_record(session->message, false));
    vouch_message_remember(session->message);
    drop_message(session);
}

void session_end(struct session *session)
{
    const char *line;

    if (session->message == NULL)
        return;
    vouch_message_give_up(session->message, session->trouble || session->client_trouble);
    line = vouch_message_log_line(session->message);
    if (line != NULL)
        log_write(LOG_INFO, "%s", line);
    record_append(&session->generation->record, vouch_message_record(session->message, false));
    vouch_message_remember(session->message);
    drop_message(session);
}
