/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/batch.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "tools/request.h"

enum { PROBLEM_SIZE = 256 };

/* The text of KEY, or NULL when it is absent.  False, with PROBLEM filled: it is no text. */
static bool take_text(const json_t *object, const char *key, const char **text, char *problem)
{
    const json_t *value = json_object_get(object, key);

    *text = NULL;
    if (value == NULL || json_is_null(value))
        return true;
    if (!json_is_string(value) || strlen(json_string_value(value)) != json_string_length(value)) {
        (void)snprintf(problem, PROBLEM_SIZE, "\"%s\" is not a text without NUL", key);
        return false;
    }
    *text = json_string_value(value);
    return true;
}

/* "rcpt": one text or an array of them.  *LIST is the caller's to free. */
static bool take_recipients(const json_t *object, const char ***list, size_t *count, char *problem)
{
    const json_t *value = json_object_get(object, "rcpt");
    size_t size = json_is_array(value) ? json_array_size(value) : 1;

    *count = 0;
    *list = calloc(size > 0 ? size : 1, sizeof **list);
    if (*list == NULL || value == NULL || json_is_null(value))
        return *list != NULL;
    for (size_t i = 0; i < size; i++) {
        const json_t *one = json_is_array(value) ? json_array_get(value, i) : value;

        if (!json_is_string(one)) {
            (void)snprintf(problem, PROBLEM_SIZE, "\"rcpt\" is not a text or an array of texts");
            return false;
        }
        (*list)[(*count)++] = json_string_value(one);
    }
    return true;
}

/* "macros": an object of texts.  MACROS has room for each kind once. */
static bool take_macros(json_t *values, struct macro *macros, size_t *count, char *problem)
{
    const char *name;
    json_t *value;

    *count = 0;
    if (values != NULL && !json_is_null(values) && !json_is_object(values)) {
        (void)snprintf(problem, PROBLEM_SIZE, "\"macros\" is not an object");
        return false;
    }
    json_object_foreach(values, name, value)
    {
        enum vouch_fact fact;

        if (!vouch_fact_from_macro(name, &fact) || *count == VOUCH_FACT_COUNT) {
            (void)snprintf(problem, PROBLEM_SIZE, "no macro \"%.40s\" is looked at", name);
            return false;
        }
        macros[*count].fact = fact;
        if (!take_text(values, name, &macros[(*count)++].value, problem))
            return false;
    }
    return true;
}

static bool take_request(const json_t *object, struct request *request, const char ***recipients,
                         char *problem)
{
    const json_t *message = json_object_get(object, "message");

    if (!take_text(object, "client", &request->client, problem) ||
        !take_text(object, "client_name", &request->client_name, problem) ||
        !take_text(object, "helo", &request->helo, problem) ||
        !take_text(object, "mail_from", &request->mail_from, problem) ||
        !take_text(object, "submitter", &request->submitter, problem) ||
        !take_text(object, "authenticated", &request->authenticated, problem) ||
        !take_recipients(object, recipients, &request->recipient_count, problem))
        return false;
    request->recipients = *recipients;
    if (request->client == NULL) {
        (void)snprintf(problem, PROBLEM_SIZE, "\"client\" is missing");
        return false;
    }
    if (message != NULL && !json_is_null(message) && !json_is_string(message)) {
        (void)snprintf(problem, PROBLEM_SIZE, "\"message\" is not a text");
        return false;
    }
    if (request->mail_from == NULL)
        request->mail_from = "";
    request->message = json_string_value(message);
    request->message_length = json_string_length(message);
    return true;
}

/* The answer object, or NULL with PROBLEM filled. */
static json_t *evaluate(struct vouch_engine *engine, const json_t *object, char *problem)
{
    struct macro macros[VOUCH_FACT_COUNT];
    struct request request = {.macros = macros};
    const char **recipients = NULL;
    char *record = NULL;
    json_t *answer = NULL;

    if (take_request(object, &request, &recipients, problem) &&
        take_macros(json_object_get(object, "macros"), macros, &request.macro_count, problem)) {
        int error = request_run(engine, &request, ANSWER_RECORD, &record);

        if (error == VOUCH_ERROR_SYNTAX)
            (void)snprintf(problem, PROBLEM_SIZE, "\"client\" is not an IP address");
        else if (error != VOUCH_OK)
            (void)snprintf(problem, PROBLEM_SIZE, "%s", vouch_error_text(error));
        else
            answer = json_loads(record, 0, NULL);
    }
    free(record);
    free(recipients);
    return answer;
}

static json_t *answer_line(struct vouch_engine *engine, const char *line, size_t length,
                           bool *flawed)
{
    char problem[PROBLEM_SIZE] = "out of memory";
    json_error_t error;
    json_t *object = json_loadb(line, length, JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
    json_t *answer = NULL;

    if (object == NULL)
        (void)snprintf(problem, sizeof problem, "column %d: %.200s", error.column, error.text);
    else if (!json_is_object(object))
        (void)snprintf(problem, sizeof problem, "not a JSON object");
    else
        answer = evaluate(engine, object, problem);
    if (answer == NULL) {
        *flawed = true;
        answer = json_pack("{s:s}", "error", problem);
    }
    if (answer != NULL && json_object_get(object, "id") != NULL)
        (void)json_object_set(answer, "id", json_object_get(object, "id"));
    json_decref(object);
    return answer;
}

int batch_run(struct vouch_engine *engine, FILE *in, FILE *out, bool *flawed)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length;
    int error = VOUCH_OK;

    *flawed = false;
    while (error == VOUCH_OK && (length = getline(&line, &room, in)) > 0) {
        json_t *answer;

        if (strspn(line, " \t\r\n") == (size_t)length)
            continue;
        answer = answer_line(engine, line, (size_t)length, flawed);
        if (answer == NULL)
            error = VOUCH_ERROR_MEMORY;
        else if (json_dumpf(answer, out, JSON_COMPACT) != 0 || fputc('\n', out) == EOF ||
                 fflush(out) != 0)
            error = VOUCH_ERROR_SYSTEM;
        json_decref(answer);
    }
    if (error == VOUCH_OK && ferror(in))
        error = VOUCH_ERROR_SYSTEM;
    free(line);
    return error;
}
