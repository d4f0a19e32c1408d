/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lib/reputation/beta.h"
#include "lib/reputation/score.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const double HALF_LIFE = 1000;

static bool is_near(double a, double b, double allowed)
{
    return fabs(a - b) <= allowed;
}

/* Published limits of Clopper and Pearson, 95 %, and the closed forms for no bad message. */
static void test_interval(void **state)
{
    static const struct {
        double bad, good, low, high;
    } cases[] = {
        {0, 10, 0, 0.308497},
        {10, 0, 0.691503, 1},
        {5, 5, 0.187086, 0.812914},
        {1, 9, 0.002529, 0.445016},
        {1, 0, 0.025, 1},
        {0, 1, 0, 0.975},
        {10, 90, 0.049005, 0.176223},
        {50, 950, 0.037338, 0.065395},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct score score = {cases[i].good, cases[i].bad, 0};
        struct rate rate = score_rate(&score);

        assert_true(is_near(rate.low, cases[i].low, 2e-5));
        assert_true(is_near(rate.high, cases[i].high, 2e-5));
        assert_true(is_near(rate.rate, cases[i].bad / (cases[i].bad + cases[i].good), 1e-12));
        assert_true(is_near(rate.sample, cases[i].bad + cases[i].good, 1e-12));
    }
}

/* Whatever the counts: 0 <= low <= rate <= high <= 1, and no endless search. */
static void test_interval_holds_the_rate(void **state)
{
    static const double counts[] = {0, 1e-300, 1e-9, 0.001, 0.3, 1, 2.5, 40, 1e3, 1e6, 1e9, 1e15};

    (void)state;
    for (size_t i = 0; i < COUNT(counts); i++)
        for (size_t k = 0; k < COUNT(counts); k++) {
            struct score score = {counts[i], counts[k], 0};
            struct rate rate = score_rate(&score);

            assert_true(rate.low >= 0 && rate.high <= 1);
            if (rate.sample > 0) {
                assert_true(rate.low <= rate.rate + 1e-6);
                assert_true(rate.high >= rate.rate - 1e-6);
            }
        }
}

static void test_nothing_seen(void **state)
{
    const struct score score = {0, 0, 0};
    struct rate rate = score_rate(&score);

    (void)state;
    assert_true(rate.low <= 0 && rate.high >= 1 && rate.sample <= 0);
}

/* For whole numbers the Beta distribution is a sum of the binomial. */
static double binomial_at_least(unsigned successes, unsigned n, double p)
{
    double sum = 0;

    for (unsigned k = successes; k <= n; k++)
        sum += exp(lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) +
                   (n - k) * log1p(-p));
    return sum;
}

static void test_beta_is_binomial(void **state)
{
    static const double ps[] = {0.001, 0.1, 0.5, 0.73, 0.999};

    (void)state;
    for (unsigned n = 1; n <= 60; n += 7)
        for (unsigned k = 1; k <= n; k += 3)
            for (size_t i = 0; i < COUNT(ps); i++)
                assert_true(
                    is_near(beta_cdf(ps[i], k, n - k + 1.0), binomial_at_least(k, n, ps[i]), 1e-9));
}

static void test_quantile_undoes_the_distribution(void **state)
{
    static const double shapes[] = {0.2, 1, 3.7, 50, 4000};
    static const double ps[] = {0.025, 0.5, 0.975};

    (void)state;
    for (size_t a = 0; a < COUNT(shapes); a++)
        for (size_t b = 0; b < COUNT(shapes); b++)
            for (size_t p = 0; p < COUNT(ps); p++) {
                double x = beta_quantile(ps[p], shapes[a], shapes[b]);

                assert_true(beta_cdf(x - 3e-6, shapes[a], shapes[b]) <= ps[p] + 1e-9);
                assert_true(beta_cdf(x + 3e-6, shapes[a], shapes[b]) >= ps[p] - 1e-9);
            }
}

static void test_fading(void **state)
{
    struct score score = {0};

    (void)state;
    score = score_add(score, false, 1, 5000, 5000, HALF_LIFE);
    score = score_add(score, true, 0.5, 6000, 6000, HALF_LIFE);
    assert_true(is_near(score.good, 0.5, 1e-12));
    assert_true(is_near(score.bad, 0.5, 1e-12));
    assert_int_equal(score.updated, 6000);
    score = score_at(score, 8000, HALF_LIFE);
    assert_true(is_near(score.good, 0.125, 1e-12));
    assert_true(is_near(score.bad, 0.125, 1e-12));
}

/* The order in which observations come does not matter. */
static void test_late_observation(void **state)
{
    struct score in_order = {0}, late = {0};

    (void)state;
    in_order = score_add(in_order, true, 1, 5000, 9000, HALF_LIFE);
    in_order = score_add(in_order, false, 1, 9000, 9000, HALF_LIFE);
    late = score_add(late, false, 1, 9000, 9000, HALF_LIFE);
    late = score_add(late, true, 1, 5000, 9500, HALF_LIFE);
    assert_true(is_near(in_order.bad, late.bad, 1e-12));
    assert_true(is_near(in_order.good, late.good, 1e-12));
    assert_int_equal(in_order.updated, late.updated);
}

/* A clock that was ahead for a while freezes nothing. */
static void test_clock_set_back(void **state)
{
    struct score score = {0};

    (void)state;
    score = score_add(score, true, 1, 1000000, 1000000, HALF_LIFE);
    score = score_add(score, true, 1, 5000, 5000, HALF_LIFE);
    assert_int_equal(score.updated, 5000);
    assert_true(is_near(score.bad, 2, 1e-12));
    score = score_add(score, true, 1, 77000, 5000, HALF_LIFE);
    assert_int_equal(score.updated, 5000);
    assert_true(is_near(score.bad, 3, 1e-12));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interval),
        cmocka_unit_test(test_interval_holds_the_rate),
        cmocka_unit_test(test_nothing_seen),
        cmocka_unit_test(test_beta_is_binomial),
        cmocka_unit_test(test_quantile_undoes_the_distribution),
        cmocka_unit_test(test_fading),
        cmocka_unit_test(test_late_observation),
        cmocka_unit_test(test_clock_set_back),
    };

    return cmocka_run_group_tests_name("score", tests, NULL, NULL);
}
