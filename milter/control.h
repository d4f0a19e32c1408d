/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_CONTROL_H
#define MILTER_CONTROL_H

/* control.h - the life between start and end: libmilter serves, signals are obeyed. */

#include <stdbool.h>

#include "milter/reload.h"

/* Make the thread that runs libmilter and the one that obeys signals, reloading from SOURCE.  Both
 * wait for control_run.  False: errno says why. */
bool control_start(const struct reload_source *source);

/* Main thread, last thing: let signals in and wait for the end.  The answer is the exit status. */
int control_run(void);

#endif
