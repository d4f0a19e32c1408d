/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef EXPECT_H
#define EXPECT_H

/* expect.h - what a case expects.
 *
 *     expect METHOD[/IDENTITY] RESULT [REASON]    "expect csa pass csa-ok", "expect spf/helo none"
 *     expect METHOD[/IDENTITY] domain NAME
 *     expect METHOD[/IDENTITY] explanation TEXT
 *     expect METHOD[/IDENTITY] property PTYPE.NAME [VALUE]     VALUE none: not there
 *     expect METHOD[/IDENTITY] rule TEXT          some step of the trace names this rule
 *     expect queries N                            different questions asked so far
 *     expect asked NAME TYPE
 *     expect never-asked NAME TYPE                TYPE may be ANY */

#include "lib/base/text.h"
#include "tests/scenarios/play.h"

/* Whether PLAY came out as STEP expects.  If not, WHY gets what was found instead. */
bool expect_holds(const struct play *play, const struct step *step, struct text *why);

#endif
