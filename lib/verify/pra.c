/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/pra.h"

/* The fields of one name. */
struct fields {
    const struct header_field *first; /* that is not empty */
    unsigned first_index;             /* among all of its name, from 1 */
    unsigned count;                   /* of those not empty */
    unsigned seen;                    /* of all */
};

struct survey {
    struct fields resent_sender, resent_from, sender, from;
    bool trace_below_resent_from; /* Received or Return-Path after the first Resent-From */
    bool sender_of_older_block;   /* and that before the first Resent-Sender */
};

/* RFC 4407 2: a field is empty when it has nothing but white space, folding included. */
static bool is_empty(const struct header_field *field)
{
    for (size_t i = 0; i < field->value_length; i++) {
        char c = field->value[i];

        if (c != ' ' && c != '\t' && c != '\r' && c != '\n')
            return false;
    }
    return true;
}

static bool note(struct fields *fields, const struct header_field *field, const char *name)
{
    if (!header_field_is(field, name))
        return false;
    fields->seen++;
    if (is_empty(field))
        return true;
    if (fields->count++ == 0) {
        fields->first = field;
        fields->first_index = fields->seen;
    }
    return true;
}

/* One pass from the top.  Looking at the first Resent-From alone is enough for step 1: what stands
 * between a later one and the Resent-Sender stands below the first one, too. */
static struct survey survey_of(const struct header_list *headers)
{
    struct survey survey = {.trace_below_resent_from = false};

    for (const struct header_field *field = headers->first; field != NULL; field = field->next) {
        if (note(&survey.resent_sender, field, "Resent-Sender")) {
            if (survey.resent_sender.first == field)
                survey.sender_of_older_block = survey.trace_below_resent_from;
        } else if (!note(&survey.resent_from, field, "Resent-From") &&
                   !note(&survey.sender, field, "Sender") && !note(&survey.from, field, "From") &&
                   (header_field_is(field, "Received") || header_field_is(field, "Return-Path"))) {
            survey.trace_below_resent_from |= survey.resent_from.first != NULL;
        }
    }
    return survey;
}

static void step(struct pra *pra, const char *rule)
{
    pra->steps[pra->step_count++] = rule;
}

static const struct header_field *take(struct pra *pra, const char *name,
                                       const struct fields *fields, const char *rule)
{
    pra->field = name;
    pra->index = fields->first_index;
    step(pra, rule);
    return fields->first;
}

/* Of the fields of one original author there may be just one. */
static const struct header_field *take_only(struct pra *pra, const char *name,
                                            const struct fields *fields, const char *rule,
                                            enum reason several)
{
    const struct header_field *field = take(pra, name, fields, rule);

    if (fields->count == 1)
        return field;
    pra->reason = several;
    return NULL;
}

/* Steps 3 and 4: nobody has resent the message. */
static const struct header_field *select_original(const struct survey *survey, struct pra *pra)
{
    if (survey->sender.count > 0)
        return take_only(pra, "Sender", &survey->sender,
                         survey->sender.count == 1
                             ? "RFC 4407 2, step 3: the only Sender"
                             : "RFC 4407 2, steps 3 and 6: more than one Sender",
                         REASON_PRA_SEVERAL_SENDERS);
    step(pra, "RFC 4407 2, step 3: no Sender");
    if (survey->from.count > 0)
        return take_only(pra, "From", &survey->from,
                         survey->from.count == 1 ? "RFC 4407 2, step 4: the only From"
                                                 : "RFC 4407 2, steps 4 and 6: more than one From",
                         REASON_PRA_SEVERAL_FROMS);
    step(pra, "RFC 4407 2, steps 4 and 6: no From");
    pra->reason = REASON_PRA_MISSING;
    return NULL;
}

static const struct header_field *select_field(const struct survey *survey, struct pra *pra)
{
    if (survey->resent_sender.count > 0 && !survey->sender_of_older_block)
        return take(pra, "Resent-Sender", &survey->resent_sender,
                    "RFC 4407 2, step 1: the first Resent-Sender");
    step(pra, survey->resent_sender.count == 0
                  ? "RFC 4407 2, step 1: no Resent-Sender"
                  : "RFC 4407 2, step 1: the first Resent-Sender stands in an older block than the "
                    "first Resent-From");
    if (survey->resent_from.count > 0)
        return take(pra, "Resent-From", &survey->resent_from,
                    "RFC 4407 2, step 2: the first Resent-From");
    step(pra, "RFC 4407 2, step 2: no Resent-From");
    return select_original(survey, pra);
}

/* What is wrong with a list of addresses as the one mailbox of step 5. */
static enum reason complaint(const struct mailbox_list *list)
{
    if (list->error == MAILBOX_TOO_MANY)
        return REASON_PRA_SEVERAL_MAILBOXES;
    if (list->error == MAILBOX_NO_DOMAIN)
        return REASON_PRA_NO_DOMAIN;
    if (list->error != MAILBOX_OK)
        return REASON_PRA_MALFORMED;
    if (list->groups > 0)
        return REASON_PRA_GROUP;
    return list->first->domain[0] == '[' ? REASON_PRA_NO_DOMAIN : REASON_NONE;
}

/* Step 5: one usable mailbox with a domain, or nothing. */
static int read_field(struct arena *arena, const struct header_field *field, struct pra *pra)
{
    struct mailbox_list list;
    int error = mailbox_list_parse(arena, field->value, field->value_length, 1, &list);

    if (error == VOUCH_ERROR_MEMORY)
        return error;
    pra->reason = complaint(&list);
    if (pra->reason == REASON_NONE) {
        pra->mailbox = *list.first;
        step(pra, "RFC 4407 2, step 5: it holds one mailbox with a domain");
        return VOUCH_OK;
    }
    if (list.error != MAILBOX_TOO_MANY) {
        pra->error = list.error;
        pra->offset = list.offset;
    }
    step(pra, "RFC 4407 2, steps 5 and 6: it does not hold one usable mailbox");
    return VOUCH_OK;
}

int pra_find(struct arena *arena, const struct header_list *headers, struct pra *pra)
{
    struct survey survey = survey_of(headers);
    const struct header_field *field;

    *pra = (struct pra){.field = "", .mailbox = {.display_name = "", .local = "", .domain = ""}};
    if (headers->truncated) {
        pra->reason = REASON_PRA_TRUNCATED;
        step(pra, "the header is larger than what is looked at");
        return VOUCH_OK;
    }
    field = select_field(&survey, pra);
    return field != NULL ? read_field(arena, field, pra) : VOUCH_OK;
}

void pra_describe(const struct pra *pra, struct text *text)
{
    if (pra->error != MAILBOX_OK)
        text_printf(text, "%s at octet %zu", mailbox_error_text(pra->error), pra->offset);
}
