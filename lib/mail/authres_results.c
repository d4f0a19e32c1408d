/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/authres_results.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/mail/authres.h"
#include "lib/mail/authres_cursor.h"

enum { LENGTH_MAX = 16 * 1024 };

struct reading {
    struct authres_cursor cursor;
    struct arena *arena;
    unsigned results, properties;
};

static bool at_end(const struct reading *reading)
{
    return reading->cursor.at == reading->cursor.end;
}

/* Take C if it is next. */
static bool take(struct reading *reading, char c)
{
    if (at_end(reading) || *reading->cursor.at != c)
        return false;
    reading->cursor.at++;
    return true;
}

/* Take C with the CFWS on both sides of it. */
static bool take_between(struct reading *reading, char c)
{
    return authres_skip_cfws(&reading->cursor) && take(reading, c) &&
           authres_skip_cfws(&reading->cursor);
}

/* RFC 5321 4.1.2: letters, digits and hyphens.  VOUCH_ERROR_SYNTAX: there is none here. */
static int take_keyword(struct reading *reading, const char **word)
{
    const char *begin = reading->cursor.at;

    while (!at_end(reading) && (ascii_is_alnum(*reading->cursor.at) || *reading->cursor.at == '-' ||
                                *reading->cursor.at == '_'))
        reading->cursor.at++;
    if (reading->cursor.at == begin)
        return VOUCH_ERROR_SYNTAX;
    *word = arena_copy(reading->arena, begin, (size_t)(reading->cursor.at - begin));
    return *word != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

/* RFC 5322 3.2.4; a line folded inside the quotes is one line again. */
static int take_quoted(struct reading *reading, const char **value)
{
    struct text text = text_in(reading->arena);

    while (!at_end(reading)) {
        char c = *reading->cursor.at++;

        if (c == '"') {
            *value = text_string(&text);
            return *value != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
        }
        if (c == '\\' && !at_end(reading))
            c = *reading->cursor.at++;
        if (c == '\r' || c == '\n')
            continue;
        if (c == '\0')
            break;
        text_add_char(&text, c);
    }
    return VOUCH_ERROR_SYNTAX;
}

static bool ends_value(char c)
{
    return authres_is_white(c) || c == '\0' || strchr("();\"", c) != NULL;
}

/* A quoted string, or whatever stands there: many writers leave addresses and base64 bare. */
static int take_value(struct reading *reading, const char **value)
{
    const char *begin = reading->cursor.at;

    if (take(reading, '"'))
        return take_quoted(reading, value);
    while (!at_end(reading) && !ends_value(*reading->cursor.at))
        reading->cursor.at++;
    if (reading->cursor.at == begin)
        return VOUCH_ERROR_SYNTAX;
    *value = arena_copy(reading->arena, begin, (size_t)(reading->cursor.at - begin));
    return *value != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

/* "ptype.name=value", of which PTYPE has been read. */
static int take_property(struct reading *reading, const char *ptype, struct authres_property **next)
{
    struct authres_property *property = arena_alloc(reading->arena, sizeof *property);
    int error;

    if (property == NULL)
        return VOUCH_ERROR_MEMORY;
    if (++reading->properties > AUTHRES_PROPERTIES_MAX)
        return VOUCH_ERROR_LIMIT;
    property->ptype = ptype;
    error = take_keyword(reading, &property->name);
    if (error == VOUCH_OK && !take_between(reading, '='))
        error = VOUCH_ERROR_SYNTAX;
    if (error == VOUCH_OK)
        error = take_value(reading, &property->value);
    *next = property;
    return error;
}

/* The reasonspec and propspecs behind a result. */
static int take_properties(struct reading *reading, struct authres_result *result)
{
    struct authres_property **next = &result->properties;
    const char *word, *reason;

    reading->properties = 0;
    for (;;) {
        int error;

        if (!authres_skip_cfws(&reading->cursor))
            return VOUCH_ERROR_SYNTAX;
        if (at_end(reading) || *reading->cursor.at == ';')
            return VOUCH_OK;
        error = take_keyword(reading, &word);
        if (error != VOUCH_OK)
            return error;
        if (take_between(reading, '.')) {
            error = take_property(reading, word, next);
            if (error == VOUCH_OK)
                next = &(*next)->next;
        } else {
            error = ascii_string_equal_fold(word, "reason") && take_between(reading, '=')
                        ? take_value(reading, &reason)
                        : VOUCH_ERROR_SYNTAX;
        }
        if (error != VOUCH_OK)
            return error;
    }
}

/* "/1" behind a method. */
static bool skip_version(struct reading *reading)
{
    if (!authres_skip_cfws(&reading->cursor) || !take(reading, '/'))
        return true;
    if (!authres_skip_cfws(&reading->cursor) || at_end(reading) ||
        !ascii_is_digit(*reading->cursor.at))
        return false;
    while (!at_end(reading) && ascii_is_digit(*reading->cursor.at))
        reading->cursor.at++;
    return true;
}

/* "method=result ...", behind the semicolon.  *NEXT stays NULL where that says "none". */
static int take_result(struct reading *reading, struct authres_result **next)
{
    struct authres_result *result = arena_alloc(reading->arena, sizeof *result);
    int error;

    if (result == NULL)
        return VOUCH_ERROR_MEMORY;
    if (++reading->results > AUTHRES_RESULTS_MAX)
        return VOUCH_ERROR_LIMIT;
    error = take_keyword(reading, &result->method);
    if (error != VOUCH_OK)
        return error;
    if (!skip_version(reading))
        return VOUCH_ERROR_SYNTAX;
    if (!take_between(reading, '='))
        return ascii_string_equal_fold(result->method, "none") ? VOUCH_OK : VOUCH_ERROR_SYNTAX;
    error = take_keyword(reading, &result->result);
    if (error == VOUCH_OK)
        error = take_properties(reading, result);
    *next = result;
    return error;
}

static int take_results(struct reading *reading, struct authres_result **next)
{
    while (!at_end(reading)) {
        int error;

        if (!take_between(reading, ';'))
            return VOUCH_ERROR_SYNTAX;
        if (at_end(reading))
            break;
        error = take_result(reading, next);
        if (error != VOUCH_OK)
            return error;
        if (*next != NULL)
            next = &(*next)->next;
        if (!authres_skip_cfws(&reading->cursor))
            return VOUCH_ERROR_SYNTAX;
    }
    return VOUCH_OK;
}

int authres_read_results(struct arena *arena, const char *value, size_t length,
                         struct authres_result **results)
{
    struct reading reading = {.cursor = {value, value + length}, .arena = arena};
    struct authres_result *read = NULL;
    struct authres_head head;
    int error;

    *results = NULL;
    if (length > LENGTH_MAX)
        return VOUCH_ERROR_LIMIT;
    error = authres_parse_head(value, length, &head);
    if (error != VOUCH_OK)
        return error;
    reading.cursor.at += head.length;
    error = take_results(&reading, &read);
    if (error == VOUCH_OK)
        *results = read;
    return error;
}

const char *authres_property_of(const struct authres_result *result, const char *ptype,
                                const char *name)
{
    for (const struct authres_property *p = result->properties; p != NULL; p = p->next)
        if (ascii_string_equal_fold(p->ptype, ptype) && ascii_string_equal_fold(p->name, name))
            return p->value;
    return NULL;
}
