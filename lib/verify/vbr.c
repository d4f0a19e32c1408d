/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/vbr.h"

#include <string.h>

#include "lib/verify/dna.h"
#include "lib/verify/dna_ask.h"
#include "lib/verify/vbr_info.h"

/* Services asked about the domains of one message. */
enum { QUESTIONS_MAX = 16 };

struct question {
    const struct vbr_info *info;
    const struct dna_source *source;
};

struct inquiry {
    const struct check *check;
    struct outcome *outcome;
    struct vbr_info *infos;
    unsigned info_count;
    struct question questions[QUESTIONS_MAX];
    unsigned question_count;
};

/* The domain that OUTCOME authenticates, or "". */
static const char *authenticated_domain(const struct outcome *outcome)
{
    if (outcome->result != VOUCH_PASS)
        return "";
    if (outcome->method == METHOD_DOMAINKEYS)
        return outcome->is_part ? outcome->domain : "";
    if (outcome->method == METHOD_DKIM && outcome->is_part) {
        for (const struct property *p = outcome->properties; p != NULL; p = p->next)
            if (strcmp(p->ptype, "header") == 0 && strcmp(p->name, "i") == 0 &&
                strrchr(p->value, '@') != NULL)
                return strrchr(p->value, '@') + 1; /* RFC 5518 7.1 */
        return outcome->domain;
    }
    if ((outcome->method == METHOD_SPF && outcome->identity == IDENTITY_MAILFROM) ||
        (outcome->method == METHOD_SENDER_ID && outcome->identity == IDENTITY_PRA))
        return outcome->domain;
    return "";
}

static bool is_authenticated(const struct check *check, const struct dns_name *domain)
{
    for (const struct outcome *of = check->outcomes; of != NULL; of = of->next) {
        const char *text = authenticated_domain(of);
        struct dns_name name;

        if (*text != '\0' && dns_name_from_text(text, strlen(text), &name) == VOUCH_OK &&
            dns_name_equal(&name, domain))
            return true;
    }
    return false;
}

/* Read the fields.  False: OUTCOME is set. */
static bool read_fields(struct inquiry *inquiry)
{
    const struct header_list *headers = &inquiry->check->facts->headers;
    const struct header_field *field = NULL;
    unsigned seen = 0;

    while ((field = header_list_find(headers, "VBR-Info", field)) != NULL) {
        struct vbr_info *info = &inquiry->infos[inquiry->info_count];
        int error;

        if (seen++ == VBR_INFO_MAX) {
            outcome_set(inquiry->outcome, VOUCH_PERMERROR, REASON_VBR_TOO_MANY);
            return false;
        }
        error = vbr_info_read(inquiry->check->arena, field->value, field->value_length, info);
        if (error == VOUCH_ERROR_MEMORY)
            outcome_set(inquiry->outcome, VOUCH_TEMPERROR, REASON_MEMORY);
        if (error == VOUCH_ERROR_MEMORY)
            return false;
        if (error == VOUCH_OK)
            inquiry->info_count++;
        else
            check_rule(inquiry->outcome, "RFC 5518 4: VBR-Info field %u is malformed", seen);
    }
    return true;
}

/* RFC 5518 4.2: "all such header fields MUST have the same mc". */
static bool have_one_content(const struct inquiry *inquiry)
{
    for (unsigned i = 1; i < inquiry->info_count; i++)
        if (strcmp(inquiry->infos[i].content, inquiry->infos[0].content) != 0)
            return false;
    return true;
}

static bool names_service(const struct vbr_info *info, const struct dna_source *source)
{
    for (unsigned i = 0; i < info->voucher_count; i++)
        if (dns_name_equal(&info->voucher[i], &source->service))
            return true;
    return false;
}

/* Which services are to be asked about INFO, in the order of the administrator (RFC 5518 5: only
 * those that the receiver trusts). */
static void plan(struct inquiry *inquiry, const struct vbr_info *info)
{
    const struct dna_settings *settings = &inquiry->check->settings->dna;

    for (size_t i = 0; i < settings->source_count; i++) {
        const struct dna_source *source = &settings->sources[i];

        if (source->kind == DNA_KIND_VBR && names_service(info, source) &&
            inquiry->question_count < QUESTIONS_MAX)
            inquiry->questions[inquiry->question_count++] =
                (struct question){.info = info, .source = source};
    }
}

/* Tell which domain, and of which service. */
static bool tell_domain(struct inquiry *inquiry, const struct vbr_info *info)
{
    char text[DNS_NAME_TEXT_SIZE];

    inquiry->outcome->domain =
        arena_string(inquiry->check->arena, dns_name_format(&info->domain, text));
    if (inquiry->outcome->domain == NULL)
        return false;
    outcome_property(inquiry->outcome, "header", "md", inquiry->outcome->domain);
    return true;
}

static void tell_service(struct inquiry *inquiry, const struct dna_source *source)
{
    char text[DNS_NAME_TEXT_SIZE];

    outcome_property(inquiry->outcome, "header", "mv", dns_name_format(&source->service, text));
}

/* Find the questions.  False: there is none, OUTCOME is set. */
static bool plan_all(struct inquiry *inquiry)
{
    bool authenticated = false;

    for (unsigned i = 0; i < inquiry->info_count; i++) {
        if (!is_authenticated(inquiry->check, &inquiry->infos[i].domain))
            continue;
        authenticated = true;
        plan(inquiry, &inquiry->infos[i]);
    }
    if (inquiry->info_count == 0)
        outcome_set(inquiry->outcome, VOUCH_NONE, REASON_VBR_NO_INFO);
    else if (!have_one_content(inquiry))
        outcome_set(inquiry->outcome, VOUCH_FAIL, REASON_VBR_SEVERAL_CONTENTS);
    else if (!authenticated)
        outcome_set(inquiry->outcome, VOUCH_NONE, REASON_VBR_UNAUTHENTICATED);
    else if (inquiry->question_count == 0)
        outcome_set(inquiry->outcome, VOUCH_NONE, REASON_VBR_NO_SERVICE);
    else
        return true;
    return false;
}

/* What a reply that does not vouch makes of the outcome: trouble that may be over soon before
 * trouble that will not, and that before a plain no. */
static void weigh(struct inquiry *inquiry, const struct dna_source *source,
                  const struct dna_reply *reply)
{
    struct outcome *outcome = inquiry->outcome;

    if (reply->trouble != NULL && reply->transient) {
        outcome_set(outcome, VOUCH_TEMPERROR, REASON_VBR_TROUBLE);
        check_detail(outcome, "source '%s': %s", source->name, reply->trouble);
    } else if (outcome->result == VOUCH_TEMPERROR) {
        return;
    } else if (reply->trouble != NULL) {
        outcome_set(outcome, VOUCH_PERMERROR, REASON_VBR_TROUBLE);
        check_detail(outcome, "source '%s': %s", source->name, reply->trouble);
    } else if (reply->malformed && outcome->result != VOUCH_PERMERROR) {
        outcome_set(outcome, VOUCH_PERMERROR, REASON_VBR_BAD_ANSWER);
    }
}

static void ask_all(struct inquiry *inquiry)
{
    const struct check *check = inquiry->check;

    for (unsigned i = 0; i < inquiry->question_count; i++) {
        struct dna_subject subject = dna_subject_of_name(&inquiry->questions[i].info->domain);

        dna_ask_prefetch(check, inquiry->questions[i].source, &subject);
    }
    outcome_set(inquiry->outcome, VOUCH_FAIL, REASON_VBR_NOT_VOUCHED);
    for (unsigned i = 0; i < inquiry->question_count; i++) {
        const struct question *question = &inquiry->questions[i];
        struct dna_subject subject = dna_subject_of_name(&question->info->domain);
        struct dna_reply reply =
            dna_ask(check, inquiry->outcome, question->source, &subject, question->info->content);

        if (reply.answer == DNA_ACCEPT) {
            outcome_set(inquiry->outcome, VOUCH_PASS, REASON_VBR_VOUCHED);
            inquiry->outcome->detail = "";
            inquiry->questions[0] = *question;
            break;
        }
        weigh(inquiry, question->source, &reply);
    }
}

static struct outcome *vbr_check(const struct check *check)
{
    struct inquiry *inquiry = arena_alloc(check->arena, sizeof *inquiry);
    nanoseconds kept_back;

    if (inquiry == NULL)
        return NULL;
    inquiry->check = check;
    inquiry->outcome = outcome_new(check->arena, METHOD_VBR, IDENTITY_NONE, VOUCH_STAGE_EOM);
    inquiry->infos = arena_calloc(check->arena, VBR_INFO_MAX, sizeof *inquiry->infos);
    if (inquiry->outcome == NULL || inquiry->infos == NULL)
        return NULL;
    if (!read_fields(inquiry) || !plan_all(inquiry))
        return inquiry->outcome;
    kept_back = dna_begin_waiting(check);
    ask_all(inquiry);
    budget_lengthen(check->budget, kept_back);
    if (!tell_domain(inquiry, inquiry->questions[0].info))
        return NULL;
    tell_service(inquiry, inquiry->questions[0].source);
    return inquiry->outcome;
}

static bool vbr_wanted(const struct verify_settings *settings)
{
    for (size_t i = 0; i < settings->dna.source_count; i++)
        if (settings->dna.sources[i].kind == DNA_KIND_VBR)
            return true;
    return false;
}

const struct verifier vbr_verifier = {
    .method = METHOD_VBR,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_EOM,
    .wanted = vbr_wanted,
    .check = vbr_check,
};
