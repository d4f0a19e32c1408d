/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/engine/transaction.h"
#include "lib/report/record.h"
#include "lib/report/reply.h"

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
