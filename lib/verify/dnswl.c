/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dnswl.h"

#include "lib/verify/dna.h"
#include "lib/verify/dna_ask.h"

static size_t count_allowlists(const struct verify_settings *settings)
{
    size_t count = 0;

    for (size_t i = 0; i < settings->dna.source_count; i++)
        count += dna_source_is_allowlist(&settings->dna.sources[i]);
    return count;
}

static void prefetch(const struct check *check, const struct dna_subject *subject)
{
    const struct dna_settings *settings = &check->settings->dna;

    for (size_t i = 0; i < settings->source_count; i++)
        if (dna_source_is_allowlist(&settings->sources[i]))
            dna_ask_prefetch(check, &settings->sources[i], subject);
}

/* RFC 8904 3: several codes go into one property with commas between. */
static void tell_codes(struct outcome *outcome, const struct dna_codes *codes)
{
    struct text text = text_in(outcome->arena);
    char code[IP_TEXT_SIZE];

    for (size_t i = 0; i < codes->count; i++)
        text_printf(&text, "%s%s", i > 0 ? "," : "", ip_format(&codes->code[i], code));
    if (text_string(&text) != NULL)
        outcome_property(outcome, "policy", "ip", text_string(&text));
}

/* What the list says in words. */
static void tell_text(const struct check *check, struct outcome *outcome,
                      const struct dna_source *source, const struct dna_subject *subject)
{
    const struct dns_answer *answer;
    const char *text;
    struct dns_name name;

    if (dna_source_question(source, subject->text, &name) != VOUCH_OK)
        return;
    answer = check_query(check, outcome, &name, DNS_TXT, "RFC 8904 2: what the list says of it");
    if (answer->status != DNS_RECORDS || answer->record_count > 1)
        return;
    text = arena_copy(check->arena, (const char *)answer->records[0].txt.octets,
                      answer->records[0].txt.length);
    if (text != NULL)
        outcome_property(outcome, "policy", "txt", text);
}

static const char *security_word(enum dns_security security)
{
    if (security == DNS_SECURE)
        return "yes";
    return security == DNS_INSECURE ? "no" : "na";
}

static void set_result(struct outcome *outcome, const struct dna_source *source,
                       const struct dna_reply *reply)
{
    if (reply->trouble != NULL) {
        outcome_set(outcome, reply->transient ? VOUCH_TEMPERROR : VOUCH_PERMERROR,
                    REASON_DNSWL_TROUBLE);
        check_detail(outcome, "source '%s': %s", source->name, reply->trouble);
    } else if (reply->answer == DNA_ACCEPT) {
        outcome_set(outcome, VOUCH_PASS, REASON_DNSWL_LISTED);
    } else {
        outcome_set(outcome, VOUCH_NONE, REASON_DNSWL_NOT_LISTED);
    }
}

/* NULL: no memory. */
static struct outcome *ask(const struct check *check, const struct dna_source *source,
                           const struct dna_subject *subject, bool is_part)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_DNSWL, IDENTITY_NONE, VOUCH_STAGE_HELO);
    char zone[DNS_NAME_TEXT_SIZE];
    struct dna_reply reply;
    enum dns_security security;

    if (outcome == NULL)
        return NULL;
    outcome->is_part = is_part;
    reply = dna_ask(check, outcome, source, subject, "");
    set_result(outcome, source, &reply);
    security = outcome->security;
    outcome_property(outcome, "dns", "zone", dns_name_format(&source->service, zone));
    if (outcome->result == VOUCH_PASS) {
        tell_codes(outcome, &reply.codes);
        tell_text(check, outcome, source, subject);
    }
    outcome_property(outcome, "dns", "sec", security_word(security));
    return outcome;
}

/* Which of two results is told of all lists: a pass, else trouble, else none. */
static int weight(enum vouch_result result)
{
    if (result == VOUCH_PASS)
        return 3;
    if (result == VOUCH_TEMPERROR)
        return 2;
    return result == VOUCH_PERMERROR ? 1 : 0;
}

static void sum_up(struct outcome *summary)
{
    const struct outcome *best = summary->next;

    for (const struct outcome *part = summary->next; part != NULL; part = part->next) {
        if (weight(part->result) > weight(best->result))
            best = part;
        summary->security = dns_security_of_both(summary->security, part->security);
    }
    outcome_set(summary, best->result, best->reason);
    summary->detail = best->detail;
}

/* False: no memory. */
static bool ask_all(const struct check *check, const struct dna_subject *subject, bool are_parts,
                    struct outcome **end)
{
    const struct dna_settings *settings = &check->settings->dna;

    for (size_t i = 0; i < settings->source_count; i++) {
        if (!dna_source_is_allowlist(&settings->sources[i]))
            continue;
        *end = ask(check, &settings->sources[i], subject, are_parts);
        if (*end == NULL)
            return false;
        end = &(*end)->next;
    }
    return true;
}

static struct outcome *dnswl_check(const struct check *check)
{
    size_t count = count_allowlists(check->settings);
    struct outcome *summary =
        outcome_new(check->arena, METHOD_DNSWL, IDENTITY_NONE, VOUCH_STAGE_HELO);
    struct dna_subject subject;
    nanoseconds kept_back;
    bool complete;

    if (summary == NULL)
        return NULL;
    outcome_set(summary, VOUCH_NONE, REASON_DNSWL_NOT_LISTED);
    if (count > 0 && !dna_subject_of_ip(&check->facts->client, &subject)) {
        outcome_set(summary, VOUCH_NONE, REASON_NO_CLIENT_ADDRESS);
        return summary;
    }
    if (count == 0)
        return summary;
    kept_back = dna_begin_waiting(check);
    prefetch(check, &subject);
    complete = ask_all(check, &subject, count > 1, &summary->next);
    budget_lengthen(check->budget, kept_back);
    if (!complete)
        return NULL;
    if (count == 1)
        return summary->next;
    sum_up(summary);
    return summary;
}

static void dnswl_prefetch(const struct check *check)
{
    struct dna_subject subject;

    if (dna_subject_of_ip(&check->facts->client, &subject))
        prefetch(check, &subject);
}

static bool dnswl_wanted(const struct verify_settings *settings)
{
    return count_allowlists(settings) > 0;
}

const struct verifier dnswl_verifier = {
    .method = METHOD_DNSWL,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_HELO,
    .wanted = dnswl_wanted,
    .prefetch = dnswl_prefetch,
    .check = dnswl_check,
};
