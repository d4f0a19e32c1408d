/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_LOOKUP_CACHE_H
#define REPUTATION_LOOKUP_CACHE_H

/* lookup_cache.h - scores read in the last seconds.  Of a fixed size: a name drives out the one
 * that lies in its place, which a keyed hash chooses. */

#include "lib/reputation/store.h"

struct lookup_cache;

/* NULL: no memory. */
struct lookup_cache *lookup_cache_new(void);
void lookup_cache_free(struct lookup_cache *cache);

bool lookup_cache_find(struct lookup_cache *cache, const struct store_key *key, nanoseconds now,
                       struct score *score);
void lookup_cache_keep(struct lookup_cache *cache, const struct store_key *key, nanoseconds now,
                       const struct score *score);

#endif
