/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_JOURNAL_H
#define REPUTATION_JOURNAL_H

/* journal.h - what was observed and Redis has yet to be told, in order, in a file of SQLite.
 *
 * Every observation has a number, which only ever rises, and the file a name of its own (its
 * source).  Redis keeps beside the scores up to which number of which source it has counted, and
 * changes both at once; so whatever dies between delivery and removal, what is delivered again
 * counts only once.
 *
 * Several processes may use one file; one of them at a time delivers (journal_lock). */

#include "lib/reputation/store.h"

struct journal;

enum { JOURNAL_MAX = 100000, JOURNAL_SOURCE_SIZE = 33 };

struct journal_row {
    int64_t number;
    struct store_observation observation;
};

/* Open the file, and make what is not there.  VOUCH_ERROR_MEMORY, VOUCH_ERROR_SYSTEM. */
int journal_open(const char *path, struct trouble *trouble, struct journal **journal);
void journal_close(struct journal *journal);

/* The name of the file. */
const char *journal_source(const struct journal *journal);

/* Keep COUNT observations, and *DROPPED of them not: those beyond JOURNAL_MAX. */
int journal_append(struct journal *journal, const struct store_observation *batch, size_t count,
                   size_t *dropped);

/* The oldest, at most ROOM of them. */
int journal_oldest(struct journal *journal, struct journal_row *rows, size_t room, size_t *count);

/* Redis has those up to NUMBER. */
int journal_remove(struct journal *journal, int64_t number);

/* How many there are. */
int journal_count(struct journal *journal, size_t *count);

/* Those of one name are not to be delivered any more. */
int journal_forget(struct journal *journal, const struct store_key *key);

/* Be the only one to deliver.  False: another process is at it. */
bool journal_lock(struct journal *journal);
void journal_unlock(struct journal *journal);

#endif
