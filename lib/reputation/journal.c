/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "lib/reputation/sqlite.h"

struct journal {
    struct trouble *trouble;
    sqlite3 *db;
    sqlite3_stmt *append, *oldest, *remove, *count, *forget;
    int lock; /* descriptor of a file beside it; -1: none */
    char source[JOURNAL_SOURCE_SIZE];
};

static int complain(struct journal *journal)
{
    sqlite_complain(journal->db, journal->trouble);
    return VOUCH_ERROR_SYSTEM;
}

static bool prepare(struct journal *journal)
{
    sqlite3 *db = journal->db;
    struct trouble *trouble = journal->trouble;

    journal->append = sqlite_prepare(db,
                                     "INSERT INTO journal(kind, name, bad, weight, observed)"
                                     " VALUES(?1, ?2, ?3, ?4, ?5)",
                                     trouble);
    journal->oldest = sqlite_prepare(db,
                                     "SELECT id, kind, name, bad, weight, observed FROM journal"
                                     " ORDER BY id LIMIT ?1",
                                     trouble);
    journal->remove = sqlite_prepare(db, "DELETE FROM journal WHERE id <= ?1", trouble);
    journal->count = sqlite_prepare(db, "SELECT count(*) FROM journal", trouble);
    journal->forget =
        sqlite_prepare(db, "DELETE FROM journal WHERE kind = ?1 AND name = ?2", trouble);
    return journal->append != NULL && journal->oldest != NULL && journal->remove != NULL &&
           journal->count != NULL && journal->forget != NULL;
}

static bool read_source(struct journal *journal)
{
    sqlite3_stmt *statement =
        sqlite_prepare(journal->db, "SELECT id FROM source", journal->trouble);
    bool found = statement != NULL && sqlite3_step(statement) == SQLITE_ROW;

    if (found)
        (void)snprintf(journal->source, sizeof journal->source, "%s",
                       (const char *)sqlite3_column_text(statement, 0));
    (void)sqlite3_finalize(statement);
    return found;
}

/* A file of its own: to close another descriptor of SQLite's file would drop SQLite's locks. */
static int open_lock(const char *path, struct trouble *trouble)
{
    size_t size = strlen(path) + sizeof "-lock";
    char *name = malloc(size);
    int descriptor = -1;

    if (name != NULL) {
        (void)snprintf(name, size, "%s-lock", path);
        if (sqlite_make_file(name, trouble) == VOUCH_OK) {
            descriptor = open(name, O_RDWR | O_CLOEXEC);
            if (descriptor < 0)
                trouble_say(trouble, "%s: %s", name, strerror(errno));
        }
    }
    free(name);
    return descriptor;
}

int journal_open(const char *path, struct trouble *trouble, struct journal **journal)
{
    struct journal *new = calloc(1, sizeof *new);
    int error;

    if (new == NULL)
        return VOUCH_ERROR_MEMORY;
    new->trouble = trouble;
    new->lock = -1;
    error = sqlite_open_writer(path, trouble, &new->db);
    if (error == VOUCH_OK && (!prepare(new) || !read_source(new)))
        error = complain(new);
    if (error == VOUCH_OK && (new->lock = open_lock(path, trouble)) < 0)
        error = VOUCH_ERROR_SYSTEM;
    if (error != VOUCH_OK) {
        journal_close(new);
        return error;
    }
    *journal = new;
    return VOUCH_OK;
}

void journal_close(struct journal *journal)
{
    if (journal == NULL)
        return;
    (void)sqlite3_finalize(journal->append);
    (void)sqlite3_finalize(journal->oldest);
    (void)sqlite3_finalize(journal->remove);
    (void)sqlite3_finalize(journal->count);
    (void)sqlite3_finalize(journal->forget);
    (void)sqlite3_close(journal->db);
    if (journal->lock >= 0)
        (void)close(journal->lock);
    free(journal);
}

const char *journal_source(const struct journal *journal)
{
    return journal->source;
}

static bool append_one(struct journal *journal, const struct store_observation *observation)
{
    sqlite3_stmt *append = journal->append;
    bool done = sqlite_bind_key(append, &observation->key) &&
                sqlite3_bind_int(append, 3, observation->bad) == SQLITE_OK &&
                sqlite3_bind_double(append, 4, observation->weight) == SQLITE_OK &&
                sqlite3_bind_int64(append, 5, observation->when) == SQLITE_OK &&
                sqlite3_step(append) == SQLITE_DONE;

    (void)sqlite3_reset(append);
    return done;
}

static int append_all(struct journal *journal, const struct store_observation *batch, size_t count,
                      size_t *dropped)
{
    size_t there;
    int error = journal_count(journal, &there);

    *dropped = 0;
    if (error != VOUCH_OK)
        return error;
    if (there + count > JOURNAL_MAX)
        *dropped = there < JOURNAL_MAX ? there + count - JOURNAL_MAX : count;
    for (size_t i = 0; i < count - *dropped; i++)
        if (!append_one(journal, &batch[i]))
            return complain(journal);
    return sqlite_run(journal->db, "COMMIT", journal->trouble);
}

int journal_append(struct journal *journal, const struct store_observation *batch, size_t count,
                   size_t *dropped)
{
    int error = sqlite_run(journal->db, "BEGIN IMMEDIATE", journal->trouble);

    if (error != VOUCH_OK)
        return error;
    error = append_all(journal, batch, count, dropped);
    if (error != VOUCH_OK)
        (void)sqlite_run(journal->db, "ROLLBACK", NULL);
    return error;
}

/* A row that is none of ours is of weight 0, and counts nothing. */
static void read_row(sqlite3_stmt *statement, struct journal_row *row)
{
    double weight = sqlite3_column_double(statement, 4);

    *row = (struct journal_row){.number = sqlite3_column_int64(statement, 0)};
    if (!sqlite_column_key(statement, 1, &row->observation.key) || !(weight > 0 && weight <= 1))
        return;
    row->observation.bad = sqlite3_column_int(statement, 3) != 0;
    row->observation.weight = weight;
    row->observation.when = sqlite3_column_int64(statement, 5);
}

int journal_oldest(struct journal *journal, struct journal_row *rows, size_t room, size_t *count)
{
    int code;

    *count = 0;
    if (sqlite3_bind_int64(journal->oldest, 1, (sqlite3_int64)room) != SQLITE_OK)
        return complain(journal);
    while ((code = sqlite3_step(journal->oldest)) == SQLITE_ROW && *count < room)
        read_row(journal->oldest, &rows[(*count)++]);
    (void)sqlite3_reset(journal->oldest);
    return code == SQLITE_DONE ? VOUCH_OK : complain(journal);
}

int journal_remove(struct journal *journal, int64_t number)
{
    bool done = sqlite3_bind_int64(journal->remove, 1, number) == SQLITE_OK &&
                sqlite3_step(journal->remove) == SQLITE_DONE;

    (void)sqlite3_reset(journal->remove);
    return done ? VOUCH_OK : complain(journal);
}

int journal_count(struct journal *journal, size_t *count)
{
    bool done = sqlite3_step(journal->count) == SQLITE_ROW;

    *count = done ? (size_t)sqlite3_column_int64(journal->count, 0) : 0;
    (void)sqlite3_reset(journal->count);
    return done ? VOUCH_OK : complain(journal);
}

int journal_forget(struct journal *journal, const struct store_key *key)
{
    bool done =
        sqlite_bind_key(journal->forget, key) && sqlite3_step(journal->forget) == SQLITE_DONE;

    (void)sqlite3_reset(journal->forget);
    return done ? VOUCH_OK : complain(journal);
}

bool journal_lock(struct journal *journal)
{
    return flock(journal->lock, LOCK_EX | LOCK_NB) == 0;
}

void journal_unlock(struct journal *journal)
{
    (void)flock(journal->lock, LOCK_UN);
}
