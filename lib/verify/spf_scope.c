/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/spf_scope.h"

#include <string.h>

#include "lib/base/ascii.h"

static const char spf1[] = "v=spf1";
static const char spf2[] = "spf2.";
enum { SPF1_LENGTH = sizeof spf1 - 1, SPF2_LENGTH = sizeof spf2 - 1 };

size_t spf_version_length(const char *text, size_t length)
{
    const char *space = length > 0 ? memchr(text, ' ', length) : NULL;

    return space != NULL ? (size_t)(space - text) : length;
}

/* name = ALPHA *( ALPHA / DIGIT / "-" / "_" / "." ); returns its length, 0: there is none. */
static size_t name_length(const char *text, size_t length)
{
    size_t i = 0;

    if (length == 0 || !ascii_is_alpha(text[0]))
        return 0;
    while (i < length && (ascii_is_alnum(text[i]) || memchr("-_.", text[i], 3) != NULL))
        i++;
    return i;
}

/* Whether the names at TEXT, separated by commas, are well-formed, and WANTED one of them. */
static bool has_name(const char *text, size_t length, const char *wanted)
{
    bool found = false;

    for (;;) {
        size_t name = name_length(text, length);

        if (name == 0 || (name < length && text[name] != ','))
            return false;
        if (name == strlen(wanted) && ascii_equal_fold(text, wanted, name))
            found = true;
        if (name == length)
            return found;
        text += name + 1;
        length -= name + 1;
    }
}

/* RFC 4406 3.1, 4.4: the section VERSION names the scope WANTED. */
static bool is_spf2_for(const char *version, size_t length, const char *wanted)
{
    size_t digits = 0;

    if (length < SPF2_LENGTH || !ascii_equal_fold(version, spf2, SPF2_LENGTH))
        return false;
    version += SPF2_LENGTH;
    length -= SPF2_LENGTH;
    while (digits < length && ascii_is_digit(version[digits]))
        digits++;
    return digits > 0 && digits < length && version[digits] == '/' &&
           has_name(version + digits + 1, length - digits - 1, wanted);
}

enum spf_fit spf_scope_fit(enum spf_scope scope, const char *text, size_t length)
{
    size_t version = spf_version_length(text, length);

    if (version == SPF1_LENGTH && ascii_equal_fold(text, spf1, SPF1_LENGTH))
        return SPF_FIT_SPF1;
    if (scope == SPF_SCOPE_SPF)
        return SPF_FIT_NONE;
    return is_spf2_for(text, version, scope == SPF_SCOPE_PRA ? "pra" : "mfrom") ? SPF_FIT_SPF2
                                                                                : SPF_FIT_NONE;
}
