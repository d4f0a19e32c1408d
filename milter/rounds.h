/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_ROUNDS_H
#define MILTER_ROUNDS_H

/* rounds.h - what is looked after from time to time: whether DNS answers are validated (for the
 * log), the sign of life and the words for the service manager.  For one thread. */

#include <stdbool.h>

/* Do what is due.  Returns the milliseconds until there is more to do. */
int rounds_make(void);

/* Tell the service manager that the configuration is read again, and how that went. */
void rounds_reload_begins(void);
void rounds_reload_ends(bool good);

#endif
