/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/readers.h"

#include <pthread.h>
#include <stdlib.h>

#include "lib/reputation/sqlite.h"

enum { READERS_MAX = 16 };

struct reader {
    sqlite3 *db; /* NULL: not open */
    sqlite3_stmt *find;
    struct reader *next;
};

struct readers {
    const char *path;
    struct trouble *trouble;
    pthread_mutex_t lock;
    pthread_cond_t returned;
    struct reader all[READERS_MAX];
    struct reader *idle; /* the last used first: it has the warmest cache */
};

struct readers *readers_new(const char *path, struct trouble *trouble)
{
    struct readers *readers = calloc(1, sizeof *readers);

    if (readers == NULL)
        return NULL;
    readers->path = path;
    readers->trouble = trouble;
    if (pthread_mutex_init(&readers->lock, NULL) != 0) {
        free(readers);
        return NULL;
    }
    if (pthread_cond_init(&readers->returned, NULL) != 0) {
        (void)pthread_mutex_destroy(&readers->lock);
        free(readers);
        return NULL;
    }
    for (size_t i = READERS_MAX; i > 0; i--) {
        readers->all[i - 1].next = readers->idle;
        readers->idle = &readers->all[i - 1];
    }
    return readers;
}

static void close_reader(struct reader *reader)
{
    (void)sqlite3_finalize(reader->find);
    (void)sqlite3_close(reader->db);
    reader->find = NULL;
    reader->db = NULL;
}

void readers_free(struct readers *readers)
{
    if (readers == NULL)
        return;
    for (size_t i = 0; i < READERS_MAX; i++)
        close_reader(&readers->all[i]);
    (void)pthread_cond_destroy(&readers->returned);
    (void)pthread_mutex_destroy(&readers->lock);
    free(readers);
}

static struct reader *borrow(struct readers *readers)
{
    struct reader *reader;

    (void)pthread_mutex_lock(&readers->lock);
    while (readers->idle == NULL)
        (void)pthread_cond_wait(&readers->returned, &readers->lock);
    reader = readers->idle;
    readers->idle = reader->next;
    (void)pthread_mutex_unlock(&readers->lock);
    return reader;
}

static void give_back(struct readers *readers, struct reader *reader)
{
    (void)pthread_mutex_lock(&readers->lock);
    reader->next = readers->idle;
    readers->idle = reader;
    (void)pthread_cond_signal(&readers->returned);
    (void)pthread_mutex_unlock(&readers->lock);
}

/* VOUCH_OK without a connection: there is no file yet. */
static int open_one(struct readers *readers, struct reader *reader)
{
    static const char sql[] = "SELECT good, bad, updated FROM names WHERE kind = ?1 AND name = ?2";
    int error = VOUCH_OK;

    if (reader->find != NULL)
        return VOUCH_OK;
    error = sqlite_open_reader(readers->path, readers->trouble, &reader->db);
    if (error != VOUCH_OK || reader->db == NULL)
        return error;
    reader->find = sqlite_prepare(reader->db, sql, readers->trouble);
    if (reader->find != NULL)
        return VOUCH_OK;
    close_reader(reader);
    return VOUCH_ERROR_SYSTEM;
}

static int read_one(struct readers *readers, struct reader *reader, const struct store_key *key,
                    struct score *score)
{
    int code = SQLITE_NOMEM;

    if (sqlite_bind_key(reader->find, key))
        code = sqlite3_step(reader->find);
    if (code == SQLITE_ROW)
        *score = sqlite_column_score(reader->find, 0);
    else if (code != SQLITE_DONE)
        sqlite_complain(reader->db, readers->trouble);
    (void)sqlite3_reset(reader->find);
    return code == SQLITE_ROW || code == SQLITE_DONE ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

int readers_read(struct readers *readers, const struct store_key *keys, size_t count,
                 struct score *scores)
{
    struct reader *reader = borrow(readers);
    int error = open_one(readers, reader);

    for (size_t i = 0; i < count; i++)
        scores[i] = (struct score){0};
    for (size_t i = 0; error == VOUCH_OK && reader->find != NULL && i < count; i++)
        error = read_one(readers, reader, &keys[i], &scores[i]);
    if (error != VOUCH_OK)
        close_reader(reader);
    give_back(readers, reader);
    return error;
}
