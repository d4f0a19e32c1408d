/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool read_file(struct zone *zone, const char *path, char *problem, size_t size)
{
    FILE *file = fopen(path, "r");
    const char *what = NULL;
    size_t capacity = 0;
    unsigned number = 0;
    char *line = NULL;
    int error = VOUCH_OK;

    if (file == NULL) {
        snprintf(problem, size, "%s: %s", path, strerror(errno));
        return false;
    }
    for (; error == VOUCH_OK && getline(&line, &capacity, file) != -1; number++)
        error = zone_add_line(zone, line, &what);
    if (error != VOUCH_OK)
        snprintf(problem, size, "%s:%u: %s", path, number, what);
    free(line);
    fclose(file);
    return error == VOUCH_OK;
}

bool catalog_load(struct catalog *catalog, char *problem, size_t problem_size)
{
    struct zone fresh = {.nodes = NULL};

    for (size_t i = 0; i < catalog->path_count; i++) {
        if (!read_file(&fresh, catalog->paths[i], problem, problem_size)) {
            zone_free(&fresh);
            return false;
        }
    }
    zone_free(&catalog->zone);
    catalog->zone = fresh;
    return true;
}

void catalog_free(struct catalog *catalog)
{
    zone_free(&catalog->zone);
    zone_faults_clear(&catalog->set_faults);
}
