/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/engine/engine.h"
#include "lib/vouch.h"
#include "tests/scenarios/play.h"

struct conversation {
    struct vouch_engine *engine;
    struct sockaddr_storage client;
    bool has_client;
    const char *client_name;
    struct vouch_session *session;
    struct vouch_message *message;
    enum vouch_stage stage; /* reached by the message */
    const struct vouch_decision *decision;
    const struct vouch_decision *recipient; /* on the last one */
};

static void take_problem(void *context, const char *file, unsigned line, const char *text)
{
    struct play *play = context;

    play->problem = arena_printf(play->arena, "config: %s:%u: %s", file, line, text);
}

static void must(struct play *play, int error)
{
    if (error != VOUCH_OK && play->problem == NULL)
        play->problem = vouch_error_text(error);
}

static void begin(struct play *play)
{
    struct conversation *conversation = arena_alloc(play->arena, sizeof *conversation);
    struct vouch_config *config = NULL;

    play->state = conversation;
    must(play, vouch_config_load(NULL, play->scenario->config, take_problem, play, &config));
    if (play->problem == NULL)
        must(play, engine_new_with(config, play->resolver, &conversation->engine));
    vouch_config_release(config);
}

static void take_client(struct play *play, const struct step *step)
{
    struct conversation *conversation = play->state;
    struct sockaddr_in *v4 = (struct sockaddr_in *)&conversation->client;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&conversation->client;

    if (inet_pton(AF_INET, step->word[1], &v4->sin_addr) == 1)
        v4->sin_family = AF_INET;
    else if (inet_pton(AF_INET6, step->word[1], &v6->sin6_addr) == 1)
        v6->sin6_family = AF_INET6;
    else
        play->problem = "not an address";
    conversation->has_client = true;
    conversation->client_name = step->count > 2 ? step->word[2] : NULL;
}

/* The session begins with the first step behind `client`. */
static struct vouch_session *session_of(struct play *play)
{
    struct conversation *conversation = play->state;
    const struct sockaddr *client = (const struct sockaddr *)&conversation->client;

    if (conversation->session == NULL)
        must(play, vouch_session_new(conversation->engine, conversation->has_client ? client : NULL,
                                     conversation->client_name, &conversation->session));
    return conversation->session;
}

static void take_mail(struct play *play, const char *path)
{
    struct conversation *conversation = play->state;
    struct vouch_session *session = session_of(play);

    vouch_message_free(conversation->message);
    conversation->message = NULL;
    conversation->decision = NULL;
    conversation->recipient = NULL;
    conversation->stage = VOUCH_STAGE_MAIL;
    if (session != NULL)
        must(play, vouch_message_new(session, path, &conversation->message));
}

static void reach(struct play *play, enum vouch_stage stage)
{
    struct conversation *conversation = play->state;

    conversation->stage = stage;
    conversation->decision = vouch_message_decide(conversation->message, stage);
}

static void take_recipient(struct play *play, const char *path)
{
    struct conversation *conversation = play->state;

    conversation->recipient = vouch_message_decide_recipient(conversation->message, path);
    if (conversation->recipient == NULL)
        must(play, VOUCH_ERROR_MEMORY);
    else if (conversation->recipient->action == VOUCH_CONTINUE)
        must(play, vouch_message_recipient(conversation->message, path));
}

/* Steps of a message.  False: STEP is none. */
static bool act_on_message(struct play *play, const struct step *step)
{
    struct vouch_message *message = ((struct conversation *)play->state)->message;
    const char *const *word = step->word;

    if (message == NULL)
        return false;
    if (strcmp(word[0], "parameter") == 0)
        must(play, vouch_message_parameter(message, word[1]));
    else if (strcmp(word[0], "rcpt") == 0)
        take_recipient(play, word[1]);
    else if (strcmp(word[0], "header") == 0)
        must(play, vouch_message_header(message, word[1], word[2], strlen(word[2])));
    else if (strcmp(word[0], "body") == 0)
        must(play, vouch_message_body(message, word[1], strlen(word[1])));
    else if (strcmp(word[0], "queue-id") == 0)
        must(play, vouch_message_queue_id(message, word[1]));
    else if (strcmp(word[0], "eoh") == 0)
        reach(play, VOUCH_STAGE_EOH);
    else if (strcmp(word[0], "eom") == 0)
        reach(play, VOUCH_STAGE_EOM);
    else
        return false;
    return true;
}

static void tell_macro(struct play *play, struct vouch_session *session, const char *name,
                       const char *value)
{
    enum vouch_fact fact;

    if (vouch_fact_from_macro(name, &fact))
        must(play, vouch_session_fact(session, fact, value));
    else
        play->problem = "no such macro";
}

static void act_on_session(struct play *play, const struct step *step)
{
    const char *const *word = step->word;
    struct vouch_session *session = session_of(play);

    if (session == NULL)
        return;
    if (strcmp(word[0], "helo") == 0)
        must(play, vouch_session_helo(session, word[1]));
    else if (strcmp(word[0], "mta") == 0)
        must(play, vouch_session_fact(session, VOUCH_FACT_MTA_NAME, word[1]));
    else if (strcmp(word[0], "auth") == 0)
        must(play, vouch_session_fact(session, VOUCH_FACT_AUTH_AUTHEN, word[1]));
    else if (strcmp(word[0], "macro") == 0)
        tell_macro(play, session, word[1], word[2]);
    else
        play->problem = "not understood";
}

static void act(struct play *play, const struct step *step)
{
    if (play->problem != NULL)
        return;
    if (strcmp(step->word[0], "client") == 0)
        take_client(play, step);
    else if (strcmp(step->word[0], "mail") == 0)
        take_mail(play, step->word[1]);
    else if (!act_on_message(play, step))
        act_on_session(play, step);
}

static const char *text_of(const struct play *play, const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    return value != NULL ? arena_string(play->arena, value) : "";
}

/* "smtp.helo": "mail.example.com" */
static struct property *properties_of(const struct play *play, json_t *object)
{
    struct property *first = NULL;
    struct property **end = &first;
    const char *key;
    json_t *value;

    json_object_foreach(object, key, value)
    {
        struct property *property = arena_alloc(play->arena, sizeof *property);
        size_t length = strcspn(key, ".");

        property->ptype = arena_copy(play->arena, key, length);
        property->name = arena_string(play->arena, key + length + (key[length] == '.'));
        property->value = text_of(play, object, key);
        *end = property;
        end = &property->next;
    }
    return first;
}

static struct trace_step *trace_of(const struct play *play, const json_t *array)
{
    struct trace_step *first = NULL;
    struct trace_step **end = &first;
    size_t index;
    json_t *object;

    json_array_foreach(array, index, object)
    {
        struct trace_step *step = arena_alloc(play->arena, sizeof *step);

        step->asked = text_of(play, object, "asked");
        step->answer = text_of(play, object, "answer");
        step->rule = text_of(play, object, "rule");
        step->asked_us = (uint32_t)json_integer_value(json_object_get(object, "asked_us"));
        step->took_us = (uint32_t)json_integer_value(json_object_get(object, "took_us"));
        *end = step;
        end = &step->next;
    }
    return first;
}

static void take_findings(struct play *play, const json_t *outcomes)
{
    struct finding **end = &play->findings;
    size_t index;
    json_t *object;

    *end = NULL;
    json_array_foreach(outcomes, index, object)
    {
        struct finding *finding = arena_alloc(play->arena, sizeof *finding);

        *finding = (struct finding){
            .method = text_of(play, object, "method"),
            .identity = text_of(play, object, "identity"),
            .result = text_of(play, object, "result"),
            .reason = text_of(play, object, "reason"),
            .domain = text_of(play, object, "domain"),
            .detail = text_of(play, object, "detail"),
            .explanation = text_of(play, object, "explanation"),
            .dnssec = text_of(play, object, "dnssec"),
            .properties = properties_of(play, json_object_get(object, "properties")),
            .trace = trace_of(play, json_object_get(object, "trace")),
        };
        *end = finding;
        end = &finding->next;
    }
}

static void look(struct play *play)
{
    struct conversation *conversation = play->state;
    const char *record;
    json_t *root;

    if (conversation->message == NULL)
        return;
    if (conversation->decision == NULL)
        reach(play, conversation->stage);
    record = vouch_message_record(conversation->message, true);
    root = record != NULL ? json_loads(record, 0, NULL) : NULL;
    if (root == NULL)
        play->problem = "the decision record is not JSON";
    take_findings(play, json_object_get(root, "outcomes"));
    json_decref(root);
}

static const char *reply_lines(const struct play *play, const struct vouch_reply *reply)
{
    struct text lines = text_in(play->arena);

    for (size_t i = 0; i < reply->line_count; i++)
        text_printf(&lines, "%s\n", reply->lines[i]);
    return text_string(&lines);
}

static size_t edits_of(struct play *play, const struct vouch_edit **edits)
{
    struct conversation *conversation = play->state;
    size_t count = 0;

    must(play, vouch_message_edits(conversation->message, edits, &count));
    return count;
}

/* The values of all fields NAME to be inserted. */
static const char *inserted(struct play *play, const char *name)
{
    struct text values = text_in(play->arena);
    const struct vouch_edit *edits = NULL;
    size_t count = edits_of(play, &edits);

    for (size_t i = 0; i < count; i++) {
        if (edits[i].kind == VOUCH_EDIT_INSERT && ascii_string_equal_fold(edits[i].name, name))
            text_printf(&values, "%s\n", edits[i].value);
    }
    return text_string(&values);
}

static const char *removed(struct play *play, const char *name)
{
    const struct vouch_edit *edits = NULL;
    size_t count = edits_of(play, &edits);
    unsigned matches = 0;

    for (size_t i = 0; i < count; i++)
        matches +=
            edits[i].kind == VOUCH_EDIT_DELETE && ascii_string_equal_fold(edits[i].name, name);
    return arena_printf(play->arena, "%u", matches);
}

static const char *reply_codes(const struct play *play, const struct vouch_reply *reply)
{
    if (reply->code[0] == '\0')
        return "";
    return arena_printf(play->arena, "%s %s", reply->code, reply->enhanced);
}

static const char *tell_decision(const struct play *play, const struct vouch_decision *decision,
                                 const char *what)
{
    if (strcmp(what, "action") == 0)
        return vouch_action_word(decision->action);
    if (strcmp(what, "wanted") == 0)
        return vouch_action_word(decision->wanted);
    if (strcmp(what, "decided-by") == 0)
        return decision->method;
    if (strcmp(what, "rule") == 0)
        return decision->rule;
    if (strcmp(what, "reply") == 0)
        return reply_codes(play, &decision->reply);
    if (strcmp(what, "reply-text") == 0)
        return reply_lines(play, &decision->reply);
    return NULL;
}

static const char *tell_recipient(struct play *play, const char *what)
{
    const struct conversation *conversation = play->state;
    const struct vouch_decision *decision = conversation->recipient;

    if (decision == NULL)
        return NULL;
    if (strcmp(what, "rcpt-reply") == 0)
        return reply_codes(play, &decision->reply);
    if (strcmp(what, "rcpt-text") == 0)
        return reply_lines(play, &decision->reply);
    if (strcmp(what, "rcpt-rule") == 0)
        return decision->rule;
    return vouch_message_recipient_log_line(conversation->message);
}

static const char *tell(struct play *play, const char *what, const char *of)
{
    struct conversation *conversation = play->state;

    if (strncmp(what, "rcpt-", strlen("rcpt-")) == 0)
        return tell_recipient(play, what);
    if (conversation->decision == NULL)
        return NULL;
    if (strcmp(what, "field") == 0)
        return inserted(play, of);
    if (strcmp(what, "removed") == 0)
        return removed(play, of);
    if (strcmp(what, "log") == 0)
        return vouch_message_log_line(conversation->message);
    if (strcmp(what, "record") == 0)
        return vouch_message_record(conversation->message, true);
    if (strcmp(what, "explanation") == 0)
        return vouch_message_explanation(conversation->message);
    return tell_decision(play, conversation->decision, what);
}

static void end(struct play *play)
{
    struct conversation *conversation = play->state;

    vouch_message_free(conversation->message);
    vouch_session_free(conversation->session);
    vouch_engine_release(conversation->engine);
}

const struct player session_player = {
    .begin = begin,
    .act = act,
    .look = look,
    .tell = tell,
    .end = end,
};
