/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Simulated traffic of 10,000 domains whose share of bad mail is known: how often do the intervals
 * contain it, and who is refused?  The same numbers on every run. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/reputation/score.h"
#include "lib/verify/reputation.h"

enum { DOMAINS = 10000, MOST_MESSAGES = 120, MINIMUM_SAMPLE = 20, DAY = 86400 };

static const double HALF_LIFE = 30.0 * DAY;
static const double REFUSE_ABOVE = 0.9, TRUST_BELOW = 0.05;
static const nanoseconds PATIENCE = 120 * NANOSECONDS_PER_SECOND;

static uint64_t random_state;

/* 0 to 1, by xorshift64*. */
static double chance(void)
{
    random_state ^= random_state >> 12;
    random_state ^= random_state << 25;
    random_state ^= random_state >> 27;
    return (double)((random_state * UINT64_C(2685821657736338717)) >> 11) / 9007199254740992.0;
}

/* Most domains are nearly clean or nearly rotten; some are anything. */
static double draw_rate(void)
{
    double kind = chance();

    if (kind < 0.1)
        return kind < 0.05 ? 0 : 1;
    if (kind < 0.45)
        return 0.1 * chance();
    if (kind < 0.7)
        return 1 - 0.15 * chance();
    return chance();
}

/* Many send little, few send much. */
static unsigned draw_messages(unsigned most)
{
    return (unsigned)exp(chance() * log((double)most + 1));
}

/* The score alone, with weights and over a year, at a time that falls anywhere. */
static void test_intervals(void **state)
{
    unsigned good = 0, narrow = 0, narrow_good = 0;

    (void)state;
    random_state = 20261121;
    for (unsigned domain = 0; domain < DOMAINS; domain++) {
        double truth = draw_rate();
        unsigned messages = draw_messages(2000);
        double pace = 365.0 * DAY * chance() / messages;
        struct score score = {0};
        struct rate rate;

        for (unsigned i = 0; i < messages; i++) {
            int64_t when = 1700000000 + (int64_t)(i * pace);

            score = score_add(score, chance() < truth, 1 - 0.9 * chance(), when, when, HALF_LIFE);
        }
        score = score_at(score, score.updated + (int64_t)(chance() * 20 * DAY), HALF_LIFE);
        rate = score_rate(&score);
        good += rate.low <= truth && truth <= rate.high ? 1 : 0;
        if (rate.sample < MINIMUM_SAMPLE)
            continue;
        narrow++;
        narrow_good += rate.low <= truth && truth <= rate.high ? 1 : 0;
    }
    (void)printf("# %u of %u intervals contain the truth; of those above the minimum sample %u of "
                 "%u\n",
                 good, DOMAINS, narrow_good, narrow);
    assert_true(good >= DOMAINS * 95 / 100);
    assert_true(narrow > DOMAINS / 10 && narrow_good * 100 >= narrow * 95);
}

static char directory[64], path[80];
static double truths[DOMAINS];
static unsigned counts[DOMAINS];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/vouch-traffic-XXXXXX");
    if (mkdtemp(directory) == NULL)
        return -1;
    (void)snprintf(path, sizeof path, "%s/r.db", directory);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    (void)unlink(path);
    return rmdir(directory);
}

static const char *name_of(unsigned domain, char name[40])
{
    (void)snprintf(name, 40, "d%u.example", domain);
    return name;
}

/* One message of each domain after the other, as long as it has any. */
static void send_traffic(struct reputation *reputation, int64_t now)
{
    unsigned since_flush = 0;
    char name[40];

    for (unsigned domain = 0; domain < DOMAINS; domain++) {
        truths[domain] = draw_rate();
        counts[domain] = draw_messages(MOST_MESSAGES);
    }
    for (unsigned i = 0; i < MOST_MESSAGES; i++)
        for (unsigned domain = 0; domain < DOMAINS; domain++) {
            if (i >= counts[domain])
                continue;
            assert_int_equal(reputation_observe(reputation, REPUTATION_SIGNER,
                                                name_of(domain, name), chance() < truths[domain], 1,
                                                now - (MOST_MESSAGES - i) * 600),
                             VOUCH_OK);
            if (++since_flush % 4096 == 0)
                assert_int_equal(reputation_flush(reputation, PATIENCE), VOUCH_OK);
        }
    assert_int_equal(reputation_flush(reputation, PATIENCE), VOUCH_OK);
}

static enum vouch_result ask(struct reputation *reputation, const char *name)
{
    const struct verify_settings settings = {.reputation = {REFUSE_ABOVE, TRUST_BELOW}};
    struct arena *arena = arena_new(1 << 16);
    struct outcome *signer = outcome_new(arena, METHOD_DKIM, IDENTITY_NONE, VOUCH_STAGE_EOM);
    struct check check = {
        .settings = &settings, .reputation = reputation, .arena = arena, .outcomes = signer};
    const struct outcome *outcome;
    enum vouch_result result;

    assert_non_null(signer);
    signer->result = VOUCH_PASS;
    signer->is_part = true;
    signer->domain = name;
    outcome = reputation_message_verifier.check(&check);
    assert_non_null(outcome);
    result = outcome->result;
    arena_free(arena);
    return result;
}

/* Through the store and the verifier. */
static void test_nobody_is_refused_for_too_little(void **state)
{
    const struct reputation_settings settings = {
        .file = path,
        .redis = "",
        .redis_password_file = "",
        .half_life = (nanoseconds)(30 * DAY) * NANOSECONDS_PER_SECOND,
        .min_sample = MINIMUM_SAMPLE,
        .max_names = 2 * DOMAINS,
    };
    unsigned refused = 0, trusted = 0, wrongly_refused = 0, wrongly_trusted = 0, inside = 0;
    struct reputation *reputation;
    int64_t now = (int64_t)time(NULL);

    (void)state;
    random_state = 4242;
    assert_int_equal(reputation_new(&settings, &reputation), VOUCH_OK);
    assert_int_equal(reputation_start(reputation), VOUCH_OK);
    send_traffic(reputation, now);
    for (unsigned domain = 0; domain < DOMAINS; domain++) {
        char text[40];
        const char *name = name_of(domain, text);
        const struct reputation_name names[] = {{REPUTATION_SIGNER, name}};
        struct reputation_reading reading;
        enum vouch_result result = ask(reputation, name);

        assert_int_equal(reputation_lookup(reputation, names, 1, now, &reading), VOUCH_OK);
        inside += reading.low <= truths[domain] && truths[domain] <= reading.high ? 1 : 0;
        if (counts[domain] < MINIMUM_SAMPLE)
            assert_int_equal(result, VOUCH_NONE);
        refused += result == VOUCH_FAIL ? 1 : 0;
        trusted += result == VOUCH_PASS ? 1 : 0;
        wrongly_refused += result == VOUCH_FAIL && truths[domain] <= REFUSE_ABOVE ? 1 : 0;
        wrongly_trusted += result == VOUCH_PASS && truths[domain] >= TRUST_BELOW ? 1 : 0;
    }
    (void)printf("# %u of %u intervals contain the truth; %u refused, %u of them wrongly; %u "
                 "trusted, %u of them wrongly\n",
                 inside, DOMAINS, refused, wrongly_refused, trusted, wrongly_trusted);
    assert_true(inside >= DOMAINS * 95 / 100);
    assert_true(refused > 100 && wrongly_refused * 20 < refused);
    assert_true(trusted > 100 && wrongly_trusted * 20 < trusted);
    reputation_release(reputation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intervals),
        cmocka_unit_test_setup_teardown(test_nobody_is_refused_for_too_little, set_up, tear_down),
    };

    return cmocka_run_group_tests_name("reputation_traffic", tests, NULL, NULL);
}
