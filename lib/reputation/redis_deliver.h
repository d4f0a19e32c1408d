/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_REDIS_DELIVER_H
#define REPUTATION_REDIS_DELIVER_H

/* redis_deliver.h - from the journal to Redis. */

#include "lib/reputation/journal.h"
#include "lib/reputation/redis_scores.h"

/* Deliver what is in JOURNAL, until it is empty, Redis does not take it, or a second is over.  Each
 * observation counts once (journal.h). */
int redis_deliver(struct redis_pool *pool, struct journal *journal,
                  const struct reputation_settings *settings, int64_t now);

#endif
