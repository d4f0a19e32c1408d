/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/base/utf8.h"
#include "lib/report/record.h"
#include "lib/report/words.h"

/* The object as it grows.  Like struct text, it turns `failed` and goes on. */
struct writer {
    struct arena *arena;
    bool failed;
};

static void put(struct writer *writer, json_t *object, const char *key, json_t *value)
{
    if (json_object_set_new(object, key, value) != 0)
        writer->failed = true;
}

static void push(struct writer *writer, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        writer->failed = true;
}

/* Octets that are not UTF-8, and DEL, which JSON would let through to a terminal, become \xHH. */
static json_t *string(struct writer *writer, const char *octets)
{
    struct text text = text_in(writer->arena);
    size_t length = strlen(octets);
    size_t size;

    if (utf8_is_valid(octets, length) && strchr(octets, 0x7f) == NULL)
        return json_stringn_nocheck(octets, length);
    for (size_t i = 0; i<length; i += size> 0 ? size : 1) {
        size = octets[i] != 0x7f ? utf8_character(octets + i, length - i) : 0;
        if (size > 0)
            text_append(&text, octets + i, size);
        else
            text_printf(&text, "\\x%02X", (unsigned char)octets[i]);
    }
    return text.failed ? NULL : json_stringn_nocheck(text.data, text.length);
}

static json_t *string_or_null(struct writer *writer, const char *octets)
{
    return octets[0] != '\0' ? string(writer, octets) : json_null();
}

static json_t *trace(struct writer *writer, const struct outcome *outcome)
{
    json_t *steps = json_array();

    for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next) {
        json_t *object = json_object();

        put(writer, object, "asked", string(writer, step->asked));
        put(writer, object, "answer", string(writer, step->answer));
        put(writer, object, "rule", string(writer, step->rule));
        if (step->security != DNS_UNASKED)
            put(writer, object, "dnssec", string(writer, dns_security_word(step->security)));
        put(writer, object, "asked_us", json_integer(step->asked_us));
        put(writer, object, "took_us", json_integer(step->took_us));
        push(writer, steps, object);
    }
    return steps;
}

/* A property that comes twice has its values joined by ", ". */
static void put_property(struct writer *writer, json_t *object, const struct property *property)
{
    const char *key = arena_printf(writer->arena, "%s.%s", property->ptype, property->name);
    const char *value = property->value;
    const char *before;

    if (key == NULL) {
        writer->failed = true;
        return;
    }
    before = json_string_value(json_object_get(object, key));
    if (before != NULL)
        value = arena_printf(writer->arena, "%s, %s", before, value);
    put(writer, object, key, value != NULL ? string(writer, value) : NULL);
}

static json_t *properties(struct writer *writer, const struct outcome *outcome)
{
    json_t *object = json_object();

    for (const struct property *p = outcome->properties; p != NULL; p = p->next)
        put_property(writer, object, p);
    return object;
}

static json_t *one_outcome(struct writer *writer, const struct outcome *outcome, bool with_trace)
{
    json_t *object = json_object();

    put(writer, object, "method", string(writer, method_name(outcome->method)));
    if (outcome->identity != IDENTITY_NONE)
        put(writer, object, "identity", string(writer, identity_name(outcome->identity)));
    if (outcome->is_part)
        put(writer, object, "part", json_true());
    put(writer, object, "result", string(writer, vouch_result_word(outcome->result)));
    put(writer, object, "reason", string(writer, reason_code(outcome->reason)));
    put(writer, object, "reason_text", string(writer, reason_text(outcome->reason)));
    put(writer, object, "domain", string(writer, outcome->domain));
    put(writer, object, "detail", string(writer, outcome->detail));
    if (outcome->explanation[0] != '\0')
        put(writer, object, "explanation", string(writer, outcome->explanation));
    if (outcome->security != DNS_UNASKED)
        put(writer, object, "dnssec", string(writer, dns_security_word(outcome->security)));
    put(writer, object, "properties", properties(writer, outcome));
    if (with_trace)
        put(writer, object, "trace", trace(writer, outcome));
    return object;
}

static json_t *outcomes(struct writer *writer, const struct outcome *outcome, bool with_trace)
{
    json_t *array = json_array();

    for (; outcome != NULL; outcome = outcome->next)
        push(writer, array, one_outcome(writer, outcome, with_trace));
    return array;
}

static json_t *strings(struct writer *writer, const char *const *list, size_t count)
{
    json_t *array = json_array();

    for (size_t i = 0; i < count; i++)
        push(writer, array, string(writer, list[i]));
    return array;
}

static json_t *reply(struct writer *writer, const struct vouch_reply *reply)
{
    struct text text = text_in(writer->arena);

    if (reply->line_count == 0)
        return json_null();
    if (reply->code[0] != '\0')
        text_printf(&text, "%s %s ", reply->code, reply->enhanced);
    for (size_t i = 0; i < reply->line_count; i++)
        text_printf(&text, "%s%s", i > 0 ? "\n" : "", reply->lines[i]);
    return text.failed ? NULL : string(writer, text_string(&text));
}

static json_t *rule(struct writer *writer, const struct decision *decision)
{
    const char *text = record_rule_text(writer->arena, decision);
    json_t *object;

    if (text == NULL || text[0] == '\0')
        return text != NULL ? json_null() : NULL;
    object = json_object();
    put(writer, object, "text", string(writer, text));
    put(writer, object, "file",
        decision->rule != NULL ? string(writer, decision->rule->origin.file) : json_null());
    put(writer, object, "line",
        json_integer(decision->rule != NULL ? decision->rule->origin.line : 0));
    return object;
}

static json_t *dns(struct writer *writer, const struct budget_use *use)
{
    json_t *object = json_object();
    nanoseconds tenths = use->time / (NANOSECONDS_PER_MILLISECOND / 10);

    put(writer, object, "queries", json_integer(use->queries));
    put(writer, object, "voids", json_integer(use->voids));
    put(writer, object, "ms", json_real((double)tenths / 10.0));
    return object;
}

static json_t *signatures(struct writer *writer, const struct sign_field *fields)
{
    json_t *array = json_array();

    for (const struct sign_field *f = fields; f != NULL; f = f->next) {
        json_t *object = json_object();

        put(writer, object, "method",
            string(writer, f->settings->method == SIGN_DKIM ? "dkim" : "domainkeys"));
        put(writer, object, "domain", string(writer, f->settings->domain_text));
        put(writer, object, "selector", string(writer, f->settings->selector));
        push(writer, array, object);
    }
    return array;
}

static void put_facts(struct writer *writer, json_t *object, const struct facts *facts)
{
    char address[IP_TEXT_SIZE];
    bool known = facts->client.family != IP_NONE;

    put(writer, object, "id", string_or_null(writer, facts->queue_id));
    put(writer, object, "client",
        known ? string(writer, ip_format(&facts->client, address)) : json_null());
    put(writer, object, "client_name", string_or_null(writer, facts->client_name));
    put(writer, object, "helo", string_or_null(writer, facts->helo));
    put(writer, object, "mail_from",
        facts->has_mail ? string(writer, facts->reverse_path.raw) : json_null());
    put(writer, object, "rcpt", strings(writer, facts->recipients, facts->recipient_count));
    put(writer, object, "rcpt_refused", strings(writer, facts->refused, facts->refused_count));
    put(writer, object, "authenticated",
        json_boolean(facts->mta[VOUCH_FACT_AUTH_AUTHEN][0] != '\0'));
}

static json_t *message(struct writer *writer, const struct report_view *view, bool with_trace)
{
    static const char *const given_up[] = {
        [GIVEN_UP_NOT] = "", [GIVEN_UP_BY_CLIENT] = "client", [GIVEN_UP_IN_TROUBLE] = "trouble"};
    const struct decision *decision = view->decision;
    json_t *object = json_object();

    put_facts(writer, object, view->facts);
    put(writer, object, "exempt", string_or_null(writer, exemption_text(decision->exemption)));
    put(writer, object, "action", string(writer, vouch_action_word(decision->action)));
    put(writer, object, "wanted", string(writer, vouch_action_word(decision->wanted)));
    put(writer, object, "reply", reply(writer, view->reply));
    put(writer, object, "stage", string(writer, vouch_stage_word(decision->stage)));
    put(writer, object, "rule", rule(writer, decision));
    put(writer, object, "outcomes", outcomes(writer, view->outcomes, with_trace));
    put(writer, object, "dns", dns(writer, &view->dns));
    put(writer, object, "given_up", string_or_null(writer, given_up[view->given_up]));
    put(writer, object, "forged_authres", json_integer(view->forged_authres));
    put(writer, object, "signatures", signatures(writer, view->signatures));
    put(writer, object, "unsigned",
        view->unsigned_because != NULL ? string(writer, view->unsigned_because) : json_null());
    return object;
}

const char *record_json(struct arena *arena, const struct report_view *view, bool with_trace)
{
    struct writer writer = {.arena = arena};
    json_t *object = message(&writer, view, with_trace);
    const char *copy = NULL;
    char *line = NULL;

    if (object != NULL && !writer.failed)
        line = json_dumps(object, JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION(12));
    if (line != NULL)
        copy = arena_string(arena, line);
    free(line);
    json_decref(object);
    return copy;
}
