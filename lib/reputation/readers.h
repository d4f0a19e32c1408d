/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_READERS_H
#define REPUTATION_READERS_H

/* readers.h - connections that read scores, shared by all threads.  A thread waits only when more
 * of them read at this very moment than there are connections. */

#include <sqlite3.h>

#include "lib/reputation/store.h"

struct readers;

/* NULL: no memory.  PATH and TROUBLE outlive it. */
struct readers *readers_new(const char *path, struct trouble *trouble);
void readers_free(struct readers *readers);

/* As store_kind.read. */
int readers_read(struct readers *readers, const struct store_key *keys, size_t count,
                 struct score *scores);

#endif
