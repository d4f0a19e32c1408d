/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/macro.h"

#include <string.h>

enum { NAME_SIZE = 40 }; /* no macro has a longer name */

bool macro_read(const char *text, struct macro *macro)
{
    size_t length = strcspn(text, "=");
    char name[NAME_SIZE];

    if (text[length] == '\0' || length >= sizeof name)
        return false;
    memcpy(name, text, length);
    name[length] = '\0';
    macro->value = text + length + 1;
    return vouch_fact_from_macro(name, &macro->fact);
}
