/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna_health.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { FAMILIES = 2 };

struct entry {
    struct dna_finding found;
    nanoseconds until;
    nanoseconds trouble_for; /* the last time it was in trouble; 0: it is not */
    bool in_trouble, told_in_trouble;
};

struct dna_health {
    pthread_mutex_t lock;
    size_t count;
    struct entry entries[];
};

struct dna_health *dna_health_new(size_t count)
{
    struct dna_health *health =
        calloc(1, sizeof *health + count * FAMILIES * sizeof health->entries[0]);

    if (health != NULL && pthread_mutex_init(&health->lock, NULL) != 0) {
        free(health);
        health = NULL;
    }
    if (health != NULL)
        health->count = count * FAMILIES;
    return health;
}

void dna_health_free(struct dna_health *health)
{
    if (health == NULL)
        return;
    (void)pthread_mutex_destroy(&health->lock);
    free(health);
}

/* The entry of a source, or NULL. */
static struct entry *entry_of(struct dna_health *health, size_t index, bool ipv6)
{
    size_t at = index * FAMILIES + (ipv6 ? 1 : 0);

    return health != NULL && at < health->count ? &health->entries[at] : NULL;
}

struct dna_finding dna_health_find(struct dna_health *health, size_t index, bool ipv6,
                                   nanoseconds now)
{
    struct dna_finding found = {.condition = DNA_UNTESTED};
    struct entry *entry = entry_of(health, index, ipv6);

    if (entry == NULL)
        return found;
    (void)pthread_mutex_lock(&health->lock);
    if (now < entry->until)
        found = entry->found;
    (void)pthread_mutex_unlock(&health->lock);
    return found;
}

static nanoseconds bounded(nanoseconds value, nanoseconds least, nanoseconds longest)
{
    if (value < least)
        return least;
    return value < longest ? value : longest;
}

static bool is_trouble(enum dna_condition condition)
{
    return condition == DNA_DEAD || condition == DNA_LYING;
}

void dna_health_keep(struct dna_health *health, size_t index, bool ipv6,
                     const struct dna_finding *found, nanoseconds ttl, nanoseconds now)
{
    struct entry *entry = entry_of(health, index, ipv6);

    if (entry == NULL)
        return;
    (void)pthread_mutex_lock(&health->lock);
    if (!is_trouble(found->condition)) {
        entry->trouble_for = 0;
        entry->until = now + bounded(ttl, DNA_HEALTHY_LEAST, DNA_HEALTHY_LONGEST);
    } else if (!is_trouble(entry->found.condition) || now >= entry->until) {
        /* Those who found the same at the same time do not add up. */
        entry->trouble_for =
            bounded(2 * entry->trouble_for, DNA_TROUBLE_LEAST, DNA_TROUBLE_LONGEST);
        entry->until = now + entry->trouble_for;
    }
    entry->found = *found;
    entry->in_trouble = is_trouble(found->condition);
    (void)pthread_mutex_unlock(&health->lock);
}

bool dna_health_take_change(struct dna_health *health, size_t *index, bool *ipv6,
                            struct dna_finding *found)
{
    bool changed = false;

    (void)pthread_mutex_lock(&health->lock);
    for (size_t i = 0; !changed && i < health->count; i++) {
        struct entry *entry = &health->entries[i];

        if (entry->in_trouble == entry->told_in_trouble)
            continue;
        entry->told_in_trouble = entry->in_trouble;
        *index = i / FAMILIES;
        *ipv6 = i % FAMILIES != 0;
        *found = entry->found;
        changed = true;
    }
    (void)pthread_mutex_unlock(&health->lock);
    return changed;
}
