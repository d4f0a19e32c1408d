/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_SQLITE_H
#define REPUTATION_SQLITE_H

/* sqlite.h - the file in which SQLite keeps scores, and the journal of what Redis has yet to get.
 *
 * A connection belongs to one thread at a time.  The file is in WAL mode: who reads never waits for
 * who writes.  A commit survives the death of the process; what the machine had not yet brought to
 * the disk when its power failed is lost, and nothing before it. */

#include <sqlite3.h>
#include <stdbool.h>

#include "lib/reputation/store.h"

/* Open PATH for reading.  NULL in *DB: there is no such file yet.  VOUCH_ERROR_SYSTEM, told to
 * TROUBLE, unless that is NULL. */
int sqlite_open_reader(const char *path, struct trouble *trouble, sqlite3 **db);

/* Make an empty file at PATH, if there is none, for its owner alone (mode 0600).  What root makes
 * belongs to the owner of the folder: the daemon, who is somebody else, has to write it. */
int sqlite_make_file(const char *path, struct trouble *trouble);

/* Open PATH for writing; what is missing is made, as above. */
int sqlite_open_writer(const char *path, struct trouble *trouble, sqlite3 **db);

/* Prepare SQL for many uses.  NULL: told to TROUBLE. */
sqlite3_stmt *sqlite_prepare(sqlite3 *db, const char *sql, struct trouble *trouble);

/* Run SQL that answers nothing. */
int sqlite_run(sqlite3 *db, const char *sql, struct trouble *trouble);

/* Say what DB complains of. */
void sqlite_complain(sqlite3 *db, struct trouble *trouble);

/* Whether the file of DB is still where it was opened.  If not, what is written goes where nobody
 * finds it: told to TROUBLE.  It cannot be opened anew beside connections to the old one: they
 * share the -shm file, which SQLite would cut under them. */
bool sqlite_is_in_place(sqlite3 *db, struct trouble *trouble);

/* Bind KIND and NAME of KEY as parameters 1 and 2. */
bool sqlite_bind_key(sqlite3_stmt *statement, const struct store_key *key);

/* KEY from two columns, COLUMN first.  False: it is none of ours. */
bool sqlite_column_key(sqlite3_stmt *statement, int column, struct store_key *key);

/* A score from three columns, COLUMN first. */
struct score sqlite_column_score(sqlite3_stmt *statement, int column);

#endif
