/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_REDIS_POOL_H
#define REPUTATION_REDIS_POOL_H

/* redis_pool.h - connections to Redis for all threads, and whether it is worth asking.
 *
 * When Redis has failed to answer nobody asks it for some seconds but the thread that looks whether
 * it is back, so that mail does not wait for it again and again. */

#include <stdatomic.h>

#include "lib/reputation/redis_link.h"

struct redis_pool;

/* NULL: no memory.  SETTINGS and TROUBLE outlive it. */
struct redis_pool *redis_pool_new(const struct reputation_settings *settings,
                                  struct trouble *trouble);
void redis_pool_free(struct redis_pool *pool);

/* As redis_link_ask, on a connection that is idle or will be within a fifth of a second.
 * VOUCH_ERROR_SYSTEM at once while Redis is away. */
int redis_pool_ask(struct redis_pool *pool, const struct redis_command *commands, size_t count,
                   redisReply **replies);

/* The same even while it is away: what comes of it says whether it still is. */
int redis_pool_try(struct redis_pool *pool, const struct redis_command *commands, size_t count,
                   redisReply **replies);

bool redis_pool_is_away(const struct redis_pool *pool);

/* Redis did answer, but not as it should. */
void redis_pool_complain(struct redis_pool *pool, const redisReply *reply);

#endif
