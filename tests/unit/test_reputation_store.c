/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "lib/reputation/reputation.h"

enum { NOW = 1700000000, DAY = 86400 };

static const nanoseconds PATIENCE = 60 * NANOSECONDS_PER_SECOND;

static char directory[64];
static char path[80];

static struct reputation_settings settings_of(const char *file)
{
    return (struct reputation_settings){
        .store = REPUTATION_SQLITE,
        .file = file,
        .redis = "",
        .redis_password_file = "",
        .half_life = 30 * UINT64_C(86400) * NANOSECONDS_PER_SECOND,
        .min_sample = 3,
        .max_names = 1000,
    };
}

static struct reputation *make(const struct reputation_settings *settings)
{
    struct reputation *reputation;

    assert_int_equal(reputation_new(settings, &reputation), VOUCH_OK);
    return reputation;
}

static struct reputation *started(void)
{
    struct reputation_settings settings = settings_of(path);
    struct reputation *reputation = make(&settings);

    assert_int_equal(reputation_start(reputation), VOUCH_OK);
    return reputation;
}

static struct reputation_reading look(struct reputation *reputation, enum reputation_kind kind,
                                      const char *name)
{
    const struct reputation_name names[] = {{kind, name}};
    struct reputation_reading reading;

    assert_int_equal(reputation_lookup(reputation, names, 1, NOW, &reading), VOUCH_OK);
    return reading;
}

static void observe(struct reputation *reputation, const char *name, bool bad, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, name, bad, 1, NOW),
                         VOUCH_OK);
}

static void flush(struct reputation *reputation)
{
    assert_int_equal(reputation_flush(reputation, PATIENCE), VOUCH_OK);
}

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/vouch-reputation-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/r.db", directory);
    return 0;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char file[96];

    (void)state;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        (void)snprintf(file, sizeof file, "%s%s", path, endings[i]);
        (void)unlink(file);
    }
    return rmdir(directory);
}

static void test_observed_and_read(void **state)
{
    struct reputation *reputation = started();
    struct reputation_reading reading;

    (void)state;
    observe(reputation, "Mail.Example.ORG", true, 3);
    observe(reputation, "mail.example.org", false, 1);
    flush(reputation);
    reading = look(reputation, REPUTATION_HELO, "mail.EXAMPLE.org");
    assert_true(reading.known);
    assert_true(fabs(reading.rate - 0.75) < 1e-9);
    assert_true(fabs(reading.sample - 4) < 1e-9);
    assert_true(reading.low > 0.19 && reading.low < 0.2);
    assert_true(reading.high > 0.99);
    assert_false(look(reputation, REPUTATION_SIGNER, "mail.example.org").known);
    reputation_release(reputation);
}

static void test_minimum_sample(void **state)
{
    struct reputation *reputation = started();

    (void)state;
    observe(reputation, "a.example", true, 2);
    flush(reputation);
    assert_false(look(reputation, REPUTATION_HELO, "a.example").known);
    observe(reputation, "a.example", true, 1);
    flush(reputation);
    assert_true(look(reputation, REPUTATION_HELO, "a.example").known);
    assert_false(look(reputation, REPUTATION_HELO, "never.example").known);
    reputation_release(reputation);
}

/* Before anything was written there is no file, and nothing known is no trouble. */
static void test_without_file(void **state)
{
    struct reputation_settings settings = settings_of(path);
    struct reputation *reputation = make(&settings);
    struct reputation_status status;

    (void)state;
    assert_false(look(reputation, REPUTATION_HELO, "a.example").known);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, "a.example", true, 1, NOW),
                     VOUCH_ERROR_STATE);
    reputation_status(reputation, &status);
    assert_false(status.started || status.away);

    /* and it is found when another has made it */
    struct reputation *writer = started();
    observe(writer, "a.example", true, 5);
    flush(writer);
    assert_true(look(reputation, REPUTATION_HELO, "a.example").known);
    reputation_release(writer);
    reputation_release(reputation);
}

static void test_mode(void **state)
{
    struct reputation *reputation = started();
    struct stat status;

    (void)state;
    observe(reputation, "a.example", true, 1);
    flush(reputation);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    char wal[96];
    (void)snprintf(wal, sizeof wal, "%s-wal", path);
    assert_int_equal(stat(wal, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    reputation_release(reputation);
}

/* Root may be the first to learn something; the daemon must be able to go on. */
static void test_made_by_root(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    struct reputation *reputation;
    struct stat status;
    char file[96];

    (void)state;
    if (geteuid() != 0)
        return; /* nobody else may give files away */
    assert_int_equal(chown(directory, 4711, 4712), 0);
    reputation = started();
    observe(reputation, "a.example", true, 1);
    flush(reputation);
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        (void)snprintf(file, sizeof file, "%s%s", path, endings[i]);
        assert_int_equal(stat(file, &status), 0);
        assert_int_equal(status.st_uid, 4711);
        assert_int_equal(status.st_gid, 4712);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    reputation_release(reputation);
}

static void test_kept_over_restart(void **state)
{
    struct reputation *reputation = started();

    (void)state;
    observe(reputation, "a.example", true, 5);
    reputation_release(reputation); /* writes what is queued */
    reputation = started();
    assert_true(look(reputation, REPUTATION_HELO, "a.example").known);
    reputation_release(reputation);
}

static void test_names_without_record(void **state)
{
    struct reputation *reputation = started();
    char long_name[REPUTATION_NAME_MAX + 2];

    (void)state;
    memset(long_name, 'x', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    const char *const bad[] = {"", "a\nb", "\x7f", long_name};

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, bad[i], true, 1, NOW),
                         VOUCH_ERROR_RANGE);
        assert_false(look(reputation, REPUTATION_HELO, bad[i]).known);
    }
    long_name[REPUTATION_NAME_MAX] = '\0';
    observe(reputation, long_name, true, 3);
    observe(reputation, "');DROP TABLE names;--", true, 3);
    flush(reputation);
    assert_true(look(reputation, REPUTATION_HELO, long_name).known);
    assert_true(look(reputation, REPUTATION_HELO, "');drop table names;--").known);
    assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, "a", true, 0, NOW),
                     VOUCH_ERROR_RANGE);
    assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, "a", true, 1.5, NOW),
                     VOUCH_ERROR_RANGE);
    assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, "a", true, NAN, NOW),
                     VOUCH_ERROR_RANGE);
    reputation_release(reputation);
}

/* Names that cannot be stored do not disturb their neighbours. */
static void test_many_at_once(void **state)
{
    struct reputation *reputation = started();
    struct reputation_name names[40];
    struct reputation_reading readings[40];

    (void)state;
    for (size_t i = 0; i < 40; i++)
        names[i] = (struct reputation_name){REPUTATION_HELO, i % 3 == 0 ? "" : "none.example"};
    names[2].name = names[20].name = names[38].name = "a.example";
    observe(reputation, "a.example", true, 4);
    flush(reputation);
    assert_int_equal(reputation_lookup(reputation, names, 40, NOW, readings), VOUCH_OK);
    for (size_t i = 0; i < 40; i++)
        assert_int_equal(readings[i].known, i == 2 || i == 20 || i == 38);
    reputation_release(reputation);
}

struct listed {
    unsigned count;
    double bad;
    char last[REPUTATION_NAME_MAX + 1];
};

static bool note(void *context, const struct reputation_entry *entry)
{
    struct listed *listed = context;

    listed->count++;
    listed->bad += entry->bad;
    (void)snprintf(listed->last, sizeof listed->last, "%s %s", reputation_kind_word(entry->kind),
                   entry->name);
    return true;
}

static unsigned listed_at_leisure;

/* Who looks at a list takes his time; meanwhile what is written must find its way out of the log of
 * SQLite, or that would grow and grow. */
static bool write_meanwhile(void *context, const struct reputation_entry *entry)
{
    struct reputation *reputation = context;
    int in_log, moved;
    sqlite3 *db;

    (void)entry;
    listed_at_leisure++;
    if (listed_at_leisure % 100 != 0)
        return true;
    observe(reputation, "0.example", true, 1);
    flush(reputation);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "SELECT count(*) FROM names", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_wal_checkpoint_v2(db, NULL, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved), SQLITE_OK);
    assert_in_range(in_log, 1, 1000);
    assert_int_equal(moved, in_log);
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    return true;
}

static void test_list_at_leisure(void **state)
{
    struct reputation *reputation = started();
    char name[40];

    (void)state;
    listed_at_leisure = 0;
    for (unsigned i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "%u.example", i);
        observe(reputation, name, true, 1);
    }
    flush(reputation);
    assert_int_equal(reputation_list(reputation, NULL, NOW, write_meanwhile, reputation), VOUCH_OK);
    assert_int_equal(listed_at_leisure, 1000);
    reputation_release(reputation);
}

static void test_list_and_forget(void **state)
{
    struct reputation *reputation = started();
    struct listed all = {0}, one = {0}, none = {0};
    unsigned count;

    (void)state;
    observe(reputation, "a.example", true, 2);
    observe(reputation, "b.example", true, 1);
    assert_int_equal(
        reputation_observe(reputation, REPUTATION_SIGNER, "a.example", true, 1, NOW - 30 * DAY),
        VOUCH_OK);
    flush(reputation);
    assert_int_equal(reputation_list(reputation, NULL, NOW, note, &all), VOUCH_OK);
    assert_int_equal(all.count, 3);
    assert_true(fabs(all.bad - 3.5) < 1e-9); /* one has faded */
    assert_int_equal(reputation_list(reputation, "B.example", NOW, note, &one), VOUCH_OK);
    assert_int_equal(one.count, 1);
    assert_string_equal(one.last, "helo b.example");
    assert_int_equal(reputation_forget(reputation, "A.example", &count), VOUCH_OK);
    assert_int_equal(count, 2);
    assert_int_equal(reputation_list(reputation, "a.example", NOW, note, &none), VOUCH_OK);
    assert_int_equal(none.count, 0);
    reputation_release(reputation);
}

/* More names than there may be: those not seen for longest go, the others stay. */
static void test_pruned(void **state)
{
    struct reputation *reputation = started();
    struct listed all = {0};
    char name[40];

    (void)state;
    for (unsigned i = 0; i < 3000; i++) {
        (void)snprintf(name, sizeof name, "n%u.example", i);
        assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, name, true, 1,
                                            NOW - 10000 + (int64_t)i),
                         VOUCH_OK);
        if (i % 500 == 499)
            flush(reputation);
    }
    flush(reputation);
    reputation_release(reputation);
    reputation = started();
    assert_int_equal(reputation_list(reputation, NULL, NOW, note, &all), VOUCH_OK);
    assert_true(all.count <= 1000 && all.count >= 900);
    assert_true(look(reputation, REPUTATION_HELO, "n2999.example").sample > 0);
    assert_false(look(reputation, REPUTATION_HELO, "n0.example").sample > 0);
    reputation_release(reputation);
}

/* A file that is none of SQLite's: no crash, nothing known, and words for the log. */
static void test_not_a_database(void **state)
{
    struct reputation_settings settings = settings_of(path);
    struct reputation *reputation = make(&settings);
    const struct reputation_name names[] = {{REPUTATION_HELO, "a.example"}};
    struct reputation_reading reading;
    struct reputation_status status;
    FILE *file = fopen(path, "w");

    (void)state;
    assert_non_null(file);
    for (unsigned i = 0; i < 1000; i++)
        (void)fputs("this is no database\n", file);
    (void)fclose(file);
    assert_int_equal(reputation_start(reputation), VOUCH_ERROR_SYSTEM);
    assert_int_equal(reputation_lookup(reputation, names, 1, NOW, &reading), VOUCH_ERROR_SYSTEM);
    assert_false(reading.known);
    reputation_status(reputation, &status);
    assert_true(status.away);
    assert_non_null(strstr(status.trouble, "not a database"));
    reputation_release(reputation);
}

static void test_no_directory(void **state)
{
    struct reputation_settings settings = settings_of("/nonexistent/vouch/r.db");
    struct reputation *reputation = make(&settings);
    struct reputation_status status;

    (void)state;
    assert_int_equal(reputation_start(reputation), VOUCH_ERROR_SYSTEM);
    reputation_status(reputation, &status);
    assert_true(status.away && !status.started);
    assert_non_null(strstr(status.trouble, "No such file"));
    reputation_release(reputation);
}

/* Nothing is written where nobody finds it. */
static void test_removed(void **state)
{
    struct reputation *reputation = started();
    struct reputation_status status;

    (void)state;
    observe(reputation, "a.example", false, 1);
    flush(reputation);
    assert_int_equal(unlink(path), 0);
    observe(reputation, "a.example", false, 1);
    assert_int_equal(reputation_flush(reputation, NANOSECONDS_PER_SECOND), VOUCH_ERROR_LIMIT);
    reputation_status(reputation, &status);
    assert_int_equal(status.written, 1);
    assert_true(status.away);
    assert_non_null(strstr(status.trouble, "removed or replaced"));
    reputation_release(reputation);
}

/* While another connection holds the file, observing never waits, readers see the last commit, and
 * a full queue drops and counts. */
static void test_busy_writer(void **state)
{
    struct reputation *reputation = started();
    struct reputation_status status;
    unsigned dropped = 0;
    sqlite3 *other;

    (void)state;
    observe(reputation, "a.example", true, 4);
    flush(reputation);
    assert_int_equal(sqlite3_open(path, &other), SQLITE_OK);
    assert_int_equal(sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    for (unsigned i = 0; i < 40000; i++)
        dropped += reputation_observe(reputation, REPUTATION_HELO, "b.example", true, 1, NOW) ==
                           VOUCH_ERROR_LIMIT
                       ? 1
                       : 0;
    assert_true(dropped > 0);
    reputation_status(reputation, &status);
    assert_int_equal(status.dropped, dropped);
    assert_true(look(reputation, REPUTATION_HELO, "a.example").known);
    assert_false(look(reputation, REPUTATION_HELO, "b.example").known);
    assert_int_equal(sqlite3_exec(other, "ROLLBACK", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(other), SQLITE_OK);
    flush(reputation);
    assert_true(fabs(look(reputation, REPUTATION_HELO, "b.example").sample - (40000 - dropped)) <
                1e-3);
    reputation_release(reputation);
}

enum { THREADS = 8, EACH = 400 };

static void *hammer(void *argument)
{
    struct reputation *reputation = argument;

    for (unsigned i = 0; i < EACH; i++) {
        const struct reputation_name names[] = {{REPUTATION_HELO, "a.example"},
                                                {REPUTATION_SIGNER, "b.example"}};
        struct reputation_reading readings[2];

        if (reputation_observe(reputation, REPUTATION_HELO, "a.example", i % 2 == 0, 1, NOW) !=
            VOUCH_OK)
            return NULL;
        if (reputation_lookup(reputation, names, 2, NOW, readings) != VOUCH_OK)
            return NULL;
    }
    return reputation;
}

static void test_threads(void **state)
{
    struct reputation *reputation = started();
    pthread_t threads[THREADS];

    (void)state;
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, reputation), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *result;

        assert_int_equal(pthread_join(threads[i], &result), 0);
        assert_non_null(result);
    }
    flush(reputation);
    assert_true(fabs(look(reputation, REPUTATION_HELO, "a.example").sample - THREADS * EACH) <
                1e-6);
    reputation_release(reputation);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_observed_and_read),
        TEST(test_minimum_sample),
        TEST(test_without_file),
        TEST(test_mode),
        TEST(test_made_by_root),
        TEST(test_kept_over_restart),
        TEST(test_names_without_record),
        TEST(test_many_at_once),
        TEST(test_list_at_leisure),
        TEST(test_list_and_forget),
        TEST(test_pruned),
        TEST(test_not_a_database),
        TEST(test_no_directory),
        TEST(test_removed),
        TEST(test_busy_writer),
        TEST(test_threads),
    };

    return cmocka_run_group_tests_name("reputation_store", tests, NULL, NULL);
}
