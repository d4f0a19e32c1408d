/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_REPLY_TEXT_H
#define REPORT_REPLY_TEXT_H

/* reply_text.h - what a reply says of one outcome, in the words that the method's specification has
 * for it, or else in ours. */

#include "lib/base/outcome.h"
#include "lib/base/text.h"
#include "lib/mail/facts.h"

/* A line of at most 490 octets stays within 980 when every '%' in it is doubled, and within the 512
 * of RFC 5321 4.5.3.1.5 on the wire. */
enum { REPLY_LINE_MAX = 490 };

/* Append why OUTCOME speaks against the message.  May grow beyond REPLY_LINE_MAX. */
void reply_text_reason(struct text *line, const struct facts *facts, const struct outcome *outcome);

/* Append what OUTCOME's domain explains, marked as the domain's words (RFC 7208 6.2). */
void reply_text_explanation(struct text *line, const struct outcome *outcome);

#endif
