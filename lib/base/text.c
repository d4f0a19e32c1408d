/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"

enum { FIRST_CAPACITY = 128 };

struct text text_in(struct arena *arena)
{
    return (struct text){.arena = arena};
}

/* Make room for LENGTH more octets and a NUL. */
static bool reserve(struct text *text, size_t length)
{
    size_t capacity = text->capacity > 0 ? text->capacity : FIRST_CAPACITY;
    char *data;

    if (text->failed)
        return false;
    if (length < text->capacity - text->length)
        return true;
    while (capacity - text->length <= length) {
        if (capacity > SIZE_MAX / 2) {
            text->failed = true;
            return false;
        }
        capacity *= 2;
    }
    data = arena_alloc(text->arena, capacity);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    if (text->length > 0)
        memcpy(data, text->data, text->length);
    text->data = data;
    text->capacity = capacity;
    return true;
}

void text_append(struct text *text, const char *octets, size_t length)
{
    if (length == 0 || !reserve(text, length))
        return;
    memcpy(text->data + text->length, octets, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void text_add(struct text *text, const char *string)
{
    text_append(text, string, strlen(string));
}

void text_add_char(struct text *text, char c)
{
    text_append(text, &c, 1);
}

void text_printf(struct text *text, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        text->failed = true;
    if (length <= 0 || !reserve(text, (size_t)length))
        return;
    va_start(arguments, format);
    (void)vsnprintf(text->data + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_add_safe(struct text *text, const char *octets, size_t length, size_t limit)
{
    size_t written = 0;

    for (size_t i = 0; i < length; i++) {
        char escaped[5];
        size_t size = 1;

        escaped[0] = octets[i];
        escaped[1] = '\0';
        if (octets[i] == '\\')
            size = (size_t)snprintf(escaped, sizeof escaped, "\\\\");
        else if (!ascii_is_printable(octets[i]))
            size = (size_t)snprintf(escaped, sizeof escaped, "\\x%02X", (unsigned char)octets[i]);
        if (written + size > limit) {
            text_add(text, "...");
            return;
        }
        text_append(text, escaped, size);
        written += size;
    }
}

const char *text_string(const struct text *text)
{
    if (text->failed)
        return NULL;
    return text->data != NULL ? text->data : "";
}
