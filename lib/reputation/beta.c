/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/beta.h"

#include <math.h>

enum {
    /* The fraction takes about the square root of the larger of A and B. */
    FRACTION_TERMS_MAX = 20000,
    QUANTILE_STEPS_MAX = 100
};

static const double FRACTION_PRECISION = 1e-12;
static const double QUANTILE_PRECISION = 1e-6;

/* lgamma() writes a global variable. */
static double log_gamma(double x)
{
    int sign;

    return lgamma_r(x, &sign);
}

static double not_zero(double x)
{
    return fabs(x) < 1e-300 ? 1e-300 : x;
}

/* The continued fraction of DLMF 8.17.22, evaluated front to back by Lentz's method (DLMF 3.10).
 */
static double fraction(double x, double a, double b)
{
    double c = 1;
    double d = 1 / not_zero(1 - (a + b) * x / (a + 1));
    double value = d;

    for (int m = 1; m <= FRACTION_TERMS_MAX; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double change;

        d = 1 / not_zero(1 + even * d);
        c = not_zero(1 + even / c);
        value *= c * d;
        d = 1 / not_zero(1 + odd * d);
        c = not_zero(1 + odd / c);
        change = c * d;
        value *= change;
        if (fabs(change - 1) < FRACTION_PRECISION)
            break;
    }
    return value;
}

/* log of 1 / B(a, b) */
static double log_scale(double a, double b)
{
    return log_gamma(a + b) - log_gamma(a) - log_gamma(b);
}

static double cdf(double x, double a, double b, double scale)
{
    double front;

    if (x <= 0 || x >= 1)
        return x <= 0 ? 0 : 1;
    front = exp(scale + a * log(x) + b * log1p(-x));
    /* The fraction converges fast on this side of the mean only; DLMF 8.17.4 is the mirror. */
    if (x < (a + 1) / (a + b + 2))
        return front * fraction(x, a, b) / a;
    return 1 - front * fraction(1 - x, b, a) / b;
}

double beta_cdf(double x, double a, double b)
{
    return cdf(x, a, b, log_scale(a, b));
}

/* Newton's method from the mean, kept inside a bracket that shrinks with every step. */
double beta_quantile(double p, double a, double b)
{
    double scale = log_scale(a, b);
    double low = 0;
    double high = 1;
    double x = a / (a + b);

    for (int i = 0; i < QUANTILE_STEPS_MAX && high - low > QUANTILE_PRECISION; i++) {
        double excess = cdf(x, a, b, scale) - p;
        double slope = exp(scale + (a - 1) * log(x) + (b - 1) * log1p(-x));
        double next;

        if (excess > 0)
            high = x;
        else
            low = x;
        next = x - excess / slope;
        if (!(next > low && next < high))
            next = (low + high) / 2;
        if (fabs(next - x) < QUANTILE_PRECISION / 4)
            return next;
        x = next;
    }
    return x;
}
