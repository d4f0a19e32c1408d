/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/spf_eval.h"

#include <string.h>

#include "lib/base/text.h"

enum { TERM_TEXT_MAX = 200 };

void spf_end(struct spf_run *run, enum vouch_result result, enum reason reason, const char *detail)
{
    const char *copy = detail != NULL ? arena_string(run->check->arena, detail) : NULL;

    outcome_set(run->outcome, result, reason);
    run->outcome->detail = copy != NULL ? copy : "";
    run->frame = NULL;
}

void spf_end_memory(struct spf_run *run)
{
    spf_end(run, VOUCH_TEMPERROR, REASON_MEMORY, NULL);
}

void spf_end_dns(struct spf_run *run, const struct dns_answer *answer, const char *place)
{
    char name[DNS_NAME_TEXT_SIZE];
    enum reason reason = budget_is_spent(run->check->budget) ? REASON_SPF_TIMEOUT : REASON_SPF_DNS;
    const char *detail = arena_printf(
        run->arena, "%s%s%s %s: %s", place, *place != '\0' ? ": " : "", dns_type_name(answer->type),
        dns_name_format(&answer->name, name), dns_failure_text(answer->failure));

    if (answer->security == DNS_BOGUS)
        reason = REASON_DNSSEC_BOGUS;
    spf_end(run, VOUCH_TEMPERROR, reason, detail);
}

const char *spf_term_text(struct spf_run *run, uint32_t offset, uint32_t length)
{
    struct text text = text_in(run->arena);

    text_add_safe(&text, run->frame->record->text + offset, length, TERM_TEXT_MAX);
    return text_string(&text) != NULL ? text_string(&text) : "";
}

const char *spf_record_place(struct spf_run *run, const struct dns_name *domain)
{
    char name[DNS_NAME_TEXT_SIZE];
    const char *place = NULL;

    dns_name_format(domain, name);
    if (strcmp(name, run->outcome->domain) != 0)
        place = arena_printf(run->arena, " (in the record of %s)", name);
    return place != NULL ? place : "";
}

const char *spf_term_place(struct spf_run *run, uint32_t offset, uint32_t length)
{
    const char *place = arena_printf(run->arena, "%s%s", spf_term_text(run, offset, length),
                                     spf_record_place(run, &run->frame->domain));

    return place != NULL ? place : "";
}

bool spf_count_term(struct spf_run *run, uint32_t offset, uint32_t length)
{
    unsigned limit = run->check->settings->spf.term_limit;

    /* RFC 7208 4.6.4: before its lookup */
    if (run->terms >= limit) {
        check_rule(run->outcome, "RFC 7208 4.6.4: more than %u terms that need DNS lookups", limit);
        spf_end(run, VOUCH_PERMERROR, REASON_SPF_TERM_LIMIT, spf_term_place(run, offset, length));
        return false;
    }
    run->terms++;
    return true;
}

struct spf_octets spf_name_octets(struct arena *arena, const struct dns_name *name)
{
    size_t length = name->length > 1 ? (size_t)name->length - 2 : 0;
    char *text = arena_copy(arena, (const char *)name->wire + 1, length);

    if (text == NULL)
        return (struct spf_octets){NULL, 0};
    /* each label's length octet but the first becomes the dot before the label */
    for (size_t at = name->wire[0]; at < length; at += name->wire[at + 1] + 1U)
        text[at] = '.';
    return (struct spf_octets){text, length};
}

/* A name that needs a local-part with octets that no label is meant to hold. */
static bool is_barred(const struct spf_run *run, const struct spf_macro *macro)
{
    return macro->has_local && !run->local_is_ascii;
}

bool spf_target(struct spf_run *run, const struct spf_macro *macro, struct dns_name *name)
{
    if (macro->count == 0) {
        *name = run->frame->domain;
        return true;
    }
    if (is_barred(run, macro))
        return false;
    run->values.domain = run->frame->domain_text;
    return spf_macro_name(macro, &run->values, name) == VOUCH_OK;
}

/* Make RECORD of DOMAIN the one that is evaluated.  PARENT: as in struct spf_frame. */
static bool enter(struct spf_run *run, struct spf_frame *parent, const struct dns_name *domain,
                  const struct spf_record *record)
{
    struct spf_octets text = spf_name_octets(run->arena, domain);
    struct spf_frame *frame = arena_alloc(run->arena, sizeof *frame);

    if (frame == NULL || text.octets == NULL) {
        spf_end_memory(run);
        return false;
    }
    frame->parent = parent;
    frame->record = record;
    frame->domain = *domain;
    frame->domain_text = text;
    run->frame = frame;
    if (parent == NULL && spf_record_is(record->text, record->length))
        run->used_spf1 = true;
    spf_prefetch(run);
    return true;
}

/* RFC 4406 4.3: the check of a domain that does not exist gives fail; to the record that includes
 * it, PARENT, that is no match.  False: the run is over. */
static bool fail_nonexistent(struct spf_run *run, struct spf_frame *parent)
{
    if (parent == NULL) {
        spf_end(run, VOUCH_FAIL, REASON_SPF_NXDOMAIN, NULL);
        return false;
    }
    run->frame = parent;
    check_rule(run->outcome, "RFC 7208 5.2: the included domain gives fail: no match");
    return true;
}

/* Go on in the record of another domain, for a term or modifier at OFFSET whose name is TARGET.  No
 * record there is a permerror (RFC 7208 5.2, 6.1) for REASON. */
static bool go_to(struct spf_run *run, struct spf_frame *parent, const struct spf_macro *target,
                  uint32_t offset, uint32_t length, enum reason reason)
{
    struct dns_name domain;
    const struct spf_record *record;
    enum spf_load loaded = SPF_LOAD_NONE;
    enum reason why;

    if (spf_target(run, target, &domain))
        loaded = spf_load(run, &domain, &record, &why);
    if (loaded == SPF_LOAD_NXDOMAIN)
        return fail_nonexistent(run, parent);
    if (loaded == SPF_LOAD_NONE)
        spf_end(run, VOUCH_PERMERROR, reason, spf_term_place(run, offset, length));
    return loaded == SPF_LOAD_FOUND && enter(run, parent, &domain, record);
}

static bool follow_include(struct spf_run *run, const struct spf_term *term)
{
    if (!spf_count_term(run, term->offset, term->length))
        return false;
    if (is_barred(run, &term->target)) {
        check_rule(run->outcome, "RFC 8616 4: the local-part is not ASCII, %s does not match",
                   spf_term_text(run, term->offset, term->length));
        return true;
    }
    return go_to(run, run->frame, &term->target, term->offset, term->length,
                 REASON_SPF_INCLUDE_NONE);
}

/* The run ended with RESULT; TERM is the mechanism that matched, NULL if none did. */
static void finish(struct spf_run *run, enum vouch_result result, const struct spf_term *term)
{
    struct spf_frame *frame = run->frame;
    const char *detail = "default";

    if (term != NULL)
        detail = spf_term_text(run, term->offset, term->length);
    check_rule(run->outcome, "RFC 7208 %s: %s: %s", term != NULL ? "4.6.2" : "4.7", detail,
               vouch_result_word(result));
    spf_end(run, result, term != NULL ? REASON_SPF_MATCH : REASON_SPF_DEFAULT, detail);
    if (result == VOUCH_FAIL)
        run->frame = frame;
}

/* The record being evaluated gives RESULT by TERM (NULL: by default).  To the record that includes
 * it, if any, that is a match or none (RFC 7208 5.2).  False: the run is over. */
static bool leave(struct spf_run *run, enum vouch_result result, const struct spf_term *term)
{
    while (run->frame->parent != NULL) {
        struct spf_frame *parent = run->frame->parent;

        run->frame = parent;
        term = &parent->record->terms[parent->next - 1];
        check_rule(run->outcome, "RFC 7208 5.2: %s -> %s: %s",
                   spf_term_text(run, term->offset, term->length), vouch_result_word(result),
                   result == VOUCH_PASS ? "match" : "no match");
        if (result != VOUCH_PASS)
            return true;
        result = term->result;
    }
    finish(run, result, term);
    return false;
}

/* Behind the last term (RFC 7208 4.7, 6.1).  False: the run is over. */
static bool at_end(struct spf_run *run)
{
    const struct spf_modifier *redirect = &run->frame->record->redirect;

    if (!redirect->present || run->frame->record->has_all || is_barred(run, &redirect->target))
        return leave(run, VOUCH_NEUTRAL, NULL);
    if (!spf_count_term(run, redirect->offset, redirect->length))
        return false;
    check_rule(run->outcome, "RFC 7208 6.1: %s",
               spf_term_text(run, redirect->offset, redirect->length));
    return go_to(run, run->frame->parent, &redirect->target, redirect->offset, redirect->length,
                 REASON_SPF_REDIRECT_NONE);
}

/* Evaluate the next term.  False: the run is over. */
static bool step(struct spf_run *run)
{
    struct spf_frame *frame = run->frame;
    const struct spf_term *term;

    if (frame->next == frame->record->term_count)
        return at_end(run);
    term = &frame->record->terms[frame->next++];
    if (term->kind == SPF_INCLUDE)
        return follow_include(run, term);
    switch (spf_match_term(run, term)) {
    case SPF_MATCH:
        return leave(run, term->result, term);
    case SPF_NO_MATCH:
        return true;
    default:
        return false;
    }
}

void spf_evaluate(struct spf_run *run, const struct dns_name *domain)
{
    const struct spf_record *record;
    enum reason reason;
    enum spf_load loaded = spf_load(run, domain, &record, &reason);

    if (loaded == SPF_LOAD_NONE)
        spf_end(run, VOUCH_NONE, reason, NULL);
    if (loaded == SPF_LOAD_NXDOMAIN)
        (void)fail_nonexistent(run, NULL);
    if (loaded != SPF_LOAD_FOUND || !enter(run, NULL, domain, record))
        return;
    while (step(run))
        continue;
}
