/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/score.h"

#include <math.h>

#include "lib/reputation/beta.h"

/* What is outside a 95 % interval, on each side. */
static const double TAIL = 0.025;

double score_fade(double weight, int64_t elapsed, double half_life)
{
    return elapsed > 0 ? weight * exp2(-(double)elapsed / half_life) : weight;
}

struct score score_at(struct score score, int64_t now, double half_life)
{
    int64_t elapsed = now - score.updated;

    score.good = score_fade(score.good, elapsed, half_life);
    score.bad = score_fade(score.bad, elapsed, half_life);
    score.updated = now;
    return score;
}

struct score score_add(struct score score, bool bad, double weight, int64_t when, int64_t now,
                       double half_life)
{
    if (when > now)
        when = now;
    if (score.updated > now)
        score.updated = now;
    if (when > score.updated)
        score = score_at(score, when, half_life);
    weight = score_fade(weight, score.updated - when, half_life);
    if (bad)
        score.bad += weight;
    else
        score.good += weight;
    return score;
}

struct rate score_rate(const struct score *score)
{
    struct rate rate = {.high = 1, .sample = score->good + score->bad};

    if (!(rate.sample > 0))
        return rate;
    rate.rate = score->bad / rate.sample;
    if (score->bad > 0)
        rate.low = beta_quantile(TAIL, score->bad, score->good + 1);
    if (score->good > 0)
        rate.high = beta_quantile(1 - TAIL, score->bad + 1, score->good);
    return rate;
}
