/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/edit.h"

#include <stdlib.h>
#include <string.h>

#include "milter/log.h"
#include "milter/writable.h"

static struct log_limit edit_limit;

/* TEXT with a space in front; the caller frees it.  NULL: no memory. */
static char *with_space(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(length + 2);

    if (copy == NULL)
        return NULL;
    copy[0] = ' ';
    memcpy(copy + 1, text, length + 1);
    return copy;
}

int edit_keep_field(struct session *session, const char *name, const char *value)
{
    char *whole;
    int error;

    if (session->leading_space)
        return vouch_message_header(session->message, name, value, strlen(value));
    whole = with_space(value);
    if (whole == NULL)
        return VOUCH_ERROR_MEMORY;
    error = vouch_message_header(session->message, name, whole, strlen(whole));
    free(whole);
    return error;
}

/* An MTA that knows SMFIP_HDR_LEADSPC puts nothing between the colon and the value. */
static bool insert_field(SMFICTX *context, const struct session *session,
                         const struct vouch_edit *edit)
{
    char *value = session->leading_space ? with_space(edit->value) : strdup(edit->value);
    bool done = value != NULL && smfi_insheader(context, (int)edit->index, writable(edit->name),
                                                value) == MI_SUCCESS;

    free(value);
    return done;
}

static bool apply(SMFICTX *context, const struct session *session, const struct vouch_edit *edit)
{
    unsigned long needed = edit->kind == VOUCH_EDIT_INSERT ? SMFIF_ADDHDRS : SMFIF_CHGHDRS;

    if ((session->actions & needed) == 0) {
        log_limited(&edit_limit, LOG_WARNING,
                    "the MTA does not let the filter change the header: it stays as it is");
        return true;
    }
    if (edit->kind == VOUCH_EDIT_INSERT)
        return insert_field(context, session, edit);
    return smfi_chgheader(context, writable(edit->name), (int)edit->index, NULL) == MI_SUCCESS;
}

static bool loses_signatures(const struct session *session)
{
    const struct vouch_edit *fields;
    const char *why;
    size_t count = 0;

    return (session->actions & SMFIF_ADDHDRS) == 0 &&
           vouch_message_signatures(session->message, &fields, &count, &why) == VOUCH_OK &&
           count > 0;
}

bool edit_message(SMFICTX *context, const struct session *session)
{
    const struct vouch_edit *edits;
    size_t count = 0;
    int error = vouch_message_edits(session->message, &edits, &count);

    if (loses_signatures(session)) {
        log_limited(&edit_limit, LOG_WARNING,
                    "the MTA does not let the filter add to the header: what should be signed is "
                    "refused for now");
        return false;
    }
    for (size_t i = 0; error == VOUCH_OK && i < count; i++)
        if (!apply(context, session, &edits[i]))
            error = VOUCH_ERROR_SYSTEM;
    if (error != VOUCH_OK)
        log_limited(&edit_limit, LOG_WARNING, "cannot change the header: %s",
                    vouch_error_text(error));
    return error == VOUCH_OK;
}

bool edit_quarantine(SMFICTX *context, const struct session *session,
                     const struct vouch_reply *reply)
{
    const char *reason = reply->line_count > 0 ? reply->lines[0] : "held by vouch-milter";

    if ((session->actions & SMFIF_QUARANTINE) != 0 &&
        smfi_quarantine(context, writable(reason)) == MI_SUCCESS)
        return true;
    log_limited(&edit_limit, LOG_WARNING,
                "the MTA cannot hold messages: what would be held is refused for now");
    return false;
}
