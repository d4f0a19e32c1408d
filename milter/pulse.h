/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_PULSE_H
#define MILTER_PULSE_H

/* pulse.h - whether the filter still serves: it asks itself, as an MTA would. */

#include <stdbool.h>

/* Connect to our own socket and negotiate, within MILLISECONDS.  False: no answer, and the log says
 * why. */
bool pulse_felt(unsigned milliseconds);

#endif
