/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/reputation.h"

#include <math.h>
#include <string.h>
#include <time.h>

#include "lib/base/text.h"
#include "lib/verify/identities.h"

enum { NUMBER_SIZE = 32 };

/* Three decimals, with a point whatever the locale. */
static void add_number(struct text *text, double number)
{
    long long thousandths = llround(fmin(number, 1e12) * 1000);

    text_printf(text, "%lld.%03lld", thousandths / 1000, thousandths % 1000);
}

static void add_property(struct outcome *outcome, const char *name, double number)
{
    struct text value = text_in(outcome->arena);

    add_number(&value, number);
    if (!value.failed)
        outcome_property(outcome, "policy", name, value.data);
}

static void add_name(struct outcome *outcome, const struct reputation_name *name)
{
    static const struct {
        const char *ptype, *property;
    } properties[REPUTATION_KIND_COUNT] = {
        [REPUTATION_HELO] = {"smtp", "helo"},       [REPUTATION_MAILFROM] = {"smtp", "mailfrom"},
        [REPUTATION_PRA] = {"header", "pra"},       [REPUTATION_SIGNER] = {"header", "d"},
        [REPUTATION_ISSUER] = {"policy", "issuer"},
    };

    outcome_property(outcome, properties[name->kind].ptype, properties[name->kind].property,
                     name->name);
}

/* What was read goes into the trace, and which end of the interval decided. */
static void tell(struct outcome *outcome, const struct reputation_name *name,
                 const struct reputation_reading *reading, const char *rule)
{
    struct text asked = text_in(outcome->arena);
    struct text answer = text_in(outcome->arena);

    text_printf(&asked, "reputation of %s ", reputation_kind_word(name->kind));
    text_add_safe(&asked, name->name, strlen(name->name), REPUTATION_NAME_MAX);
    text_add(&answer, "rate ");
    add_number(&answer, reading->rate);
    text_add(&answer, ", 95 % interval ");
    add_number(&answer, reading->low);
    text_add(&answer, " to ");
    add_number(&answer, reading->high);
    text_add(&answer, ", sample ");
    add_number(&answer, reading->sample);
    (void)outcome_trace(outcome, text_string(&asked), text_string(&answer), rule);
}

static const char *judge(const struct check *check, struct outcome *outcome,
                         const struct reputation_reading *reading)
{
    const struct reputation_rules *rules = &check->settings->reputation;

    if (!reading->known) {
        outcome_set(outcome, VOUCH_NONE, REASON_REPUTATION_UNKNOWN);
        return "the sample is below min-sample";
    }
    if (reading->low > rules->refuse_above) {
        outcome_set(outcome, VOUCH_FAIL, REASON_REPUTATION_BAD);
        return "the lower end of the interval is above refuse-above";
    }
    if (reading->high < rules->trust_below) {
        outcome_set(outcome, VOUCH_PASS, REASON_REPUTATION_GOOD);
        return "the upper end of the interval is below trust-below";
    }
    outcome_set(outcome, VOUCH_NEUTRAL, REASON_REPUTATION_MIXED);
    return "the interval reaches neither refuse-above nor trust-below";
}

static enum identity identity_of(enum reputation_kind kind)
{
    static const enum identity identities[REPUTATION_KIND_COUNT] = {
        [REPUTATION_HELO] = IDENTITY_HELO,     [REPUTATION_MAILFROM] = IDENTITY_MAILFROM,
        [REPUTATION_PRA] = IDENTITY_PRA,       [REPUTATION_SIGNER] = IDENTITY_SIGNER,
        [REPUTATION_ISSUER] = IDENTITY_ISSUER,
    };

    return identities[kind];
}

/* What is known of one name; AWAY: the store did not say. */
static struct outcome *check_name(const struct check *check, enum vouch_stage stage,
                                  const struct reputation_name *name,
                                  const struct reputation_reading *reading, bool away)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_REPUTATION, identity_of(name->kind), stage);

    if (outcome == NULL)
        return NULL;
    outcome->domain = name->name;
    add_name(outcome, name);
    if (away) {
        outcome_set(outcome, VOUCH_NONE, REASON_REPUTATION_AWAY);
        return outcome;
    }
    tell(outcome, name, reading, judge(check, outcome, reading));
    if (reading->sample > 0) {
        add_property(outcome, "rate", reading->rate);
        add_property(outcome, "low", reading->low);
        add_property(outcome, "high", reading->high);
        add_property(outcome, "sample", reading->sample);
    }
    return outcome;
}

/* How much a result counts beside others. */
static unsigned weight(const struct outcome *outcome)
{
    static const unsigned weights[VOUCH_RESULT_COUNT] = {
        [VOUCH_FAIL] = 3, [VOUCH_PASS] = 2, [VOUCH_NEUTRAL] = 1};

    return weights[outcome->result];
}

/* The outcome of several names: that of the one that counts most, and all of them as its parts. */
static struct outcome *sum_up(const struct check *check, enum vouch_stage stage,
                              struct outcome *parts)
{
    struct outcome *summary =
        outcome_new(check->arena, METHOD_REPUTATION,
                    stage == VOUCH_STAGE_EOM ? IDENTITY_SIGNER : IDENTITY_MAILFROM, stage);
    const struct outcome *most = parts;

    if (summary == NULL)
        return NULL;
    for (struct outcome *part = parts; part != NULL; part = part->next) {
        part->is_part = true;
        if (weight(part) > weight(most))
            most = part;
    }
    outcome_set(summary, most->result, most->reason);
    summary->domain = most->domain;
    summary->next = parts;
    return summary;
}

/* The proven names of STAGE. */
static size_t find_names(const struct check *check, enum vouch_stage stage,
                         struct reputation_name names[IDENTITIES_MAX])
{
    size_t all = identities_find(check->arena, check->outcomes, names);
    size_t count = 0;

    for (size_t i = 0; i < all; i++)
        if (identities_stage(names[i].kind) == stage)
            names[count++] = names[i];
    return count;
}

static struct outcome *check_stage(const struct check *check, enum vouch_stage stage)
{
    struct reputation_name names[IDENTITIES_MAX];
    struct reputation_reading readings[IDENTITIES_MAX] = {{0}};
    size_t count = find_names(check, stage, names);
    struct outcome *outcomes = NULL;
    struct outcome **end = &outcomes;
    bool away = check->reputation == NULL ||
                reputation_lookup(check->reputation, names, count, (int64_t)time(NULL), readings) !=
                    VOUCH_OK;

    for (size_t i = 0; i < count; i++) {
        *end = check_name(check, stage, &names[i], &readings[i], away);
        if (*end == NULL)
            return NULL;
        end = &(*end)->next;
    }
    return count > 1 ? sum_up(check, stage, outcomes) : outcomes;
}

static bool knows_a_name(const struct check *check, enum vouch_stage stage)
{
    struct reputation_name names[IDENTITIES_MAX];

    return find_names(check, stage, names) > 0;
}

static bool applies_at_helo(const struct check *check)
{
    return knows_a_name(check, VOUCH_STAGE_HELO);
}

static bool applies_at_mail(const struct check *check)
{
    return knows_a_name(check, VOUCH_STAGE_MAIL);
}

static bool applies_at_end(const struct check *check)
{
    return knows_a_name(check, VOUCH_STAGE_EOM);
}

static struct outcome *check_helo(const struct check *check)
{
    return check_stage(check, VOUCH_STAGE_HELO);
}

static struct outcome *check_mail(const struct check *check)
{
    return check_stage(check, VOUCH_STAGE_MAIL);
}

static struct outcome *check_message(const struct check *check)
{
    return check_stage(check, VOUCH_STAGE_EOM);
}

const struct verifier reputation_helo_verifier = {
    .method = METHOD_REPUTATION,
    .identity = IDENTITY_HELO,
    .stage = VOUCH_STAGE_HELO,
    .applies = applies_at_helo,
    .check = check_helo,
};

const struct verifier reputation_mail_verifier = {
    .method = METHOD_REPUTATION,
    .identity = IDENTITY_MAILFROM,
    .stage = VOUCH_STAGE_MAIL,
    .applies = applies_at_mail,
    .check = check_mail,
};

const struct verifier reputation_message_verifier = {
    .method = METHOD_REPUTATION,
    .identity = IDENTITY_SIGNER,
    .stage = VOUCH_STAGE_EOM,
    .applies = applies_at_end,
    .check = check_message,
};
