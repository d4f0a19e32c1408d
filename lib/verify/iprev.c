/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/iprev.h"

#include "lib/base/ascii.h"

/* The names that are looked up. */
struct names {
    const struct dns_name *name[IPREV_NAMES_MAX];
    size_t count;
};

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

/* Whether A comes before B. */
static bool precedes(const struct dns_name *a, const struct dns_name *b)
{
    if (a->length != b->length)
        return a->length < b->length;
    for (size_t i = 0; i < a->length; i++) {
        char left = ascii_lower((char)a->wire[i]);
        char right = ascii_lower((char)b->wire[i]);

        if (left != right)
            return (unsigned char)left < (unsigned char)right;
    }
    return false;
}

/* Put NAME in its place among NAMES; the last one falls off at the end.  The root is no host. */
static void insert(struct names *names, const struct dns_name *name)
{
    size_t place = names->count;

    if (dns_name_is_root(name))
        return;
    while (place > 0 && precedes(name, names->name[place - 1]))
        place--;
    if (place == IPREV_NAMES_MAX)
        return;
    if (names->count < IPREV_NAMES_MAX)
        names->count++;
    for (size_t i = names->count - 1; i > place; i--)
        names->name[i] = names->name[i - 1];
    names->name[place] = name;
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
    enum host_match match = check_host(check, outcome, name);

    check_rule(outcome, "RFC 8601 3: %s", rules[match]);
    tally->differs |= match == HOST_DIFFERS;
    if (match == HOST_LOOKUP_FAILED && tally->failed == NULL)
        tally->failed = name;
    return match == HOST_MATCHES;
}

/* The first of NAMES that leads back, or NULL.  All are asked for together. */
static const struct dns_name *confirmed_name(const struct check *check, struct outcome *outcome,
                                             const struct names *names, struct tally *tally)
{
    for (size_t i = 0; i < names->count; i++)
        check_prefetch(check, names->name[i], check_address_type(check));
    for (size_t i = 0; i < names->count; i++)
        if (leads_back(check, outcome, names->name[i], tally))
            return names->name[i];
    return NULL;
}

static void judge_names(const struct check *check, struct outcome *outcome,
                        const struct dns_answer *answer)
{
    struct names names = {.count = 0};
    struct tally tally = {.failed = NULL};
    const struct dns_name *name;
    char text[DNS_NAME_TEXT_SIZE];

    for (size_t i = 0; i < answer->record_count; i++)
        insert(&names, &answer->records[i].ptr);
    name = confirmed_name(check, outcome, &names, &tally);
    if (name != NULL) {
        outcome_set(outcome, VOUCH_PASS, REASON_IPREV_MATCH);
        outcome->domain = arena_string(check->arena, dns_name_format(name, text));
    } else if (tally.failed != NULL) {
        defer(outcome, tally.failed, DNS_FAILURE_NONE);
    } else if (answer->record_count > IPREV_NAMES_MAX) {
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
