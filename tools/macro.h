/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_MACRO_H
#define TOOLS_MACRO_H

/* macro.h - what an MTA would tell in macros. */

#include "lib/vouch.h"

struct macro {
    enum vouch_fact fact;
    const char *value;
};

/* Read TEXT, "NAME=VALUE"; the value stays part of it.  False: it is not of that form, or no such
 * macro is looked at. */
bool macro_read(const char *text, struct macro *macro);

#endif
