/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_CONTROL_H
#define MILTER_CONTROL_H

/* control.h - the life between start and end: libmilter serves, signals are obeyed. */

#include <stdbool.h>

#include "milter/reload.h"

/* Make the thread that runs libmilter and the one that obeys signals, reloading from SOURCE. False:
 * errno says why. */
bool control_start(const struct reload_source *source);

/* Wait for the end.  The answer is the exit status. */
int control_wait(void);

#endif
