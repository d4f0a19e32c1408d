/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
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

    trace_answer(check, outcome, answer, rule, asked, took);
    return answer;
}

void check_prefetch(const struct check *check, const struct dns_name *name, enum dns_type type)
{
    resolver_prefetch(check->resolver, check->budget, name, type);
}

enum dns_type check_address_type(const struct check *check)
{
    return check->facts->client.family == IP_V6 ? DNS_AAAA : DNS_A;
}
