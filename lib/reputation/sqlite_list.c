/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/sqlite_list.h"

#include <stdlib.h>

enum { PAGE_ROWS = 256 };

struct page {
    struct store_key keys[PAGE_ROWS];
    struct score scores[PAGE_ROWS];
    size_t count;               /* of those that are ours */
    sqlite3_value *kind, *name; /* of the last row, whosever it is; NULL: before the first */
};

static void forget_place(struct page *page)
{
    sqlite3_value_free(page->kind);
    sqlite3_value_free(page->name);
    page->kind = page->name = NULL;
}

static bool keep_place(struct page *page, sqlite3_stmt *row)
{
    forget_place(page);
    page->kind = sqlite3_value_dup(sqlite3_column_value(row, 0));
    page->name = sqlite3_value_dup(sqlite3_column_value(row, 1));
    return page->kind != NULL && page->name != NULL;
}

static bool bind_place(const struct page *page, sqlite3_stmt *statement)
{
    if (page->kind == NULL)
        return sqlite3_bind_int(statement, 1, -1) == SQLITE_OK &&
               sqlite3_bind_text(statement, 2, "", 0, SQLITE_STATIC) == SQLITE_OK;
    return sqlite3_bind_value(statement, 1, page->kind) == SQLITE_OK &&
           sqlite3_bind_value(statement, 2, page->name) == SQLITE_OK;
}

/* Read the rows behind the place.  *IS_LAST: there are no more. */
static int read_page(sqlite3_stmt *statement, struct page *page, bool *is_last)
{
    size_t rows = 0;
    int code = SQLITE_NOMEM;

    page->count = 0;
    if (bind_place(page, statement))
        while ((code = sqlite3_step(statement)) == SQLITE_ROW && rows < PAGE_ROWS) {
            page->scores[page->count] = sqlite_column_score(statement, 2);
            page->count += sqlite_column_key(statement, 0, &page->keys[page->count]) ? 1 : 0;
            if (++rows == PAGE_ROWS && !keep_place(page, statement))
                break;
        }
    (void)sqlite3_reset(statement);
    *is_last = rows < PAGE_ROWS;
    return code == SQLITE_DONE ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

static int visit_pages(sqlite3_stmt *statement, struct page *page, store_visit_fn *visit,
                       void *context)
{
    bool is_last = false;

    while (!is_last) {
        int error = read_page(statement, page, &is_last);

        if (error != VOUCH_OK)
            return error;
        for (size_t i = 0; i < page->count; i++)
            if (!visit(context, &page->keys[i], &page->scores[i]))
                return VOUCH_OK;
    }
    return VOUCH_OK;
}

static int list_all(sqlite3 *db, struct trouble *trouble, store_visit_fn *visit, void *context)
{
    static const char sql[] = "SELECT kind, name, good, bad, updated FROM names"
                              " WHERE (kind, name) > (?1, ?2) ORDER BY kind, name LIMIT 256";
    sqlite3_stmt *statement = sqlite_prepare(db, sql, trouble);
    struct page *page = calloc(1, sizeof *page);
    int error = page != NULL ? VOUCH_ERROR_SYSTEM : VOUCH_ERROR_MEMORY;

    _Static_assert(PAGE_ROWS == 256, "the LIMIT");
    if (page != NULL && statement != NULL) {
        error = visit_pages(statement, page, visit, context);
        if (error != VOUCH_OK)
            sqlite_complain(db, trouble);
        forget_place(page);
    }
    free(page);
    (void)sqlite3_finalize(statement);
    return error;
}

static int list_one(sqlite3 *db, struct trouble *trouble, const struct store_key *key,
                    store_visit_fn *visit, void *context, bool *stop)
{
    static const char sql[] = "SELECT good, bad, updated FROM names WHERE kind = ?1 AND name = ?2";
    sqlite3_stmt *statement = sqlite_prepare(db, sql, trouble);
    int code = SQLITE_NOMEM;
    struct score score;

    if (statement == NULL)
        return VOUCH_ERROR_SYSTEM;
    if (sqlite_bind_key(statement, key))
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        score = sqlite_column_score(statement, 0);
    else if (code != SQLITE_DONE)
        sqlite_complain(db, trouble);
    (void)sqlite3_finalize(statement);
    if (code == SQLITE_ROW)
        *stop = !visit(context, key, &score);
    return code == SQLITE_ROW || code == SQLITE_DONE ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

int sqlite_list(sqlite3 *db, struct trouble *trouble, const struct store_key *names, size_t count,
                store_visit_fn *visit, void *context)
{
    bool stop = false;
    int error = VOUCH_OK;

    if (count == 0)
        return list_all(db, trouble, visit, context);
    for (size_t i = 0; error == VOUCH_OK && !stop && i < count; i++)
        error = list_one(db, trouble, &names[i], visit, context, &stop);
    return error;
}
