/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/base/ascii.h"

void fuzz_broken(const char *promise, const char *file, int line)
{
    fprintf(stderr, "%s:%d: promise broken: %s\n", file, line, promise);
    abort();
}

struct fuzz_span fuzz_span(const uint8_t *data, size_t size)
{
    return (struct fuzz_span){size > 0 ? (const char *)data : "", size};
}

struct fuzz_span fuzz_take_line(struct fuzz_span *rest)
{
    struct fuzz_span line = *rest;
    const char *end = memchr(rest->octets, '\n', rest->length);

    if (end != NULL)
        line.length = (size_t)(end - rest->octets);
    rest->octets += line.length + (end != NULL);
    rest->length -= line.length + (end != NULL);
    return line;
}

static char *copy_into(size_t room, struct fuzz_span span)
{
    char *copy = malloc(room);

    if (copy == NULL)
        abort();
    memcpy(copy, span.octets, span.length);
    return copy;
}

char *fuzz_copy(struct fuzz_span span)
{
    return copy_into(span.length > 0 ? span.length : 1, span);
}

char *fuzz_string(struct fuzz_span span)
{
    char *copy = copy_into(span.length + 1, span);

    copy[span.length] = '\0';
    return copy;
}

struct arena *fuzz_arena(size_t limit)
{
    struct arena *arena = arena_new(limit);

    if (arena == NULL)
        abort();
    return arena;
}

bool fuzz_is_printable(const char *text)
{
    while (ascii_is_printable(*text))
        text++;
    return *text == '\0';
}

bool fuzz_mentions(const char *text, const char *word)
{
    for (; *text != '\0'; text++)
        if (strncasecmp(text, word, strlen(word)) == 0)
            return true;
    return false;
}

bool fuzz_is_field_value(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\n' && text[1] != ' ' && text[1] != '\t')
            return false;
        if (*text == '\n' && text[1 + strspn(text + 1, " \t\n")] == '\0')
            return false;
        if (((unsigned char)*text < 0x20 && *text != '\n' && *text != '\t') || *text == 0x7f)
            return false;
    }
    return true;
}
