/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_CATALOG_H
#define DNSD_CATALOG_H

/* catalog.h - everything dnsd serves: the zone files with their faults (lib/dns/zone.h), and the
 * faults set while it runs. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/dns/zone.h"

struct catalog {
    const char *const *paths; /* zone files, in order; the caller's */
    size_t path_count;
    struct zone zone;
    struct zone_faults set_faults; /* set while running; they go over the files' */
    bool silent;                   /* nothing is answered */
};

/* Read the files.  True: served from now on.  False: PROBLEM holds FILE:LINE: TEXT, and what was
 * served before still is. */
bool catalog_load(struct catalog *catalog, char *problem, size_t problem_size);

void catalog_free(struct catalog *catalog);

#endif
