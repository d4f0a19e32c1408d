/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_REPUTATION_H
#define VERIFY_REPUTATION_H

/* reputation.h - what this site remembers of the names that other methods have proven
 * (spec: CSV, its third step).
 *
 *     result   reason              when
 *     fail     reputation-bad      the lower end of the interval is above refuse-above
 *     pass     reputation-good     its upper end is below trust-below
 *     neutral  reputation-mixed    neither
 *     none     reputation-unknown  the sample is below min-sample
 *     none     reputation-away     the store did not answer: nothing is known
 *
 * Three verifiers, one for each stage at which names become known (identities.h); a stage without a
 * proven name has no result.  Where there are several names, the outcome that sums them up has them
 * as parts: it fails when one of them fails, else it passes when one passes; a bad name is not
 * covered up by a good one beside it.
 *
 * Properties: smtp.helo, smtp.mailfrom, header.pra, header.d or policy.issuer, the name; and
 * policy.rate, policy.low, policy.high, policy.sample, what is known of it. */

#include "lib/verify/verifier.h"

extern const struct verifier reputation_helo_verifier;
extern const struct verifier reputation_mail_verifier;
extern const struct verifier reputation_message_verifier;

#endif
