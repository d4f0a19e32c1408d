/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_MEMORY_H
#define MILTER_MEMORY_H

/* memory.h - the store of reputation, as far as the log is concerned. */

#include "lib/vouch.h"

/* Open the store of ENGINE, where reputation is enabled; say so when that fails. */
void memory_open(struct vouch_engine *engine);

/* The process ends: wait a little until what was observed is kept. */
void memory_flush(void);

/* Every second: say that the store has gone away, is back, or drops observations; now and then try
 * again to open it. */
void memory_look(void);

#endif
