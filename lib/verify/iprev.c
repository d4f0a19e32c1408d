/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/iprev.h"

/* What the names came to, short of a match. */
struct tally {
    const struct dns_name *failed; /* the first that could not be looked up, or NULL */
    bool differs;
};

/* What NAME says is not known; FAILURE says why where that is known. */
static void defer(struct outcome *outcome, const struct dns_name *name, enum dns_failure failure)
{
    char text[DNS_NAME_TEXT_SIZE];

    check_temperror(outcome, REASON_IPREV_DNS);
    if (outcome->reason == REASON_DNSSEC_BOGUS)
        return;
    dns_name_format(name, text);
    if (failure != DNS_FAILURE_NONE)
        check_detail(outcome, "%s: %s", text, dns_failure_text(failure));
    else
        check_detail(outcome, "%s", text);
}

static bool has_address(const struct check *check)
{
    return check->facts->client.family != IP_NONE;
}

/* Whether NAME leads back to the client. */
static bool leads_back(const struct check *check, struct outcome *outcome,
                       const struct dns_name *name, struct tally *tally)
{
    static const char *const rules[] = {
        [HOST_MATCHES] = "the name leads back to the client",
        [HOST_DIFFERS] = "the name leads elsewhere",
        [HOST_NO_ADDRESS] = "the name has no address of the client's family",
        [HOST_LOOKUP_FAILED] = "where the name leads is not known",
    };
    enum host_match match;

    if (dns_name_is_root(name)) {
        check_rule(outcome, "RFC 8601 3: the root is no host");
        return false;
    }
    match = check_host(check, outcome, name);
    check_rule(outcome, "RFC 8601 3: %s", rules[match]);
    tally->differs |= match == HOST_DIFFERS;
    if (match == HOST_LOOKUP_FAILED && tally->failed == NULL)
        tally->failed = name;
    return match == HOST_MATCHES;
}

/* The first of COUNT names in ANSWER that leads back, or NULL.  All are asked for together. */
static const struct dns_name *confirmed_name(const struct check *check, struct outcome *outcome,
                                             const struct dns_answer *answer, size_t count,
                                             struct tally *tally)
{
    for (size_t i = 0; i < count; i++)
        if (!dns_name_is_root(&answer->records[i].ptr))
            check_prefetch(check, &answer->records[i].ptr, check_address_type(check));
    for (size_t i = 0; i < count; i++)
        if (leads_back(check, outcome, &answer->records[i].ptr, tally))
            return &answer->records[i].ptr;
    return NULL;
}

static void judge_names(const struct check *check, struct outcome *outcome,
                        const struct dns_answer *answer)
{
    bool too_many = answer->record_count > IPREV_NAMES_MAX;
    size_t count = too_many ? IPREV_NAMES_MAX : answer->record_count;
    struct tally tally = {.failed = NULL};
    const struct dns_name *name = confirmed_name(check, outcome, answer, count, &tally);
    char text[DNS_NAME_TEXT_SIZE];

    if (name != NULL) {
        outcome_set(outcome, VOUCH_PASS, REASON_IPREV_MATCH);
        outcome->domain = arena_string(check->arena, dns_name_format(name, text));
    } else if (tally.failed != NULL) {
        defer(outcome, tally.failed, DNS_FAILURE_NONE);
    } else if (too_many) {
        outcome_set(outcome, VOUCH_PERMERROR, REASON_IPREV_TOO_MANY_NAMES);
        check_rule(outcome, "RFC 8601 3: %zu names, of which no more than %d are looked up",
                   answer->record_count, IPREV_NAMES_MAX);
    } else {
        outcome_set(outcome, VOUCH_FAIL,
                    tally.differs ? REASON_IPREV_MISMATCH : REASON_IPREV_NO_ADDRESS);
    }
}

static void judge(const struct check *check, struct outcome *outcome, const struct dns_name *name)
{
    const struct dns_answer *answer = check_query(check, outcome, name, DNS_PTR, NULL);

    if (answer->status == DNS_FAILURE) {
        defer(outcome, name, answer->failure);
        check_rule(outcome, "RFC 8601 2.7.3: whether the address has a name is not known");
    } else if (answer->status == DNS_RECORDS) {
        check_rule(outcome, "RFC 8601 3: do the names lead back to the client?");
        judge_names(check, outcome, answer);
    } else {
        outcome_set(outcome, VOUCH_PERMERROR, REASON_IPREV_NO_NAME);
        check_rule(outcome, "RFC 8601 2.7.3: the address has no name");
    }
}

static struct outcome *check_client(const struct check *check)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_IPREV, IDENTITY_NONE, VOUCH_STAGE_HELO);
    char address[IP_TEXT_SIZE];
    struct dns_name name;

    if (outcome == NULL || dns_name_of_ip(&check->facts->client, &name) != VOUCH_OK)
        return NULL;
    outcome_property(outcome, "policy", "iprev", ip_format(&check->facts->client, address));
    judge(check, outcome, &name);
    return outcome->domain != NULL ? outcome : NULL;
}

static void prefetch_names(const struct check *check)
{
    struct dns_name name;

    if (dns_name_of_ip(&check->facts->client, &name) == VOUCH_OK)
        check_prefetch(check, &name, DNS_PTR);
}

const struct verifier iprev_verifier = {
    .method = METHOD_IPREV,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_HELO,
    .applies = has_address,
    .prefetch = prefetch_names,
    .check = check_client,
};
