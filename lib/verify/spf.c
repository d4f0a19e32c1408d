/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/spf.h"

#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "lib/verify/helo_name.h"
#include "lib/verify/spf_eval.h"
#include "lib/verify/spf_libspf2.h"

enum {
    RUN_MEMORY_MAX = 8 * 1024 * 1024, /* eleven records of the largest size and what they need */
    EXPLANATION_MAX = 4096,           /* octets of an expanded explanation */
    NAME_SHOWN_MAX = 256
};

static struct spf_octets octets_of(const char *string)
{
    return (struct spf_octets){string, strlen(string)};
}

static bool is_ascii(const char *octets, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)octets[i] > 0x7f)
            return false;
    return true;
}

bool spf_read_domain(const char *text, struct dns_name *domain)
{
    if (text[0] == '\0' || text[0] == '[')
        return false;
    return dns_name_from_text(text, strlen(text), domain) == VOUCH_OK &&
           dns_name_labels(domain) > 1;
}

static const char *safe_text(struct arena *arena, const char *string)
{
    struct text text = text_in(arena);

    text_add_safe(&text, string, strlen(string), NAME_SHOWN_MAX);
    return text_string(&text) != NULL ? text_string(&text) : "";
}

/* RFC 7208 7.2: the values that stay the same through the whole run. */
static bool set_values(struct spf_run *run, const char *local, const struct dns_name *domain,
                       const char *helo)
{
    const struct facts *facts = run->check->facts;
    struct spf_macro_values *values = &run->values;
    struct text sender = text_in(run->arena);

    if (*local == '\0')
        local = "postmaster"; /* RFC 7208 4.3 */
    values->local = octets_of(local);
    values->sender_domain = spf_name_octets(run->arena, domain);
    if (values->sender_domain.octets == NULL)
        return false;
    text_add(&sender, local);
    text_add_char(&sender, '@');
    text_append(&sender, values->sender_domain.octets, values->sender_domain.length);
    if (text_string(&sender) == NULL)
        return false;
    values->sender = (struct spf_octets){sender.data, sender.length};
    values->helo = octets_of(helo);
    values->receiver = octets_of(*facts->authserv_id != '\0' ? facts->authserv_id : "unknown");
    values->client = facts->client;
    values->now = (long long)time(NULL);
    values->validated = spf_validated_name;
    values->context = run;
    run->local_is_ascii = is_ascii(local, strlen(local));
    return true;
}

/* Expand the explanation TEXT; "" when it is not what RFC 7208 6.2 allows. */
static const char *expand_explanation(struct spf_run *run, const char *text, size_t length)
{
    struct spf_macro macro;
    struct spf_fault fault;
    const char *copy;
    char *buffer;
    size_t used;
    bool cut;

    if (spf_macro_compile(run->arena, text, length, SPF_MACRO_EXPLANATION, &macro, &fault) !=
        VOUCH_OK)
        return "";
    buffer = arena_alloc(run->arena, EXPLANATION_MAX);
    if (buffer == NULL)
        return "";
    used = spf_macro_expand(&macro, &run->values, buffer, EXPLANATION_MAX, &cut);
    buffer += EXPLANATION_MAX - used;
    if (cut || !is_ascii(buffer, used))
        return "";
    copy = arena_copy(run->check->arena, buffer, used);
    return copy != NULL ? copy : "";
}

/* RFC 7208 6.2.  Counts toward no limit, and any trouble means that there is no explanation. */
static void explain(struct spf_run *run)
{
    const struct spf_modifier *modifier = &run->frame->record->explanation;
    const struct dns_answer *answer;
    struct dns_name name;

    if (!modifier->present || !spf_target(run, &modifier->target, &name))
        return;
    answer = check_query(run->check, run->outcome, &name, DNS_TXT, "RFC 7208 6.2: explanation");
    if (answer->record_count != 1)
        return;
    run->values.domain = run->frame->domain_text;
    run->outcome->explanation = expand_explanation(run, (const char *)answer->records[0].txt.octets,
                                                   answer->records[0].txt.length);
}

static void run_check(struct spf_run *run, const char *local, const struct dns_name *domain,
                      const char *helo)
{
    run->arena = arena_new(RUN_MEMORY_MAX);
    if (run->arena == NULL || !set_values(run, local, domain, helo)) {
        outcome_set(run->outcome, VOUCH_TEMPERROR, REASON_MEMORY);
    } else {
        spf_evaluate(run, domain);
        if (run->frame != NULL)
            explain(run);
    }
    arena_free(run->arena);
}

/* Sender ID tells apart what SPF need not. */
static void set_scope_reason(const struct spf_run *run)
{
    struct outcome *outcome = run->outcome;

    if (outcome->reason == REASON_SPF_NO_RECORD)
        outcome->reason = REASON_SENDER_ID_NO_RECORD;
    else if (outcome->reason == REASON_SPF_MATCH && run->used_spf1)
        outcome->reason = REASON_SENDER_ID_SPF1;
}

/* Whether a result stands by the rules alone, whoever evaluates: limits, DNS trouble, and what is
 * said before a record is evaluated. */
static bool is_beyond_opinion(const struct outcome *outcome)
{
    return outcome->reason != REASON_SPF_MATCH && outcome->reason != REASON_SPF_DEFAULT;
}

/* libspf2 has another result: tell so, and let it count where the configuration says so. */
static void tell_difference(const struct check *check, struct outcome *outcome,
                            enum vouch_result result)
{
    const char *theirs = vouch_result_word(result);

    check_rule(outcome, "libspf2: %s, our engine: %s", theirs, vouch_result_word(outcome->result));
    if (check->settings->spf.engine == SPF_ENGINE_LIBSPF2) {
        check_detail(outcome, "libspf2: %s, our engine: %s (%s)", theirs,
                     vouch_result_word(outcome->result), outcome->detail);
        outcome_set(outcome, result, REASON_SPF_LIBSPF2);
        outcome->explanation = "";
    } else {
        check_detail(outcome, "%s; libspf2: %s", outcome->detail, theirs);
    }
}

/* What our engine found is known; ask libspf2 if the configuration wants it. */
static void ask_libspf2(const struct check *check, struct outcome *outcome,
                        const struct dns_name *domain)
{
    const struct spf_settings *settings = &check->settings->spf;
    struct spf_opinion opinion;

    if ((settings->engine != SPF_ENGINE_LIBSPF2 && !settings->second_opinion) ||
        is_beyond_opinion(outcome))
        return;
    opinion = spf_libspf2_ask(check, domain);
    if (opinion.missing != NULL)
        check_rule(outcome, "libspf2 has no opinion (%s): our engine decides", opinion.missing);
    else if (opinion.result != outcome->result)
        tell_difference(check, outcome, opinion.result);
    else
        check_rule(outcome, "libspf2: %s, too", vouch_result_word(opinion.result));
}

bool spf_judge(const struct check *check, struct outcome *outcome,
               const struct spf_request *request)
{
    struct spf_run run = {.check = check,
                          .outcome = outcome,
                          .scope = request->scope,
                          .spf2_only = request->spf2_only};
    char name[DNS_NAME_TEXT_SIZE];
    struct dns_name domain;

    if (!spf_read_domain(request->domain, &domain)) {
        outcome_set(outcome, VOUCH_NONE, REASON_SPF_NO_DOMAIN);
        outcome->detail = safe_text(check->arena, request->domain);
        check_rule(outcome, "RFC 7208 4.3: no domain to check");
        return true;
    }
    outcome->domain = arena_string(check->arena, dns_name_format(&domain, name));
    if (outcome->domain == NULL)
        return false;
    if (check->facts->client.family == IP_NONE)
        outcome_set(outcome, VOUCH_NONE, REASON_NO_CLIENT_ADDRESS);
    else
        run_check(&run, request->local, &domain, request->helo);
    if (request->scope == SPF_SCOPE_SPF)
        ask_libspf2(check, outcome, &domain);
    else
        set_scope_reason(&run);
    return true;
}

struct outcome *spf_check(const struct check *check, enum identity identity, const char *local,
                          const char *domain, const char *helo)
{
    enum vouch_stage stage = identity == IDENTITY_HELO ? VOUCH_STAGE_HELO : VOUCH_STAGE_MAIL;
    struct outcome *outcome = outcome_new(check->arena, METHOD_SPF, identity, stage);
    struct spf_request request = {
        .scope = SPF_SCOPE_SPF, .local = local, .domain = domain, .helo = helo};

    return outcome != NULL && spf_judge(check, outcome, &request) ? outcome : NULL;
}

/* RFC 7208 2.3: only a HELO that is a domain name of two labels or more is checked. */
static struct outcome *check_helo_name(const struct check *check, enum identity identity)
{
    static const enum reason reasons[] = {
        [HELO_MISSING] = REASON_HELO_MISSING,           [HELO_DOMAIN] = REASON_NONE,
        [HELO_SINGLE_LABEL] = REASON_HELO_SINGLE_LABEL, [HELO_LITERAL] = REASON_HELO_LITERAL,
        [HELO_MALFORMED] = REASON_HELO_MALFORMED,
    };
    const char *helo = check->facts->helo;
    enum helo_kind kind = helo_name_parse(helo).kind;
    struct outcome *outcome =
        spf_check(check, identity, "postmaster", kind == HELO_DOMAIN ? helo : "", helo);

    if (outcome == NULL)
        return NULL;
    if (kind != HELO_DOMAIN) {
        outcome->reason = reasons[kind];
        outcome->detail = safe_text(check->arena, helo);
    }
    if (*helo != '\0')
        outcome_property(outcome, "smtp", "helo", helo);
    return outcome;
}

static void prefetch_helo_name(const struct check *check)
{
    struct helo_name helo = helo_name_parse(check->facts->helo);

    if (helo.kind == HELO_DOMAIN && check->facts->client.family != IP_NONE)
        check_prefetch(check, &helo.name, DNS_TXT);
}

static struct outcome *check_helo(const struct check *check)
{
    return check_helo_name(check, IDENTITY_HELO);
}

static void prefetch_mailfrom(const struct check *check)
{
    const struct facts *facts = check->facts;
    struct dns_name domain;

    if (facts->reverse_path.null)
        prefetch_helo_name(check);
    else if (facts->client.family != IP_NONE &&
             spf_read_domain(facts->reverse_path.domain, &domain))
        check_prefetch(check, &domain, DNS_TXT);
}

static struct outcome *check_mailfrom(const struct check *check)
{
    const struct path *path = &check->facts->reverse_path;
    struct outcome *outcome;

    if (path->null) /* RFC 7208 2.4 */
        return check_helo_name(check, IDENTITY_MAILFROM);
    outcome = spf_check(check, IDENTITY_MAILFROM, path->local, path->domain, check->facts->helo);
    if (outcome != NULL && *path->domain != '\0')
        outcome_property(outcome, "smtp", "mailfrom", path->domain);
    return outcome;
}

const struct verifier spf_helo_verifier = {
    .method = METHOD_SPF,
    .identity = IDENTITY_HELO,
    .stage = VOUCH_STAGE_HELO,
    .prefetch = prefetch_helo_name,
    .check = check_helo,
};

const struct verifier spf_mailfrom_verifier = {
    .method = METHOD_SPF,
    .identity = IDENTITY_MAILFROM,
    .stage = VOUCH_STAGE_MAIL,
    .prefetch = prefetch_mailfrom,
    .check = check_mailfrom,
};
