/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/tag_list.h"

#include <string.h>

#include "lib/base/ascii.h"

enum { NUMBER_DIGITS_MAX = 18 };

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t skip_space(const char *text, size_t at, size_t end)
{
    while (at < end && is_space(text[at]))
        at++;
    return at;
}

static size_t cut_space(const char *text, size_t begin, size_t end)
{
    while (end > begin && is_space(text[end - 1]))
        end--;
    return end;
}

/* tag-name = ALPHA *(ALPHA / DIGIT / "_") */
static size_t name_end(const char *text, size_t at, size_t end)
{
    if (at == end || !ascii_is_alpha(text[at]))
        return at;
    while (at < end && (ascii_is_alnum(text[at]) || text[at] == '_'))
        at++;
    return at;
}

static bool has_name(const struct tag_list *list, const char *name, size_t length)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->tags[i].name_length == length && memcmp(list->tags[i].name, name, length) == 0)
            return true;
    return false;
}

/* The end of the value that begins at AT: VALCHARs and white space up to ';'. */
static size_t value_end(const char *text, size_t at, size_t end)
{
    while (at < end && text[at] != ';' && (is_space(text[at]) || ascii_is_printable(text[at])))
        at++;
    return at;
}

/* One tag-spec at *AT, which becomes its end.  False: malformed at *AT. */
static bool parse_tag(const char *text, size_t *at, size_t end, struct tag_list *list)
{
    struct tag *tag = &list->tags[list->count];
    size_t stop = name_end(text, *at, end);
    size_t begin;

    if (stop == *at || list->count == TAG_LIST_MAX || has_name(list, text + *at, stop - *at))
        return false;
    tag->name = text + *at;
    tag->name_length = stop - *at;
    begin = skip_space(text, stop, end);
    *at = begin;
    if (begin == end || text[begin] != '=')
        return false;
    begin = skip_space(text, begin + 1, end);
    *at = value_end(text, begin, end);
    if (*at < end && text[*at] != ';')
        return false;
    tag->value = text + begin;
    tag->value_length = cut_space(text, begin, *at) - begin;
    list->count++;
    return true;
}

int tag_list_parse(const char *text, size_t length, struct tag_list *list)
{
    size_t at = skip_space(text, 0, length);

    list->count = 0;
    list->fault = at;
    do {
        if (!parse_tag(text, &at, length, list)) {
            list->fault = at;
            return VOUCH_ERROR_SYNTAX;
        }
        if (at < length)
            at++; /* the semicolon */
        at = skip_space(text, at, length);
    } while (at < length);
    return VOUCH_OK;
}

const struct tag *tag_list_find(const struct tag_list *list, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < list->count; i++)
        if (list->tags[i].name_length == length && memcmp(list->tags[i].name, name, length) == 0)
            return &list->tags[i];
    return NULL;
}

bool tag_is(const struct tag *tag, const char *value)
{
    return tag != NULL && tag->value_length == strlen(value) &&
           memcmp(tag->value, value, tag->value_length) == 0;
}

char *tag_packed(const struct tag *tag, struct arena *arena)
{
    char *packed = arena_alloc(arena, tag->value_length + 1);
    size_t length = 0;

    if (packed == NULL)
        return NULL;
    for (size_t i = 0; i < tag->value_length; i++)
        if (!is_space(tag->value[i]))
            packed[length++] = tag->value[i];
    packed[length] = '\0';
    return packed;
}

bool tag_number(const struct tag *tag, uint64_t *number)
{
    if (tag->value_length == 0 || tag->value_length > NUMBER_DIGITS_MAX)
        return false;
    *number = 0;
    for (size_t i = 0; i < tag->value_length; i++) {
        if (!ascii_is_digit(tag->value[i]))
            return false;
        *number = *number * 10 + (uint64_t)(tag->value[i] - '0');
    }
    return true;
}

bool tag_next_item(const struct tag *tag, size_t *at, const char **item, size_t *length)
{
    size_t begin, end;

    if (*at > tag->value_length)
        return false;
    begin = skip_space(tag->value, *at, tag->value_length);
    end = begin;
    while (end < tag->value_length && tag->value[end] != ':')
        end++;
    *at = end + 1;
    *item = tag->value + begin;
    *length = cut_space(tag->value, begin, end) - begin;
    return true;
}

bool tag_has_item(const struct tag *tag, const char *word)
{
    size_t at = 0, length;
    const char *item;

    while (tag_next_item(tag, &at, &item, &length))
        if (length == strlen(word) && ascii_equal_fold(item, word, length))
            return true;
    return false;
}
