/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_RECEIVED_SPF_H
#define REPORT_RECEIVED_SPF_H

/* received_spf.h - writing the Received-SPF field of RFC 7208 9.1. */

#include "lib/base/arena.h"
#include "lib/base/outcome.h"
#include "lib/mail/facts.h"

/* *VALUE is the field's value for the SPF outcome of the reverse-path in OUTCOMES, or of the HELO
 * name where there is no other; NULL when SPF was not checked or the client has no address.  One
 * key=value a line, folded with LF + TAB, no line over 998 octets, printable ASCII alone.
 * VOUCH_ERROR_MEMORY: *VALUE is NULL. */
int received_spf_write(struct arena *arena, const struct facts *facts,
                       const struct outcome *outcomes, const char **value);

#endif
