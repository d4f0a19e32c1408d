/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* How the header is changed. */
#include "lib/engine/transaction.h"
#include "lib/report/authres.h"
#include "lib/report/domainkey_status.h"
#include "lib/report/received_spf.h"
#include "lib/report/scrutiny.h"

/* Ours go on top, above every trace field of this MTA (RFC 8601 4), the registered methods first.
 */
static int insert_authres(struct vouch_message *message, struct vouch_edit *edits, size_t *count)
{
    const char *values[AUTHRES_FIELDS_MAX];
    size_t fields = 0;
    int error = authres_write(message->arena, message->facts.authserv_id, message->outcomes, values,
                              &fields);

    for (size_t i = 0; error == VOUCH_OK && i < fields; i++)
        edits[(*count)++] = (struct vouch_edit){
            .kind = VOUCH_EDIT_INSERT,
            .name = "Authentication-Results",
            .value = values[fields - 1 - i],
        };
    return error;
}

/* Above the Received field of this MTA and those of other Received-SPF writers (RFC 7208 9.1). */
static int insert_received_spf(struct vouch_message *message, struct vouch_edit *edits,
                               size_t *count)
{
    const char *value;
    int error;

    if (!message->session->engine->config->received_spf)
        return VOUCH_OK;
    error = received_spf_write(message->arena, &message->facts, message->outcomes, &value);
    if (error == VOUCH_OK && value != NULL)
        edits[(*count)++] =
            (struct vouch_edit){.kind = VOUCH_EDIT_INSERT, .name = "Received-SPF", .value = value};
    return error;
}

/* One for each outcome whose rule says so. */
static int insert_scrutiny(struct vouch_message *message, struct vouch_edit *edits, size_t *count)
{
    const struct vouch_config *config = message->session->engine->config;

    for (const struct outcome *of = message->outcomes; of != NULL; of = of->next) {
        const char *value;

        if (of->is_part || decide_wish(&message->facts, of, config) != VOUCH_ANNOTATE)
            continue;
        value = scrutiny_write(message->arena, of);
        if (value == NULL)
            return VOUCH_ERROR_MEMORY;
        edits[(*count)++] =
            (struct vouch_edit){.kind = VOUCH_EDIT_INSERT, .name = SCRUTINY_FIELD, .value = value};
    }
    return VOUCH_OK;
}

/* How many of SEEN fields go.  There are more than the limit only where monitor mode lets such a
 * message pass: then those on top go. */
static unsigned deletions(const struct vouch_message *message, size_t seen)
{
    unsigned most = message->session->engine->config->forged_fields;

    return seen < most ? (unsigned)seen : most;
}

/* The SEEN fields of a NAME that we alone write. */
static void remove_fields(const struct vouch_message *message, const char *name, unsigned seen,
                          struct vouch_edit *edits, size_t *count)
{
    for (unsigned i = deletions(message, seen); i > 0; i--)
        edits[(*count)++] =
            (struct vouch_edit){.kind = VOUCH_EDIT_DELETE, .name = name, .index = i};
}

/* RFC 4870 3.8 */
static void insert_domainkey_status(struct vouch_message *message, struct vouch_edit *edits,
                                    size_t *count)
{
    const char *value = domainkey_status(message->outcomes);

    if (message->session->engine->config->domainkey_status && value != NULL)
        edits[(*count)++] = (struct vouch_edit){
            .kind = VOUCH_EDIT_INSERT, .name = DOMAINKEY_STATUS_FIELD, .value = value};
}

/* Below what else is inserted: a signature of DomainKeys speaks of all that is below it. */
static void insert_signatures(const struct vouch_message *message, struct vouch_edit *edits,
                              size_t *count)
{
    for (const struct sign_field *f = message->signatures; f != NULL; f = f->next)
        edits[(*count)++] =
            (struct vouch_edit){.kind = VOUCH_EDIT_INSERT, .name = f->name, .value = f->value};
}

static size_t count_outcomes(const struct vouch_message *message)
{
    size_t count = 0;

    for (const struct outcome *of = message->outcomes; of != NULL; of = of->next)
        count++;
    return count;
}

int vouch_message_edits(struct vouch_message *message, const struct vouch_edit **edits,
                        size_t *count)
{
    size_t most = message->forged_count + message->scrutiny_seen + message->status_seen +
                  count_outcomes(message) + 2 + AUTHRES_FIELDS_MAX +
                  message->session->engine->config->sign_settings_count;
    struct vouch_edit *list = arena_calloc(message->arena, most, sizeof *list);
    int error;

    if (message->signing_error != VOUCH_OK)
        return message->signing_error;
    if (list == NULL)
        return VOUCH_ERROR_MEMORY;
    *edits = list;
    *count = 0;
    for (unsigned i = deletions(message, message->forged_count); i > 0; i--)
        list[(*count)++] = (struct vouch_edit){
            .kind = VOUCH_EDIT_DELETE,
            .name = "Authentication-Results",
            .index = message->forged[i - 1],
        };
    remove_fields(message, SCRUTINY_FIELD, message->scrutiny_seen, list, count);
    remove_fields(message, DOMAINKEY_STATUS_FIELD, message->status_seen, list, count);
    insert_signatures(message, list, count);
    insert_domainkey_status(message, list, count);
    error = insert_scrutiny(message, list, count);
    if (error == VOUCH_OK)
        error = insert_received_spf(message, list, count);
    return error != VOUCH_OK ? error : insert_authres(message, list, count);
}

int vouch_message_signatures(struct vouch_message *message, const struct vouch_edit **fields,
                             size_t *count, const char **why)
{
    struct vouch_edit *list = arena_calloc(
        message->arena, message->session->engine->config->sign_settings_count + 1, sizeof *list);

    *why = message->unsigned_because;
    if (message->signing_error != VOUCH_OK)
        return message->signing_error;
    if (list == NULL)
        return VOUCH_ERROR_MEMORY;
    *count = 0;
    insert_signatures(message, list, count);
    *fields = list;
    return VOUCH_OK;
}
