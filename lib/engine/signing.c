/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The signatures of a message of ours. */
#include <time.h>

#include "lib/engine/transaction.h"

static const char no_memory[] = "out of memory";

void message_signing_begin(struct vouch_message *message)
{
    const struct vouch_config *config = message->session->engine->config;
    int error;

    if (!message->may_sign)
        return;
    error = signer_new(message->arena, config->sign_settings, config->sign_settings_count,
                       &message->facts.headers, (uint64_t)time(NULL), &message->signer,
                       &message->unsigned_because);
    if (error != VOUCH_OK)
        message->unsigned_because =
            error == VOUCH_ERROR_MEMORY ? no_memory : "OpenSSL does not make such signatures";
    message->signing_error = error;
}

void message_signing_end(struct vouch_message *message)
{
    message_content_begin(message);
    if (message->signer == NULL)
        return;
    message->signing_error = signer_end(message->signer, &message->signatures);
    if (message->signing_error != VOUCH_OK)
        message->unsigned_because =
            message->signing_error == VOUCH_ERROR_MEMORY ? no_memory : "OpenSSL could not sign";
    signer_free(message->signer);
    message->signer = NULL;
}
