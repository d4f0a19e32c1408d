/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdlib.h>
#include <string.h>

#include "lib/engine/transaction.h"

/* Nobody needs more than EHLO, EHLO after STARTTLS and a HELO; whoever says more of them waits for
 * his answers at MAIL. */
enum { HELOS_ASKED = 3 };

int vouch_session_new(struct vouch_engine *engine, const struct sockaddr *client,
                      const char *client_name, struct vouch_session **session)
{
    struct vouch_session *new = calloc(1, sizeof *new);

    if (new == NULL)
        return VOUCH_ERROR_MEMORY;
    new->client = ip_from_sockaddr(client);
    new->client_name = strdup(client_name != NULL ? client_name : "");
    if (new->client_name == NULL) {
        free(new);
        return VOUCH_ERROR_MEMORY;
    }
    new->engine = vouch_engine_hold(engine);
    *session = new;
    return VOUCH_OK;
}

void vouch_session_free(struct vouch_session *session)
{
    if (session == NULL)
        return;
    helo_release(session->helo);
    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        free(session->mta[i]);
    free(session->client_name);
    vouch_engine_release(session->engine);
    free(session);
}

int vouch_session_helo(struct vouch_session *session, const char *argument)
{
    struct helo *helo = helo_new(session, argument);

    if (helo == NULL)
        return VOUCH_ERROR_MEMORY;
    helo_release(session->helo);
    session->helo = helo;
    if (session->unused_helos < HELOS_ASKED) {
        session->unused_helos++;
        helo_start_questions(session);
    }
    return VOUCH_OK;
}

int vouch_session_fact(struct vouch_session *session, enum vouch_fact fact, const char *value)
{
    char *copy = NULL;

    if (value != NULL) {
        copy = strdup(value);
        if (copy == NULL)
            return VOUCH_ERROR_MEMORY;
    }
    free(session->mta[fact]);
    session->mta[fact] = copy;
    return VOUCH_OK;
}
