/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/xtext.h"

/* RFC 3461 4: hexchar is "+" and two upper-case digits. */
static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool xtext_decode(const char *xtext, size_t length, char *octets, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < length; i++) {
        int high, low;

        if (xtext[i] < '!' || xtext[i] > '~' || xtext[i] == '=')
            return false;
        if (xtext[i] != '+') {
            octets[(*count)++] = xtext[i];
            continue;
        }
        if (length - i < 3)
            return false;
        high = digit(xtext[i + 1]);
        low = digit(xtext[i + 2]);
        if (high < 0 || low < 0)
            return false;
        octets[(*count)++] = (char)(high * 16 + low);
        i += 2;
    }
    return true;
}
