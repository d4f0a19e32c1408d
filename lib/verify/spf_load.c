/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* From a domain to its compiled record. */
#include "lib/base/text.h"
#include "lib/verify/spf_eval.h"

static const struct spf_record *find_known(const struct spf_run *run, const struct dns_name *domain)
{
    for (const struct spf_known *known = run->known; known != NULL; known = known->next)
        if (dns_name_equal(&known->domain, domain))
            return known->record;
    return NULL;
}

/* RFC 7208 4.5, RFC 4406 4.4: how many of the TXT records are meant for the scope, and the first of
 * them. */
static size_t select_records(const struct spf_run *run, const struct dns_answer *answer,
                             const struct dns_record **selected)
{
    enum spf_fit best = run->spf2_only ? SPF_FIT_SPF2 : SPF_FIT_SPF1;
    size_t count = 0;

    for (size_t i = 0; i < answer->record_count; i++) {
        const struct dns_record *record = &answer->records[i];
        enum spf_fit fit =
            spf_scope_fit(run->scope, (const char *)record->txt.octets, record->txt.length);

        if (fit > best) {
            best = fit;
            count = 0;
        }
        if (fit == best && count++ == 0)
            *selected = record;
    }
    return count;
}

/* The rule by which records are selected. */
static const char *selection_rule(const struct spf_run *run)
{
    static const char *const rules[] = {
        [SPF_SCOPE_SPF] = "RFC 7208 4.5",
        [SPF_SCOPE_MFROM] = "RFC 4406 4.4, scope mfrom",
        [SPF_SCOPE_PRA] = "RFC 4406 4.4, scope pra",
    };

    return rules[run->scope];
}

static enum spf_load no_record(struct spf_run *run, const struct dns_answer *answer,
                               enum reason *reason)
{
    *reason = answer->status == DNS_NXDOMAIN ? REASON_SPF_NXDOMAIN : REASON_SPF_NO_RECORD;
    if (answer->status == DNS_NXDOMAIN && run->scope == SPF_SCOPE_PRA) {
        check_rule(run->outcome, "RFC 4406 4.3: the domain does not exist: fail");
        return SPF_LOAD_NXDOMAIN;
    }
    check_rule(run->outcome, "%s: no SPF record", selection_rule(run));
    return SPF_LOAD_NONE;
}

/* The record of DOMAIN as a whole is in error. */
static enum spf_load end_load(struct spf_run *run, enum reason reason,
                              const struct dns_name *domain)
{
    char name[DNS_NAME_TEXT_SIZE];

    spf_end(run, VOUCH_PERMERROR, reason, dns_name_format(domain, name));
    return SPF_LOAD_ENDED;
}

/* Compile the record TXT of DOMAIN and remember it. */
static enum spf_load compile(struct spf_run *run, const struct dns_name *domain,
                             const struct dns_record *txt, const struct spf_record **record)
{
    const char *octets = (const char *)txt->txt.octets;
    struct spf_known *known = arena_alloc(run->arena, sizeof *known);
    struct text place = text_in(run->arena);
    struct spf_problem problem;
    int error = VOUCH_ERROR_MEMORY;

    if (known != NULL)
        error = spf_record_parse(run->arena, octets, txt->txt.length, record, &problem);
    if (error == VOUCH_ERROR_SYNTAX) {
        spf_problem_describe(&problem, octets, &place);
        text_add(&place, spf_record_place(run, domain));
        check_rule(run->outcome, "RFC 7208 4.6: syntax error, %s", text_string(&place));
        spf_end(run, VOUCH_PERMERROR, REASON_SPF_SYNTAX, text_string(&place));
        return SPF_LOAD_ENDED;
    }
    if (error == VOUCH_ERROR_LIMIT)
        return end_load(run, REASON_SPF_SIZE_LIMIT, domain);
    if (error != VOUCH_OK) {
        spf_end_memory(run);
        return SPF_LOAD_ENDED;
    }
    *known = (struct spf_known){.domain = *domain, .record = *record, .next = run->known};
    run->known = known;
    return SPF_LOAD_FOUND;
}

enum spf_load spf_load(struct spf_run *run, const struct dns_name *domain,
                       const struct spf_record **record, enum reason *reason)
{
    const struct dns_answer *answer;
    const struct dns_record *selected = NULL;
    size_t count;

    *reason = REASON_SPF_NO_DOMAIN;
    if (dns_name_labels(domain) < 2)
        return SPF_LOAD_NONE;
    *record = find_known(run, domain);
    if (*record != NULL)
        return SPF_LOAD_FOUND;
    answer = check_query(run->check, run->outcome, domain, DNS_TXT, NULL);
    if (answer->status == DNS_FAILURE) {
        check_rule(run->outcome, "RFC 7208 4.4: no answer to rely on");
        spf_end_dns(run, answer, "");
        return SPF_LOAD_ENDED;
    }
    count = select_records(run, answer, &selected);
    if (count == 0)
        return no_record(run, answer, reason);
    if (count > 1) {
        check_rule(run->outcome, "%s: %zu SPF records", selection_rule(run), count);
        return end_load(run, REASON_SPF_MULTIPLE_RECORDS, domain);
    }
    check_rule(run->outcome, "%s: the SPF record", selection_rule(run));
    return compile(run, domain, selected, record);
}
