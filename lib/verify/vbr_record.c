/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/vbr_record.h"

#include <string.h>

#include "lib/base/ascii.h"

static bool is_word(const char *word, size_t length, const char *wanted)
{
    return length == strlen(wanted) && ascii_equal_fold(word, wanted, length);
}

enum vbr_record vbr_record_read(const char *text, size_t length, const char *content)
{
    enum vbr_record found = VBR_RECORD_OTHER;
    size_t begin = 0;

    for (size_t at = 0; at <= length; at++) {
        if (at < length && text[at] >= 'a' && text[at] <= 'z')
            continue;
        if (at == begin || (at < length && text[at] != ' '))
            return VBR_RECORD_MALFORMED;
        if (is_word(text + begin, at - begin, "all") || is_word(text + begin, at - begin, content))
            found = VBR_RECORD_VOUCHES;
        begin = at + 1;
    }
    return found;
}
