/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_SIGN_H
#define TOOLS_SIGN_H

/* sign.h - `vouch sign`: put our signatures on a stored message. */

#include <stddef.h>
#include <stdio.h>

#include "lib/vouch.h"

/* Sign the LENGTH octets of MESSAGE and write it with the signatures on top to OUT, its line ends
 * as they are.  *WHY, unless NULL, is why it is unsigned and nothing was written; static. */
VOUCH_MUST_CHECK int sign_run(struct vouch_engine *engine, const char *message, size_t length,
                              FILE *out, const char **why);

#endif
