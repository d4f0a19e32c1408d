/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_STORE_H
#define REPUTATION_STORE_H

/* store.h - what a store of scores can do. */

#include "lib/reputation/reputation.h"
#include "lib/reputation/score.h"
#include "lib/reputation/trouble.h"

/* A name as it is stored: lower case, without control characters. */
struct store_key {
    enum reputation_kind kind;
    size_t length;
    char name[REPUTATION_NAME_MAX + 1];
};

struct store_observation {
    struct store_key key;
    bool bad;
    double weight;
    int64_t when;
};

/* Answers false to end a list. */
typedef bool store_visit_fn(void *context, const struct store_key *key, const struct score *score);

/* `read`, `list` and `forget` may be called by any thread, `start`, `write` and `idle` by one at a
 * time.  All answer VOUCH_OK, VOUCH_ERROR_MEMORY or VOUCH_ERROR_SYSTEM; of the last the trouble
 * given to `make` is told. */
struct store_kind {
    /* A store for SETTINGS, which outlive it; nothing is opened yet.  NULL: no memory. */
    void *(*make)(const struct reputation_settings *settings, struct trouble *trouble);
    void (*free)(void *store);

    /* The scores of COUNT names; one without a record is all zeros.  Never waits for a writer. */
    int (*read)(void *store, const struct store_key *keys, size_t count, struct score *scores);

    /* Open for writing, and make what is not there; what is open already stays so. */
    int (*start)(void *store);

    /* Add COUNT observations, all or none of them. */
    int (*write)(void *store, const struct store_observation *batch, size_t count, int64_t now);

    /* Whatever there is to do at first, from time to time, and at the end.  May be NULL. */
    void (*idle)(void *store);

    int (*list)(void *store, const struct store_key *names, size_t count, store_visit_fn *visit,
                void *context);
    int (*forget)(void *store, const struct store_key *names, size_t count, unsigned *forgotten);

    /* Observations kept here that another store still has to get, and those that found no room.
     * May be NULL. */
    void (*journal)(void *store, unsigned long *undelivered, unsigned long *dropped);
};

extern const struct store_kind store_sqlite;
extern const struct store_kind *const store_redis; /* NULL: built without */

/* The stored form of a name.  False: it has none. */
bool store_key_make(enum reputation_kind kind, const char *name, struct store_key *key);

/* A score from numbers that were read; what cannot be one becomes an empty one. */
struct score store_score(double good, double bad, int64_t updated);

#endif
