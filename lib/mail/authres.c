/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/authres.h"

#include <limits.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/authres_cursor.h"
#include "lib/mail/domain.h"
#include "lib/mail/idn.h"
#include "lib/vouch.h"

/* Whose field it is stands at its beginning or nowhere. */
enum { HEAD_MAX = 16 * 1024 };

/* The id as it is read; what does not fit makes it `too_long`. */
struct id {
    char *octets;
    size_t length;
    bool too_long;
};

static void id_add(struct id *id, char c)
{
    if (id->length == AUTHRES_ID_MAX)
        id->too_long = true;
    else
        id->octets[id->length++] = c;
}

bool authres_is_white(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Step over a comment (RFC 5322 3.2.2) with all comments inside it.  False: it has no end. */
static bool skip_comment(struct authres_cursor *cursor)
{
    size_t depth = 0;

    while (cursor->at < cursor->end && *cursor->at != '\0') {
        char c = *cursor->at++;

        if (c == '(')
            depth++;
        else if (c == ')' && --depth == 0)
            return true;
        else if (c == '\\' && cursor->at < cursor->end && *cursor->at != '\0')
            cursor->at++;
    }
    return false;
}

bool authres_skip_cfws(struct authres_cursor *cursor)
{
    while (cursor->at < cursor->end) {
        if (*cursor->at == '(') {
            if (!skip_comment(cursor))
                return false;
        } else if (authres_is_white(*cursor->at)) {
            cursor->at++;
        } else {
            break;
        }
    }
    return true;
}

/* RFC 2045 5.1, with the UTF-8 that RFC 8601 2.5 allows, and the "/job" that OpenDKIM can add to
 * its name. */
static bool is_token_char(char c)
{
    return c == '/' || (unsigned char)c >= 0x80 ||
           (c > 0x20 && c < 0x7f && strchr("()<>@,;:\\\"[]?=", c) == NULL);
}

static void read_token(struct authres_cursor *cursor, struct id *id)
{
    while (cursor->at < cursor->end && is_token_char(*cursor->at))
        id_add(id, *cursor->at++);
}

/* RFC 5322 3.2.4; a line folded inside the quotes is one line again. */
static bool read_quoted(struct authres_cursor *cursor, struct id *id)
{
    for (cursor->at++; cursor->at < cursor->end; cursor->at++) {
        char c = *cursor->at;

        if (c == '"') {
            cursor->at++;
            return true;
        }
        if (c == '\\' && cursor->at + 1 < cursor->end)
            c = *++cursor->at;
        if (c == '\r' || c == '\n')
            continue;
        if (c == 0x7f || ((unsigned char)c < 0x20 && c != '\t'))
            return false;
        id_add(id, c);
    }
    return false;
}

/* The id alone: "mx.example.org/4Xyz" and " mx.example.org" claim to be mx.example.org. */
static void trim_id(struct id *id)
{
    char *slash = memchr(id->octets, '/', id->length);
    size_t white = 0;

    while (white < id->length && authres_is_white(id->octets[white]))
        white++;
    if (slash != NULL && slash > id->octets + white)
        id->length = (size_t)(slash - id->octets);
    while (id->length > white && authres_is_white(id->octets[id->length - 1]))
        id->length--;
    id->length -= white;
    memmove(id->octets, id->octets + white, id->length);
    id->octets[id->length] = '\0';
}

static size_t length_without_dots(const char *id)
{
    size_t length = strlen(id);

    while (length > 1 && id[length - 1] == '.')
        length--;
    return length;
}

/* What is not ASCII is a domain name or not to be trusted: a reader that takes a no-break space, or
 * octets that are no UTF-8, for nothing would see another id than we do. */
static bool is_plain(const char *id)
{
    char ascii[IDN_DOMAIN_SIZE];
    size_t length = length_without_dots(id);

    if (!idn_is_needed(id, length))
        return true;
    return idn_to_ascii(id, length, ascii) == VOUCH_OK && domain_is_name(ascii, strlen(ascii));
}

static bool read_id(struct authres_cursor *cursor, char octets[AUTHRES_ID_MAX + 1])
{
    struct id id = {.octets = octets};

    if (!authres_skip_cfws(cursor) || cursor->at == cursor->end)
        return false;
    if (*cursor->at != '"')
        read_token(cursor, &id);
    else if (!read_quoted(cursor, &id))
        return false;
    trim_id(&id);
    return id.length > 0 && !id.too_long && is_plain(octets);
}

static void read_version(struct authres_cursor *cursor, unsigned *version)
{
    unsigned value = 0;

    if (cursor->at == cursor->end || !ascii_is_digit(*cursor->at))
        return;
    for (; cursor->at < cursor->end && ascii_is_digit(*cursor->at); cursor->at++) {
        unsigned digit = (unsigned)(*cursor->at - '0');

        value = value > (UINT_MAX - digit) / 10 ? UINT_MAX : value * 10 + digit;
    }
    *version = value;
}

int authres_parse_head(const char *value, size_t length, struct authres_head *head)
{
    struct authres_cursor cursor = {value, value + (length < HEAD_MAX ? length : HEAD_MAX)};
    const char *after_id;

    head->version = 1;
    if (!read_id(&cursor, head->authserv_id))
        return VOUCH_ERROR_SYNTAX;
    after_id = cursor.at;
    if (!authres_skip_cfws(&cursor))
        return VOUCH_ERROR_SYNTAX;
    if (cursor.at > after_id)
        read_version(&cursor, &head->version);
    if (!authres_skip_cfws(&cursor))
        return VOUCH_ERROR_SYNTAX;
    if (cursor.at < cursor.end ? *cursor.at != ';' : length > HEAD_MAX)
        return VOUCH_ERROR_SYNTAX;
    head->length = (size_t)(cursor.at - value);
    return VOUCH_OK;
}

/* A-labels where there are U-labels; what does not conform is compared as it stands. */
static const char *comparable(const char *id, size_t *length, char ascii[IDN_DOMAIN_SIZE])
{
    if (!idn_is_needed(id, *length) || idn_to_ascii(id, *length, ascii) != VOUCH_OK)
        return id;
    *length = strlen(ascii);
    return ascii;
}

bool authres_id_equal(const char *a, const char *b)
{
    char ascii_a[IDN_DOMAIN_SIZE], ascii_b[IDN_DOMAIN_SIZE];
    size_t length_a = length_without_dots(a);
    size_t length_b = length_without_dots(b);

    a = comparable(a, &length_a, ascii_a);
    b = comparable(b, &length_b, ascii_b);
    return length_a == length_b && ascii_equal_fold(a, b, length_a);
}
