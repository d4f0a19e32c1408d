/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/message.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/mail/authres_cursor.h"

/* RFC 2046 5.1.1 */
enum { BOUNDARY_MAX = 70 };

/* Take the next line, its end included.  False: there is none. */
static bool take_line(struct message_span *rest, struct message_span *line)
{
    const char *end;

    if (rest->length == 0)
        return false;
    end = memchr(rest->octets, '\n', rest->length);
    line->octets = rest->octets;
    line->length = end != NULL ? (size_t)(end - rest->octets) + 1 : rest->length;
    rest->octets += line->length;
    rest->length -= line->length;
    return true;
}

static struct message_span without_end(struct message_span line)
{
    if (line.length > 0 && line.octets[line.length - 1] == '\n')
        line.length--;
    if (line.length > 0 && line.octets[line.length - 1] == '\r')
        line.length--;
    return line;
}

/* Octets of the field's name; 0 when LINE is no header field (RFC 5322 2.2, 4.5). */
static size_t name_length(struct message_span line)
{
    const char *colon = memchr(line.octets, ':', line.length);
    size_t length = colon != NULL ? (size_t)(colon - line.octets) : 0;

    while (length > 0 && (line.octets[length - 1] == ' ' || line.octets[length - 1] == '\t'))
        length--;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line.octets[i] <= ' ' || line.octets[i] == 0x7f)
            return 0;
    return length;
}

/* A field with its folded lines, whose name has NAME octets. */
static int add_field(struct header_list *list, struct message_span field, size_t name)
{
    const char *colon = memchr(field.octets, ':', field.length);
    char *copy;
    int error;

    if (list->truncated)
        return VOUCH_OK;
    copy = arena_copy(list->arena, field.octets, name);
    if (copy == NULL)
        return VOUCH_ERROR_MEMORY;
    field = without_end(field);
    error =
        header_list_add(list, copy, colon + 1, (size_t)(field.octets + field.length - (colon + 1)));
    return error == VOUCH_ERROR_LIMIT ? VOUCH_OK : error;
}

int message_read(struct message_span message, struct header_list *list, struct message_span *body)
{
    struct message_span line, more;

    if (message.length >= 5 && memcmp(message.octets, "From ", 5) == 0)
        (void)take_line(&message, &line);
    *body = message;
    while (take_line(&message, &line) && without_end(line).length > 0) {
        size_t name = name_length(line);
        int error;

        if (name == 0)
            return VOUCH_OK;
        while (message.length > 0 && (message.octets[0] == ' ' || message.octets[0] == '\t')) {
            (void)take_line(&message, &more);
            line.length += more.length;
        }
        error = add_field(list, line, name);
        if (error != VOUCH_OK)
            return error;
        *body = message;
    }
    *body = message;
    return VOUCH_OK;
}

/* RFC 2045 5.1 */
static bool is_token_char(char c)
{
    return c > 0x20 && c < 0x7f && strchr("()<>@,;:\\\"/[]?=", c) == NULL;
}

static void take_token(struct authres_cursor *cursor, bool slash, struct text *text)
{
    while (cursor->at < cursor->end &&
           (is_token_char(*cursor->at) || (slash && *cursor->at == '/')))
        text_add_char(text, ascii_lower(*cursor->at++));
}

/* A token, or a quoted string; the letters stay as they are. */
static void take_value(struct authres_cursor *cursor, struct text *text)
{
    bool quoted = cursor->at < cursor->end && *cursor->at == '"';

    cursor->at += quoted ? 1 : 0;
    while (cursor->at < cursor->end && (quoted ? *cursor->at != '"' : is_token_char(*cursor->at))) {
        if (quoted && *cursor->at == '\\' && cursor->at + 1 < cursor->end)
            cursor->at++;
        text_add_char(text, *cursor->at++);
    }
    if (quoted && cursor->at < cursor->end)
        cursor->at++;
}

/* "; name=value".  False: there is none, or no end to it. */
static bool take_parameter(struct authres_cursor *cursor, struct text *name, struct text *value)
{
    if (!authres_skip_cfws(cursor) || cursor->at == cursor->end || *cursor->at++ != ';' ||
        !authres_skip_cfws(cursor))
        return false;
    take_token(cursor, false, name);
    if (!authres_skip_cfws(cursor) || cursor->at == cursor->end || *cursor->at++ != '=' ||
        !authres_skip_cfws(cursor))
        return false;
    take_value(cursor, value);
    return true;
}

int message_type_of(const struct header_list *list, struct message_type *type)
{
    const struct header_field *field = header_list_find(list, "Content-Type", NULL);
    struct authres_cursor cursor = {NULL, NULL};
    struct text name = text_in(list->arena);

    *type = (struct message_type){"text/plain", "", ""};
    if (field != NULL)
        cursor = (struct authres_cursor){field->value, field->value + field->value_length};
    if (field == NULL || !authres_skip_cfws(&cursor))
        return VOUCH_OK;
    take_token(&cursor, true, &name);
    if (name.length > 0)
        type->type = name.data;
    while (!name.failed) {
        struct text value = text_in(list->arena);

        name = text_in(list->arena);
        if (!take_parameter(&cursor, &name, &value))
            break;
        if (value.failed || name.length == 0 || value.length == 0)
            continue;
        if (strcmp(name.data, "boundary") == 0)
            type->boundary = value.data;
        else if (strcmp(name.data, "report-type") == 0)
            type->report_type = value.data;
    }
    return name.failed ? VOUCH_ERROR_MEMORY : VOUCH_OK;
}

/* Whether LINE is "--BOUNDARY", and *LAST whether "--" is behind it (RFC 2046 5.1.1). */
static bool is_delimiter(struct message_span line, const char *boundary, bool *last)
{
    size_t length = strlen(boundary);

    line = without_end(line);
    while (line.length > 0 &&
           (line.octets[line.length - 1] == ' ' || line.octets[line.length - 1] == '\t'))
        line.length--;
    if (line.length < length + 2 || memcmp(line.octets, "--", 2) != 0 ||
        memcmp(line.octets + 2, boundary, length) != 0)
        return false;
    line.octets += length + 2;
    line.length -= length + 2;
    *last = line.length == 2 && memcmp(line.octets, "--", 2) == 0;
    return line.length == 0 || *last;
}

bool message_next_part(const char *boundary, struct message_span *rest, struct message_span *part)
{
    struct message_span line;
    bool last = true;

    if (boundary[0] == '\0' || strlen(boundary) > BOUNDARY_MAX)
        return false;
    while (take_line(rest, &line) && !is_delimiter(line, boundary, &last))
        continue;
    if (last)
        return false;
    *part = (struct message_span){rest->octets, 0};
    for (struct message_span ahead = *rest; take_line(&ahead, &line); *rest = ahead) {
        if (is_delimiter(line, boundary, &last))
            return true; /* it begins the next part, so it stays in *REST */
        part->length += line.length;
    }
    return true; /* cut short */
}
