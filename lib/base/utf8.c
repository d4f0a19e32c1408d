/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/utf8.h"

/* RFC 3629 4: what may follow the first octet. */
static size_t sequence(unsigned char first, unsigned char *low, unsigned char *high)
{
    *low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    *high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first <= 0xdf)
        return 2;
    if (first >= 0xe0 && first <= 0xef)
        return 3;
    return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t utf8_character(const char *text, size_t length)
{
    unsigned char low, high;
    size_t size = length > 0 ? sequence((unsigned char)text[0], &low, &high) : 0;

    if (size > length)
        return 0;
    for (size_t i = 1; i < size; i++) {
        unsigned char octet = (unsigned char)text[i];

        if (octet < low || octet > high)
            return 0;
        low = 0x80;
        high = 0xbf;
    }
    return size;
}

bool utf8_is_valid(const char *text, size_t length)
{
    for (size_t i = 0, size; i < length; i += size) {
        size = utf8_character(text + i, length - i);
        if (size == 0)
            return false;
    }
    return true;
}
