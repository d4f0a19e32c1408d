/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/scan.h"

#include <string.h>

#include "lib/base/utf8.h"

enum { BRACES_MAX = 8 }; /* kept open at once; no correct file has more than three */

struct cursor {
    char *text;
    size_t at;
    size_t length;
    unsigned line;
    unsigned depth;
    unsigned opened[BRACES_MAX]; /* lines of the open braces */
    char before;                 /* the last character that was neither blank nor comment */
    char *list;                  /* where a list was begun that has nothing in it yet, or NULL */
    struct scan *scan;
};

static void note(struct scan *scan, unsigned line, const char *problem)
{
    if (scan->problem != NULL)
        return;
    scan->line = line;
    scan->problem = problem;
}

bool scan_is_text(const char *text, size_t length, struct scan *scan)
{
    unsigned line = 1;
    size_t size;

    *scan = (struct scan){.line_count = 0};
    for (size_t i = 0; i < length; i += size) {
        size = utf8_character(text + i, length - i);
        if (size == 0)
            note(scan, line, "not a text file: an octet is not UTF-8");
        else if (text[i] == '\0')
            note(scan, line, "not a text file: NUL octet");
        if (scan->problem != NULL)
            return false;
        line += text[i] == '\n';
    }
    return true;
}

static char peek(const struct cursor *cursor, size_t ahead)
{
    return cursor->length - cursor->at > ahead ? cursor->text[cursor->at + ahead] : '\0';
}

static bool is_at(const struct cursor *cursor, const char *token)
{
    size_t size = strlen(token);

    return cursor->length - cursor->at >= size &&
           memcmp(cursor->text + cursor->at, token, size) == 0;
}

static void skip(struct cursor *cursor, size_t count)
{
    for (; count > 0 && cursor->at < cursor->length; count--)
        if (cursor->text[cursor->at++] == '\n')
            cursor->line++;
}

/* Blank out COUNT octets; line ends stay. */
static void blank(struct cursor *cursor, size_t count)
{
    for (; count > 0 && cursor->at < cursor->length; count--) {
        if (cursor->text[cursor->at] != '\n')
            cursor->text[cursor->at] = ' ';
        skip(cursor, 1);
    }
}

static void line_comment(struct cursor *cursor)
{
    while (cursor->at < cursor->length && peek(cursor, 0) != '\n')
        blank(cursor, 1);
}

static void block_comment(struct cursor *cursor)
{
    unsigned begun = cursor->line;

    blank(cursor, 2);
    while (cursor->at < cursor->length && !is_at(cursor, "*/"))
        blank(cursor, 1);
    if (cursor->at == cursor->length)
        note(cursor->scan, begun, "a comment begins here that is never closed with '*/'");
    blank(cursor, 2);
}

/* libconfuse takes everything up to the brace, quotes and line ends too, and counts no lines. */
static void variable(struct cursor *cursor)
{
    unsigned begun = cursor->line;
    const char *end = memchr(cursor->text + cursor->at, '}', cursor->length - cursor->at);

    if (end == NULL) {
        note(cursor->scan, begun, "'${' is never closed with '}'");
        skip(cursor, 2);
        return;
    }
    skip(cursor, (size_t)(end + 1 - (cursor->text + cursor->at)));
    if (cursor->line != begun)
        note(cursor->scan, begun, "'${' is not closed with '}' on its line");
}

static void quoted(struct cursor *cursor, char quote)
{
    unsigned begun = cursor->line;

    skip(cursor, 1);
    while (cursor->at < cursor->length && peek(cursor, 0) != quote) {
        if (quote == '"' && is_at(cursor, "${"))
            variable(cursor);
        else
            skip(cursor, peek(cursor, 0) == '\\' ? 2 : 1);
    }
    if (cursor->at == cursor->length)
        note(cursor->scan, begun, "a quoted text begins here that is never closed");
    skip(cursor, 1);
}

static void brace(struct cursor *cursor)
{
    char *here = cursor->text + cursor->at;

    if (*here == '{' && cursor->depth++ < BRACES_MAX)
        cursor->opened[cursor->depth - 1] = cursor->line;
    else if (*here == '}' && cursor->depth > 0)
        cursor->depth--;
    if (*here == '}' && cursor->before == '{' && cursor->list != NULL)
        *here = *cursor->list = '"';
    cursor->list = *here == '{' && cursor->before == '=' ? here : NULL;
    cursor->before = *here;
    skip(cursor, 1);
}

/* "//" within a word, as in a path, begins no comment. */
static bool is_word_start(const struct cursor *cursor)
{
    return cursor->at == 0 || strchr(" \t\r\n{}=,(\"'", cursor->text[cursor->at - 1]) != NULL;
}

static bool is_skipped_by_libconfuse(const struct cursor *cursor)
{
    return peek(cursor, 0) == '*' || (peek(cursor, 0) == '+' && peek(cursor, 1) != '=') ||
           (peek(cursor, 0) == '\r' && peek(cursor, 1) != '\n');
}

static void step(struct cursor *cursor)
{
    char c = peek(cursor, 0);

    if (c == '#' || (is_at(cursor, "//") && is_word_start(cursor))) {
        line_comment(cursor);
    } else if (is_at(cursor, "/*")) {
        block_comment(cursor);
    } else if (c == '"' || c == '\'') {
        cursor->before = c;
        quoted(cursor, c);
    } else if (is_at(cursor, "${")) {
        cursor->before = c;
        variable(cursor);
    } else if (c == '{' || c == '}') {
        brace(cursor);
    } else {
        if (is_skipped_by_libconfuse(cursor))
            note(cursor->scan, cursor->line,
                 "a value with '*', '+' or a carriage return in it must stand in quotes");
        if (strchr(" \t\r\n", c) == NULL)
            cursor->before = c;
        skip(cursor, 1);
    }
}

void scan_prepare(char *text, size_t length, struct scan *scan)
{
    struct cursor cursor = {.text = text, .length = length, .line = 1, .scan = scan};

    *scan = (struct scan){.line_count = 0};
    while (cursor.at < cursor.length)
        step(&cursor);
    if (cursor.depth > 0)
        note(scan, cursor.opened[cursor.depth <= BRACES_MAX ? cursor.depth - 1 : BRACES_MAX - 1],
             "'{' begins here that is never closed with '}'");
    scan->line_count = cursor.line - (length > 0 && text[length - 1] == '\n');
}
