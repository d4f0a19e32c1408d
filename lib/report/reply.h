/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_REPLY_H
#define REPORT_REPLY_H

/* reply.h - the SMTP reply: the one place where reply text is made. */

#include "lib/base/arena.h"
#include "lib/mail/facts.h"
#include "lib/policy/decide.h"
#include "lib/vouch.h"

/* The reply to DECISION, in plain words: what failed, for which name and address, and why.  An
 * explanation of the domain (SPF exp=) follows on a line of its own, marked as the domain's,
 * cleaned and capped.  Bounds as struct vouch_reply says.  For QUARANTINE lines[0] is the reason
 * and code is empty; for other actions there are no lines.  VOUCH_ERROR_MEMORY: *REPLY has codes
 * and a short static line. */
int reply_make(struct arena *arena, const struct facts *facts, const struct decision *decision,
               struct vouch_reply *reply);

#endif
