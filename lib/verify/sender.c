/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/sender.h"

#include <string.h>

static bool has_domain(const struct check *check)
{
    const struct path *path = &check->facts->reverse_path;

    return check->facts->client.family != IP_NONE && !path->null && path->domain[0] != '\0';
}

static bool read_domain(const struct path *path, struct dns_name *domain)
{
    return dns_name_from_text(path->domain, strlen(path->domain), domain) == VOUCH_OK &&
           !dns_name_is_root(domain);
}

/* RFC 7505 3: the root as exchange says that there is none.  It stands alone; beside others it
 * means nothing. */
static bool is_null_mx(const struct dns_answer *answer)
{
    for (size_t i = 0; i < answer->record_count; i++)
        if (!dns_name_is_root(&answer->records[i].mx.exchange))
            return false;
    return true;
}

static void judge(const struct check *check, struct outcome *outcome, const struct dns_name *domain)
{
    const struct dns_answer *answer = check_query(check, outcome, domain, DNS_MX, NULL);

    if (answer->status == DNS_FAILURE) {
        check_temperror(outcome, REASON_SENDER_DNS);
        if (outcome->reason == REASON_SENDER_DNS)
            check_detail(outcome, "%s", dns_failure_text(answer->failure));
        check_rule(outcome, "RFC 5321 5.1: whether there are MX records is not known");
    } else if (answer->status == DNS_NXDOMAIN) {
        outcome_set(outcome, VOUCH_NONE, REASON_SENDER_NXDOMAIN);
        check_rule(outcome, "RFC 5321 5.1: the domain does not exist");
    } else if (answer->status == DNS_NODATA) {
        outcome_set(outcome, VOUCH_NONE, REASON_SENDER_NO_MX);
        check_rule(outcome, "RFC 5321 5.1: no MX record; addresses are not asked for");
    } else if (is_null_mx(answer)) {
        outcome_set(outcome, VOUCH_FAIL, REASON_SENDER_NULL_MX);
        check_rule(outcome, "RFC 7505 4.2: null MX, the domain takes no mail");
    } else {
        outcome_set(outcome, VOUCH_PASS, REASON_SENDER_MX);
        check_rule(outcome, "RFC 5321 5.1: there are hosts that take the domain's mail");
    }
}

static struct outcome *check_sender(const struct check *check)
{
    const struct path *path = &check->facts->reverse_path;
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_SENDER, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);
    char text[DNS_NAME_TEXT_SIZE];
    struct dns_name domain;

    if (outcome == NULL)
        return NULL;
    outcome_property(outcome, "smtp", "mailfrom", path->domain);
    if (path_is_literal(path)) {
        outcome_set(outcome, VOUCH_PERMERROR, REASON_SENDER_ADDRESS_LITERAL);
        check_rule(outcome, "RFC 5321 4.1.3: an address literal");
        return outcome;
    }
    if (!read_domain(path, &domain)) {
        outcome_set(outcome, VOUCH_NONE, REASON_SENDER_NO_DOMAIN);
        check_rule(outcome, "RFC 5321 4.1.2: no domain name");
        return outcome;
    }
    outcome->domain = arena_string(check->arena, dns_name_format(&domain, text));
    if (outcome->domain == NULL)
        return NULL;
    judge(check, outcome, &domain);
    return outcome;
}

static void prefetch_mx(const struct check *check)
{
    const struct path *path = &check->facts->reverse_path;
    struct dns_name domain;

    if (!path_is_literal(path) && read_domain(path, &domain))
        check_prefetch(check, &domain, DNS_MX);
}

const struct verifier sender_verifier = {
    .method = METHOD_SENDER,
    .identity = IDENTITY_MAILFROM,
    .stage = VOUCH_STAGE_MAIL,
    .applies = has_domain,
    .prefetch = prefetch_mx,
    .check = check_sender,
};
