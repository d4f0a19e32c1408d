/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The mechanisms of RFC 7208 5, but include. */
#include <string.h>

#include "lib/base/text.h"
#include "lib/verify/spf_eval.h"

/* RFC 7208 4.6.4 */
enum { MX_LIMIT = 10, PTR_LIMIT = 10 };

/* Whether CLIENT is in the network that ADDRESS and the prefix lengths of TERM make. */
static bool in_network(const struct spf_term *term, const struct ip *client,
                       const struct ip *address)
{
    return ip_in_network(client, address, client->family == IP_V4 ? term->prefix4 : term->prefix6);
}

/* Whether TERM matches whatever DNS may hold. */
static bool matches_without_dns(const struct spf_run *run, const struct spf_term *term)
{
    if (term->kind == SPF_ALL)
        return true;
    return (term->kind == SPF_IP4 || term->kind == SPF_IP6) &&
           in_network(term, &run->values.client, &term->address);
}

/* RFC 7208 4.6.4: count a lookup of TERM without an answer.  False: one too many, the run ended. */
static bool count_void(struct spf_run *run, const struct spf_term *term,
                       const struct dns_answer *answer)
{
    unsigned limit = run->check->settings->spf.void_limit;

    if (answer->status == DNS_RECORDS || ++run->voids <= limit)
        return true;
    check_rule(run->outcome, "RFC 7208 4.6.4: more than %u lookups without an answer", limit);
    spf_end(run, VOUCH_PERMERROR, REASON_SPF_VOID_LIMIT,
            spf_term_place(run, term->offset, term->length));
    return false;
}

/* Ask for TERM.  NULL: the answer, or that there was none, ended the run. */
static const struct dns_answer *ask(struct spf_run *run, const struct spf_term *term,
                                    const struct dns_name *name, enum dns_type type)
{
    const struct dns_answer *answer = check_query(run->check, run->outcome, name, type, NULL);

    check_rule(run->outcome, "RFC 7208 %s: %s", spf_kind_section(term->kind),
               spf_term_text(run, term->offset, term->length));
    if (answer->status == DNS_FAILURE) {
        spf_end_dns(run, answer, spf_term_place(run, term->offset, term->length));
        return NULL;
    }
    return count_void(run, term, answer) ? answer : NULL;
}

static enum spf_match match_addresses(struct spf_run *run, const struct spf_term *term,
                                      const struct dns_name *name)
{
    const struct dns_answer *answer = ask(run, term, name, check_address_type(run->check));

    if (answer == NULL)
        return SPF_ENDED;
    for (size_t i = 0; i < answer->record_count; i++)
        if (in_network(term, &run->values.client, &answer->records[i].address))
            return SPF_MATCH;
    return SPF_NO_MATCH;
}

static enum spf_match match_mx(struct spf_run *run, const struct spf_term *term,
                               const struct dns_name *name)
{
    const struct dns_answer *answer = ask(run, term, name, DNS_MX);
    enum spf_match match = SPF_NO_MATCH;

    if (answer == NULL)
        return SPF_ENDED;
    if (answer->record_count > MX_LIMIT) {
        check_rule(run->outcome, "RFC 7208 4.6.4: %zu MX records", answer->record_count);
        spf_end(run, VOUCH_PERMERROR, REASON_SPF_MX_LIMIT,
                spf_term_place(run, term->offset, term->length));
        return SPF_ENDED;
    }
    /* all at once: one round trip instead of one for each exchange */
    for (size_t i = 0; i < answer->record_count; i++)
        if (!dns_name_is_root(&answer->records[i].mx.exchange))
            check_prefetch(run->check, &answer->records[i].mx.exchange,
                           check_address_type(run->check));
    for (size_t i = 0; i < answer->record_count && match == SPF_NO_MATCH; i++)
        if (!dns_name_is_root(&answer->records[i].mx.exchange)) /* RFC 7505: null MX */
            match = match_addresses(run, term, &answer->records[i].mx.exchange);
    return match;
}

static enum spf_match match_exists(struct spf_run *run, const struct spf_term *term,
                                   const struct dns_name *name)
{
    /* RFC 7208 5.7: type A, whatever the family of the client */
    const struct dns_answer *answer = ask(run, term, name, DNS_A);

    if (answer == NULL)
        return SPF_ENDED;
    return answer->status == DNS_RECORDS ? SPF_MATCH : SPF_NO_MATCH;
}

/* The client in the reverse tree: as a macro-string, "%{ir}.%{v}.arpa" (RFC 7208 5.5). */
static bool reverse_name(struct spf_run *run, struct dns_name *name)
{
    static const struct spf_macro_part parts[] = {
        {.letter = 'i', .reverse = true, .delimiters = 1 /* the dot */},
        {.literal = ".", .length = 1},
        {.letter = 'v', .delimiters = 1},
        {.literal = ".arpa", .length = 5},
    };
    static const struct spf_macro macro = {.parts = parts, .count = 4};

    return spf_macro_name(&macro, &run->values, name) == VOUCH_OK;
}

/* How a name stands to the domain being checked. */
enum kinship { KIN_SAME, KIN_BELOW, KIN_OTHER, KIN_COUNT };

static enum kinship kinship(const struct dns_name *name, const struct dns_name *domain)
{
    if (dns_name_equal(name, domain))
        return KIN_SAME;
    return dns_name_within(name, domain) ? KIN_BELOW : KIN_OTHER;
}

/* The first of the names in ANSWER (beyond the tenth they are ignored) that is of KIN to DOMAIN and
 * leads back to the client (RFC 7208 5.5: "validated"); a name whose lookup fails is skipped. */
static const struct dns_name *find_validated(struct spf_run *run, const struct dns_answer *answer,
                                             const struct dns_name *domain, enum kinship kin)
{
    enum dns_type type = check_address_type(run->check);
    size_t count = answer->record_count < PTR_LIMIT ? answer->record_count : PTR_LIMIT;

    for (size_t i = 0; i < count; i++)
        if (kinship(&answer->records[i].ptr, domain) == kin)
            check_prefetch(run->check, &answer->records[i].ptr, type);
    for (size_t i = 0; i < count; i++) {
        const struct dns_answer *addresses;

        if (kinship(&answer->records[i].ptr, domain) != kin)
            continue;
        addresses = check_query(run->check, run->outcome, &answer->records[i].ptr, type,
                                "RFC 7208 5.5: is the name validated?");
        if (dns_answer_has_address(addresses, &run->values.client))
            return &answer->records[i].ptr;
    }
    return NULL;
}

static enum spf_match match_ptr(struct spf_run *run, const struct spf_term *term,
                                const struct dns_name *target)
{
    const struct dns_answer *answer;
    struct dns_name name;

    if (!reverse_name(run, &name))
        return SPF_NO_MATCH;
    answer = check_query(run->check, run->outcome, &name, DNS_PTR, NULL);
    check_rule(run->outcome, "RFC 7208 5.5: %s", spf_term_text(run, term->offset, term->length));
    if (answer->status == DNS_FAILURE) /* RFC 7208 5.5: no match, and no temperror */
        return SPF_NO_MATCH;
    if (!count_void(run, term, answer))
        return SPF_ENDED;
    /* only a name that is the target or below it can match: no other need be validated */
    if (find_validated(run, answer, target, KIN_SAME) != NULL ||
        find_validated(run, answer, target, KIN_BELOW) != NULL)
        return SPF_MATCH;
    return SPF_NO_MATCH;
}

/* RFC 7208 7.3: the domain itself if that is validated, else a name below it, else any. */
static const struct dns_name *best_validated(struct spf_run *run)
{
    const struct dns_answer *answer;
    const struct dns_name *found = NULL;
    struct dns_name name;

    if (!reverse_name(run, &name))
        return NULL;
    answer = check_query(run->check, run->outcome, &name, DNS_PTR, "RFC 7208 7.3: macro p");
    for (unsigned kin = KIN_SAME; kin < KIN_COUNT && found == NULL; kin++)
        found = find_validated(run, answer, &run->frame->domain, (enum kinship)kin);
    return found;
}

struct spf_octets spf_validated_name(void *context)
{
    struct spf_run *run = context;
    struct spf_frame *frame = run->frame;
    const struct dns_name *name;

    if (frame->validated.octets != NULL)
        return frame->validated;
    name = best_validated(run);
    if (name != NULL)
        frame->validated = spf_name_octets(run->arena, name);
    if (name == NULL || frame->validated.octets == NULL || frame->validated.length == 0)
        frame->validated = (struct spf_octets){"unknown", 7};
    return frame->validated;
}

static enum spf_match match_target(struct spf_run *run, const struct spf_term *term)
{
    struct dns_name name;

    if (!spf_count_term(run, term->offset, term->length))
        return SPF_ENDED;
    if (!spf_target(run, &term->target, &name)) {
        check_rule(run->outcome, "RFC 7208 %s: %s names no domain: no match",
                   spf_kind_section(term->kind), spf_term_text(run, term->offset, term->length));
        return SPF_NO_MATCH;
    }
    switch (term->kind) {
    case SPF_A:
        return match_addresses(run, term, &name);
    case SPF_MX:
        return match_mx(run, term, &name);
    case SPF_PTR:
        return match_ptr(run, term, &name);
    default:
        return match_exists(run, term, &name);
    }
}

enum spf_match spf_match_term(struct spf_run *run, const struct spf_term *term)
{
    if (spf_kind_asks(term->kind))
        return match_target(run, term);
    return matches_without_dns(run, term) ? SPF_MATCH : SPF_NO_MATCH;
}

static void prefetch_target(struct spf_run *run, const struct spf_macro *macro, enum dns_type type)
{
    struct dns_name name;

    if (macro->has_validated || !spf_target(run, macro, &name))
        return;
    if (type == DNS_TXT && dns_name_labels(&name) < 2) /* RFC 7208 4.3: never asked */
        return;
    check_prefetch(run->check, &name, type);
    run->prefetched++;
}

static void prefetch_term(struct spf_run *run, const struct spf_term *term)
{
    struct dns_name name;

    switch (term->kind) {
    case SPF_INCLUDE:
        prefetch_target(run, &term->target, DNS_TXT);
        break;
    case SPF_A:
        prefetch_target(run, &term->target, check_address_type(run->check));
        break;
    case SPF_MX:
        prefetch_target(run, &term->target, DNS_MX);
        break;
    case SPF_EXISTS:
        prefetch_target(run, &term->target, DNS_A);
        break;
    default: /* SPF_PTR */
        if (reverse_name(run, &name))
            check_prefetch(run->check, &name, DNS_PTR);
        run->prefetched++;
        break;
    }
}

void spf_prefetch(struct spf_run *run)
{
    const struct spf_record *record = run->frame->record;
    unsigned limit = run->check->settings->spf.term_limit;
    unsigned terms = run->terms;

    for (size_t i = 0; i < record->term_count; i++) {
        const struct spf_term *term = &record->terms[i];

        if (matches_without_dns(run, term))
            return;
        if (!spf_kind_asks(term->kind))
            continue;
        if (terms++ >= limit || run->prefetched >= limit)
            return;
        prefetch_term(run, term);
    }
    if (record->redirect.present && terms < limit && run->prefetched < limit)
        prefetch_target(run, &record->redirect.target, DNS_TXT);
}
