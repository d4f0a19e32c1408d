/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_REDIS_SCORES_H
#define REPUTATION_REDIS_SCORES_H

/* redis_scores.h - scores out of Redis. */

#include "lib/reputation/redis_pool.h"

/* Every key of ours begins so. */
#define REDIS_PREFIX "vouch:"
/* The scores of a name: REDIS_NAME "helo:mail.example.org", a hash of g (good), b (bad), t. */
#define REDIS_NAME REDIS_PREFIX "name:"
/* All names, "helo:mail.example.org", by when they were last seen: a sorted set. */
#define REDIS_NAMES REDIS_PREFIX "names"

enum {
    REDIS_SCORES_MAX = 64,
    REDIS_MEMBER_SIZE = REPUTATION_NAME_MAX + 16,
    REDIS_KEY_SIZE = REDIS_MEMBER_SIZE + sizeof REDIS_NAME
};

/* The scores of COUNT names, at most REDIS_SCORES_MAX; one without a record is all zeros. */
int redis_scores_read(struct redis_pool *pool, const struct store_key *const *keys, size_t count,
                      struct score *scores);

#endif
