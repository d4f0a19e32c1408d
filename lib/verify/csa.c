/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/csa.h"

#include "lib/verify/csa_parents.h"
#include "lib/verify/csa_record.h"
#include "lib/verify/helo.h"
#include "lib/verify/tls.h"

/* What is being authorized. */
struct subject {
    struct dns_name name; /* the HELO name, or the reverse name of a literal */
    struct ip literal;    /* family IP_NONE unless HELO is a literal */
    struct dns_name record_name;
    bool has_record_name;
};

/* What the lookups of all targets and of the HELO name came to, short of a match. */
struct tally {
    bool failed;
    bool differs;
};

/* What HELO gives CSA to look up.  False: nothing (spec/csv.md 5). */
static bool find_subject(const struct check *check, const struct helo_name *helo,
                         struct subject *subject)
{
    *subject = (struct subject){.literal = {.family = IP_NONE}};
    if (check->facts->client.family == IP_NONE)
        return false;
    if (helo->kind == HELO_DOMAIN) {
        subject->name = helo->name;
    } else if (helo->kind == HELO_LITERAL && helo->literal.family != IP_NONE &&
               check->settings->csa.address_literals) {
        subject->literal = helo->literal;
        if (dns_name_of_ip(&helo->literal, &subject->name) != VOUCH_OK)
            return false;
    } else {
        return false;
    }
    subject->has_record_name = csa_record_name(&subject->name, &subject->record_name) == VOUCH_OK;
    return true;
}

/* Ask for TARGET's addresses.  True: the client is one of them, OUTCOME is set. */
static bool target_matches(const struct check *check, struct outcome *outcome,
                           const struct dns_name *target, struct tally *tally)
{
    static const char *const rules[] = {
        [HOST_MATCHES] = "the client is among the target's addresses",
        [HOST_DIFFERS] = "the client is not among the target's addresses",
        [HOST_NO_ADDRESS] = "the target has no address of the client's family",
        [HOST_LOOKUP_FAILED] = "the target's addresses are not known",
    };
    enum host_match match = check_host(check, outcome, target);
    char text[DNS_NAME_TEXT_SIZE];

    check_rule(outcome, "csv 3: %s", rules[match]);
    tally->differs |= match == HOST_DIFFERS;
    tally->failed |= match == HOST_LOOKUP_FAILED;
    if (match != HOST_MATCHES)
        return false;
    outcome_set(outcome, VOUCH_PASS, REASON_CSA_OK);
    outcome_property(outcome, "policy", "csa-target", dns_name_format(target, text));
    return true;
}

/* Most often there is one target, or the first one matches; the others are asked together. */
static bool any_target_matches(const struct check *check, struct outcome *outcome,
                               const struct csa_records *records, struct tally *tally)
{
    for (unsigned i = 0; i < records->targets; i++) {
        for (unsigned k = i; i == 1 && k < records->targets; k++)
            check_prefetch(check, records->target[k], check_address_type(check));
        if (target_matches(check, outcome, records->target[i], tally))
            return true;
    }
    return false;
}

/* Whether the client proves to bear the name without the target's help: its forward lookup names
 * the client, or the literal is the client's address. */
static bool bears_name(const struct check *check, struct outcome *outcome,
                       const struct subject *subject, struct tally *tally)
{
    static const char *const rules[] = {
        [HOST_MATCHES] = "the name by itself is the client's",
        [HOST_DIFFERS] = "the name by itself is not the client's",
        [HOST_NO_ADDRESS] = "the name by itself has no address of the client's family",
        [HOST_LOOKUP_FAILED] = "whose the name is by itself is not known",
    };
    enum host_match match;

    if (subject->literal.family == IP_NONE && tls_proves(check->outcomes, &subject->name)) {
        check_rule(outcome, "csv 2.1: target ignored; the client's certificate is for the name");
        outcome_set(outcome, VOUCH_PASS, REASON_CSA_OK_CERTIFICATE);
        return true;
    }
    if (subject->literal.family != IP_NONE)
        match = ip_equal(&subject->literal, &check->facts->client) ? HOST_MATCHES : HOST_DIFFERS;
    else
        match = check_host(check, outcome, &subject->name);
    check_rule(outcome, "csv 2.1: target ignored; %s", rules[match]);
    tally->failed |= match == HOST_LOOKUP_FAILED;
    if (match == HOST_MATCHES)
        outcome_set(outcome, VOUCH_PASS, REASON_CSA_OK_FORWARD);
    return match == HOST_MATCHES;
}

/* The rules of csa.h from 3 on. */
static void authenticate(const struct check *check, struct outcome *outcome,
                         const struct subject *subject, const struct csa_records *records)
{
    struct tally tally = {.failed = false};

    if (any_target_matches(check, outcome, records, &tally))
        return;
    if (records->ignores_target && bears_name(check, outcome, subject, &tally))
        return;
    if (tally.failed)
        check_temperror(outcome, REASON_CSA_DEFER_ADDRESS);
    else if (records->ignores_target)
        outcome_set(outcome, VOUCH_NONE, REASON_CSA_UNVERIFIED);
    else if (tally.differs)
        outcome_set(outcome, VOUCH_FAIL, REASON_CSA_MISMATCH);
    else
        outcome_set(outcome, VOUCH_FAIL, REASON_CSA_NO_ADDRESS);
}

static void judge_records(const struct check *check, struct outcome *outcome,
                          const struct subject *subject, const struct dns_answer *answer)
{
    struct csa_records records;

    if (answer->record_count > CSA_RECORDS_MAX) {
        outcome_set(outcome, VOUCH_NONE, REASON_CSA_TOO_MANY_RECORDS);
        check_rule(outcome, "csv 2.3: more than %d records, none is used", CSA_RECORDS_MAX);
        return;
    }
    records = csa_records_read(answer, outcome);
    if (records.denied)
        outcome_set(outcome, VOUCH_FAIL, REASON_CSA_NOT_AUTHORIZED);
    else if (records.any)
        authenticate(check, outcome, subject, &records);
    else
        outcome_set(outcome, VOUCH_PERMERROR, REASON_CSA_BAD_RECORD);
}

static void search_parents(const struct check *check, struct outcome *outcome,
                           const struct subject *subject)
{
    csa_search_parents(check, outcome, &subject->name, csa_search_for(subject->literal.family));
}

static void judge(const struct check *check, struct outcome *outcome, const struct subject *subject)
{
    const struct dns_answer *answer;

    if (!subject->has_record_name) {
        check_rule(outcome, "csv 2: the name is too long to have a CSA record");
        search_parents(check, outcome, subject);
        return;
    }
    answer = check_query(check, outcome, &subject->record_name, DNS_SRV, NULL);
    if (answer->status == DNS_RECORDS) {
        judge_records(check, outcome, subject, answer);
    } else if (answer->status == DNS_FAILURE) {
        csa_defer(outcome, answer);
        check_rule(outcome, "csv 6: whether there is a CSA record is not known");
    } else if (csa_domain_is_missing(answer)) {
        outcome_set(outcome, VOUCH_NONE, REASON_CSA_UNKNOWN);
        check_rule(outcome, "csv 4: the domain does not exist, so no parent is asked");
    } else {
        check_rule(outcome, "csv 4: no CSA record of its own");
        search_parents(check, outcome, subject);
    }
}

static struct outcome *csa_check(const struct check *check)
{
    struct helo_name helo = helo_name_parse(check->facts->helo);
    struct outcome *outcome = helo_outcome(check, METHOD_CSA, &helo);
    struct subject subject;

    if (outcome == NULL)
        return NULL;
    if (!find_subject(check, &helo, &subject)) {
        check_rule(outcome, "csv 5: %s", reason_text(outcome->reason));
        return outcome;
    }
    if (subject.literal.family != IP_NONE)
        check_rule(outcome, "csv 5: the literal's name in the reverse tree stands for it");
    judge(check, outcome, &subject);
    return outcome;
}

/* The addresses of the HELO name are asked with its record: they are the helo method's question
 * too, and most often the record's target is the name itself. */
static void csa_prefetch(const struct check *check)
{
    struct helo_name helo = helo_name_parse(check->facts->helo);
    struct subject subject;

    if (!find_subject(check, &helo, &subject))
        return;
    if (subject.has_record_name)
        check_prefetch(check, &subject.record_name, DNS_SRV);
    if (subject.literal.family == IP_NONE)
        check_prefetch(check, &subject.name, check_address_type(check));
}

const struct verifier csa_verifier = {
    .method = METHOD_CSA,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_HELO,
    .prefetch = csa_prefetch,
    .check = csa_check,
};
