/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_REDIS_LIST_H
#define REPUTATION_REDIS_LIST_H

/* redis_list.h - what people ask of the names in Redis. */

#include "lib/reputation/redis_scores.h"

/* As store_kind.list. */
int redis_list(struct redis_pool *pool, const struct store_key *names, size_t count,
               store_visit_fn *visit, void *context);

/* Forget one name; *FORGOTTEN counts it if it was there. */
int redis_forget(struct redis_pool *pool, const struct store_key *name, unsigned *forgotten);

#endif
