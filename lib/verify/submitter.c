/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/submitter.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/mailbox.h"
#include "lib/mail/xtext.h"
#include "lib/verify/pra.h"
#include "lib/verify/spf.h"

static bool has_submitter(const struct check *check)
{
    return check->facts->submitter != NULL;
}

/* RFC 4405 4.1: one mailbox, as xtext.  MAILBOX->domain is "" when it is none. */
static int read_submitter(const struct check *check, struct mailbox *mailbox)
{
    const char *xtext = check->facts->submitter;
    size_t length = strlen(xtext), count = 0;
    char *octets = arena_alloc(check->arena, length + 1);
    struct mailbox_list list = {.first = NULL};
    int error;

    *mailbox = (struct mailbox){.display_name = "", .local = "", .domain = ""};
    if (octets == NULL)
        return VOUCH_ERROR_MEMORY;
    if (!xtext_decode(xtext, length, octets, &count))
        return VOUCH_OK;
    error = mailbox_list_parse(check->arena, octets, count, 1, &list);
    if (error == VOUCH_OK && list.count == 1 && list.groups == 0 &&
        list.first->display_name[0] == '\0')
        *mailbox = *list.first;
    return error == VOUCH_ERROR_MEMORY ? error : VOUCH_OK;
}

static struct outcome *check_submitter(const struct check *check)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_SENDER_ID, IDENTITY_SUBMITTER, VOUCH_STAGE_MAIL);
    struct spf_request request = {
        .scope = SPF_SCOPE_PRA,
        .spf2_only = check->settings->senderid.use_spf1 == SENDERID_SPF1_NO,
        .helo = check->facts->helo,
    };
    struct mailbox submitter;

    if (outcome == NULL || read_submitter(check, &submitter) != VOUCH_OK)
        return NULL;
    if (submitter.domain[0] == '\0') {
        outcome_set(outcome, VOUCH_PERMERROR, REASON_SUBMITTER_MALFORMED);
        check_rule(outcome, "RFC 4405 4.1: SUBMITTER is not a mailbox");
        return outcome;
    }
    request.local = submitter.local;
    request.domain = submitter.domain;
    return spf_judge(check, outcome, &request) ? outcome : NULL;
}

/* RFC 4405 4.2: what the header says must be the same. */
static void compare(struct outcome *outcome, const struct mailbox *submitter, const struct pra *pra)
{
    const struct mailbox *mailbox = &pra->mailbox;

    if (submitter->domain[0] == '\0' || pra->reason != REASON_NONE) {
        outcome_set(outcome, VOUCH_PERMERROR, REASON_SUBMITTER_UNVERIFIED);
    } else if (ascii_string_equal_fold(submitter->domain, mailbox->domain) &&
               strcmp(submitter->local, mailbox->local) == 0) {
        outcome_set(outcome, VOUCH_PASS, REASON_SUBMITTER_MATCH);
    } else {
        outcome_set(outcome, VOUCH_FAIL, REASON_SUBMITTER_MISMATCH);
    }
    check_rule(outcome, "RFC 4405 4.2: %s", reason_text(outcome->reason));
}

static struct outcome *check_header(const struct check *check)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_SENDER_ID, IDENTITY_SUBMITTER_HEADER, VOUCH_STAGE_EOH);
    struct mailbox submitter;
    struct pra pra;

    if (outcome == NULL || read_submitter(check, &submitter) != VOUCH_OK ||
        pra_find(check->arena, &check->facts->headers, &pra) != VOUCH_OK)
        return NULL;
    compare(outcome, &submitter, &pra);
    return outcome;
}

static void prefetch_submitter(const struct check *check)
{
    struct mailbox submitter;
    struct dns_name name;

    if (check->facts->client.family != IP_NONE && read_submitter(check, &submitter) == VOUCH_OK &&
        spf_read_domain(submitter.domain, &name))
        check_prefetch(check, &name, DNS_TXT);
}

const struct verifier submitter_verifier = {
    .method = METHOD_SENDER_ID,
    .identity = IDENTITY_SUBMITTER,
    .stage = VOUCH_STAGE_MAIL,
    .applies = has_submitter,
    .prefetch = prefetch_submitter,
    .check = check_submitter,
};

const struct verifier submitter_header_verifier = {
    .method = METHOD_SENDER_ID,
    .identity = IDENTITY_SUBMITTER_HEADER,
    .stage = VOUCH_STAGE_EOH,
    .applies = has_submitter,
    .check = check_header,
};
