/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <unistd.h>

#include "tests/unit/dns_fixture.h"

enum { PATIENCE_MS = 60000, MANY = 200 };

#define JOIN_LIMIT (5 * NANOSECONDS_PER_SECOND)

struct asker {
    struct fixture *fixture;
    pthread_t thread;
    unsigned number;
    enum dns_status status;
};

/* Ask for one name, each in other letter case. */
static void *ask(void *argument)
{
    struct asker *asker = argument;
    struct budget *budget = budget_of(PATIENCE_MS, 10);
    char name[] = "abcdefgh.example";

    for (unsigned bit = 0; bit < 8; bit++)
        if ((asker->number >> bit & 1) != 0)
            name[bit] = (char)(name[bit] - 'a' + 'A');
    asker->status = fixture_query(asker->fixture, budget, name)->status;
    budget_free(budget);
    return NULL;
}

static void one_question_for_everybody(void **state)
{
    struct asker askers[MANY];
    struct fixture fixture;
    struct vouch_counters counters;

    (void)state;
    fixture_set_up(&fixture, 10, PATIENCE_MS * NANOSECONDS_PER_MILLISECOND);
    for (unsigned i = 0; i < MANY; i++) {
        askers[i] = (struct asker){.fixture = &fixture, .number = i, .status = DNS_FAILURE};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask, &askers[i]), 0);
    }
    while (fixture_counters(&fixture).joined < MANY - 1)
        usleep(1000);
    assert_int_equal(fixture_waiting(&fixture), 1);
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
        assert_int_equal(askers[i].status, DNS_RECORDS);
    }
    counters = fixture_counters(&fixture);
    assert_int_equal(counters.queries, MANY);
    assert_int_equal(counters.upstream, 1);
    assert_int_equal(counters.joined, MANY - 1);
    assert_int_equal(counters.in_flight, 0);
    assert_int_equal(counters.cache_entries, 1);
    fixture_tear_down(&fixture);
}

/* Threads that ask and an answerer that never rests: a lost wake-up ends in a timeout. */
static void *answer_until_stopped(void *argument)
{
    struct asker *asker = argument;

    while (asker->status != DNS_RECORDS) {
        fixture_answer_all(asker->fixture, 0, DNS_FAILURE_NONE);
        if (fixture_counters(asker->fixture).queries == asker->number &&
            fixture_counters(asker->fixture).in_flight == 0)
            asker->status = DNS_RECORDS;
    }
    return NULL;
}

static void *ask_many(void *argument)
{
    struct asker *asker = argument;

    asker->status = DNS_RECORDS;
    for (unsigned i = 0; i < 500; i++) {
        struct budget *budget = budget_of(PATIENCE_MS, 10);
        char name[20];

        (void)snprintf(name, sizeof name, "n%u.example", i % 7);
        if (fixture_query(asker->fixture, budget, name)->status != DNS_RECORDS)
            asker->status = DNS_FAILURE;
        budget_free(budget);
    }
    return NULL;
}

static void no_wake_up_is_lost(void **state)
{
    struct asker askers[8], answerer;
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 100, PATIENCE_MS * NANOSECONDS_PER_MILLISECOND);
    answerer = (struct asker){.fixture = &fixture, .number = 8 * 500, .status = DNS_FAILURE};
    assert_int_equal(pthread_create(&answerer.thread, NULL, answer_until_stopped, &answerer), 0);
    for (unsigned i = 0; i < 8; i++) {
        askers[i] = (struct asker){.fixture = &fixture, .number = i};
        assert_int_equal(pthread_create(&askers[i].thread, NULL, ask_many, &askers[i]), 0);
    }
    for (unsigned i = 0; i < 8; i++) {
        assert_int_equal(pthread_join(askers[i].thread, NULL), 0);
        assert_int_equal(askers[i].status, DNS_RECORDS);
    }
    assert_int_equal(pthread_join(answerer.thread, NULL), 0);
    fixture_tear_down(&fixture);
}

static void an_old_question_is_not_joined(void **state)
{
    struct budget *first = budget_of(2, 10), *second = budget_of(PATIENCE_MS, 10);
    struct fixture fixture;
    const struct dns_answer *answer;

    (void)state;
    fixture_set_up(&fixture, 10, NANOSECONDS_PER_MILLISECOND);
    answer = fixture_query(&fixture, first, "a.example");
    assert_int_equal(answer->failure, DNS_FAILURE_TIMEOUT);
    answer = fixture_query(&fixture, second, "a.example"); /* at once: nobody ever answers */
    assert_int_equal(answer->failure, DNS_FAILURE_TIMEOUT);
    assert_int_equal(fixture_counters(&fixture).upstream, 1);
    assert_int_equal(fixture_counters(&fixture).joined, 0);
    assert_int_equal(fixture_counters(&fixture).in_flight, 1);
    budget_free(first);
    budget_free(second);
    fixture_tear_down(&fixture);
}

static void a_late_answer_fills_the_cache(void **state)
{
    struct budget *first = budget_of(2, 10), *second = budget_of(PATIENCE_MS, 10);
    struct fixture fixture;
    struct dns_name name = name_of("a.example");
    const struct dns_answer *answer;
    nanoseconds took = 1;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    answer = resolver_query(fixture.resolver, first, &name, DNS_A, NULL, &took);
    assert_int_equal(answer->failure, DNS_FAILURE_TIMEOUT);
    assert_true(took >= 2 * NANOSECONDS_PER_MILLISECOND);
    assert_true(budget_is_spent(first));
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    answer = resolver_query(fixture.resolver, second, &name, DNS_A, NULL, &took);
    assert_int_equal(answer->status, DNS_RECORDS);
    assert_int_equal(took, 0);
    assert_int_equal(fixture_counters(&fixture).upstream, 1);
    assert_int_equal(fixture_counters(&fixture).hits, 1);
    /* the first transaction cannot be answered two ways */
    answer = fixture_query(&fixture, first, "A.example");
    assert_int_equal(answer->failure, DNS_FAILURE_TIMEOUT);
    budget_free(first);
    budget_free(second);
    fixture_tear_down(&fixture);
}

static void too_many_in_flight(void **state)
{
    struct budget *first = budget_of(1, 10), *second = budget_of(1, 10);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 2, JOIN_LIMIT);
    assert_int_equal(fixture_query(&fixture, first, "a.example")->failure, DNS_FAILURE_TIMEOUT);
    assert_int_equal(fixture_query(&fixture, second, "b.example")->failure, DNS_FAILURE_TIMEOUT);
    budget_free(first);
    first = budget_of(PATIENCE_MS, 10);
    assert_int_equal(fixture_waiting(&fixture), 2);
    assert_int_equal(fixture_query(&fixture, first, "c.example")->failure, DNS_FAILURE_OVERLOAD);
    assert_int_equal(fixture_counters(&fixture).overloads, 1);
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    assert_int_equal(fixture_query(&fixture, first, "a.example")->status, DNS_RECORDS);
    budget_free(first);
    budget_free(second);
    fixture_tear_down(&fixture);
}

/* A client that makes us prefetch names of silent servers must not take DNS from all others. */
static void prefetch_leaves_room_for_those_who_wait(void **state)
{
    struct budget *greedy = budget_of(PATIENCE_MS, 20), *waiting = budget_of(1, 10);
    struct fixture fixture;
    char name[20];

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    for (unsigned i = 0; i < 10; i++) {
        (void)snprintf(name, sizeof name, "n%u.example", i);
        fixture_prefetch(&fixture, greedy, name);
    }
    assert_int_equal(fixture_waiting(&fixture), 5);
    assert_int_equal(fixture_counters(&fixture).overloads, 0);
    assert_int_equal(budget_use(greedy).queries, 5);
    assert_int_equal(fixture_query(&fixture, waiting, "a.example")->failure, DNS_FAILURE_TIMEOUT);
    assert_int_equal(fixture_waiting(&fixture), 6);
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    fixture_prefetch(&fixture, greedy, "n9.example");
    assert_int_equal(fixture_waiting(&fixture), 1);
    budget_free(greedy);
    budget_free(waiting);
    fixture_tear_down(&fixture);
}

static void only_what_has_a_ttl_is_cached(void **state)
{
    static const struct {
        uint32_t ttl;
        enum dns_failure failure;
        unsigned upstream; /* of two transactions */
    } cases[] = {
        {60, DNS_FAILURE_NONE, 1},      {0, DNS_FAILURE_NONE, 2},    {60, DNS_FAILURE_SERVFAIL, 2},
        {60, DNS_FAILURE_REFUSED, 2},   {60, DNS_FAILURE_BOGUS, 2},  {60, DNS_FAILURE_TIMEOUT, 2},
        {60, DNS_FAILURE_MALFORMED, 2}, {60, DNS_FAILURE_SYSTEM, 2},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture fixture;

        fixture_set_up(&fixture, 10, JOIN_LIMIT);
        for (unsigned round = 0; round < 2; round++) {
            struct budget *budget = budget_of(PATIENCE_MS, 10);

            fixture_prefetch(&fixture, budget, "a.example");
            fixture_answer_all(&fixture, cases[i].ttl, cases[i].failure);
            assert_int_equal(fixture_query(&fixture, budget, "a.example")->failure,
                             cases[i].failure);
            budget_free(budget);
        }
        assert_int_equal(fixture_counters(&fixture).upstream, cases[i].upstream);
        fixture_tear_down(&fixture);
    }
}

/* What a transaction holds on to outlives the resolver. */
static void the_end_with_questions_in_flight(void **state)
{
    struct budget *budget = budget_of(PATIENCE_MS, 100);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 100, JOIN_LIMIT);
    for (unsigned i = 0; i < 50; i++) {
        char name[20];

        (void)snprintf(name, sizeof name, "n%u.example", i);
        fixture_prefetch(&fixture, budget, name);
    }
    assert_int_equal(fixture_waiting(&fixture), 50);
    fixture_tear_down(&fixture);
    budget_free(budget);
}

static void the_end_before_a_delayed_answer(void **state)
{
    struct resolver_settings settings = resolver_defaults();
    struct budget *budget = budget_of(1, 100);
    struct fixture fixture;
    unsigned line;

    (void)state;
    assert_int_equal(resolver_new_zone(&settings,
                                       "a.example. A 192.0.2.1\n"
                                       "! a.example A delay 3600000\n"
                                       "! b.example A silent\n",
                                       &fixture.resolver, &line),
                     0);
    fixture_prefetch(&fixture, budget, "a.example");
    fixture_prefetch(&fixture, budget, "b.example");
    assert_int_equal(fixture_query(&fixture, budget, "a.example")->failure, DNS_FAILURE_TIMEOUT);
    assert_ptr_equal(resolver_hold(fixture.resolver), fixture.resolver);
    resolver_release(fixture.resolver);
    resolver_release(fixture.resolver);
    budget_free(budget);
}

/* Delays do not add up when they are waited for together, and come back in their own order. */
static void delayed_answers_in_order(void **state)
{
    struct resolver_settings settings = resolver_defaults();
    struct budget *budget = budget_of(PATIENCE_MS, 100);
    struct dns_name slow = name_of("slow.example"), fast = name_of("fast.example");
    struct fixture fixture;
    nanoseconds slow_took, fast_took;
    unsigned line;

    (void)state;
    assert_int_equal(resolver_new_zone(&settings,
                                       "slow.example. A 192.0.2.1\n"
                                       "fast.example. A 192.0.2.2\n"
                                       "! slow.example A delay 40\n"
                                       "! fast.example A delay 10\n",
                                       &fixture.resolver, &line),
                     0);
    resolver_prefetch(fixture.resolver, budget, &slow, DNS_A);
    resolver_prefetch(fixture.resolver, budget, &fast, DNS_A);
    assert_int_equal(
        resolver_query(fixture.resolver, budget, &slow, DNS_A, NULL, &slow_took)->status,
        DNS_RECORDS);
    assert_int_equal(
        resolver_query(fixture.resolver, budget, &fast, DNS_A, NULL, &fast_took)->status,
        DNS_RECORDS);
    assert_true(slow_took >= 40 * NANOSECONDS_PER_MILLISECOND);
    assert_true(fast_took < slow_took);
    budget_free(budget);
    resolver_release(fixture.resolver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_question_for_everybody),
        cmocka_unit_test(no_wake_up_is_lost),
        cmocka_unit_test(an_old_question_is_not_joined),
        cmocka_unit_test(a_late_answer_fills_the_cache),
        cmocka_unit_test(too_many_in_flight),
        cmocka_unit_test(prefetch_leaves_room_for_those_who_wait),
        cmocka_unit_test(only_what_has_a_ttl_is_cached),
        cmocka_unit_test(the_end_with_questions_in_flight),
        cmocka_unit_test(the_end_before_a_delayed_answer),
        cmocka_unit_test(delayed_answers_in_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
