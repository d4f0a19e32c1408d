/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* kill -9 while it writes: the store opens, nothing acknowledged is lost, nothing counts twice. */
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/reputation/reputation.h"
#include "tests/unit/redis_server.h"

enum { NOW = 1700000000, ROUNDS = 100, BATCH = 64, NAMES = 8 };

static const nanoseconds PATIENCE = 60 * NANOSECONDS_PER_SECOND;

static char directory[64], path[96], place[96];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/vouch-kill-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/r.db", directory);
    (void)snprintf(place, sizeof place, "unix:%s/redis.sock", directory);
    return 0;
}

static int tear_down(void **state)
{
    char command[96];

    (void)state;
    (void)snprintf(command, sizeof command, "rm -rf %s", directory);
    return system(command);
}

static struct reputation *open_store(enum reputation_store store)
{
    const struct reputation_settings settings = {
        .store = store,
        .file = path,
        .redis = place,
        .redis_password_file = "",
        .half_life = 30 * UINT64_C(86400) * NANOSECONDS_PER_SECOND,
        .min_sample = 3,
        .max_names = 1000,
    };
    struct reputation *reputation;

    if (reputation_new(&settings, &reputation) != VOUCH_OK)
        return NULL;
    if (reputation_start(reputation) == VOUCH_OK)
        return reputation;
    reputation_release(reputation);
    return NULL;
}

/* Observe without end; say each batch before it is handed over, and when it is kept. */
static void write_forever(enum reputation_store store, int out)
{
    struct reputation *reputation = open_store(store);
    char name[32];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    while (reputation != NULL) {
        if (write(out, "s", 1) != 1)
            break;
        for (unsigned i = 0; i < BATCH; i++) {
            (void)snprintf(name, sizeof name, "n%u.example", i % NAMES);
            if (reputation_observe(reputation, REPUTATION_HELO, name, true, 1, NOW) != VOUCH_OK)
                _exit(1);
        }
        if (reputation_flush(reputation, PATIENCE) != VOUCH_OK || write(out, "a", 1) != 1)
            break;
    }
    _exit(1);
}

struct tally {
    unsigned sent, acknowledged; /* batches */
};

/* Read what the child said until it is dead. */
static void take(int in, struct tally *tally)
{
    char word;

    while (read(in, &word, 1) == 1) {
        tally->sent += word == 's' ? 1 : 0;
        tally->acknowledged += word == 'a' ? 1 : 0;
    }
}

static void kill_once(enum reputation_store store, unsigned microseconds, struct tally *tally)
{
    int ends[2];
    pid_t child;
    char word;
    int status;

    assert_int_equal(pipe(ends), 0);
    child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        write_forever(store, ends[1]);
    }
    (void)close(ends[1]);
    assert_int_equal(read(ends[0], &word, 1), 1); /* it has opened the store */
    assert_int_equal(word, 's');
    tally->sent++;
    (void)usleep(microseconds);
    assert_int_equal(kill(child, SIGKILL), 0);
    take(ends[0], tally);
    (void)close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

static bool add(void *context, const struct reputation_entry *entry)
{
    *(double *)context += entry->bad;
    return true;
}

/* What the store has, once it has been told everything. */
static double count(enum reputation_store store)
{
    struct reputation *reputation = open_store(store);
    struct reputation_status status;
    double sum = 0;

    assert_non_null(reputation);
    for (int i = 0; i < 60000; i++) {
        reputation_status(reputation, &status);
        if (status.undelivered == 0 && !status.away)
            break;
        (void)usleep(1000);
    }
    assert_int_equal(status.undelivered, 0);
    assert_int_equal(reputation_list(reputation, NULL, NOW, add, &sum), VOUCH_OK);
    reputation_release(reputation);
    return sum;
}

/* Each round by itself: what one left open must not hide what the next does. */
static void kill_often(enum reputation_store store, unsigned rounds)
{
    unsigned sent = 0, acknowledged = 0;
    unsigned seed = 31337;
    double before = 0;

    for (unsigned i = 0; i < rounds; i++) {
        struct tally tally = {0, 0};
        double kept;

        kill_once(store, (unsigned)rand_r(&seed) % 20000, &tally);
        kept = count(store);
        if (kept - before < tally.acknowledged * BATCH - 1e-3 ||
            kept - before > tally.sent * BATCH + 1e-3)
            fail_msg("round %u: %f kept, %u acknowledged, %u sent", i, kept - before,
                     tally.acknowledged * BATCH, tally.sent * BATCH);
        before = kept;
        sent += tally.sent;
        acknowledged += tally.acknowledged;
    }
    (void)printf("# %u times killed: %u observations acknowledged, %.0f kept, %u sent\n", rounds,
                 acknowledged * BATCH, before, sent * BATCH);
    assert_true(acknowledged > 0 && acknowledged < sent);
}

static void test_sqlite(void **state)
{
    (void)state;
    kill_often(REPUTATION_SQLITE, ROUNDS);
}

static void test_redis(void **state)
{
    (void)state;
    assert_true(redis_server_start(directory, NULL));
    kill_often(REPUTATION_REDIS, ROUNDS);
    redis_server_kill();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_sqlite, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_redis, set_up, tear_down),
    };
    const struct CMUnitTest without_redis[] = {tests[0]};

    /* cmocka calls what it skips "not ok" */
    if (!reputation_has(REPUTATION_REDIS) || !redis_server_is_installed())
        return cmocka_run_group_tests_name("reputation_kill", without_redis, NULL, NULL);
    return cmocka_run_group_tests_name("reputation_kill", tests, NULL, NULL);
}
