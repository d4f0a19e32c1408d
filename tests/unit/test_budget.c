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

enum { PATIENCE_MS = 60000 };

#define JOIN_LIMIT (5 * NANOSECONDS_PER_SECOND)

static void the_same_question_costs_once(void **state)
{
    struct budget *budget = budget_of(PATIENCE_MS, 10);
    struct dns_name name = name_of("A.Example");
    struct fixture fixture;
    const struct dns_answer *answer;
    nanoseconds asked, asked_again, took, took_again;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    fixture_prefetch(&fixture, budget, "a.example");
    fixture_prefetch(&fixture, budget, "a.example");
    assert_int_equal(fixture_waiting(&fixture), 1);
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    answer = resolver_query(fixture.resolver, budget, &name, DNS_A, &asked, &took);
    assert_int_equal(answer->status, DNS_RECORDS);
    assert_true(took > 0);
    assert_ptr_equal(
        resolver_query(fixture.resolver, budget, &name, DNS_A, &asked_again, &took_again), answer);
    assert_true(asked == asked_again && took == took_again);
    assert_int_equal(budget_use(budget).queries, 1);
    assert_int_equal(fixture_counters(&fixture).queries, 1);
    resolver_prefetch(fixture.resolver, budget, &name, DNS_AAAA); /* another question */
    assert_int_equal(budget_use(budget).queries, 2);
    fixture_answer_nxdomain(&fixture);
    budget_free(budget);
    fixture_tear_down(&fixture);
}

static void prefetch_asks_side_by_side(void **state)
{
    struct budget *budget = budget_of(PATIENCE_MS, 10);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    fixture_prefetch(&fixture, budget, "a.example");
    fixture_prefetch(&fixture, budget, "b.example");
    fixture_prefetch(&fixture, budget, "c.example");
    assert_int_equal(fixture_waiting(&fixture), 3);
    assert_int_equal(budget_use(budget).queries, 3);
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    assert_int_equal(fixture_query(&fixture, budget, "b.example")->status, DNS_RECORDS);
    assert_int_equal(budget_use(budget).queries, 3);
    budget_free(budget);
    fixture_tear_down(&fixture);
}

static void no_queries_left(void **state)
{
    struct budget *budget = budget_of(PATIENCE_MS, 2), *other = budget_of(PATIENCE_MS, 2);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    fixture_prefetch(&fixture, other, "c.example");
    fixture_prefetch(&fixture, budget, "a.example");
    fixture_prefetch(&fixture, budget, "b.example");
    fixture_prefetch(&fixture, budget, "d.example");
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    assert_int_equal(fixture_counters(&fixture).upstream, 3);
    /* not even from the cache: what a message may ask does not depend on others */
    assert_int_equal(fixture_query(&fixture, budget, "c.example")->failure, DNS_FAILURE_BUDGET);
    assert_int_equal(fixture_query(&fixture, budget, "a.example")->status, DNS_RECORDS);
    assert_int_equal(fixture_query(&fixture, budget, "b.example")->status, DNS_RECORDS);
    assert_int_equal(budget_use(budget).queries, 2);
    for (unsigned i = 0; i < 1000; i++) { /* asking on ends alike, remembered or not */
        char name[20];

        (void)snprintf(name, sizeof name, "n%u.example", i);
        assert_int_equal(fixture_query(&fixture, budget, name)->failure, DNS_FAILURE_BUDGET);
    }
    assert_int_equal(budget_use(budget).queries, 2);
    assert_int_equal(fixture_counters(&fixture).upstream, 3);
    budget_free(budget);
    budget_free(other);
    fixture_tear_down(&fixture);
}

static void no_time_left(void **state)
{
    struct budget *budget = budget_of(0, 10), *other = budget_of(PATIENCE_MS, 10);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    fixture_prefetch(&fixture, other, "a.example");
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    assert_true(budget_is_spent(budget));
    assert_int_equal(fixture_query(&fixture, budget, "a.example")->status, DNS_RECORDS);
    assert_int_equal(fixture_query(&fixture, budget, "b.example")->failure, DNS_FAILURE_TIMEOUT);
    fixture_prefetch(&fixture, budget, "c.example");
    assert_int_equal(fixture_waiting(&fixture), 0);
    budget_free(budget);
    budget_free(other);
    fixture_tear_down(&fixture);
}

static void an_answer_that_came_in_time_counts(void **state)
{
    struct budget *budget = budget_of(5, 10);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    fixture_prefetch(&fixture, budget, "a.example");
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    fixture_query(&fixture, budget, "b.example"); /* uses up the time */
    assert_true(budget_is_spent(budget));
    assert_int_equal(fixture_query(&fixture, budget, "a.example")->status, DNS_RECORDS);
    budget_free(budget);
    fixture_tear_down(&fixture);
}

static void time_counts_while_it_runs(void **state)
{
    struct budget *budget = budget_of(PATIENCE_MS, 10);
    nanoseconds used;

    (void)state;
    usleep(2000);
    assert_true(budget_use(budget).time == 0);
    budget_resume(budget);
    budget_resume(budget);
    usleep(2000);
    assert_true(budget_use(budget).time >= 2 * NANOSECONDS_PER_MILLISECOND);
    budget_pause(budget);
    used = budget_use(budget).time;
    usleep(2000);
    budget_pause(budget);
    assert_true(budget_use(budget).time == used);
    budget_resume(budget);
    usleep(2000);
    assert_true(budget_use(budget).time >= used + 2 * NANOSECONDS_PER_MILLISECOND);
    assert_false(budget_is_spent(budget));
    budget_free(budget);
}

static void a_paused_budget_does_not_wait_for_ever(void **state)
{
    struct budget *budget = budget_of(2, 10);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    assert_int_equal(fixture_query(&fixture, budget, "a.example")->failure, DNS_FAILURE_TIMEOUT);
    assert_true(budget_is_spent(budget));
    budget_free(budget);
    fixture_tear_down(&fixture);
}

static void shortened(void **state)
{
    struct budget *budget = budget_of(60000, 1);
    nanoseconds taken;

    (void)state;
    budget_resume(budget);
    taken = budget_shorten(budget, 0);
    assert_true(budget_is_spent(budget));
    assert_true(taken > 0 && taken <= 60000 * NANOSECONDS_PER_MILLISECOND);
    assert_int_equal(budget_shorten(budget, NANOSECONDS_PER_SECOND), 0); /* never longer */
    assert_true(budget_is_spent(budget));
    budget_lengthen(budget, taken);
    assert_false(budget_is_spent(budget));
    budget_pause(budget);
    assert_true(budget_use(budget).time < 60000 * NANOSECONDS_PER_MILLISECOND);
    assert_int_equal(budget_shorten(budget, UINT64_MAX), 0);
    budget_free(budget);
}

static void shared_deadlines(void **state)
{
    struct budget *longer = budget_of(PATIENCE_MS, 10), *spent = budget_of(0, 10);
    struct budget *also = budget_of(PATIENCE_MS, 10);

    (void)state;
    budget_resume(longer);
    budget_resume(spent);
    budget_resume(also);
    budget_share_deadline(longer, also);
    assert_false(budget_is_spent(longer));
    budget_share_deadline(longer, spent);
    assert_true(budget_is_spent(longer));
    assert_false(budget_is_spent(also));
    budget_share_deadline(spent, also); /* never later than its own */
    assert_true(budget_is_spent(spent));
    budget_free(longer);
    budget_free(spent);
    budget_free(also);
}

static void endless_time(void **state)
{
    const struct budget_limits limits = {.time = UINT64_MAX, .max_queries = 10};
    struct budget *budget = budget_new(&limits);
    struct fixture fixture;

    (void)state;
    assert_non_null(budget);
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    budget_resume(budget);
    assert_false(budget_is_spent(budget));
    fixture_prefetch(&fixture, budget, "a.example");
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    assert_int_equal(fixture_query(&fixture, budget, "a.example")->status, DNS_RECORDS);
    budget_free(budget);
    fixture_tear_down(&fixture);
}

static void voids_are_counted(void **state)
{
    struct budget *budget = budget_of(PATIENCE_MS, 10);
    struct fixture fixture;

    (void)state;
    fixture_set_up(&fixture, 10, JOIN_LIMIT);
    fixture_prefetch(&fixture, budget, "a.example");
    fixture_answer_nxdomain(&fixture);
    fixture_prefetch(&fixture, budget, "b.example");
    fixture_answer_all(&fixture, 60, DNS_FAILURE_NONE);
    fixture_prefetch(&fixture, budget, "c.example");
    fixture_answer_all(&fixture, 60, DNS_FAILURE_SERVFAIL);
    fixture_query(&fixture, budget, "a.example");
    fixture_query(&fixture, budget, "a.example");
    fixture_query(&fixture, budget, "b.example");
    fixture_query(&fixture, budget, "c.example");
    assert_int_equal(budget_use(budget).voids, 1);
    assert_int_equal(budget_use(budget).queries, 3);
    budget_free(budget);
    fixture_tear_down(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_question_costs_once),
        cmocka_unit_test(prefetch_asks_side_by_side),
        cmocka_unit_test(no_queries_left),
        cmocka_unit_test(no_time_left),
        cmocka_unit_test(an_answer_that_came_in_time_counts),
        cmocka_unit_test(time_counts_while_it_runs),
        cmocka_unit_test(a_paused_budget_does_not_wait_for_ever),
        cmocka_unit_test(shared_deadlines),
        cmocka_unit_test(shortened),
        cmocka_unit_test(endless_time),
        cmocka_unit_test(voids_are_counted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
