/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_SCORE_H
#define REPUTATION_SCORE_H

/* score.h - the arithmetic of reputation: fading counts, their rate and its interval.  Pure: no
 * store, no clock.
 *
 * The interval is that of Clopper and Pearson: from the 2.5 % point of Beta(bad, good + 1) to the
 * 97.5 % point of Beta(bad + 1, good).  Mail is refused on its lower end, so it has to keep its
 * promise for every rate and every sample: it contains the truth in *at least* 95 % of the cases.
 * Wilson's is narrower and keeps that on the average only; it falls short just where it matters,
 * for small samples and rates near 0 and 1.
 *
 * Fading makes good and bad fractions, which the Beta form takes as they are.  The sample that it
 * works with is the sum of the faded weights, each at most 1.  For such weights the sum of their
 * squares is no larger than their sum, so the variance of the faded rate, p(1-p) * (sum of squares)
 * / (sum)^2, is no larger than p(1-p) / sum: that of as many whole messages as the sum says.  For a
 * name that has sent steadily for many half-lives it is half of that, so there the interval is up
 * to 1.4 times as wide as it need be; it is never too narrow. */

#include <stdbool.h>
#include <stdint.h>

/* What is kept of a name: weights faded until `updated`. */
struct score {
    double good, bad;
    int64_t updated; /* seconds since 1970 */
};

/* What weight fades to in ELAPSED seconds; none before its time. */
double score_fade(double weight, int64_t elapsed, double half_life);

/* SCORE as it is at NOW.  One from the future, where a clock was wrong, is taken as of NOW. */
struct score score_at(struct score score, int64_t now, double half_life);

/* SCORE with one more observation of WEIGHT from the time WHEN, which may be long ago but not after
 * NOW.  An empty score is all zeros. */
struct score score_add(struct score score, bool bad, double weight, int64_t when, int64_t now,
                       double half_life);

/* The share of bad ones and its 95 % interval. */
struct rate {
    double rate, low, high;
    double sample;
};
struct rate score_rate(const struct score *score);

#endif
