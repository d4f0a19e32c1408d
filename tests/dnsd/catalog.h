/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_CATALOG_H
#define DNSD_CATALOG_H

/* catalog.h - everything dnsd serves: the zone files with their faults, and the faults set while it
 * runs. */

#include <stdbool.h>
#include <stddef.h>

#include "tests/dnsd/fault.h"
#include "tests/dnsd/zone.h"

struct catalog {
    const char *const *paths; /* zone files, in order; the caller's */
    size_t path_count;
    struct zone *zone;
    struct fault_list *faults;     /* from the files */
    struct fault_list *set_faults; /* set while running; they come after the files' */
    bool silent;                   /* nothing is answered */
};

/* Read the files.  True: served from now on.  False: PROBLEM holds FILE:LINE: TEXT, and what was
 * served before still is. */
bool catalog_load(struct catalog *catalog, char *problem, size_t problem_size);

/* Forget the faults set while running.  False: no memory. */
bool catalog_clear_faults(struct catalog *catalog);

void catalog_free(struct catalog *catalog);

/* What to do with the question NAME TYPE. */
struct fault catalog_fault(const struct catalog *catalog, const ldns_rdf *name, ldns_rr_type type);

#endif
