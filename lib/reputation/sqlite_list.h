/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_SQLITE_LIST_H
#define REPUTATION_SQLITE_LIST_H

/* sqlite_list.h - all names in the file of SQLite, for people. */

#include "lib/reputation/sqlite.h"

/* As store_kind.list, on the connection DB.  While VISIT is at it nothing is being read: who looks
 * at a long list takes his time, and SQLite's log grows while somebody reads. */
int sqlite_list(sqlite3 *db, struct trouble *trouble, const struct store_key *names, size_t count,
                store_visit_fn *visit, void *context);

#endif
