/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna.h"

#include <string.h>

#include "lib/verify/dna_ask.h"
#include "lib/verify/dna_services.h"
#include "lib/verify/helo_name.h"

/* Of those that a name names itself (spec/csv.md 8). */
enum { SERVICES_ASKED_MAX = 4 };

/* What there is to ask about, and what was found so far. */
struct inquiry {
    const struct check *check;
    struct outcome *outcome;
    bool has_name; /* an authenticated one */
    struct dns_name name;
    struct dna_subject names[DNA_NAMES_MAX]; /* the name and its parents */
    unsigned name_count;
    bool has_address;
    struct dna_subject address;
    bool services_known;
    struct dna_services services;
    const char *ignored; /* a source in trouble, and why */
};

static bool has_passed(const struct check *check, enum method method, enum identity identity)
{
    for (const struct outcome *of = check->outcomes; of != NULL; of = of->next)
        if (of->method == method && of->identity == identity && !of->is_part &&
            of->result == VOUCH_PASS)
            return true;
    return false;
}

static bool has_csa_failed(const struct check *check)
{
    for (const struct outcome *of = check->outcomes; of != NULL; of = of->next)
        if (of->method == METHOD_CSA && of->result == VOUCH_FAIL)
            return true;
    return false;
}

/* What authenticates the HELO name, or NULL. */
static const char *authentication(const struct check *check)
{
    const struct dna_settings *settings = &check->settings->dna;

    if (has_passed(check, METHOD_CSA, IDENTITY_NONE))
        return "CSA passed";
    if (settings->use_helo && has_passed(check, METHOD_HELO, IDENTITY_NONE))
        return "it resolves to the client";
    if (settings->use_spf && has_passed(check, METHOD_SPF, IDENTITY_HELO))
        return "SPF passed";
    return NULL;
}

static bool is_by_address(const struct dna_source *source)
{
    return source->kind == DNA_KIND_LIST && source->by == DNA_BY_ADDRESS;
}

/* The names that SOURCE is asked about. */
static unsigned names_for(const struct inquiry *inquiry, const struct dna_source *source)
{
    return source->parents ? inquiry->name_count : 1;
}

static void prefetch_source(const struct inquiry *inquiry, const struct dna_source *source)
{
    if (source->kind == DNA_KIND_OWN)
        return;
    if (is_by_address(source)) {
        dna_ask_prefetch(inquiry->check, source, &inquiry->address);
        return;
    }
    for (unsigned i = 0; i < names_for(inquiry, source); i++)
        dna_ask_prefetch(inquiry->check, source, &inquiry->names[i]);
}

/* Whether SOURCE may be asked, as far as that is known without a question. */
static bool may_be_asked(const struct inquiry *inquiry, const struct dna_source *source)
{
    if (is_by_address(source))
        return inquiry->has_address && (inquiry->has_name || source->unauthenticated);
    return inquiry->has_name;
}

static bool needs_naming(const struct dna_source *source)
{
    return source->kind == DNA_KIND_DNA && !source->always;
}

/* Start every question that does not depend on an answer. */
static void start(const struct inquiry *inquiry)
{
    const struct dna_settings *settings = &inquiry->check->settings->dna;
    bool need_services = false;

    for (size_t i = 0; i < settings->source_count; i++) {
        const struct dna_source *source = &settings->sources[i];

        if (!may_be_asked(inquiry, source))
            continue;
        if (needs_naming(source))
            need_services = true;
        else
            prefetch_source(inquiry, source);
    }
    if (need_services)
        dna_services_prefetch(inquiry->check, &inquiry->name);
}

/* Whether the name names the service of SOURCE, which counts it. */
static bool is_named(const struct inquiry *inquiry, const struct dna_source *source,
                     unsigned *count)
{
    return needs_naming(source) && dna_services_has(&inquiry->services, &source->service) &&
           ++*count <= SERVICES_ASKED_MAX;
}

/* Find the services that the name names and start the questions to those that are trusted. */
static void find_services(struct inquiry *inquiry)
{
    const struct dna_settings *settings = &inquiry->check->settings->dna;
    unsigned count = 0;

    if (inquiry->services_known)
        return;
    inquiry->services_known = true;
    inquiry->services = dna_services_find(inquiry->check, inquiry->outcome, &inquiry->name);
    for (size_t i = 0; i < settings->source_count; i++)
        if (is_named(inquiry, &settings->sources[i], &count))
            prefetch_source(inquiry, &settings->sources[i]);
}

static void note_trouble(struct inquiry *inquiry, const struct dna_source *source,
                         const struct dna_reply *reply)
{
    if (reply->trouble == NULL || inquiry->ignored != NULL)
        return;
    inquiry->ignored =
        arena_printf(inquiry->check->arena, "source '%s': %s", source->name, reply->trouble);
}

static enum dna_answer ask_about(struct inquiry *inquiry, const struct dna_source *source,
                                 const struct dna_subject *subject)
{
    struct dna_reply reply =
        dna_ask(inquiry->check, inquiry->outcome, source, subject, source->content);

    note_trouble(inquiry, source, &reply);
    return reply.answer;
}

/* What this site remembers of the name, as another verifier has found out. */
static enum dna_answer own_record(const struct inquiry *inquiry, const struct dna_source *source)
{
    enum dna_answer answer = DNA_UNKNOWN;

    for (const struct outcome *of = inquiry->check->outcomes; of != NULL; of = of->next) {
        struct dns_name name;

        if (of->method != METHOD_REPUTATION || of->identity != IDENTITY_HELO ||
            dns_name_from_text(of->domain, strlen(of->domain), &name) != VOUCH_OK ||
            !dns_name_equal(&name, &inquiry->name))
            continue;
        if (of->result == VOUCH_FAIL)
            answer = DNA_REFUSE;
        else if (of->result == VOUCH_PASS)
            answer = DNA_ACCEPT;
    }
    check_rule(inquiry->outcome, "csv 9: source '%s' says %s", source->name,
               dna_answer_word(answer));
    return answer;
}

/* What SOURCE says; about several names, the first word that is not `unknown`. */
static enum dna_answer answer_of(struct inquiry *inquiry, const struct dna_source *source)
{
    enum dna_answer answer = DNA_UNKNOWN;

    if (source->kind == DNA_KIND_OWN)
        return own_record(inquiry, source);
    if (is_by_address(source))
        return ask_about(inquiry, source, &inquiry->address);
    for (unsigned i = 0; i < names_for(inquiry, source) && answer == DNA_UNKNOWN; i++)
        answer = ask_about(inquiry, source, &inquiry->names[i]);
    return answer;
}

static void decide(struct inquiry *inquiry, const struct dna_source *source, enum dna_answer answer)
{
    char service[DNS_NAME_TEXT_SIZE];

    if (answer == DNA_ACCEPT)
        outcome_set(inquiry->outcome, VOUCH_PASS, REASON_DNA_ACCREDITED);
    else
        outcome_set(inquiry->outcome, VOUCH_FAIL,
                    source->kind == DNA_KIND_OWN ? REASON_DNA_REFUSED_BY_RECORD
                                                 : REASON_DNA_REFUSED);
    check_detail(inquiry->outcome, "source '%s'", source->name);
    outcome_property(inquiry->outcome, "policy", "accreditor",
                     source->kind == DNA_KIND_OWN ? source->name
                                                  : dns_name_format(&source->service, service));
}

/* Nobody decided. */
static void leave_open(struct inquiry *inquiry)
{
    if (inquiry->services.failed) {
        check_temperror(inquiry->outcome, REASON_DNA_SERVICES_UNKNOWN);
    } else if (inquiry->ignored != NULL) {
        outcome_set(inquiry->outcome, VOUCH_NONE, REASON_DNA_SOURCE_IGNORED);
        inquiry->outcome->detail = inquiry->ignored;
    } else {
        outcome_set(inquiry->outcome, VOUCH_NONE,
                    inquiry->has_name ? REASON_DNA_UNKNOWN : REASON_DNA_UNAUTHENTICATED);
    }
}

/* The first source that says something decides. */
static void ask_all(struct inquiry *inquiry)
{
    const struct dna_settings *settings = &inquiry->check->settings->dna;
    unsigned named = 0;

    for (size_t i = 0; i < settings->source_count; i++) {
        const struct dna_source *source = &settings->sources[i];
        enum dna_answer answer;

        if (!may_be_asked(inquiry, source))
            continue;
        if (needs_naming(source)) {
            find_services(inquiry);
            if (!is_named(inquiry, source, &named))
                continue;
        }
        answer = answer_of(inquiry, source);
        if (answer != DNA_UNKNOWN) {
            decide(inquiry, source, answer);
            return;
        }
    }
    leave_open(inquiry);
}

static void take_name(struct inquiry *inquiry, const struct dns_name *name)
{
    struct dns_name names[DNA_NAMES_MAX];

    inquiry->has_name = true;
    inquiry->name = *name;
    inquiry->name_count = dna_names_of(name, names);
    for (unsigned i = 0; i < inquiry->name_count; i++)
        inquiry->names[i] = dna_subject_of_name(&names[i]);
}

static struct inquiry inquiry_of_client(const struct check *check)
{
    struct inquiry inquiry = {.check = check};

    inquiry.has_address = dna_subject_of_ip(&check->facts->client, &inquiry.address);
    return inquiry;
}

/* An outcome that names the HELO name only if that is authenticated.  NULL: no memory. */
static struct outcome *outcome_for(const struct check *check, const struct dns_name *name)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_DNA, IDENTITY_NONE, VOUCH_STAGE_HELO);
    char text[DNS_NAME_TEXT_SIZE];

    if (outcome == NULL || name == NULL)
        return outcome;
    outcome->domain = arena_string(check->arena, dns_name_format(name, text));
    if (outcome->domain == NULL)
        return NULL;
    outcome_property(outcome, "smtp", "helo", outcome->domain);
    return outcome;
}

nanoseconds dna_begin_waiting(const struct check *check)
{
    return budget_shorten(check->budget, check->settings->dna.timeout);
}

static struct outcome *dna_check(const struct check *check)
{
    struct helo_name helo = helo_name_parse(check->facts->helo);
    const char *authenticated = helo.kind == HELO_DOMAIN ? authentication(check) : NULL;
    struct inquiry inquiry = inquiry_of_client(check);
    nanoseconds kept_back;

    if (has_csa_failed(check)) {
        authenticated = NULL;
        inquiry.has_address = false;
    }
    if (authenticated != NULL)
        take_name(&inquiry, &helo.name);
    inquiry.outcome = outcome_for(check, authenticated != NULL ? &helo.name : NULL);
    if (inquiry.outcome == NULL)
        return NULL;
    check_rule(inquiry.outcome, "csv 8: the HELO name is %sauthenticated%s%s",
               authenticated != NULL ? "" : "not ", authenticated != NULL ? ": " : "",
               authenticated != NULL ? authenticated : "");
    kept_back = dna_begin_waiting(check);
    start(&inquiry);
    ask_all(&inquiry);
    budget_lengthen(check->budget, kept_back);
    return inquiry.outcome;
}

/* Whether the name will turn out to be authenticated is not known yet. */
static void dna_prefetch(const struct check *check)
{
    struct inquiry inquiry = inquiry_of_client(check);

    start(&inquiry);
}

static bool dna_wanted(const struct verify_settings *settings)
{
    return settings->dna.source_count > 0;
}

const struct verifier dna_verifier = {
    .method = METHOD_DNA,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_HELO,
    .wanted = dna_wanted,
    .prefetch = dna_prefetch,
    .check = dna_check,
};
