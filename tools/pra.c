/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/pra.h"

#include <stdio.h>
#include <stdlib.h>

#include <jansson.h>

#include "tools/message_feed.h"

static void put(json_t *object, const char *key, const char *value)
{
    (void)json_object_set_new(object, key, value[0] != '\0' ? json_string(value) : json_null());
}

static char *json_answer(const struct vouch_pra *pra)
{
    json_t *object = json_object();
    json_t *steps = json_array();
    char *text;

    put(object, "pra", pra->address);
    put(object, "local", pra->local);
    put(object, "domain", pra->domain);
    put(object, "field", pra->field);
    (void)json_object_set_new(object, "index", json_integer(pra->index));
    put(object, "reason", pra->reason);
    put(object, "reason_text", pra->reason_text);
    put(object, "detail", pra->detail);
    for (size_t i = 0; i < pra->step_count; i++)
        (void)json_array_append_new(steps, json_string(pra->steps[i]));
    (void)json_object_set_new(object, "trace", steps);
    text = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(object);
    return text;
}

static const char *address_or_none(const struct vouch_pra *pra)
{
    return pra->address[0] != '\0' ? pra->shown : "none";
}

static void print_answer(const struct vouch_pra *pra, FILE *out)
{
    (void)fprintf(out, "PRA: %s\n", address_or_none(pra));
    if (pra->index == 1)
        (void)fprintf(out, "  %-10s  %s\n", "field", pra->field);
    else if (pra->index > 1)
        (void)fprintf(out, "  %-10s  %s, number %u from the top\n", "field", pra->field,
                      pra->index);
    if (pra->reason_text[0] != '\0')
        (void)fprintf(out, "  %-10s  %s%s%s\n", "reason", pra->reason_text,
                      pra->detail[0] != '\0' ? ": " : "", pra->detail);
    for (size_t i = 0; i < pra->step_count; i++)
        (void)fprintf(out, "  %-10s  %s\n", i == 0 ? "why" : "", pra->steps[i]);
}

static char *plain_answer(const struct vouch_pra *pra)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);

    if (out == NULL)
        return NULL;
    print_answer(pra, out);
    if (fclose(out) == 0)
        return text;
    free(text);
    return NULL;
}

static int answer(struct vouch_message *message, bool json, char **text)
{
    const struct vouch_pra *pra = vouch_message_pra(message);

    if (pra == NULL)
        return VOUCH_ERROR_MEMORY;
    *text = json ? json_answer(pra) : plain_answer(pra);
    return *text != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

int pra_run(struct vouch_engine *engine, const char *octets, size_t length, bool json, char **text)
{
    struct message_feed feed = message_feed_start(octets, length);
    struct vouch_session *session = NULL;
    struct vouch_message *message = NULL;
    int error = vouch_session_new(engine, NULL, NULL, &session);

    if (error == VOUCH_OK)
        error = vouch_message_new(session, "", &message);
    if (error == VOUCH_OK)
        error = message_feed_header(&feed, message);
    if (error == VOUCH_OK)
        error = answer(message, json, text);
    vouch_message_free(message);
    vouch_session_free(session);
    return error;
}
