/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/engine/transaction.h"
#include "lib/report/authres.h"
#include "lib/report/received_spf.h"
#include "lib/report/record.h"
#include "lib/report/reply.h"
#include "lib/report/scrutiny.h"

/* While the MTA waits: DNS time runs for the message, and no longer for its HELO. */
static void run_stages(struct vouch_message *message, enum vouch_stage last)
{
    budget_resume(message->budget);
    budget_resume(message->helo->budget);
    budget_share_deadline(message->helo->budget, message->budget);
    for (enum vouch_stage stage = VOUCH_STAGE_HELO; stage <= last; stage++) {
        if (message->stage_done[stage])
            continue;
        message_start_questions(message, stage == VOUCH_STAGE_HELO ? VOUCH_STAGE_MAIL : stage);
        message_run_stage(message, stage);
        message->stage_done[stage] = true;
    }
    budget_pause(message->helo->budget);
    budget_pause(message->budget);
}

static bool is_final(enum vouch_action action)
{
    return action == VOUCH_TEMPFAIL || action == VOUCH_REJECT;
}

bool message_is_refused(const struct vouch_message *message)
{
    return is_final(message->decision.action);
}

struct vouch_decision decision_told(struct arena *arena, const struct decision *decided,
                                    const struct vouch_reply *reply)
{
    const char *rule = record_rule_text(arena, decided);

    return (struct vouch_decision){
        .action = decided->action,
        .wanted = decided->wanted,
        .stage = decided->stage,
        .method = decided->outcome != NULL ? method_name(decided->outcome->method) : "",
        .rule = rule != NULL ? rule : "",
        .rule_file = decided->rule != NULL ? decided->rule->origin.file : "",
        .rule_line = decided->rule != NULL ? decided->rule->origin.line : 0,
        .reply = *reply,
    };
}

static void conclude(struct vouch_message *message, enum vouch_stage stage)
{
    const struct vouch_config *config = message->session->engine->config;

    message->decided = decide(&message->facts, message->outcomes, config, stage);
    (void)reply_make(message->arena, &message->facts, &message->decided, &message->reply);
    message->decision = decision_told(message->arena, &message->decided, &message->reply);
    message->is_decided = true;
}

const struct vouch_decision *vouch_message_decide(struct vouch_message *message,
                                                  enum vouch_stage stage)
{
    if (stage < VOUCH_STAGE_MAIL)
        stage = VOUCH_STAGE_MAIL;
    for (enum vouch_stage next = VOUCH_STAGE_MAIL; next <= stage; next++) {
        if (message->is_decided && message->stage_done[next])
            continue;
        if (!message->is_exempt && !message_is_refused(message))
            run_stages(message, next);
        message->stage_done[next] = true;
        if (!is_final(message->decision.wanted))
            conclude(message, next);
        if (next == VOUCH_STAGE_EOM && !message_is_refused(message))
            message_signing_end(message);
    }
    return &message->decision;
}

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

/* Only we ask for a closer look. */
static void remove_scrutiny(const struct vouch_message *message, struct vouch_edit *edits,
                            size_t *count)
{
    for (unsigned i = deletions(message, message->scrutiny_seen); i > 0; i--)
        edits[(*count)++] =
            (struct vouch_edit){.kind = VOUCH_EDIT_DELETE, .name = SCRUTINY_FIELD, .index = i};
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
    size_t most = message->forged_count + message->scrutiny_seen + count_outcomes(message) + 1 +
                  AUTHRES_FIELDS_MAX + message->session->engine->config->sign_count;
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
    remove_scrutiny(message, list, count);
    insert_signatures(message, list, count);
    error = insert_scrutiny(message, list, count);
    if (error == VOUCH_OK)
        error = insert_received_spf(message, list, count);
    return error != VOUCH_OK ? error : insert_authres(message, list, count);
}

int vouch_message_signatures(struct vouch_message *message, const struct vouch_edit **fields,
                             size_t *count, const char **why)
{
    struct vouch_edit *list = arena_calloc(
        message->arena, message->session->engine->config->sign_count + 1, sizeof *list);

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

static struct report_view view(const struct vouch_message *message)
{
    struct budget_use use = budget_use(message->budget);
    struct budget_use helo_use = budget_use(message->helo->budget);

    /* Both waited in the same callback, so their times do not add up. */
    use.queries += helo_use.queries;
    use.voids += helo_use.voids;
    return (struct report_view){
        .facts = &message->facts,
        .outcomes = message->outcomes,
        .decision = &message->decided,
        .reply = &message->reply,
        .dns = use,
        .given_up = message->given_up,
        .forged_authres = (unsigned)message->forged_count,
        .signatures = message->signatures,
        .unsigned_because = message->unsigned_because,
    };
}

void vouch_message_give_up(struct vouch_message *message, bool our_trouble)
{
    message->given_up = our_trouble ? GIVEN_UP_IN_TROUBLE : GIVEN_UP_BY_CLIENT;
}

const char *vouch_message_log_line(struct vouch_message *message)
{
    struct report_view report = view(message);

    return record_log_line(message->arena, &report);
}

const char *vouch_message_record(struct vouch_message *message, bool with_trace)
{
    struct report_view report = view(message);

    return record_json(message->arena, &report, with_trace);
}

const char *vouch_message_explanation(struct vouch_message *message)
{
    struct report_view report = view(message);

    return record_explanation(message->arena, &report);
}
