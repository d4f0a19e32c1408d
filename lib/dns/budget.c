/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/budget.h"

#include <stdlib.h>
#include <string.h>

/* Refusals beyond the paid questions that are remembered, so that asking on costs no memory. */
enum { REFUSALS_MAX = 100 };

struct budget {
    unsigned max_queries;
    unsigned queries;
    unsigned voids;
    unsigned refusals;
    bool running;
    nanoseconds resumed; /* when, while running */
    nanoseconds used;    /* before that */
    nanoseconds left;    /* at that time */
    struct memo *memos;
};

struct budget_limits budget_defaults(void)
{
    return (struct budget_limits){.time = 8 * NANOSECONDS_PER_SECOND, .max_queries = 150};
}

struct budget *budget_new(const struct budget_limits *limits)
{
    struct budget *budget = calloc(1, sizeof *budget);

    if (budget == NULL)
        return NULL;
    budget->max_queries = limits->max_queries;
    budget->left = limits->time;
    return budget;
}

void budget_free(struct budget *budget)
{
    if (budget == NULL)
        return;
    while (budget->memos != NULL) {
        struct memo *memo = budget->memos;

        budget->memos = memo->next;
        dns_answer_release(memo->answer);
        flight_release(memo->flight);
        free(memo);
    }
    free(budget);
}

/* Put the time that passed until NOW behind us. */
static void settle(struct budget *budget, nanoseconds now)
{
    nanoseconds passed = budget->running ? now - budget->resumed : 0;

    budget->used += passed;
    budget->left -= passed < budget->left ? passed : budget->left;
    budget->resumed = now;
}

void budget_resume(struct budget *budget)
{
    if (budget->running)
        return;
    budget->resumed = clock_now();
    budget->running = true;
}

void budget_pause(struct budget *budget)
{
    settle(budget, clock_now());
    budget->running = false;
}

bool budget_is_running(const struct budget *budget)
{
    return budget->running;
}

nanoseconds budget_deadline(const struct budget *budget, nanoseconds now)
{
    nanoseconds start = budget->running ? budget->resumed : now;

    return budget->left > UINT64_MAX - start ? UINT64_MAX : start + budget->left;
}

void budget_share_deadline(struct budget *budget, const struct budget *other)
{
    nanoseconds now = clock_now();
    nanoseconds end = budget_deadline(other, now);
    nanoseconds left = end > now ? end - now : 0;

    settle(budget, now);
    if (left < budget->left)
        budget->left = left;
}

nanoseconds budget_shorten(struct budget *budget, nanoseconds time)
{
    nanoseconds taken;

    settle(budget, clock_now());
    taken = budget->left > time ? budget->left - time : 0;
    budget->left -= taken;
    return taken;
}

void budget_lengthen(struct budget *budget, nanoseconds taken)
{
    settle(budget, clock_now());
    budget->left += taken;
}

bool budget_is_spent(const struct budget *budget)
{
    nanoseconds now = clock_now();

    return budget_deadline(budget, now) <= now;
}

struct budget_use budget_use(const struct budget *budget)
{
    nanoseconds passed = budget->running ? clock_now() - budget->resumed : 0;

    return (struct budget_use){
        .queries = budget->queries, .voids = budget->voids, .time = budget->used + passed};
}

bool budget_has_queries(const struct budget *budget)
{
    return budget->queries < budget->max_queries;
}

struct memo *budget_find(const struct budget *budget, const struct question *question)
{
    for (struct memo *memo = budget->memos; memo != NULL; memo = memo->next)
        if (memo->hash == question->hash && memo->key_length == question->key_length &&
            memcmp(memo->key, question->key, question->key_length) == 0)
            return memo;
    return NULL;
}

struct memo *budget_remember(struct budget *budget, const struct question *question, bool counted,
                             nanoseconds now)
{
    struct memo *memo;

    if (!counted && budget->refusals >= REFUSALS_MAX)
        return NULL;
    memo = malloc(sizeof *memo + question->key_length);
    if (memo == NULL)
        return NULL;
    *memo = (struct memo){.next = budget->memos,
                          .asked = now,
                          .hash = question->hash,
                          .key_length = question->key_length};
    memcpy(memo->key, question->key, question->key_length);
    budget->memos = memo;
    if (counted)
        budget->queries++;
    else
        budget->refusals++;
    return memo;
}

void budget_answered(struct budget *budget, struct memo *memo, struct dns_answer *answer,
                     nanoseconds took)
{
    flight_release(memo->flight);
    memo->flight = NULL;
    memo->answer = answer;
    memo->took = took;
    if (answer->status == DNS_NODATA || answer->status == DNS_NXDOMAIN)
        budget->voids++;
}
