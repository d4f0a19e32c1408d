/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_BATCH_H
#define TOOLS_BATCH_H

/* batch.h - many requests, one JSON object a line, one answer line each. */

#include <stdbool.h>
#include <stdio.h>

#include "lib/vouch.h"

/* Read requests from IN and answer on OUT in the same order.  A line that cannot be evaluated is
 * answered with {"id": ..., "error": "..."}; *FLAWED tells whether there was one.
 * VOUCH_ERROR_SYSTEM: reading or writing failed. */
VOUCH_MUST_CHECK int batch_run(struct vouch_engine *engine, FILE *in, FILE *out, bool *flawed);

#endif
