/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_PRA_H
#define TOOLS_PRA_H

/* pra.h - `vouch pra`: who sent a stored message last. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/vouch.h"

/* Find the Purported Responsible Address of the LENGTH octets of MESSAGE and hand out the answer as
 * text that the caller frees: a JSON object, or what a person reads. */
VOUCH_MUST_CHECK int pra_run(struct vouch_engine *engine, const char *message, size_t length,
                             bool json, char **text);

#endif
