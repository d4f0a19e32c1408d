/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <time.h>

#include "lib/engine/transaction.h"

/* Who asks, and for what. */
struct question {
    enum reputation_kind kind;
    bool any_kind;
    vouch_known_fn *visit;
    void *context;
};

static bool visit_entry(void *context, const struct reputation_entry *entry)
{
    const struct question *question = context;
    struct vouch_known known = {
        .kind = reputation_kind_word(entry->kind),
        .name = entry->name,
        .good = entry->good,
        .bad = entry->bad,
        .last = (long long)entry->last,
        .known = entry->reading.known,
        .rate = entry->reading.rate,
        .low = entry->reading.low,
        .high = entry->reading.high,
    };

    if (!question->any_kind && entry->kind != question->kind)
        return true;
    return question->visit(question->context, &known);
}

int vouch_engine_known(const struct vouch_engine *engine, const char *kind, const char *name,
                       vouch_known_fn *visit, void *context)
{
    struct question question = {.any_kind = kind == NULL, .visit = visit, .context = context};

    if (kind != NULL && !reputation_kind_from_word(kind, &question.kind))
        return VOUCH_ERROR_RANGE;
    if (engine->reputation == NULL)
        return VOUCH_ERROR_STATE;
    return reputation_list(engine->reputation, name, (int64_t)time(NULL), visit_entry, &question);
}
