/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_AUTHRES_RESULTS_H
#define MAIL_AUTHRES_RESULTS_H

/* authres_results.h - what an Authentication-Results field says (RFC 8601 2.2). */

#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/vouch.h"

enum { AUTHRES_RESULTS_MAX = 64, AUTHRES_PROPERTIES_MAX = 32 };

/* ptype.name=value; quotes are taken off the value. */
struct authres_property {
    const char *ptype, *name, *value;
    struct authres_property *next;
};

struct authres_result {
    const char *method; /* without version, as written: "x-csa" */
    const char *result; /* "pass" */
    struct authres_property *properties;
    struct authres_result *next;
};

/* Read the results of a field VALUE (LENGTH octets, folded as it came) into ARENA; NULL in *RESULTS
 * when there are none.  Strict, for it is our own fields that are read: VOUCH_ERROR_SYNTAX, and
 * nothing of it is to be believed; VOUCH_ERROR_LIMIT: longer than 16 KiB, or more results or
 * properties than there may be; VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int authres_read_results(struct arena *arena, const char *value, size_t length,
                                          struct authres_result **results);

/* The value of ptype.NAME, or NULL. */
const char *authres_property_of(const struct authres_result *result, const char *ptype,
                                const char *name);

#endif
