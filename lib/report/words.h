/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_WORDS_H
#define REPORT_WORDS_H

/* words.h - the phrases that replies, fields and records have in common.  A LIMIT counts octets of
 * output; what is beyond is cut and ends in "...". */

#include "lib/base/outcome.h"
#include "lib/base/text.h"
#include "lib/mail/facts.h"

/* "CSA", "SPF", ...  Static. */
const char *words_method(enum method method);

/* The stage whose callback gives the answer: what HELO decides is answered at MAIL. */
const char *words_answered_at(enum vouch_stage decided);

/* A stranger's name or address as printable ASCII. */
void words_name(struct text *text, const char *name, size_t limit);

/* The same, and the characters in ALSO become \xHH too: those that mean something around it. */
void words_escaped(struct text *text, const char *name, const char *also, size_t limit);

/* Text that is safe already; whatever still cannot be printed becomes '?', and the characters in
 * ALSO become \xHH. */
void words_clean(struct text *text, const char *string, const char *also, size_t limit);

/* Why OUTCOME is what it is: "client address mismatch", "-all matched", "syntax error in the SPF
 * record: ip4:x".  Nothing when there is nothing to say.  Of the detail, which holds a stranger's
 * characters, those in ALSO become \xHH. */
void words_why(struct text *text, const struct outcome *outcome, const char *also, size_t limit);

/* The client's verified name, or NULL when the MTA knows none ("unknown", "[192.0.2.1]"). */
const char *words_client_name(const struct facts *facts);

/* "mail.example.com [192.0.2.1]", "192.0.2.1", or "this client" without an address. */
void words_client(struct text *text, const struct facts *facts);

/* LENGTH octets are a dot-atom (RFC 5322 3.2.3). */
bool words_is_dot_atom(const char *text, size_t length);

/* VALUE as a quoted-string.  What cannot stand in a header field at all is shown as '?', so that
 * nothing looks clean that was not. */
void words_quoted(struct text *text, const char *value);

/* VALUE, or its first 255 octets and "..." in ARENA; NULL: no memory. */
const char *words_shortened(struct arena *arena, const char *value);

#endif
