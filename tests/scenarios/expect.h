/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef EXPECT_H
#define EXPECT_H

/* expect.h - what a case expects.
 *
 *     expect METHOD[/IDENTITY] RESULT [REASON]    "expect csa pass csa-ok", "expect spf/helo none"
 *     expect METHOD[/IDENTITY] domain NAME
 *     expect METHOD[/IDENTITY] detail TEXT
 *     expect METHOD[/IDENTITY] explanation TEXT
 *     expect METHOD[/IDENTITY] dnssec STATUS      of all answers together
 *     expect METHOD[/IDENTITY] property PTYPE.NAME [VALUE]     VALUE none: not there
 *     expect METHOD[/IDENTITY] rule TEXT          some step of the trace names this rule
 *     expect METHOD[/IDENTITY] no-rule TEXT       no step does
 *     expect no METHOD[/IDENTITY]                 no such outcome
 *     expect queries N                            different questions asked so far
 *     expect asked NAME TYPE
 *     expect never-asked NAME TYPE                TYPE may be ANY
 *
 * and of the decision, in a session:
 *
 *     expect action ACTION
 *     expect wanted ACTION                        what it would be outside monitor mode
 *     expect decided-by METHOD                    "" if no method decided
 *     expect rule TEXT                            the configuration that decided holds TEXT
 *     expect reply "CODE ENHANCED"                "" for none
 *     expect reply-text TEXT                      a line of the reply holds TEXT
 *     expect rcpt-reply "CODE ENHANCED"           to the last rcpt step, "" for none; likewise
 *     expect rcpt-text, rcpt-rule, rcpt-log TEXT
 *     expect field NAME TEXT                      an inserted field NAME holds TEXT
 *     expect no-field NAME TEXT                   none does
 *     expect removed NAME COUNT                   so many fields called NAME are removed
 *     expect log TEXT                             the log line holds TEXT
 *     expect record TEXT                          the decision record does
 *     expect explanation TEXT                     the explanation does */

#include "lib/base/text.h"
#include "tests/scenarios/play.h"

/* Whether PLAY came out as STEP expects.  If not, WHY gets what was found instead. */
bool expect_holds(struct play *play, const struct step *step, struct text *why);

#endif
