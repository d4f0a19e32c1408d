/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Reputation shared by several hosts, with a real redis-server. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <sqlite3.h>

#include "lib/reputation/reputation.h"
#include "lib/reputation/score.h"
#include "tests/unit/redis_server.h"

enum { NOW = 1700000000, DAY = 86400 };

static const nanoseconds PATIENCE = 60 * NANOSECONDS_PER_SECOND;

static char directory[64];
static char file_a[96], file_b[96], place[96], password_file[96];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/vouch-redis-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(file_a, sizeof file_a, "%s/a.db", directory);
    (void)snprintf(file_b, sizeof file_b, "%s/b.db", directory);
    (void)snprintf(place, sizeof place, "unix:%s/redis.sock", directory);
    (void)snprintf(password_file, sizeof password_file, "%s/password", directory);
    return redis_server_start(directory, NULL) ? 0 : -1;
}

static int tear_down(void **state)
{
    char command[96];

    (void)state;
    redis_server_kill();
    (void)snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static struct reputation_settings settings_of(const char *file)
{
    return (struct reputation_settings){
        .store = REPUTATION_REDIS,
        .file = file,
        .redis = place,
        .redis_password_file = "",
        .half_life = 30 * UINT64_C(86400) * NANOSECONDS_PER_SECOND,
        .min_sample = 3,
        .max_names = 1000,
    };
}

static struct reputation *started(const struct reputation_settings *settings)
{
    struct reputation *reputation;

    assert_int_equal(reputation_new(settings, &reputation), VOUCH_OK);
    assert_int_equal(reputation_start(reputation), VOUCH_OK);
    return reputation;
}

static struct reputation *host(const char *file)
{
    struct reputation_settings settings = settings_of(file);

    return started(&settings);
}

static void observe(struct reputation *reputation, const char *name, bool bad, double weight,
                    int64_t when)
{
    assert_int_equal(reputation_observe(reputation, REPUTATION_HELO, name, bad, weight, when),
                     VOUCH_OK);
}

/* Until Redis has it all: that is more than what flush promises. */
static void wait_for_delivery(struct reputation *reputation)
{
    struct reputation_status status;

    assert_int_equal(reputation_flush(reputation, PATIENCE), VOUCH_OK);
    for (int i = 0; i < 60000; i++) {
        reputation_status(reputation, &status);
        if (status.undelivered == 0 && !status.away)
            return;
        (void)usleep(1000);
    }
    fail_msg("undelivered: %lu, %s", status.undelivered, status.trouble);
}

struct found {
    unsigned count;
    double good, bad;
    int64_t last;
};

static bool take(void *context, const struct reputation_entry *entry)
{
    struct found *found = context;

    found->count++;
    found->good += entry->good;
    found->bad += entry->bad;
    found->last = entry->last;
    return true;
}

static struct found find(struct reputation *reputation, const char *name)
{
    struct found found = {0};

    assert_int_equal(reputation_list(reputation, name, NOW, take, &found), VOUCH_OK);
    return found;
}

static bool is_near(double a, double b)
{
    return fabs(a - b) < 1e-6;
}

static void test_two_hosts_agree(void **state)
{
    struct reputation *a = host(file_a);
    struct reputation *b = host(file_b);
    const struct reputation_name names[] = {{REPUTATION_HELO, "Mail.example.org"},
                                            {REPUTATION_HELO, "none.example"},
                                            {REPUTATION_SIGNER, "mail.example.org"}};
    struct reputation_reading from_a[3], from_b[3];

    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        observe(a, "mail.example.org", true, 1, NOW);
        observe(b, "mail.example.ORG", false, 1, NOW);
    }
    wait_for_delivery(a);
    wait_for_delivery(b);
    assert_int_equal(reputation_lookup(a, names, 3, NOW, from_a), VOUCH_OK);
    assert_int_equal(reputation_lookup(b, names, 3, NOW, from_b), VOUCH_OK);
    assert_memory_equal(from_a, from_b, sizeof from_a);
    assert_true(from_a[0].known && is_near(from_a[0].rate, 0.5) && is_near(from_a[0].sample, 600));
    assert_false(from_a[1].known || from_a[2].known);
    reputation_release(a);
    reputation_release(b);
}

/* The script counts as score_add() does, late and early ones too. */
static void test_same_arithmetic(void **state)
{
    struct reputation *a = host(file_a);
    const double half_life = 30 * DAY;
    struct score score = {0};
    struct found found;
    unsigned seed = 4711;

    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        int64_t when = NOW - (int64_t)(rand_r(&seed) % (200 * DAY));
        double weight = (1 + rand_r(&seed) % 1000) / 1000.0;
        bool bad = rand_r(&seed) % 3 == 0;

        observe(a, "a.example", bad, weight, when);
        score = score_add(score, bad, weight, when, NOW, half_life);
    }
    wait_for_delivery(a);
    found = find(a, "a.example");
    assert_int_equal(found.last, score.updated);
    score = score_at(score, NOW, half_life);
    assert_true(is_near(found.good, score.good));
    assert_true(is_near(found.bad, score.bad));
    reputation_release(a);
}

/* Redis is away: nothing is known, what is learnt is kept, and counts once when it is back. */
static void test_away_and_back(void **state)
{
    struct reputation *a = host(file_a);
    const struct reputation_name names[] = {{REPUTATION_HELO, "a.example"}};
    struct reputation_reading reading;
    struct reputation_status status;

    (void)state;
    observe(a, "a.example", true, 1, NOW);
    wait_for_delivery(a);
    redis_server_kill();
    assert_int_equal(reputation_lookup(a, names, 1, NOW, &reading), VOUCH_ERROR_SYSTEM);
    assert_false(reading.known);
    reputation_status(a, &status);
    assert_true(status.away);
    assert_non_null(strstr(status.trouble, "Redis at unix:"));
    for (unsigned i = 0; i < 1000; i++)
        observe(a, "a.example", true, 1, NOW);
    assert_int_equal(reputation_flush(a, PATIENCE), VOUCH_OK);
    reputation_release(a); /* the daemon ends before Redis is back */
    a = host(file_a);
    reputation_status(a, &status);
    assert_int_equal(status.undelivered, 1000);
    assert_true(redis_server_start(directory, NULL));
    wait_for_delivery(a);
    assert_true(is_near(find(a, "a.example").bad, 1001));
    assert_int_equal(reputation_lookup(a, names, 1, NOW, &reading), VOUCH_OK);
    assert_true(reading.known);
    reputation_release(a);
}

/* Redis begins anew between two questions: the old connections are replaced. */
static void test_restarted(void **state)
{
    struct reputation *a = host(file_a);
    struct found before, after;

    (void)state;
    observe(a, "a.example", true, 1, NOW);
    wait_for_delivery(a);
    before = find(a, "a.example");
    redis_server_kill();
    assert_true(redis_server_start(directory, NULL));
    after = find(a, "a.example");
    assert_true(is_near(before.bad, 1) && is_near(after.bad, 1));
    reputation_release(a);
}

static bool is_away(struct reputation *reputation)
{
    struct reputation_status status;

    reputation_status(reputation, &status);
    return status.away;
}

/* An answer to a read says nothing of what else is the matter: it is not over before it is over. */
static void test_trouble_lasts(void **state)
{
    const struct reputation_name names[] = {{REPUTATION_HELO, "a.example"}};
    struct reputation_settings settings = settings_of(file_a);
    struct reputation_reading reading;
    struct reputation *a;
    char lock[112];

    (void)state;
    (void)snprintf(lock, sizeof lock, "%s-lock", file_a);
    assert_int_equal(mkdir(lock, 0700), 0);
    assert_int_equal(reputation_new(&settings, &a), VOUCH_OK);
    assert_int_equal(reputation_start(a), VOUCH_ERROR_SYSTEM);
    assert_true(is_away(a));
    assert_int_equal(reputation_lookup(a, names, 1, NOW, &reading), VOUCH_OK);
    assert_true(is_away(a)); /* or nobody would try to start it again */
    assert_int_equal(rmdir(lock), 0);
    assert_int_equal(reputation_start(a), VOUCH_OK);
    observe(a, "a.example", true, 1, NOW);
    wait_for_delivery(a);

    redis_server_kill(); /* what comes after it asks for a password: an error is an answer, too */
    assert_true(redis_server_start(directory, "secret word"));
    assert_int_equal(
        reputation_lookup(a, (struct reputation_name[]){{REPUTATION_HELO, "b"}}, 1, NOW, &reading),
        VOUCH_ERROR_SYSTEM);
    for (int i = 0; i < 1500; i++) {
        assert_true(is_away(a));
        (void)usleep(1000);
    }
    reputation_release(a);
}

/* Answers every command, but takes its time. */
__attribute__((noreturn)) static void be_slow_redis(int listener)
{
    char octets[65536];

    for (;;) {
        int one = accept(listener, NULL, NULL);

        while (recv(one, octets, sizeof octets, 0) > 0) {
            (void)usleep(100000);
            (void)send(one, ":1\r\n", 4, MSG_NOSIGNAL);
        }
        (void)close(one);
    }
}

static pid_t start_slow_redis(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    pid_t child;

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/redis.sock", directory);
    (void)unlink(address.sun_path);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 5), 0);
    child = fork();
    if (child == 0)
        be_slow_redis(listener);
    (void)close(listener);
    return child;
}

/* To deliver a long journal to a slow Redis keeps neither the writer nor the end waiting. */
static void test_slow_delivery(void **state)
{
    struct reputation_status status;
    struct reputation *a;
    pid_t slow;

    (void)state;
    redis_server_kill();
    a = host(file_a);
    for (unsigned i = 0; i < 8000; i++)
        observe(a, "a.example", true, 1, NOW);
    assert_int_equal(reputation_flush(a, PATIENCE), VOUCH_OK);
    reputation_release(a);
    slow = start_slow_redis();
    a = host(file_a);
    observe(a, "a.example", true, 1, NOW);
    reputation_release(a);
    (void)kill(slow, SIGKILL);
    (void)waitpid(slow, NULL, 0);
    a = host(file_a);
    reputation_status(a, &status);
    assert_in_range(status.undelivered, 1, 8000);
    reputation_release(a);
}

static void run_sql(sqlite3 *db, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
        fail_msg("%s: %s", sql, why);
}

/* Who dies after Redis has counted, and before the journal knows, delivers again: no matter. */
static void test_delivered_twice(void **state)
{
    struct reputation *a;
    sqlite3 *db;

    (void)state;
    redis_server_kill();
    a = host(file_a);
    for (unsigned i = 0; i < 300; i++)
        observe(a, "a.example", true, 1, NOW);
    assert_int_equal(reputation_flush(a, PATIENCE), VOUCH_OK);
    reputation_release(a);
    assert_int_equal(sqlite3_open(file_a, &db), SQLITE_OK);
    run_sql(db, "CREATE TABLE copy AS SELECT * FROM journal");

    assert_true(redis_server_start(directory, NULL));
    a = host(file_a);
    wait_for_delivery(a);
    reputation_release(a);

    run_sql(db, "INSERT INTO journal SELECT * FROM copy");
    run_sql(db, "DROP TABLE copy");
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
    a = host(file_a);
    observe(a, "a.example", false, 1, NOW);
    wait_for_delivery(a);
    assert_true(is_near(find(a, "a.example").bad, 300));
    assert_true(is_near(find(a, "a.example").good, 1));
    reputation_release(a);
}

static void tell_redis(const char *words)
{
    char command[300];

    (void)snprintf(command, sizeof command, "redis-cli -s %s/redis.sock %s >/dev/null", directory,
                   words);
    assert_int_equal(system(command), 0);
}

/* What somebody else wrote under our keys stops nothing, and makes nothing count twice. */
static void test_foreign_values(void **state)
{
    struct reputation *a = host(file_a);

    (void)state;
    tell_redis("set vouch:name:helo:a.example nonsense");
    tell_redis("hset vouch:name:helo:b.example g nonsense b -5 t x");
    for (unsigned i = 0; i < 10; i++) {
        observe(a, "a.example", true, 1, NOW);
        observe(a, "b.example", true, 1, NOW);
        observe(a, "c.example", true, 1, NOW);
    }
    wait_for_delivery(a);
    assert_true(is_near(find(a, "a.example").bad, 10));
    assert_true(is_near(find(a, "c.example").bad, 10));
    assert_true(find(a, "b.example").bad > 4);
    reputation_release(a);
}

/* The journal is bounded, and what finds no room is counted. */
static void test_journal_full(void **state)
{
    struct reputation *a;
    struct reputation_status status;

    (void)state;
    redis_server_kill();
    a = host(file_a);
    for (unsigned i = 0; i < 102000; i++) {
        observe(a, "a.example", true, 1, NOW);
        if (i % 4000 == 0)
            assert_int_equal(reputation_flush(a, PATIENCE), VOUCH_OK);
    }
    assert_int_equal(reputation_flush(a, PATIENCE), VOUCH_OK);
    reputation_status(a, &status);
    assert_int_equal(status.dropped, 2000);
    reputation_release(a);
}

static void test_list_and_forget(void **state)
{
    struct reputation *a = host(file_a);
    unsigned count;
    char name[40];

    (void)state;
    for (unsigned i = 0; i < 400; i++) {
        (void)snprintf(name, sizeof name, "n%u:x.example", i);
        observe(a, name, true, 1, NOW);
    }
    wait_for_delivery(a);
    assert_int_equal(find(a, NULL).count, 400);
    assert_int_equal(find(a, "n7:x.example").count, 1);
    assert_int_equal(reputation_forget(a, "N7:x.example", &count), VOUCH_OK);
    assert_int_equal(count, 1);
    assert_int_equal(find(a, NULL).count, 399);
    assert_int_equal(find(a, "n7:x.example").count, 0);
    reputation_release(a);
}

static void test_pruned(void **state)
{
    struct reputation *a = host(file_a);
    char name[40];

    (void)state;
    for (unsigned i = 0; i < 2500; i++) {
        (void)snprintf(name, sizeof name, "n%u.example", i);
        observe(a, name, true, 1, NOW - 10000 + (int64_t)i);
    }
    wait_for_delivery(a);
    assert_int_equal(find(a, NULL).count, 1000);
    assert_int_equal(find(a, "n2499.example").count, 1);
    assert_int_equal(find(a, "n0.example").count, 0);
    reputation_release(a);
}

static void write_password(const char *password)
{
    FILE *file = fopen(password_file, "w");

    assert_non_null(file);
    (void)fprintf(file, "%s\nnot this line\n", password);
    (void)fclose(file);
}

static void test_password(void **state)
{
    struct reputation_settings settings = settings_of(file_a);
    struct reputation_status status;
    struct reputation *a;
    struct found found = {0};

    (void)state;
    redis_server_kill();
    assert_true(redis_server_start(directory, "secret word"));
    a = started(&settings);
    assert_int_equal(reputation_list(a, NULL, NOW, take, &found), VOUCH_ERROR_SYSTEM);
    reputation_status(a, &status);
    assert_non_null(strstr(status.trouble, "NOAUTH"));
    reputation_release(a);

    settings.redis_password_file = password_file;
    write_password("wrong");
    a = started(&settings);
    assert_int_equal(reputation_list(a, NULL, NOW, take, &found), VOUCH_ERROR_SYSTEM);
    reputation_status(a, &status);
    assert_non_null(strstr(status.trouble, "does not take the password"));
    reputation_release(a);

    write_password("secret word");
    a = started(&settings);
    assert_int_equal(reputation_list(a, NULL, NOW, take, &found), VOUCH_OK);
    observe(a, "a.example", true, 1, NOW);
    wait_for_delivery(a);
    assert_int_equal(find(a, "a.example").count, 1);
    reputation_release(a);
}

/* Something that listens and never says a word, or says nonsense. */
static void test_no_redis_at_all(void **state)
{
    static const char *const words[] = {NULL, "220 mail.example.org ESMTP\r\n",
                                        "*1\r\n$-1\r\n:5\r\n", "$99999999999\r\n"};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    (void)state;
    redis_server_kill();
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/redis.sock", directory);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const struct reputation_name names[] = {{REPUTATION_HELO, "a.example"}};
        struct reputation_settings settings = settings_of(file_a);
        int listener = socket(AF_UNIX, SOCK_STREAM, 0);
        struct reputation_reading reading;
        struct reputation *reputation;
        pid_t child;

        (void)unlink(address.sun_path);
        assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
        assert_int_equal(listen(listener, 5), 0);
        child = fork();
        if (child == 0) {
            for (;;) {
                int one = accept(listener, NULL, NULL);

                if (words[i] != NULL)
                    (void)send(one, words[i], strlen(words[i]), MSG_NOSIGNAL);
            }
        }
        assert_int_equal(reputation_new(&settings, &reputation), VOUCH_OK);
        assert_int_equal(reputation_lookup(reputation, names, 1, NOW, &reading),
                         VOUCH_ERROR_SYSTEM);
        assert_false(reading.known);
        reputation_release(reputation);
        (void)kill(child, SIGKILL);
        (void)close(listener);
    }
}

/* Accepts everything and answers TEXT, a piece at a time; ended by SIGKILL. */
static pid_t drip(int listener, const char *text)
{
    pid_t child = fork();

    if (child == 0)
        (void)alarm(20); /* a test that fails leaves it behind */
    while (child == 0) {
        int one = accept(listener, NULL, NULL);

        for (const char *at = text; *at != '\0' && send(one, at, 1, MSG_NOSIGNAL) == 1; at++)
            (void)usleep(50000);
    }
    return child;
}

/* Something that is never silent for long, and never done: the mail does not wait for it. */
static void test_dripping(void **state)
{
    static const char *const answers[] = {
        "*3\r\n$1\r\n1\r\n$1\r\n9\r\n$10\r\n1700000000\r\n",
        "+OK, though it takes a while\r\n*3\r\n$1\r\n1\r\n$1\r\n9\r\n$1\r\n1\r\n",
    };
    const struct reputation_name names[] = {{REPUTATION_HELO, "a.example"}};
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    (void)state;
    redis_server_kill();
    write_password("secret");
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/redis.sock", directory);
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct reputation_settings settings = settings_of(file_a);
        int listener = socket(AF_UNIX, SOCK_STREAM, 0);
        struct reputation_reading reading;
        struct reputation *reputation;
        pid_t child;

        settings.redis_password_file = i == 1 ? password_file : "";
        (void)unlink(address.sun_path);
        assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
        assert_int_equal(listen(listener, 5), 0);
        child = drip(listener, answers[i]);
        assert_int_equal(reputation_new(&settings, &reputation), VOUCH_OK);
        assert_int_equal(reputation_lookup(reputation, names, 1, NOW, &reading),
                         VOUCH_ERROR_SYSTEM);
        reputation_release(reputation);
        (void)kill(child, SIGKILL);
        (void)close(listener);
    }
}

enum { ASKERS = 200 };

struct asker {
    pthread_t thread;
    pthread_barrier_t *start; /* all ask at once, however long threads take to begin */
    struct reputation *reputation;
    unsigned number;
    int error;
};

static void *ask_one(void *argument)
{
    struct asker *asker = argument;
    char name[32];
    const struct reputation_name names[] = {{REPUTATION_HELO, name}};
    struct reputation_reading reading;

    (void)snprintf(name, sizeof name, "n%u.example", asker->number);
    (void)pthread_barrier_wait(asker->start);
    asker->error = reputation_lookup(asker->reputation, names, 1, NOW, &reading);
    return NULL;
}

/* On each connection every question is answered, but only after a while. */
static pid_t answer_slowly(int listener)
{
    static const char answer[] = "*3\r\n$-1\r\n$-1\r\n$-1\r\n";
    pid_t child = fork();
    char question[512];

    if (child == 0)
        (void)alarm(20);
    while (child == 0) {
        int one = accept(listener, NULL, NULL);

        if (fork() != 0) {
            (void)close(one);
            continue;
        }
        (void)alarm(20);
        while (recv(one, question, sizeof question, 0) > 0 && usleep(100000) == 0)
            (void)send(one, answer, sizeof answer - 1, MSG_NOSIGNAL);
        _exit(0);
    }
    return child;
}

/* More ask than there are connections: the last do not wait until all others had their answers. */
static void test_slow(void **state)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct reputation_settings settings = settings_of(file_a);
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    struct asker askers[ASKERS];
    struct reputation *reputation;
    pthread_barrier_t start;
    unsigned refused = 0;
    pid_t child;

    (void)state;
    redis_server_kill();
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/redis.sock", directory);
    (void)unlink(address.sun_path);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 50), 0);
    child = answer_slowly(listener);
    assert_int_equal(reputation_new(&settings, &reputation), VOUCH_OK);
    assert_int_equal(pthread_barrier_init(&start, NULL, ASKERS), 0);
    for (unsigned i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.start = &start, .reputation = reputation, .number = i};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_one, &askers[i]), 0);
    }
    for (unsigned i = 0; i < ASKERS; i++) {
        (void)pthread_join(askers[i].thread, NULL);
        refused += askers[i].error != VOUCH_OK ? 1 : 0;
    }
    (void)pthread_barrier_destroy(&start);
    reputation_release(reputation);
    (void)kill(child, SIGKILL);
    (void)close(listener);
    assert_true(refused > 0);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_two_hosts_agree), TEST(test_same_arithmetic), TEST(test_away_and_back),
        TEST(test_restarted),       TEST(test_delivered_twice), TEST(test_journal_full),
        TEST(test_foreign_values),  TEST(test_list_and_forget), TEST(test_pruned),
        TEST(test_password),        TEST(test_no_redis_at_all), TEST(test_trouble_lasts),
        TEST(test_slow_delivery),   TEST(test_dripping),        TEST(test_slow),
    };

    if (!redis_server_is_installed()) {
        (void)printf("1..0 # SKIP there is no redis-server\n");
        return 0;
    }
    return cmocka_run_group_tests_name("reputation_redis", tests, NULL, NULL);
}
