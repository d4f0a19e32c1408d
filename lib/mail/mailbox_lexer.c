/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/mailbox_lexer.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/utf8.h"

static bool fail_at(struct mailbox_lexer *lexer, enum mailbox_error error, const char *at)
{
    lexer->token = TOKEN_ERROR;
    lexer->error = error;
    lexer->start = at;
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static bool is_line_end(char c)
{
    return c == '\r' || c == '\n';
}

/* Step over one printable ASCII or UTF-8 character (RFC 6532 3.1). */
static bool step_character(struct mailbox_lexer *lexer)
{
    size_t length = utf8_character(lexer->at, (size_t)(lexer->end - lexer->at));

    if (length == 0)
        return fail_at(lexer, MAILBOX_NOT_UTF8, lexer->at);
    if (length == 1 && !ascii_is_printable(*lexer->at))
        return fail_at(lexer, MAILBOX_OCTET, lexer->at);
    lexer->at += length;
    return true;
}

/* Step over one blank, or one line end with the blank that makes it folding (RFC 5322 3.2.2). */
static bool step_white(struct mailbox_lexer *lexer)
{
    const char *p = lexer->at;

    if (*p == '\r')
        p++;
    if (p < lexer->end && *p == '\n')
        p++;
    else if (p > lexer->at)
        return fail_at(lexer, MAILBOX_LINE_END, lexer->at);
    if (p == lexer->end || !is_blank(*p))
        return fail_at(lexer, MAILBOX_LINE_END, lexer->at);
    lexer->at = p + 1;
    return true;
}

/* Step over what may stand in a quoted string or a comment beside its delimiters: white space, a
 * quoted pair, a character. */
static bool step_content(struct mailbox_lexer *lexer)
{
    const char *backslash = lexer->at;

    if (is_blank(*lexer->at) || is_line_end(*lexer->at))
        return step_white(lexer);
    if (*lexer->at != '\\')
        return step_character(lexer);
    lexer->at++;
    if (lexer->at == lexer->end)
        return fail_at(lexer, MAILBOX_QUOTED_PAIR, backslash);
    if (*lexer->at == '\t') {
        lexer->at++;
        return true;
    }
    return step_character(lexer) || fail_at(lexer, MAILBOX_QUOTED_PAIR, backslash);
}

static bool skip_comment(struct mailbox_lexer *lexer)
{
    const char *start = lexer->at;
    unsigned depth = 0;

    while (lexer->at < lexer->end) {
        if (*lexer->at == '(') {
            if (++depth > MAILBOX_COMMENT_DEPTH)
                return fail_at(lexer, MAILBOX_COMMENT_TOO_DEEP, lexer->at);
            lexer->at++;
        } else if (*lexer->at == ')') {
            lexer->at++;
            if (--depth == 0)
                return true;
        } else if (!step_content(lexer)) {
            return false;
        }
    }
    return fail_at(lexer, MAILBOX_COMMENT, start);
}

/* CFWS of RFC 5322 3.2.2 and 4.2. */
static bool skip_comments(struct mailbox_lexer *lexer)
{
    const char *start = lexer->at;
    bool ok = true;

    while (ok && lexer->at < lexer->end) {
        if (*lexer->at == '(')
            ok = skip_comment(lexer);
        else if (is_blank(*lexer->at) || is_line_end(*lexer->at))
            ok = step_white(lexer);
        else
            break;
    }
    lexer->spaced = lexer->at > start;
    return ok;
}

static void read_atom(struct mailbox_lexer *lexer)
{
    lexer->token = TOKEN_ATOM;
    while (lexer->at < lexer->end && ascii_is_atext(*lexer->at))
        if (!step_character(lexer))
            return;
}

static void read_quoted(struct mailbox_lexer *lexer)
{
    for (lexer->at++; lexer->at < lexer->end && *lexer->at != '"';)
        if (!step_content(lexer))
            return;
    if (lexer->at == lexer->end) {
        (void)fail_at(lexer, MAILBOX_QUOTED_STRING, lexer->start);
        return;
    }
    lexer->at++;
    lexer->token = TOKEN_QUOTED;
}

static void read_literal(struct mailbox_lexer *lexer)
{
    for (lexer->at++; lexer->at < lexer->end && *lexer->at != ']';) {
        bool white = is_blank(*lexer->at) || is_line_end(*lexer->at);

        if (*lexer->at == '[' || *lexer->at == '\\') {
            (void)fail_at(lexer, MAILBOX_LITERAL, lexer->at);
            return;
        }
        if (!(white ? step_white(lexer) : step_character(lexer)))
            return;
    }
    if (lexer->at == lexer->end) {
        (void)fail_at(lexer, MAILBOX_LITERAL, lexer->start);
        return;
    }
    lexer->at++;
    lexer->token = TOKEN_LITERAL;
}

static void read_special(struct mailbox_lexer *lexer)
{
    static const char specials[] = ".@,:;<>";
    static const enum mailbox_token tokens[] = {
        TOKEN_DOT, TOKEN_AT, TOKEN_COMMA, TOKEN_COLON, TOKEN_SEMICOLON, TOKEN_LESS, TOKEN_GREATER,
    };
    const char *found = memchr(specials, *lexer->at, sizeof specials - 1);

    if (found != NULL) {
        lexer->token = tokens[found - specials];
        lexer->at++;
    } else if (step_character(lexer)) {
        (void)fail_at(lexer, MAILBOX_UNEXPECTED, lexer->start);
    }
}

void mailbox_lexer_next(struct mailbox_lexer *lexer)
{
    if (lexer->token == TOKEN_ERROR || !skip_comments(lexer))
        return;
    lexer->start = lexer->at;
    if (lexer->at == lexer->end)
        lexer->token = TOKEN_END;
    else if (ascii_is_atext(*lexer->at))
        read_atom(lexer);
    else if (*lexer->at == '"')
        read_quoted(lexer);
    else if (*lexer->at == '[')
        read_literal(lexer);
    else
        read_special(lexer);
}

struct mailbox_lexer mailbox_lexer_start(const char *value, size_t length)
{
    struct mailbox_lexer lexer = {
        .value = value, .end = value + length, .at = value, .start = value, .token = TOKEN_END};

    mailbox_lexer_next(&lexer);
    return lexer;
}

static void append_quoted(const struct mailbox_lexer *lexer, struct text *text)
{
    const char *end = lexer->at - 1;

    for (const char *p = lexer->start + 1; p < end; p++) {
        if (*p == '\\')
            p++;
        if (!is_line_end(*p))
            text_add_char(text, *p);
    }
}

static void append_literal(const struct mailbox_lexer *lexer, struct text *text)
{
    for (const char *p = lexer->start; p < lexer->at; p++)
        if (!is_blank(*p) && !is_line_end(*p))
            text_add_char(text, *p);
}

void mailbox_lexer_append(const struct mailbox_lexer *lexer, struct text *text)
{
    if (lexer->token == TOKEN_QUOTED)
        append_quoted(lexer, text);
    else if (lexer->token == TOKEN_LITERAL)
        append_literal(lexer, text);
    else
        text_append(text, lexer->start, (size_t)(lexer->at - lexer->start));
}
