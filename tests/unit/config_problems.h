/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TESTS_CONFIG_PROBLEMS_H
#define TESTS_CONFIG_PROBLEMS_H

/* Gathers what vouch_config_load complains of, one "FILE:LINE: TEXT\n" each, FILE without folders.
 */

#include <stdio.h>
#include <string.h>

#include "lib/vouch.h"

struct problems {
    char text[8192];
    size_t length;
};

static inline void problems_add(void *context, const char *file, unsigned line, const char *text)
{
    struct problems *problems = context;
    const char *slash = strrchr(file, '/');
    int added =
        snprintf(problems->text + problems->length, sizeof problems->text - problems->length,
                 "%s:%u: %s\n", slash != NULL ? slash + 1 : file, line, text);

    if (added > 0 && (size_t)added < sizeof problems->text - problems->length)
        problems->length += (size_t)added;
}

#endif
