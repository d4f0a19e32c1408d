/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <string.h>

#include "lib/base/text.h"
#include "lib/report/record.h"
#include "lib/report/words.h"

/* Caps that leave room for every part of a usual line within RECORD_LOG_MAX. */
enum { ID_MAX = 40, NAME_MAX_OCTETS = 64, PATH_MAX_OCTETS = 100, WHY_MAX = 60, RULE_MAX = 100 };

/* Characters that mean something in the line. */
#define MARKS                " " MARKS_IN_PARENTHESES
#define MARKS_IN_PARENTHESES "\"<>();"

static void add_name(struct text *line, const char *key, const char *name, size_t limit)
{
    text_add(line, key);
    words_escaped(line, name, MARKS, limit);
}

static void add_action(struct text *line, const struct decision *decision)
{
    if (decision->exemption != EXEMPT_NO) {
        text_printf(line, "exempt (%s)", exemption_text(decision->exemption));
        return;
    }
    if (decision->action != decision->wanted)
        text_add(line, "monitor: would ");
    text_add(line, vouch_action_word(decision->wanted));
    if (decision->outcome != NULL || decision->has_forged)
        text_printf(line, " %s", words_answered_at(decision->stage));
}

static void add_why(struct text *line, const struct outcome *outcome)
{
    struct text why = text_in(line->arena);

    words_why(&why, outcome, MARKS_IN_PARENTHESES, WHY_MAX);
    line->failed |= why.failed;
    if (why.length > 0)
        text_printf(line, " (%s)", why.data);
}

/* A pass speaks for itself, and so does `none` unless it decided or somebody could not be believed.
 */
static bool needs_reason(const struct decision *decision, const struct outcome *outcome)
{
    return outcome == decision->outcome || outcome->reason == REASON_DNA_SOURCE_IGNORED ||
           (outcome->result != VOUCH_PASS && outcome->result != VOUCH_NONE);
}

/* The method that is called helo needs not say so twice. */
static const char *identity_key(const struct outcome *outcome)
{
    if (outcome->method == METHOD_HELO)
        return " ";
    if (outcome->method == METHOD_DOMAINKEYS)
        return " sender=";
    if (outcome->method == METHOD_IPREV)
        return " ptr=";
    if (outcome->method == METHOD_VBR)
        return " md=";
    if (outcome->identity == IDENTITY_SIGNER)
        return " signer=";
    if (outcome->identity == IDENTITY_ISSUER)
        return " issuer=";
    if (outcome->identity == IDENTITY_AUTHOR)
        return " author=";
    if (outcome->identity == IDENTITY_PRA)
        return " pra=";
    if (outcome->identity == IDENTITY_SUBMITTER || outcome->identity == IDENTITY_SUBMITTER_HEADER)
        return " submitter=";
    return outcome->identity == IDENTITY_MAILFROM ? " mailfrom=" : " helo=";
}

/* Who answers for the client. */
static void add_issuer(struct text *line, const struct outcome *outcome)
{
    for (const struct property *p = outcome->properties; p != NULL; p = p->next) {
        if (strcmp(p->name, "cert-issuer") != 0)
            continue;
        text_add(line, " issuer=\"");
        words_escaped(line, p->value, "\"", NAME_MAX_OCTETS);
        text_add(line, "\"");
    }
}

static void add_verdicts(struct text *line, const struct report_view *view)
{
    for (const struct outcome *o = view->outcomes; o != NULL; o = o->next) {
        if (o->is_part)
            continue;
        text_printf(line, "%s=%s", method_name(o->method), vouch_result_word(o->result));
        if (needs_reason(view->decision, o))
            add_why(line, o);
        if (o->domain[0] != '\0')
            add_name(line, identity_key(o), o->domain, NAME_MAX_OCTETS);
        if (o->method == METHOD_TLS)
            add_issuer(line, o);
        text_add(line, "; ");
    }
}

static bool has_helo_verdict(const struct outcome *outcomes)
{
    for (; outcomes != NULL; outcomes = outcomes->next)
        if (outcomes->stage == VOUCH_STAGE_HELO && outcomes->method != METHOD_IPREV &&
            outcomes->domain[0] != '\0')
            return true;
    return false;
}

static void add_facts(struct text *line, const struct report_view *view)
{
    const struct facts *facts = view->facts;
    const char *name = words_client_name(facts);
    char address[IP_TEXT_SIZE];

    text_printf(line, "client=%s", ip_format(&facts->client, address));
    if (name != NULL)
        add_name(line, " name=", name, NAME_MAX_OCTETS);
    if (facts->helo[0] != '\0' && !has_helo_verdict(view->outcomes))
        add_name(line, " helo=", facts->helo, NAME_MAX_OCTETS);
    if (facts->mta[VOUCH_FACT_AUTH_AUTHEN][0] != '\0')
        add_name(line, " auth=", facts->mta[VOUCH_FACT_AUTH_AUTHEN], NAME_MAX_OCTETS);
    if (facts->has_mail) {
        add_name(line, " from=<", facts->reverse_path.raw, PATH_MAX_OCTETS);
        text_add(line, ">");
    }
    text_printf(line, " to=%zu", facts->recipient_count);
}

static void add_rule(struct text *line, const struct decision *decision)
{
    const char *rule = record_rule_text(line->arena, decision);

    if (rule == NULL) {
        line->failed = true;
        return;
    }
    if (rule[0] == '\0')
        return;
    text_add(line, " rule=\"");
    words_escaped(line, rule, "\"", RULE_MAX);
    text_add(line, "\"");
    if (decision->rule == NULL)
        return;
    text_add(line, " (");
    words_escaped(line, decision->rule->origin.file, MARKS_IN_PARENTHESES, NAME_MAX_OCTETS);
    if (decision->rule->origin.line > 0)
        text_printf(line, ":%u", decision->rule->origin.line);
    text_add(line, ")");
}

static void add_counts(struct text *line, const struct report_view *view)
{
    nanoseconds half = NANOSECONDS_PER_MILLISECOND / 2;
    unsigned ms = (unsigned)((view->dns.time + half) / NANOSECONDS_PER_MILLISECOND);

    text_printf(line, " dns=%u/%ums", view->dns.queries, ms);
    if (view->forged_authres > 0)
        text_printf(line, " forged=%u", view->forged_authres);
}

static void add_signatures(struct text *line, const struct report_view *view)
{
    for (const struct sign_field *f = view->signatures; f != NULL; f = f->next)
        text_printf(line, " signed=%s/%s", f->settings->domain_text, f->settings->selector);
    if (view->unsigned_because != NULL)
        text_printf(line, " unsigned=\"%s\"", view->unsigned_because);
}

/* Near the front, where no cap on the line cuts it off. */
static void add_given_up(struct text *line, enum given_up given_up)
{
    if (given_up == GIVEN_UP_BY_CLIENT)
        text_add(line, "given up before its end: ");
    else if (given_up == GIVEN_UP_IN_TROUBLE)
        text_add(line, "ended by trouble of our own: ");
}

static const char *finished(struct text *line)
{
    if (!line->failed && line->length > RECORD_LOG_MAX)
        memcpy(line->data + RECORD_LOG_MAX - 3, "...", sizeof "...");
    return text_string(line);
}

const char *record_recipient_line(struct arena *arena, const struct report_view *view)
{
    const struct decision *decision = view->decision;
    const char *id = view->facts->queue_id;
    struct text line = text_in(arena);

    add_name(&line, "", id[0] != '\0' ? id : "NOQUEUE", ID_MAX);
    text_printf(&line,
                ": %s%s rcpt: ", decision->action != decision->wanted ? "monitor: would " : "",
                vouch_action_word(decision->wanted));
    add_name(&line, "recipient=<", decision->recipient->raw, PATH_MAX_OCTETS);
    text_add(&line, ">; ");
    add_facts(&line, view);
    add_rule(&line, decision);
    return finished(&line);
}

const char *record_log_line(struct arena *arena, const struct report_view *view)
{
    const char *id = view->facts->queue_id;
    struct text line = text_in(arena);

    add_name(&line, "", id[0] != '\0' ? id : "NOQUEUE", ID_MAX);
    text_add(&line, ": ");
    add_action(&line, view->decision);
    text_add(&line, ": ");
    add_given_up(&line, view->given_up);
    add_verdicts(&line, view);
    add_facts(&line, view);
    add_rule(&line, view->decision);
    add_counts(&line, view);
    add_signatures(&line, view);
    return finished(&line);
}
