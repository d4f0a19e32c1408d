/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/idn.h"

#include <idn2.h>
#include <string.h>

#include "lib/base/utf8.h"
#include "lib/vouch.h"

bool idn_is_needed(const char *domain, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)domain[i] >= 0x80)
            return true;
    return false;
}

int idn_to_ascii(const char *domain, size_t length, char ascii[IDN_DOMAIN_SIZE])
{
    char copy[IDN_DOMAIN_SIZE];
    uint8_t *converted = NULL;
    size_t size;
    int code;

    if (length > IDN_DOMAIN_MAX || !utf8_is_valid(domain, length) ||
        memchr(domain, '\0', length) != NULL)
        return VOUCH_ERROR_SYNTAX;
    memcpy(copy, domain, length);
    copy[length] = '\0';
    code = idn2_lookup_u8((const uint8_t *)copy, &converted, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
    if (code != IDN2_OK)
        return code == IDN2_MALLOC ? VOUCH_ERROR_MEMORY : VOUCH_ERROR_SYNTAX;
    size = strlen((const char *)converted);
    if (size <= IDN_DOMAIN_MAX)
        memcpy(ascii, converted, size + 1);
    idn2_free(converted);
    return size <= IDN_DOMAIN_MAX ? VOUCH_OK : VOUCH_ERROR_SYNTAX;
}
