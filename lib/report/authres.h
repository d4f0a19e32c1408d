/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_AUTHRES_H
#define REPORT_AUTHRES_H

/* authres.h - writing the Authentication-Results fields of RFC 8601. */

#include "lib/base/arena.h"
#include "lib/base/outcome.h"

enum { AUTHRES_FIELDS_MAX = 2 };

/* Write the values of the fields for OUTCOMES: registered methods in the first field, unregistered
 * ones ("x-csa") in one of their own (RFC 8601 2.7.6), so that a consumer that drops the second
 * keeps the first.  With no registered outcome the first is "ID; none".  Where an outcome has
 * parts, they stand in its place; those of identity AUTHOR are for policy alone.  Folded with LF +
 * TAB, no line over 78 octets where it can be helped, none over 998.  VALUES get the texts, COUNT
 * how many. VOUCH_ERROR_MEMORY: nothing was written. */
int authres_write(struct arena *arena, const char *authserv_id, const struct outcome *outcomes,
                  const char *values[AUTHRES_FIELDS_MAX], size_t *count);

#endif
