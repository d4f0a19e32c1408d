/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef FUZZ_WRITTEN_H
#define FUZZ_WRITTEN_H

/* written.h - what must hold of everything that is written for others, whatever a stranger said:
 * each function ends the process unless it does. */

#include "lib/vouch.h"

/* The value of a header field: printable ASCII, folded properly, no line over 998 octets. */
void fuzz_check_field(const char *value);

/* An SMTP reply, as struct vouch_reply says; the codes fit the ACTION. */
void fuzz_check_reply(const struct vouch_reply *reply, enum vouch_action action);

/* The decision record: one line of ASCII, a JSON object. */
void fuzz_check_record(const char *record);

/* The log line. */
void fuzz_check_log_line(const char *line);

/* The explanation: lines of printable ASCII. */
void fuzz_check_explanation(const char *explanation);

#endif
