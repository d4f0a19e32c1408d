/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/helo.h"

static enum reason why_not_verifiable(const struct check *check, const struct helo_name *helo)
{
    static const enum reason reasons[] = {
        [HELO_MISSING] = REASON_HELO_MISSING,           [HELO_DOMAIN] = REASON_NONE,
        [HELO_SINGLE_LABEL] = REASON_HELO_SINGLE_LABEL, [HELO_LITERAL] = REASON_HELO_LITERAL,
        [HELO_MALFORMED] = REASON_HELO_MALFORMED,
    };

    if (check->facts->client.family == IP_NONE)
        return REASON_NO_CLIENT_ADDRESS;
    return reasons[helo->kind];
}

struct outcome *helo_outcome(const struct check *check, enum method method,
                             const struct helo_name *helo)
{
    struct outcome *outcome = outcome_new(check->arena, method, IDENTITY_NONE, VOUCH_STAGE_HELO);
    char name[DNS_NAME_TEXT_SIZE];

    if (outcome == NULL)
        return NULL;
    outcome_set(outcome, VOUCH_NONE, why_not_verifiable(check, helo));
    if (helo->kind == HELO_LITERAL)
        outcome_property(outcome, "smtp", "helo", check->facts->helo);
    if (helo->kind != HELO_DOMAIN && helo->kind != HELO_SINGLE_LABEL)
        return outcome;
    outcome->domain = arena_string(check->arena, dns_name_format(&helo->name, name));
    if (outcome->domain == NULL)
        return NULL;
    outcome_property(outcome, "smtp", "helo", outcome->domain);
    return outcome;
}

static void judge(const struct check *check, struct outcome *outcome, const struct dns_name *name)
{
    static const struct {
        enum vouch_result result;
        enum reason reason;
    } verdicts[] = {
        [HOST_MATCHES] = {VOUCH_PASS, REASON_HELO_ADDRESS_MATCH},
        [HOST_DIFFERS] = {VOUCH_FAIL, REASON_HELO_ADDRESS_MISMATCH},
        [HOST_NO_ADDRESS] = {VOUCH_FAIL, REASON_HELO_NO_ADDRESS},
    };
    enum host_match match = check_host(check, outcome, name);

    if (match == HOST_LOOKUP_FAILED)
        check_temperror(outcome, REASON_HELO_LOOKUP_FAILED);
    else
        outcome_set(outcome, verdicts[match].result, verdicts[match].reason);
}

static struct outcome *helo_check(const struct check *check)
{
    struct helo_name helo = helo_name_parse(check->facts->helo);
    struct outcome *outcome = helo_outcome(check, METHOD_HELO, &helo);
    char client[IP_TEXT_SIZE];

    if (outcome == NULL)
        return NULL;
    if (outcome->reason == REASON_NONE)
        judge(check, outcome, &helo.name);
    check_rule(outcome, "csv 7: %s (%s)", reason_text(outcome->reason),
               ip_format(&check->facts->client, client));
    return outcome;
}

static void helo_prefetch(const struct check *check)
{
    struct helo_name helo = helo_name_parse(check->facts->helo);

    if (why_not_verifiable(check, &helo) == REASON_NONE)
        check_prefetch(check, &helo.name, check_address_type(check));
}

const struct verifier helo_verifier = {
    .method = METHOD_HELO,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_HELO,
    .prefetch = helo_prefetch,
    .check = helo_check,
};
