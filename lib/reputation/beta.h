/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_BETA_H
#define REPUTATION_BETA_H

/* beta.h - the Beta distribution, for A and B above 0, whole or not. */

/* Its distribution function: the regularized incomplete beta function at X. */
double beta_cdf(double x, double a, double b);

/* Where the distribution function reaches P, to a few parts in a million. */
double beta_quantile(double p, double a, double b);

#endif
