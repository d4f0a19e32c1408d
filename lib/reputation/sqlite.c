/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READER_PATIENCE = 50, /* milliseconds: only recovery and a last close keep readers out */
    WRITER_PATIENCE = 5000
};

/* The primary key is the table: one search, and no index to keep up to date. */
static const char schema[] = "CREATE TABLE IF NOT EXISTS names("
                             " kind INTEGER NOT NULL,"
                             " name TEXT NOT NULL,"
                             " good REAL NOT NULL,"
                             " bad REAL NOT NULL,"
                             " updated INTEGER NOT NULL,"
                             " PRIMARY KEY(kind, name)) WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS journal("
                             " id INTEGER PRIMARY KEY AUTOINCREMENT,"
                             " kind INTEGER NOT NULL,"
                             " name TEXT NOT NULL,"
                             " bad INTEGER NOT NULL,"
                             " weight REAL NOT NULL,"
                             " observed INTEGER NOT NULL);"
                             "CREATE TABLE IF NOT EXISTS source(id TEXT PRIMARY KEY);"
                             "INSERT INTO source SELECT lower(hex(randomblob(16)))"
                             " WHERE NOT EXISTS (SELECT 1 FROM source);";

void sqlite_complain(sqlite3 *db, struct trouble *trouble)
{
    const char *file = sqlite3_db_filename(db, "main");

    if (trouble != NULL)
        trouble_say(trouble, "%s: %s", file != NULL ? file : "SQLite", sqlite3_errmsg(db));
}

int sqlite_run(sqlite3 *db, const char *sql, struct trouble *trouble)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK)
        return VOUCH_OK;
    sqlite_complain(db, trouble);
    return VOUCH_ERROR_SYSTEM;
}

sqlite3_stmt *sqlite_prepare(sqlite3 *db, const char *sql, struct trouble *trouble)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        sqlite_complain(db, trouble);
    return statement;
}

static int open_file(const char *path, struct trouble *trouble, int patience, sqlite3 **db)
{
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
    int code = sqlite3_open_v2(path, db, flags, NULL);

    if (*db == NULL)
        return VOUCH_ERROR_MEMORY;
    if (code != SQLITE_OK) {
        if (trouble != NULL)
            trouble_say(trouble, "%s: %s", path, sqlite3_errmsg(*db));
        (void)sqlite3_close(*db);
        *db = NULL;
        return VOUCH_ERROR_SYSTEM;
    }
    (void)sqlite3_extended_result_codes(*db, 1);
    (void)sqlite3_busy_timeout(*db, patience);
    return VOUCH_OK;
}

int sqlite_open_reader(const char *path, struct trouble *trouble, sqlite3 **db)
{
    int error;

    *db = NULL;
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return VOUCH_OK;
    error = open_file(path, trouble, READER_PATIENCE, db);
    if (error == VOUCH_OK)
        error = sqlite_run(*db, "PRAGMA query_only = 1", trouble);
    if (error != VOUCH_OK && *db != NULL) {
        (void)sqlite3_close(*db);
        *db = NULL;
    }
    return error;
}

/* Give what root has just made at PATH to the owner of its folder. */
static int give_away(int descriptor, const char *path)
{
    const char *slash = strrchr(path, '/');
    int length = slash != NULL ? (int)(slash - path) + 1 : 2;
    char folder[PATH_MAX];
    struct stat status;

    if (snprintf(folder, sizeof folder, "%.*s", length, slash != NULL ? path : "./") >=
        (int)sizeof folder) {
        errno = ENAMETOOLONG;
        return -1;
    }
    if (stat(folder, &status) != 0)
        return -1;
    return fchown(descriptor, status.st_uid, status.st_gid);
}

/* SQLite would make it as the umask has it; its other files get mode and owner of this one. */
int sqlite_make_file(const char *path, struct trouble *trouble)
{
    int descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    bool made = descriptor >= 0;

    if (made && geteuid() == 0)
        made = give_away(descriptor, path) == 0;
    if (made || errno == EEXIST) {
        if (made)
            (void)close(descriptor);
        return VOUCH_OK;
    }
    trouble_say(trouble, "%s: %s", path, strerror(errno));
    if (descriptor >= 0) {
        (void)close(descriptor);
        (void)unlink(path);
    }
    return VOUCH_ERROR_SYSTEM;
}

int sqlite_open_writer(const char *path, struct trouble *trouble, sqlite3 **db)
{
    int error = sqlite_make_file(path, trouble);

    *db = NULL;
    if (error == VOUCH_OK)
        error = open_file(path, trouble, WRITER_PATIENCE, db);
    if (error == VOUCH_OK)
        error = sqlite_run(*db, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", trouble);
    if (error == VOUCH_OK)
        error = sqlite_run(*db, "BEGIN IMMEDIATE", trouble);
    if (error == VOUCH_OK)
        error = sqlite_run(*db, schema, trouble);
    if (error == VOUCH_OK)
        error = sqlite_run(*db, "COMMIT", trouble);
    if (error != VOUCH_OK && *db != NULL) {
        (void)sqlite3_close(*db);
        *db = NULL;
    }
    return error;
}

bool sqlite_is_in_place(sqlite3 *db, struct trouble *trouble)
{
    int moved = 0;

    if (sqlite3_file_control(db, "main", SQLITE_FCNTL_HAS_MOVED, &moved) != SQLITE_OK || moved == 0)
        return true;
    trouble_say(trouble,
                "%s: the file was removed or replaced while in use; vouch-milter needs a restart",
                sqlite3_db_filename(db, "main"));
    return false;
}

bool sqlite_bind_key(sqlite3_stmt *statement, const struct store_key *key)
{
    return sqlite3_bind_int(statement, 1, (int)key->kind) == SQLITE_OK &&
           sqlite3_bind_text(statement, 2, key->name, (int)key->length, SQLITE_STATIC) == SQLITE_OK;
}

bool sqlite_column_key(sqlite3_stmt *statement, int column, struct store_key *key)
{
    int kind = sqlite3_column_int(statement, column);
    const unsigned char *name = sqlite3_column_text(statement, column + 1);

    return kind >= 0 && kind < REPUTATION_KIND_COUNT && name != NULL &&
           store_key_make((enum reputation_kind)kind, (const char *)name, key);
}

struct score sqlite_column_score(sqlite3_stmt *statement, int column)
{
    return store_score(sqlite3_column_double(statement, column),
                       sqlite3_column_double(statement, column + 1),
                       sqlite3_column_int64(statement, column + 2));
}
