/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_REPUTATION_H
#define TOOLS_REPUTATION_H

/* reputation.h - `vouch reputation`: what is remembered of names.  Answers are exit statuses of
 * sysexits(3). */

#include <stdbool.h>

#include "lib/vouch.h"

/* Print what is remembered of NAME, or of every name, one line each; JSON: one object each. */
int reputation_show(const struct vouch_engine *engine, const char *name, bool json);

/* Forget NAME. */
int reputation_forget_name(struct vouch_engine *engine, const char *name);

/* Say on stderr what went wrong with the store.  EX_TEMPFAIL: it may work later; EX_CONFIG: there
 * is none. */
int reputation_complain(const struct vouch_engine *engine, int error);

/* NAME as printable ASCII. */
void reputation_print_name(const char *name);

#endif
