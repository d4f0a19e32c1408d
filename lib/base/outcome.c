/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/outcome.h"

#include <string.h>

#include "lib/base/ascii.h"

static const struct {
    const char *name;
    bool registered;
} methods[METHOD_COUNT] = {
#define METHOD_ROW(symbol, name, registered) [symbol] = {name, registered},
    METHOD_LIST(METHOD_ROW)
#undef METHOD_ROW
};

static const struct {
    const char *code;
    const char *text;
} reasons[REASON_COUNT] = {
#define REASON_ROW(symbol, code, text) [symbol] = {code, text},
    REASON_LIST(REASON_ROW)
#undef REASON_ROW
};

const char *method_name(enum method method)
{
    return methods[method].name;
}

bool method_is_registered(enum method method)
{
    return methods[method].registered;
}

bool method_from_name(const char *name, size_t length, enum method *method)
{
    for (unsigned i = 0; i < METHOD_COUNT; i++) {
        if (strlen(methods[i].name) == length && ascii_equal_fold(methods[i].name, name, length)) {
            *method = (enum method)i;
            return true;
        }
    }
    return false;
}

const char *identity_name(enum identity identity)
{
    static const char *const names[] = {
        [IDENTITY_NONE] = "",
        [IDENTITY_HELO] = "helo",
        [IDENTITY_MAILFROM] = "mailfrom",
        [IDENTITY_PRA] = "pra",
        [IDENTITY_AUTHOR] = "author",
        [IDENTITY_SIGNER] = "signer",
        [IDENTITY_ISSUER] = "issuer",
        [IDENTITY_SUBMITTER] = "submitter",
        [IDENTITY_SUBMITTER_HEADER] = "submitter-header",
    };

    return names[identity];
}

const char *reason_code(enum reason reason)
{
    return reasons[reason].code;
}

const char *reason_text(enum reason reason)
{
    return reasons[reason].text;
}

struct outcome *outcome_new(struct arena *arena, enum method method, enum identity identity,
                            enum vouch_stage stage)
{
    struct outcome *outcome = arena_alloc(arena, sizeof *outcome);

    if (outcome == NULL)
        return NULL;
    outcome->arena = arena;
    outcome->method = method;
    outcome->identity = identity;
    outcome->stage = stage;
    outcome->domain = "";
    outcome->detail = "";
    outcome->explanation = "";
    outcome->properties_end = &outcome->properties;
    outcome->trace_end = &outcome->trace;
    return outcome;
}

void outcome_set(struct outcome *outcome, enum vouch_result result, enum reason reason)
{
    outcome->result = result;
    outcome->reason = reason;
}

bool outcome_has_parts(const struct outcome *outcomes, const struct outcome *summary)
{
    for (; outcomes != NULL; outcomes = outcomes->next)
        if (outcomes->is_part && outcomes->method == summary->method &&
            outcomes->identity == summary->identity)
            return true;
    return false;
}

void outcome_property(struct outcome *outcome, const char *ptype, const char *name,
                      const char *value)
{
    struct property *property = arena_alloc(outcome->arena, sizeof *property);

    if (property == NULL)
        return;
    property->ptype = arena_string(outcome->arena, ptype);
    property->name = arena_string(outcome->arena, name);
    property->value = arena_string(outcome->arena, value);
    if (property->ptype == NULL || property->name == NULL || property->value == NULL)
        return;
    *outcome->properties_end = property;
    outcome->properties_end = &property->next;
}

static const char *copy_or_empty(struct arena *arena, const char *string)
{
    const char *copy = string != NULL ? arena_string(arena, string) : NULL;

    return copy != NULL ? copy : "";
}

struct trace_step *outcome_trace(struct outcome *outcome, const char *asked, const char *answer,
                                 const char *rule)
{
    struct trace_step *step;

    if (outcome->trace_count >= TRACE_LIMIT)
        return NULL;
    step = arena_alloc(outcome->arena, sizeof *step);
    if (step == NULL)
        return NULL;
    step->asked = copy_or_empty(outcome->arena, asked);
    step->answer = copy_or_empty(outcome->arena, answer);
    step->rule = copy_or_empty(outcome->arena, rule);
    *outcome->trace_end = step;
    outcome->trace_end = &step->next;
    outcome->trace_count++;
    return step;
}
