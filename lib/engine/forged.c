/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/ascii.h"
#include "lib/engine/transaction.h"
#include "lib/mail/authres.h"
#include "lib/report/domainkey_status.h"
#include "lib/report/scrutiny.h"

static bool is_trusted_peer(const struct vouch_message *message)
{
    const struct config_authres *settings = &message->session->engine->config->authres;

    return ip_in_networks(&message->facts.client, settings->trusted_peers,
                          settings->trusted_peer_count);
}

/* RFC 8601 5: what claims to be ours and is not, what cannot be read, and what has a version we do
 * not know must not reach those who trust us. */
static bool must_go(const struct vouch_message *message, const char *value, size_t length)
{
    struct authres_head head;

    if (is_trusted_peer(message))
        return false;
    if (message->session->engine->config->authres.strip_all)
        return true;
    if (authres_parse_head(value, length, &head) != VOUCH_OK)
        return true;
    return head.version != 1 || authres_id_equal(head.authserv_id, message->facts.authserv_id);
}

static int remember(struct vouch_message *message, unsigned index)
{
    if (message->forged_count == message->forged_room) {
        size_t room = message->forged_room > 0 ? 2 * message->forged_room : 8;
        unsigned *more = arena_calloc(message->arena, room, sizeof *more);

        if (more == NULL)
            return VOUCH_ERROR_MEMORY;
        for (size_t i = 0; i < message->forged_count; i++)
            more[i] = message->forged[i];
        message->forged = more;
        message->forged_room = room;
    }
    message->forged[message->forged_count++] = index;
    message->facts.forged_fields++;
    return VOUCH_OK;
}

/* Fields that only we write. */
static void note_claim(struct vouch_message *message, const char *name)
{
    unsigned *seen = NULL;

    if (ascii_string_equal_fold(name, SCRUTINY_FIELD))
        seen = &message->scrutiny_seen;
    else if (message->session->engine->config->domainkey_status &&
             ascii_string_equal_fold(name, DOMAINKEY_STATUS_FIELD))
        seen = &message->status_seen;
    if (seen == NULL || is_trusted_peer(message))
        return;
    ++*seen;
    message->facts.forged_fields++;
}

int message_note_forged(struct vouch_message *message, const char *name, const char *value,
                        size_t value_length)
{
    note_claim(message, name);
    if (!ascii_string_equal_fold(name, "Authentication-Results"))
        return VOUCH_OK;
    message->authres_seen++;
    if (!must_go(message, value, value_length))
        return VOUCH_OK;
    return remember(message, message->authres_seen);
}
