/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/report/record.h"
#include "lib/report/words.h"

/* Column of the times; caps of a name and of a line of the trace. */
enum { TIME_COLUMN = 64, NAME_MAX_OCTETS = 255, STEP_MAX = 2000 };

static void add_upper(struct text *text, const char *word)
{
    for (; *word != '\0'; word++)
        text_add_char(text, *word >= 'a' && *word <= 'z' ? (char)(*word - 'a' + 'A') : *word);
}

/* A label of its own width, so that what is said stands in one column. */
static void add_label(struct text *text, const char *label)
{
    text_printf(text, "  %-10s  ", label);
}

static void add_action(struct text *text, const struct decision *decision)
{
    text_printf(text, "Decision: %s", vouch_action_word(decision->action));
    if (decision->exemption != EXEMPT_NO) {
        text_printf(text, " (exempt: %s)\n", exemption_text(decision->exemption));
        return;
    }
    if (decision->action != decision->wanted)
        text_printf(text, " (monitor mode; would %s)", vouch_action_word(decision->wanted));
    if (decision->outcome != NULL) {
        text_add(text, " at ");
        add_upper(text, words_answered_at(decision->stage));
    }
    text_add_char(text, '\n');
}

static void add_reply(struct text *text, const struct vouch_reply *reply)
{
    for (size_t i = 0; i < reply->line_count; i++) {
        add_label(text, i == 0 ? "reply" : "");
        if (reply->code[0] != '\0')
            text_printf(text, "%s %s ", reply->code, reply->enhanced);
        text_printf(text, "%s\n", reply->lines[i]);
    }
}

static void add_rule(struct text *text, const struct decision *decision)
{
    const char *rule = record_rule_text(text->arena, decision);

    if (rule == NULL) {
        text->failed = true;
        return;
    }
    add_label(text, "decided by");
    words_clean(text, rule[0] != '\0' ? rule : "no rule: nothing speaks against it", "", STEP_MAX);
    if (decision->rule != NULL) {
        text_add(text, "  (");
        words_clean(text, decision->rule->origin.file, "", NAME_MAX_OCTETS);
        if (decision->rule->origin.line > 0)
            text_printf(text, ":%u", decision->rule->origin.line);
        text_add(text, ")");
    }
    text_add_char(text, '\n');
}

static void add_named(struct text *text, const char *label, const char *before, const char *name,
                      const char *after)
{
    add_label(text, label);
    text_add(text, before);
    words_name(text, name, NAME_MAX_OCTETS);
    text_add(text, after);
    text_add_char(text, '\n');
}

static void add_facts(struct text *text, const struct facts *facts)
{
    add_label(text, "client");
    words_client(text, facts);
    text_add_char(text, '\n');
    add_named(text, "HELO", "", facts->helo[0] != '\0' ? facts->helo : "(none)", "");
    if (facts->has_mail)
        add_named(text, "MAIL FROM", "<", facts->reverse_path.raw, ">");
    for (size_t i = 0; i < facts->refused_count; i++)
        add_named(text, "refused", "RCPT TO:", facts->refused[i], "");
    if (facts->mta[VOUCH_FACT_AUTH_AUTHEN][0] != '\0')
        add_named(text, "AUTH", "", facts->mta[VOUCH_FACT_AUTH_AUTHEN], "");
}

static void add_use(struct text *text, const struct report_view *view)
{
    nanoseconds tenths = view->dns.time / (NANOSECONDS_PER_MILLISECOND / 10);

    add_label(text, "DNS");
    text_printf(text, "%u question%s, %u without an answer, %llu.%u ms\n", view->dns.queries,
                view->dns.queries == 1 ? "" : "s", view->dns.voids,
                (unsigned long long)(tenths / 10), (unsigned)(tenths % 10));
    if (view->forged_authres > 0) {
        add_label(text, "removed");
        text_printf(text, "%u Authentication-Results field%s\n", view->forged_authres,
                    view->forged_authres == 1 ? "" : "s");
    }
    for (const struct sign_field *f = view->signatures; f != NULL; f = f->next) {
        add_label(text, "signed");
        text_printf(text, "%s for %s with selector %s\n",
                    f->settings->method == SIGN_DKIM ? "DKIM" : "DomainKeys",
                    f->settings->domain_text, f->settings->selector);
    }
    if (view->unsigned_because != NULL) {
        add_label(text, "unsigned");
        text_printf(text, "%s\n", view->unsigned_because);
    }
}

static void add_time(struct text *text, const struct trace_step *step, size_t column)
{
    char time[32];

    (void)snprintf(time, sizeof time, "%u.%u ms", step->took_us / 1000, step->took_us / 100 % 10);
    for (; column < TIME_COLUMN; column++)
        text_add_char(text, ' ');
    text_printf(text, " %10s", step->took_us > 0 ? time : "cached");
}

static void add_step(struct text *text, const struct trace_step *step)
{
    size_t begin = text->length;

    if (step->asked[0] != '\0') {
        add_label(text, "asked");
        words_clean(text, step->asked, "", STEP_MAX);
        add_time(text, step, text->length - begin);
        text_add_char(text, '\n');
        add_label(text, "answered");
        words_clean(text, step->answer, "", STEP_MAX);
        if (step->security == DNS_SECURE)
            text_add(text, "  (secure)");
        text_add_char(text, '\n');
    }
    if (step->rule[0] != '\0') {
        add_label(text, "so");
        words_clean(text, step->rule, "", STEP_MAX);
        text_add_char(text, '\n');
    }
}

/* What the domain of OUTCOME is to it. */
static const char *domain_label(const struct outcome *outcome)
{
    if (outcome->is_part && outcome->method != METHOD_REPUTATION)
        return "by";
    if (outcome->method == METHOD_DOMAINKEYS)
        return "sender";
    if (outcome->method == METHOD_IPREV)
        return "name";
    if (outcome->method == METHOD_VBR)
        return "domain";
    return outcome->identity != IDENTITY_NONE ? identity_name(outcome->identity) : "helo";
}

/* What OUTCOME is one of, if it is a part. */
static const char *part_name(const struct outcome *outcome)
{
    if (!outcome->is_part)
        return "";
    if (outcome->method == METHOD_REPUTATION)
        return " name";
    return outcome->method == METHOD_DNSWL ? " list" : " signature";
}

static void add_outcome(struct text *text, const struct outcome *outcome)
{
    struct text why = text_in(text->arena);

    text_printf(text, "%s%s: %s", method_name(outcome->method), part_name(outcome),
                vouch_result_word(outcome->result));
    words_why(&why, outcome, "", STEP_MAX);
    text->failed |= why.failed;
    if (why.length > 0)
        text_printf(text, " (%s)", why.data);
    if (outcome->domain[0] != '\0') {
        text_printf(text, "  [%s ", domain_label(outcome));
        words_name(text, outcome->domain, NAME_MAX_OCTETS);
        text_add(text, "]");
    }
    text_add_char(text, '\n');
    for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next)
        add_step(text, step);
    if (outcome->explanation[0] != '\0')
        add_named(text, "explains", "\"", outcome->explanation, "\"");
}

const char *record_explanation(struct arena *arena, const struct report_view *view)
{
    struct text text = text_in(arena);

    add_action(&text, view->decision);
    add_reply(&text, view->reply);
    add_rule(&text, view->decision);
    add_facts(&text, view->facts);
    add_use(&text, view);
    for (const struct outcome *o = view->outcomes; o != NULL; o = o->next) {
        text_add_char(&text, '\n');
        add_outcome(&text, o);
    }
    return text_string(&text);
}
