/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/domain.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/ip.h"
#include "lib/mail/idn.h"

enum { DOMAIN_MAX = 255, LABEL_MAX = 63 }; /* RFC 5321 4.5.3.1, RFC 1035 2.3.4 */

static bool is_label(const char *label, size_t length)
{
    if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!ascii_is_alnum(label[i]) && label[i] != '-' && label[i] != '_')
            return false;
    return true;
}

bool domain_is_name(const char *text, size_t length)
{
    size_t start = 0;

    if (length > DOMAIN_MAX)
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] != '.')
            continue;
        if (!is_label(text + start, i - start))
            return false;
        start = i + 1;
    }
    return is_label(text + start, length - start);
}

bool domain_is_literal(const char *text, size_t length)
{
    static const char tag[] = "IPv6:";
    enum { TAG_LENGTH = sizeof tag - 1 };
    struct ip ip;

    if (length < 2 || text[0] != '[' || text[length - 1] != ']')
        return false;
    text++;
    length -= 2;
    if (length >= TAG_LENGTH && ascii_equal_fold(text, tag, TAG_LENGTH))
        return memchr(text + TAG_LENGTH, ':', length - TAG_LENGTH) != NULL &&
               ip_parse(text + TAG_LENGTH, length - TAG_LENGTH, &ip);
    return memchr(text, ':', length) == NULL && ip_parse(text, length, &ip);
}

int domain_read(struct arena *arena, const char *text, size_t length, const char **domain)
{
    char ascii[IDN_DOMAIN_SIZE];
    const char *copy;

    if (idn_is_needed(text, length)) {
        int error = idn_to_ascii(text, length, ascii);

        if (error != VOUCH_OK)
            return error;
        text = ascii;
        length = strlen(ascii);
        if (!domain_is_name(text, length))
            return VOUCH_ERROR_SYNTAX;
    }
    if (!domain_is_name(text, length) && !domain_is_literal(text, length))
        return VOUCH_ERROR_SYNTAX;
    copy = arena_copy(arena, text, length);
    if (copy == NULL)
        return VOUCH_ERROR_MEMORY;
    *domain = copy;
    return VOUCH_OK;
}
