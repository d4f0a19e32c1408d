/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/catalog.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Cut a comment and the white space at the end; ';' counts neither quoted nor escaped.  False: a
 * quote is not closed, which ldns would take. */
static bool cut_comment(char *line)
{
    bool quoted = false;
    char *end = line;

    for (; *end != '\0' && (quoted || *end != ';'); end++) {
        if (*end == '"')
            quoted = !quoted;
        else if (*end == '\\' && end[1] != '\0')
            end++;
    }
    while (end > line && strchr(" \t\r\n", end[-1]) != NULL)
        end--;
    *end = '\0';
    return !quoted;
}

static const char *add_line(struct catalog *catalog, char *line)
{
    line += strspn(line, " \t");
    if (!cut_comment(line))
        return "a quote is not closed";
    if (*line == '\0')
        return NULL;
    if (*line == '!')
        return fault_list_add(catalog->faults, line + 1);
    return zone_add(catalog->zone, line);
}

static bool read_file(struct catalog *catalog, const char *path, char *problem, size_t size)
{
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t capacity = 0;
    unsigned number = 0;
    const char *what = NULL;

    if (file == NULL) {
        snprintf(problem, size, "%s: %s", path, strerror(errno));
        return false;
    }
    while (what == NULL && getline(&line, &capacity, file) != -1) {
        number++;
        what = add_line(catalog, line);
    }
    if (what != NULL)
        snprintf(problem, size, "%s:%u: %s", path, number, what);
    free(line);
    fclose(file);
    return what == NULL;
}

bool catalog_load(struct catalog *catalog, char *problem, size_t problem_size)
{
    struct catalog fresh = *catalog;
    bool good;

    fresh.zone = zone_new();
    fresh.faults = fault_list_new();
    good = fresh.zone != NULL && fresh.faults != NULL;
    if (!good)
        snprintf(problem, problem_size, "out of memory");
    for (size_t i = 0; good && i < fresh.path_count; i++)
        good = read_file(&fresh, fresh.paths[i], problem, problem_size);
    zone_free(good ? catalog->zone : fresh.zone);
    fault_list_free(good ? catalog->faults : fresh.faults);
    if (good)
        *catalog = fresh;
    return good;
}

bool catalog_clear_faults(struct catalog *catalog)
{
    struct fault_list *empty = fault_list_new();

    if (empty == NULL)
        return false;
    fault_list_free(catalog->set_faults);
    catalog->set_faults = empty;
    return true;
}

void catalog_free(struct catalog *catalog)
{
    zone_free(catalog->zone);
    fault_list_free(catalog->faults);
    fault_list_free(catalog->set_faults);
}

struct fault catalog_fault(const struct catalog *catalog, const ldns_rdf *name, ldns_rr_type type)
{
    struct fault fault = {.kind = FAULT_NORMAL};

    fault_list_apply(catalog->faults, name, type, &fault);
    fault_list_apply(catalog->set_faults, name, type, &fault);
    if (catalog->silent)
        fault.kind = FAULT_SILENT;
    return fault;
}
