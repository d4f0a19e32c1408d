/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/redis_pool.h"

#include <stdlib.h>

enum { LINKS_MAX = 16 };

/* Longer than the thread that looks after it waits between two looks. */
static const nanoseconds AWAY = 5 * NANOSECONDS_PER_SECOND;

/* For a connection that is free: the mail waits for it. */
static const nanoseconds PATIENCE = 200 * NANOSECONDS_PER_MILLISECOND;

struct idle_link {
    struct redis_link link;
    struct idle_link *next;
};

struct redis_pool {
    const struct reputation_settings *settings;
    struct trouble *trouble;
    _Atomic nanoseconds away_until; /* 0: it is there */
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct idle_link all[LINKS_MAX];
    struct idle_link *idle; /* the last used first */
};

static bool make_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    bool made;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(condition, &attributes) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return made;
}

struct redis_pool *redis_pool_new(const struct reputation_settings *settings,
                                  struct trouble *trouble)
{
    struct redis_pool *pool = calloc(1, sizeof *pool);

    if (pool == NULL)
        return NULL;
    pool->settings = settings;
    pool->trouble = trouble;
    if (pthread_mutex_init(&pool->lock, NULL) != 0) {
        free(pool);
        return NULL;
    }
    if (!make_condition(&pool->returned)) {
        (void)pthread_mutex_destroy(&pool->lock);
        free(pool);
        return NULL;
    }
    for (size_t i = LINKS_MAX; i > 0; i--) {
        pool->all[i - 1].next = pool->idle;
        pool->idle = &pool->all[i - 1];
    }
    return pool;
}

void redis_pool_free(struct redis_pool *pool)
{
    if (pool == NULL)
        return;
    for (size_t i = 0; i < LINKS_MAX; i++)
        redis_link_close(&pool->all[i].link);
    (void)pthread_cond_destroy(&pool->returned);
    (void)pthread_mutex_destroy(&pool->lock);
    free(pool);
}

/* NULL: none was free in time. */
static struct idle_link *borrow(struct redis_pool *pool)
{
    struct timespec until = clock_timespec(clock_now() + PATIENCE);
    struct idle_link *link;
    int error = 0;

    (void)pthread_mutex_lock(&pool->lock);
    while (pool->idle == NULL && error == 0)
        error = pthread_cond_timedwait(&pool->returned, &pool->lock, &until);
    link = pool->idle;
    if (link != NULL)
        pool->idle = link->next;
    (void)pthread_mutex_unlock(&pool->lock);
    if (link == NULL)
        trouble_say(pool->trouble, "Redis at %s: it is too slow for all who ask",
                    pool->settings->redis);
    return link;
}

static void give_back(struct redis_pool *pool, struct idle_link *link)
{
    (void)pthread_mutex_lock(&pool->lock);
    link->next = pool->idle;
    pool->idle = link;
    (void)pthread_cond_signal(&pool->returned);
    (void)pthread_mutex_unlock(&pool->lock);
}

bool redis_pool_is_away(const struct redis_pool *pool)
{
    nanoseconds until = atomic_load(&pool->away_until);

    return until != 0 && clock_now() < until;
}

static int ask(struct redis_pool *pool, struct idle_link *idle,
               const struct redis_command *commands, size_t count, redisReply **replies)
{
    int error =
        redis_link_ask(&idle->link, pool->settings, pool->trouble, commands, count, replies);

    atomic_store(&pool->away_until, error == VOUCH_OK ? 0 : clock_now() + AWAY);
    return error;
}

/* It may have gone away while this one waited for a connection. */
int redis_pool_ask(struct redis_pool *pool, const struct redis_command *commands, size_t count,
                   redisReply **replies)
{
    int error = VOUCH_ERROR_SYSTEM;
    struct idle_link *link;

    if (redis_pool_is_away(pool))
        return VOUCH_ERROR_SYSTEM;
    link = borrow(pool);
    if (link == NULL)
        return VOUCH_ERROR_SYSTEM;
    if (!redis_pool_is_away(pool))
        error = ask(pool, link, commands, count, replies);
    give_back(pool, link);
    return error;
}

int redis_pool_try(struct redis_pool *pool, const struct redis_command *commands, size_t count,
                   redisReply **replies)
{
    struct idle_link *link = borrow(pool);
    int error;

    if (link == NULL)
        return VOUCH_ERROR_SYSTEM;
    error = ask(pool, link, commands, count, replies);
    give_back(pool, link);
    return error;
}

void redis_pool_complain(struct redis_pool *pool, const redisReply *reply)
{
    trouble_say(pool->trouble, "Redis at %s: %s", pool->settings->redis,
                reply->type == REDIS_REPLY_ERROR ? reply->str : "an answer of another kind");
}
