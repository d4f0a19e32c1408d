/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_ISSUERS_H
#define TOOLS_ISSUERS_H

/* issuers.h - vouch issuers: who answered for the clients of this site, and how their mail was. */

#include <stdbool.h>

#include "lib/vouch.h"

/* Print the report of what ENGINE remembers on standard output, as text or as one JSON object.
 * Returns an exit status of sysexits; stderr says what went wrong. */
int issuers_report(const struct vouch_engine *engine, bool json);

#endif
