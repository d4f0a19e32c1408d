/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdlib.h>

#include "lib/reputation/readers.h"
#include "lib/reputation/sqlite_list.h"

/* When there are too many names, this part of them goes at once: finding the oldest means looking
 * at all. */
enum { PRUNED_PART = 20 };

struct sqlite_store {
    const struct reputation_settings *settings;
    struct trouble *trouble;
    struct readers *readers;

    /* the writer's */
    sqlite3 *db;
    sqlite3_stmt *find, *put;
    int64_t names;    /* at the last count */
    int64_t inserted; /* since then */
};

static void *make(const struct reputation_settings *settings, struct trouble *trouble)
{
    struct sqlite_store *store = calloc(1, sizeof *store);

    if (store == NULL)
        return NULL;
    store->settings = settings;
    store->trouble = trouble;
    store->readers = readers_new(settings->file, trouble);
    if (store->readers == NULL) {
        free(store);
        return NULL;
    }
    return store;
}

static void close_writer(struct sqlite_store *store)
{
    (void)sqlite3_finalize(store->find);
    (void)sqlite3_finalize(store->put);
    (void)sqlite3_close(store->db);
    store->find = store->put = NULL;
    store->db = NULL;
}

static void release(void *argument)
{
    struct sqlite_store *store = argument;

    close_writer(store);
    readers_free(store->readers);
    free(store);
}

static int read_scores(void *argument, const struct store_key *keys, size_t count,
                       struct score *scores)
{
    struct sqlite_store *store = argument;

    return readers_read(store->readers, keys, count, scores);
}

/* Other processes may add names, too. */
static int count_names(struct sqlite_store *store)
{
    sqlite3_stmt *count = sqlite_prepare(store->db, "SELECT count(*) FROM names", store->trouble);
    bool counted = count != NULL && sqlite3_step(count) == SQLITE_ROW;

    if (counted) {
        store->names = sqlite3_column_int64(count, 0);
        store->inserted = 0;
    }
    (void)sqlite3_finalize(count);
    return counted ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

static int start(void *argument)
{
    struct sqlite_store *store = argument;
    int error = VOUCH_OK;

    if (store->db != NULL)
        return VOUCH_OK;
    error = sqlite_open_writer(store->settings->file, store->trouble, &store->db);
    if (error != VOUCH_OK)
        return error;
    store->find = sqlite_prepare(
        store->db, "SELECT good, bad, updated FROM names WHERE kind = ?1 AND name = ?2",
        store->trouble);
    store->put = sqlite_prepare(store->db,
                                "INSERT OR REPLACE INTO names(kind, name, good, bad, updated)"
                                " VALUES(?1, ?2, ?3, ?4, ?5)",
                                store->trouble);
    if (store->find == NULL || store->put == NULL || count_names(store) != VOUCH_OK) {
        close_writer(store);
        return VOUCH_ERROR_SYSTEM;
    }
    trouble_over(store->trouble);
    return VOUCH_OK;
}

static bool find(struct sqlite_store *store, const struct store_key *key, struct score *score)
{
    int code = sqlite_bind_key(store->find, key) ? sqlite3_step(store->find) : SQLITE_NOMEM;

    *score = (struct score){0};
    if (code == SQLITE_ROW)
        *score = sqlite_column_score(store->find, 0);
    else if (code == SQLITE_DONE)
        store->inserted++;
    (void)sqlite3_reset(store->find);
    return code == SQLITE_ROW || code == SQLITE_DONE;
}

static bool put(struct sqlite_store *store, const struct store_key *key, const struct score *score)
{
    bool done = sqlite_bind_key(store->put, key) &&
                sqlite3_bind_double(store->put, 3, score->good) == SQLITE_OK &&
                sqlite3_bind_double(store->put, 4, score->bad) == SQLITE_OK &&
                sqlite3_bind_int64(store->put, 5, score->updated) == SQLITE_OK &&
                sqlite3_step(store->put) == SQLITE_DONE;

    (void)sqlite3_reset(store->put);
    return done;
}

static bool add_all(struct sqlite_store *store, const struct store_observation *batch, size_t count,
                    int64_t now)
{
    double half_life = (double)store->settings->half_life / (double)NANOSECONDS_PER_SECOND;

    for (size_t i = 0; i < count; i++) {
        const struct store_observation *one = &batch[i];
        struct score score;

        if (!find(store, &one->key, &score))
            return false;
        score = score_add(score, one->bad, one->weight, one->when, now, half_life);
        if (!put(store, &one->key, &score))
            return false;
    }
    return true;
}

/* Forget the names that were not seen for longest. */
static int prune(struct sqlite_store *store)
{
    sqlite3_stmt *delete;
    bool done;

    if (count_names(store) != VOUCH_OK)
        return VOUCH_ERROR_SYSTEM;
    if (store->names <= store->settings->max_names)
        return VOUCH_OK;
    delete = sqlite_prepare(store->db,
                            "DELETE FROM names WHERE (kind, name) IN"
                            " (SELECT kind, name FROM names ORDER BY updated LIMIT ?1)",
                            store->trouble);
    done = delete != NULL &&
           sqlite3_bind_int64(delete, 1,
                              store->names - store->settings->max_names +
                                  store->settings->max_names / PRUNED_PART) == SQLITE_OK &&
           sqlite3_step(delete) == SQLITE_DONE;
    (void)sqlite3_finalize(delete);
    return done ? count_names(store) : VOUCH_ERROR_SYSTEM;
}

static int write_batch(void *argument, const struct store_observation *batch, size_t count,
                       int64_t now)
{
    struct sqlite_store *store = argument;

    if (!sqlite_is_in_place(store->db, store->trouble) ||
        sqlite_run(store->db, "BEGIN IMMEDIATE", store->trouble) != VOUCH_OK)
        return VOUCH_ERROR_SYSTEM;
    if (!add_all(store, batch, count, now)) {
        sqlite_complain(store->db, store->trouble);
        (void)sqlite_run(store->db, "ROLLBACK", NULL);
        return VOUCH_ERROR_SYSTEM;
    }
    if (sqlite_run(store->db, "COMMIT", store->trouble) != VOUCH_OK) {
        (void)sqlite_run(store->db, "ROLLBACK", NULL);
        return VOUCH_ERROR_SYSTEM;
    }
    trouble_over(store->trouble);
    if (store->names + store->inserted > store->settings->max_names && prune(store) != VOUCH_OK)
        sqlite_complain(store->db, store->trouble);
    return VOUCH_OK;
}

/* Whether trouble that a reader had is over; that of the writer is over when it has written. */
static void idle(void *argument)
{
    struct sqlite_store *store = argument;

    if (sqlite_is_in_place(store->db, store->trouble) && store->trouble->away &&
        sqlite_run(store->db, "SELECT 1 FROM names LIMIT 1", store->trouble) == VOUCH_OK)
        trouble_over(store->trouble);
}

static int list(void *argument, const struct store_key *names, size_t count, store_visit_fn *visit,
                void *context)
{
    struct sqlite_store *store = argument;
    sqlite3 *db;
    int error = sqlite_open_reader(store->settings->file, store->trouble, &db);

    if (error != VOUCH_OK || db == NULL)
        return error;
    error = sqlite_list(db, store->trouble, names, count, visit, context);
    (void)sqlite3_close(db);
    return error;
}

static int forget_one(sqlite3 *db, const struct store_key *key, struct trouble *trouble,
                      unsigned *forgotten)
{
    sqlite3_stmt *statement =
        sqlite_prepare(db, "DELETE FROM names WHERE kind = ?1 AND name = ?2", trouble);
    bool done = statement != NULL && sqlite_bind_key(statement, key) &&
                sqlite3_step(statement) == SQLITE_DONE;

    if (done)
        *forgotten += (unsigned)sqlite3_changes(db);
    else
        sqlite_complain(db, trouble);
    (void)sqlite3_finalize(statement);
    return done ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

/* On a connection of its own: the writer's belongs to its thread. */
static int forget(void *argument, const struct store_key *names, size_t count, unsigned *forgotten)
{
    struct sqlite_store *store = argument;
    sqlite3 *db;
    int error = sqlite_open_writer(store->settings->file, store->trouble, &db);

    for (size_t i = 0; error == VOUCH_OK && i < count; i++)
        error = forget_one(db, &names[i], store->trouble, forgotten);
    (void)sqlite3_close(db);
    return error;
}

const struct store_kind store_sqlite = {
    .make = make,
    .free = release,
    .read = read_scores,
    .start = start,
    .write = write_batch,
    .idle = idle,
    .list = list,
    .forget = forget,
};
