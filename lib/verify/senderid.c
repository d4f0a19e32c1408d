/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/senderid.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/verify/pra.h"
#include "lib/verify/spf.h"

static struct spf_request request_for(const struct check *check, enum spf_scope scope,
                                      const char *local, const char *domain)
{
    return (struct spf_request){
        .scope = scope,
        .spf2_only = check->settings->senderid.use_spf1 == SENDERID_SPF1_NO,
        .local = local,
        .domain = domain,
        .helo = check->facts->helo,
    };
}

static void prefetch(const struct check *check, const char *domain)
{
    struct dns_name name;

    if (check->facts->client.family != IP_NONE && spf_read_domain(domain, &name))
        check_prefetch(check, &name, DNS_TXT);
}

/* ---- scope pra ------------------------------------------------------------------------------ */

/* RFC 5451 2.7.3: header.<name of the field used>=<its address> */
static void add_property(struct outcome *outcome, const struct pra *pra)
{
    char name[sizeof "resent-sender"];
    size_t length = 0;
    const char *address =
        arena_printf(outcome->arena, "%s@%s", pra->mailbox.local, pra->mailbox.domain);

    for (; length < sizeof name - 1 && pra->field[length] != '\0'; length++)
        name[length] = ascii_lower(pra->field[length]);
    name[length] = '\0';
    if (address != NULL)
        outcome_property(outcome, "header", name, address);
}

/* "From, malformed domain at octet 7" */
static void tell_missing(struct outcome *outcome, const struct pra *pra)
{
    struct text detail = text_in(outcome->arena);

    outcome_set(outcome, VOUCH_PERMERROR, pra->reason);
    text_add(&detail, pra->field);
    if (pra->error != MAILBOX_OK)
        text_add(&detail, ", ");
    pra_describe(pra, &detail);
    if (text_string(&detail) != NULL)
        outcome->detail = text_string(&detail);
}

static struct outcome *check_pra(const struct check *check)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_SENDER_ID, IDENTITY_PRA, VOUCH_STAGE_EOH);
    struct spf_request request;
    struct pra pra;

    if (outcome == NULL || pra_find(check->arena, &check->facts->headers, &pra) != VOUCH_OK)
        return NULL;
    for (size_t i = 0; i < pra.step_count; i++)
        (void)outcome_trace(outcome, NULL, NULL, pra.steps[i]);
    if (pra.reason != REASON_NONE) {
        tell_missing(outcome, &pra);
        return outcome;
    }
    add_property(outcome, &pra);
    request = request_for(check, SPF_SCOPE_PRA, pra.mailbox.local, pra.mailbox.domain);
    return spf_judge(check, outcome, &request) ? outcome : NULL;
}

static void prefetch_pra(const struct check *check)
{
    struct pra pra;

    if (pra_find(check->arena, &check->facts->headers, &pra) == VOUCH_OK &&
        pra.reason == REASON_NONE)
        prefetch(check, pra.mailbox.domain);
}

/* ---- scope mfrom ---------------------------------------------------------------------------- */

static bool wants_mfrom(const struct verify_settings *settings)
{
    return settings->senderid.mfrom;
}

/* RFC 4406 4.1: the null path stands for postmaster at the HELO name. */
static struct outcome *check_mfrom(const struct check *check)
{
    const struct path *path = &check->facts->reverse_path;
    const char *domain = path->null ? check->facts->helo : path->domain;
    struct spf_request request =
        request_for(check, SPF_SCOPE_MFROM, path->null ? "postmaster" : path->local, domain);
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_SENDER_ID, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);

    if (outcome == NULL || !spf_judge(check, outcome, &request))
        return NULL;
    if (*domain != '\0')
        outcome_property(outcome, "smtp", path->null ? "helo" : "mailfrom", domain);
    return outcome;
}

static void prefetch_mfrom(const struct check *check)
{
    const struct path *path = &check->facts->reverse_path;

    prefetch(check, path->null ? check->facts->helo : path->domain);
}

const struct verifier senderid_mfrom_verifier = {
    .method = METHOD_SENDER_ID,
    .identity = IDENTITY_MAILFROM,
    .stage = VOUCH_STAGE_MAIL,
    .wanted = wants_mfrom,
    .prefetch = prefetch_mfrom,
    .check = check_mfrom,
};

const struct verifier senderid_pra_verifier = {
    .method = METHOD_SENDER_ID,
    .identity = IDENTITY_PRA,
    .stage = VOUCH_STAGE_EOH,
    .prefetch = prefetch_pra,
    .check = check_pra,
};
