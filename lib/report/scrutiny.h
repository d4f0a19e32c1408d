/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_SCRUTINY_H
#define REPORT_SCRUTINY_H

/* scrutiny.h - the field that asks for a closer look, where a rule says `annotate`. */

#include "lib/base/arena.h"
#include "lib/base/outcome.h"

#define SCRUTINY_FIELD "X-Vouch-Scrutiny"

/* The field's value for OUTCOME:
 *
 *     sender-id/pra=softfail domain=example.com (~all matched)
 *
 * Printable ASCII, folded with LF + TAB.  NULL: no memory. */
const char *scrutiny_write(struct arena *arena, const struct outcome *outcome);

#endif
