/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdlib.h>
#include <time.h>

#include "lib/reputation/lookup_cache.h"
#include "lib/reputation/redis_deliver.h"
#include "lib/reputation/redis_list.h"

struct redis_store {
    const struct reputation_settings *settings;
    struct trouble *trouble;
    struct redis_pool *pool;
    struct lookup_cache *cache;
    struct journal *journal; /* the writer's */
    atomic_ulong undelivered, dropped;
};

static void release(void *argument)
{
    struct redis_store *store = argument;

    journal_close(store->journal);
    lookup_cache_free(store->cache);
    redis_pool_free(store->pool);
    free(store);
}

static void *make(const struct reputation_settings *settings, struct trouble *trouble)
{
    struct redis_store *store = calloc(1, sizeof *store);

    if (store == NULL)
        return NULL;
    store->settings = settings;
    store->trouble = trouble;
    store->pool = redis_pool_new(settings, trouble);
    store->cache = lookup_cache_new();
    if (store->pool == NULL || store->cache == NULL) {
        release(store);
        return NULL;
    }
    return store;
}

static int read_some(struct redis_store *store, const struct store_key *keys, size_t count,
                     struct score *scores)
{
    const struct store_key *missing[REDIS_SCORES_MAX];
    struct score found[REDIS_SCORES_MAX] = {{0}};
    size_t index[REDIS_SCORES_MAX];
    size_t missing_count = 0;
    nanoseconds now = clock_now();
    int error = VOUCH_OK;

    for (size_t i = 0; i < count; i++) {
        if (lookup_cache_find(store->cache, &keys[i], now, &scores[i]))
            continue;
        index[missing_count] = i;
        missing[missing_count++] = &keys[i];
    }
    if (missing_count > 0)
        error = redis_scores_read(store->pool, missing, missing_count, found);
    for (size_t i = 0; error == VOUCH_OK && i < missing_count; i++) {
        scores[index[i]] = found[i];
        lookup_cache_keep(store->cache, missing[i], now, &found[i]);
    }
    return error;
}

static int read_scores(void *argument, const struct store_key *keys, size_t count,
                       struct score *scores)
{
    int error = VOUCH_OK;

    for (size_t i = 0; error == VOUCH_OK && i < count; i += REDIS_SCORES_MAX)
        error = read_some(argument, keys + i,
                          count - i < REDIS_SCORES_MAX ? count - i : REDIS_SCORES_MAX, scores + i);
    return error;
}

static int count_undelivered(struct redis_store *store)
{
    size_t count;
    int error = journal_count(store->journal, &count);

    if (error == VOUCH_OK)
        store->undelivered = count;
    return error;
}

/* Redis itself may be away. */
static int start(void *argument)
{
    struct redis_store *store = argument;
    int error = VOUCH_OK;

    if (store->journal == NULL)
        error = journal_open(store->settings->file, store->trouble, &store->journal);
    return error == VOUCH_OK ? count_undelivered(store) : error;
}

static int write_batch(void *argument, const struct store_observation *batch, size_t count,
                       int64_t now)
{
    struct redis_store *store = argument;
    size_t dropped;
    int error = journal_append(store->journal, batch, count, &dropped);

    (void)now;
    if (error != VOUCH_OK)
        return error;
    store->dropped += dropped;
    (void)count_undelivered(store);
    return VOUCH_OK;
}

/* Whether Redis is back, and takes questions of ours. */
static bool answers(struct redis_store *store)
{
    const char *words[] = {"PING"};
    const size_t lengths[] = {4};
    const struct redis_command ping = {1, words, lengths};
    redisReply *reply;
    bool good;

    if (redis_pool_try(store->pool, &ping, 1, &reply) != VOUCH_OK)
        return false;
    good = reply->type == REDIS_REPLY_STATUS;
    freeReplyObject(reply);
    return good;
}

/* Trouble is over when all is well: that a read was answered says nothing of the journal. */
static void idle(void *argument)
{
    struct redis_store *store = argument;
    int error = count_undelivered(store);

    if (error == VOUCH_OK && store->undelivered > 0) {
        error = redis_deliver(store->pool, store->journal, store->settings, (int64_t)time(NULL));
        if (error == VOUCH_OK)
            error = count_undelivered(store);
    }
    if (error == VOUCH_OK && store->trouble->away && answers(store))
        trouble_over(store->trouble);
}

static int list(void *argument, const struct store_key *names, size_t count, store_visit_fn *visit,
                void *context)
{
    struct redis_store *store = argument;

    return redis_list(store->pool, names, count, visit, context);
}

/* What is in the journal is forgotten as well: it would bring the name back. */
static int forget_in_journal(struct redis_store *store, const struct store_key *names, size_t count)
{
    struct journal *journal;
    int error = journal_open(store->settings->file, store->trouble, &journal);

    if (error != VOUCH_OK)
        return error;
    for (size_t i = 0; error == VOUCH_OK && i < count; i++)
        error = journal_forget(journal, &names[i]);
    journal_close(journal);
    return error;
}

static int forget(void *argument, const struct store_key *names, size_t count, unsigned *forgotten)
{
    struct redis_store *store = argument;
    int error = forget_in_journal(store, names, count);

    for (size_t i = 0; error == VOUCH_OK && i < count; i++)
        error = redis_forget(store->pool, &names[i], forgotten);
    return error;
}

static void journal(void *argument, unsigned long *undelivered, unsigned long *dropped)
{
    struct redis_store *store = argument;

    *undelivered = store->undelivered;
    *dropped = store->dropped;
}

static const struct store_kind redis = {
    .make = make,
    .free = release,
    .read = read_scores,
    .start = start,
    .write = write_batch,
    .idle = idle,
    .list = list,
    .forget = forget,
    .journal = journal,
};

const struct store_kind *const store_redis = &redis;
