/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef ENGINE_OWN_RESULTS_H
#define ENGINE_OWN_RESULTS_H

/* own_results.h - what we ourselves wrote of a message when it came in.
 *
 * Our fields stand on top of a message: the first Authentication-Results field with our authserv-id
 * is ours, and so is the next one if it follows at once, for unregistered methods have a field of
 * their own.  Whatever else bears our name further down was there before us.  This holds for
 * messages that have come through the filter; what a message says that has not is the word of
 * whoever wrote it. */

#include "lib/base/outcome.h"
#include "lib/mail/header.h"

/* The results in our fields among LIST, as outcomes in its arena; *FOUND: there is such a field.
 * VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int own_results_read(const struct header_list *list, const char *authserv_id,
                                      struct outcome **outcomes, bool *found);

#endif
