/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdarg.h>
#include <stdio.h>

#include "lib/base/text.h"
#include "lib/verify/verifier.h"

/* A question prefetched for an earlier message counts from the beginning of this one. */
static uint32_t microseconds_since(nanoseconds began, nanoseconds when)
{
    return when > began ? (uint32_t)((when - began) / NANOSECONDS_PER_MICROSECOND) : 0;
}

static void trace_answer(const struct check *check, struct outcome *outcome,
                         const struct dns_answer *answer, const char *rule, nanoseconds asked,
                         nanoseconds took)
{
    char name[DNS_NAME_TEXT_SIZE];
    struct text question = text_in(check->arena);
    struct text description = text_in(check->arena);
    struct trace_step *step;

    text_printf(&question, "%s %s", dns_type_name(answer->type),
                dns_name_format(&answer->name, name));
    dns_answer_describe(answer, &description);
    step = outcome_trace(outcome, text_string(&question), text_string(&description), rule);
    if (step == NULL)
        return;
    step->security = answer->security;
    step->asked_us = microseconds_since(check->began, asked);
    step->took_us = (uint32_t)(took / NANOSECONDS_PER_MICROSECOND);
}

const struct dns_answer *check_query(const struct check *check, struct outcome *outcome,
                                     const struct dns_name *name, enum dns_type type,
                                     const char *rule)
{
    nanoseconds asked = 0;
    nanoseconds took = 0;
    const struct dns_answer *answer =
        resolver_query(check->resolver, check->budget, name, type, &asked, &took);

    outcome->security = dns_security_of_both(outcome->security, answer->security);
    trace_answer(check, outcome, answer, rule, asked, took);
    return answer;
}

void check_temperror(struct outcome *outcome, enum reason reason)
{
    outcome_set(outcome, VOUCH_TEMPERROR, reason);
    if (outcome->security != DNS_BOGUS)
        return;
    outcome->reason = REASON_DNSSEC_BOGUS;
    for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next)
        if (step->security == DNS_BOGUS)
            outcome->detail = step->asked;
}

enum { SENTENCE_SIZE = DNS_NAME_TEXT_SIZE + 256 };

void check_detail(struct outcome *outcome, const char *format, ...)
{
    char detail[SENTENCE_SIZE];
    const char *copy;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(detail, sizeof detail, format, arguments);
    va_end(arguments);
    copy = arena_string(outcome->arena, detail);
    outcome->detail = copy != NULL ? copy : "";
}

static struct trace_step *last_step(const struct outcome *outcome)
{
    struct trace_step *step = outcome->trace;

    while (step != NULL && step->next != NULL)
        step = step->next;
    return step;
}

void check_rule(struct outcome *outcome, const char *format, ...)
{
    struct trace_step *step = last_step(outcome);
    char rule[SENTENCE_SIZE];
    const char *copy;
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(rule, sizeof rule, format, arguments);
    va_end(arguments);
    if (step == NULL || step->rule[0] != '\0') {
        (void)outcome_trace(outcome, NULL, NULL, rule);
        return;
    }
    copy = arena_string(outcome->arena, rule);
    if (copy != NULL)
        step->rule = copy;
}

enum host_match check_host(const struct check *check, struct outcome *outcome,
                           const struct dns_name *host)
{
    const struct dns_answer *answer =
        check_query(check, outcome, host, check_address_type(check), NULL);

    if (answer->status == DNS_FAILURE)
        return HOST_LOOKUP_FAILED;
    if (answer->status != DNS_RECORDS)
        return HOST_NO_ADDRESS;
    return dns_answer_has_address(answer, &check->facts->client) ? HOST_MATCHES : HOST_DIFFERS;
}

bool check_applies(const struct check *check, const struct verifier *verifier)
{
    return verifier->applies == NULL || verifier->applies(check);
}

void check_prefetch(const struct check *check, const struct dns_name *name, enum dns_type type)
{
    resolver_prefetch(check->resolver, check->budget, name, type);
}

enum dns_type check_address_type(const struct check *check)
{
    return check->facts->client.family == IP_V6 ? DNS_AAAA : DNS_A;
}
