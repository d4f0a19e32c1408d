/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/mailbox.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/domain.h"
#include "lib/mail/mailbox_lexer.h"

const char *mailbox_error_text(enum mailbox_error error)
{
    static const char *const texts[MAILBOX_ERROR_COUNT] = {
#define MAILBOX_ERROR_TEXT(symbol, text) [symbol] = text,
        MAILBOX_ERROR_LIST(MAILBOX_ERROR_TEXT)
#undef MAILBOX_ERROR_TEXT
    };

    return texts[error];
}

struct parser {
    struct arena *arena;
    struct mailbox_lexer lexer;
    struct mailbox_list *list;
    struct mailbox **last;
    size_t most;
    bool in_group;
    bool wants_comma; /* in front of the next address */
};

static int fail_at(struct parser *parser, enum mailbox_error error, const char *at)
{
    parser->list->error = error;
    parser->list->offset = (size_t)(at - parser->lexer.value);
    return VOUCH_ERROR_SYNTAX;
}

/* The token does not belong here.  When it is none at all, that is what is wrong. */
static int fail(struct parser *parser, enum mailbox_error error)
{
    const struct mailbox_lexer *lexer = &parser->lexer;

    return fail_at(parser, lexer->token == TOKEN_ERROR ? lexer->error : error, lexer->start);
}

static bool is_word(enum mailbox_token token)
{
    return token == TOKEN_ATOM || token == TOKEN_QUOTED;
}

/* Step over words and dots: what comes behind them tells what they are. */
static void skip_words(struct parser *parser)
{
    while (is_word(parser->lexer.token) || parser->lexer.token == TOKEN_DOT)
        mailbox_lexer_next(&parser->lexer);
}

/* A phrase with the dots of obs-phrase, from FIRST up to the token the parser is at. */
static int read_display_name(struct parser *parser, struct mailbox_lexer first, const char **name)
{
    struct text text = text_in(parser->arena);
    const char *start = first.start;

    if (first.token == TOKEN_DOT)
        return fail_at(parser, MAILBOX_DISPLAY_NAME, start);
    for (; first.start < parser->lexer.start; mailbox_lexer_next(&first)) {
        if (first.spaced && first.start > start)
            text_add_char(&text, ' ');
        mailbox_lexer_append(&first, &text);
    }
    *name = text_string(&text);
    return *name != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

static bool is_dot_atom(const struct text *local)
{
    bool atom = false;

    for (size_t i = 0; i < local->length; i++) {
        if (local->data[i] == '.' ? !atom : !ascii_is_atext(local->data[i]))
            return false;
        atom = local->data[i] != '.';
    }
    return atom;
}

static const char *quoted(struct arena *arena, const struct text *local)
{
    struct text text = text_in(arena);

    text_add_char(&text, '"');
    for (size_t i = 0; i < local->length; i++) {
        if (local->data[i] == '"' || local->data[i] == '\\')
            text_add_char(&text, '\\');
        text_add_char(&text, local->data[i]);
    }
    text_add_char(&text, '"');
    return text_string(&text);
}

/* A local-part, or the obs-local-part of RFC 5322 4.4, from FIRST up to the '@' the parser is at.
 */
static int read_local(struct parser *parser, struct mailbox_lexer first, const char **local)
{
    struct text text = text_in(parser->arena);
    bool wants_word = true;

    if (first.start == parser->lexer.start)
        return fail_at(parser, MAILBOX_NO_LOCAL, first.start);
    for (; first.start < parser->lexer.start; mailbox_lexer_next(&first)) {
        if (is_word(first.token) != wants_word)
            return fail_at(parser, MAILBOX_LOCAL, first.start);
        wants_word = !wants_word;
        mailbox_lexer_append(&first, &text);
    }
    if (wants_word)
        return fail_at(parser, MAILBOX_LOCAL, parser->lexer.start);
    if (text.failed)
        return VOUCH_ERROR_MEMORY;
    *local = is_dot_atom(&text) ? text_string(&text) : quoted(parser->arena, &text);
    return *local != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

/* Gather the atoms and dots of a domain, or a literal. */
static int gather_domain(struct parser *parser, struct text *text)
{
    struct mailbox_lexer *lexer = &parser->lexer;

    if (lexer->token == TOKEN_LITERAL) {
        mailbox_lexer_append(lexer, text);
        mailbox_lexer_next(lexer);
        return VOUCH_OK;
    }
    if (lexer->token != TOKEN_ATOM)
        return fail(parser, lexer->token == TOKEN_DOT || lexer->token == TOKEN_QUOTED
                                ? MAILBOX_DOMAIN
                                : MAILBOX_NO_DOMAIN);
    mailbox_lexer_append(lexer, text);
    for (mailbox_lexer_next(lexer); lexer->token == TOKEN_DOT; mailbox_lexer_next(lexer)) {
        text_add_char(text, '.');
        mailbox_lexer_next(lexer);
        if (lexer->token != TOKEN_ATOM)
            return fail(parser, MAILBOX_DOMAIN);
        mailbox_lexer_append(lexer, text);
    }
    return VOUCH_OK;
}

/* Step over the '@' and read the domain behind it. */
static int read_domain(struct parser *parser, const char **domain)
{
    struct text text = text_in(parser->arena);
    bool literal;
    const char *start;
    int error;

    mailbox_lexer_next(&parser->lexer);
    literal = parser->lexer.token == TOKEN_LITERAL;
    start = parser->lexer.start;
    error = gather_domain(parser, &text);
    if (error == VOUCH_OK)
        error = text.failed ? VOUCH_ERROR_MEMORY
                            : domain_read(parser->arena, text.data, text.length, domain);
    if (error == VOUCH_ERROR_SYNTAX && parser->list->error == MAILBOX_OK)
        (void)fail_at(parser, literal ? MAILBOX_LITERAL : MAILBOX_DOMAIN, start);
    return error;
}

/* addr-spec: the parser is at the '@', its local-part begins at FIRST. */
static int read_address(struct parser *parser, struct mailbox_lexer first, struct mailbox *mailbox)
{
    int error = read_local(parser, first, &mailbox->local);

    return error != VOUCH_OK ? error : read_domain(parser, &mailbox->domain);
}

/* obs-route of RFC 5322 4.4, up to the colon and over it: domains with an '@' each, one comma or
 * more between them.  It says nothing. */
static int skip_route(struct parser *parser)
{
    struct mailbox_lexer *lexer = &parser->lexer;
    bool wants_comma = false;
    const char *domain = NULL;

    while (lexer->token == TOKEN_COMMA || (lexer->token == TOKEN_AT && !wants_comma)) {
        wants_comma = lexer->token == TOKEN_AT;
        if (wants_comma) {
            int error = read_domain(parser, &domain);

            if (error != VOUCH_OK)
                return error;
        } else {
            mailbox_lexer_next(lexer);
        }
    }
    if (lexer->token != TOKEN_COLON || domain == NULL)
        return fail(parser, MAILBOX_ROUTE);
    mailbox_lexer_next(lexer);
    return VOUCH_OK;
}

/* angle-addr: the parser is at the '<'. */
static int read_angle(struct parser *parser, struct mailbox *mailbox)
{
    struct mailbox_lexer *lexer = &parser->lexer;
    struct mailbox_lexer first;
    int error = VOUCH_OK;

    mailbox_lexer_next(lexer);
    if (lexer->token == TOKEN_AT || lexer->token == TOKEN_COMMA)
        error = skip_route(parser);
    if (error != VOUCH_OK)
        return error;
    first = *lexer;
    skip_words(parser);
    if (lexer->token != TOKEN_AT) {
        if (lexer->start == first.start)
            return fail(parser, MAILBOX_NO_LOCAL);
        return fail(parser, lexer->token == TOKEN_GREATER ? MAILBOX_NO_DOMAIN : MAILBOX_LOCAL);
    }
    error = read_address(parser, first, mailbox);
    if (error == VOUCH_OK && lexer->token != TOKEN_GREATER)
        error = fail(parser, MAILBOX_ANGLE);
    mailbox_lexer_next(lexer);
    return error;
}

static int read_mailbox(struct parser *parser, struct mailbox_lexer first)
{
    struct mailbox *mailbox;
    int error;

    if (parser->list->count == parser->most) {
        (void)fail_at(parser, MAILBOX_TOO_MANY, first.start);
        return VOUCH_ERROR_LIMIT;
    }
    mailbox = arena_alloc(parser->arena, sizeof *mailbox);
    if (mailbox == NULL)
        return VOUCH_ERROR_MEMORY;
    mailbox->display_name = "";
    mailbox->in_group = parser->in_group;
    if (parser->lexer.token == TOKEN_AT) {
        error = read_address(parser, first, mailbox);
    } else {
        error = read_display_name(parser, first, &mailbox->display_name);
        if (error == VOUCH_OK)
            error = read_angle(parser, mailbox);
    }
    *parser->last = mailbox;
    parser->last = &mailbox->next;
    parser->list->count++;
    parser->wants_comma = true;
    return error;
}

/* display-name ":": the parser is at the colon. */
static int open_group(struct parser *parser, struct mailbox_lexer first)
{
    if (parser->in_group || first.start == parser->lexer.start)
        return fail(parser, MAILBOX_GROUP);
    if (first.token == TOKEN_DOT)
        return fail_at(parser, MAILBOX_DISPLAY_NAME, first.start);
    parser->list->groups++;
    parser->in_group = true;
    mailbox_lexer_next(&parser->lexer);
    return VOUCH_OK;
}

static int close_group(struct parser *parser)
{
    if (!parser->in_group)
        return fail(parser, MAILBOX_UNEXPECTED);
    parser->in_group = false;
    parser->wants_comma = true;
    mailbox_lexer_next(&parser->lexer);
    return VOUCH_OK;
}

/* A mailbox, or the beginning of a group. */
static int read_element(struct parser *parser)
{
    struct mailbox_lexer first = parser->lexer;

    if (parser->wants_comma)
        return fail(parser, MAILBOX_NO_COMMA);
    skip_words(parser);
    switch (parser->lexer.token) {
    case TOKEN_AT:
    case TOKEN_LESS:
        return read_mailbox(parser, first);
    case TOKEN_COLON:
        return open_group(parser, first);
    case TOKEN_END:
    case TOKEN_COMMA:
    case TOKEN_SEMICOLON:
        return fail_at(parser, MAILBOX_NO_DOMAIN, first.start);
    default:
        return fail(parser, MAILBOX_UNEXPECTED);
    }
}

static int read_list(struct parser *parser)
{
    int error = VOUCH_OK;

    while (error == VOUCH_OK && parser->lexer.token != TOKEN_END) {
        if (parser->lexer.token == TOKEN_SEMICOLON) {
            error = close_group(parser);
        } else if (parser->lexer.token == TOKEN_COMMA) {
            parser->wants_comma = false;
            mailbox_lexer_next(&parser->lexer);
        } else {
            error = read_element(parser);
        }
    }
    if (error == VOUCH_OK && parser->in_group)
        return fail(parser, MAILBOX_GROUP);
    if (error == VOUCH_OK && parser->list->count == 0 && parser->list->groups == 0)
        return fail(parser, MAILBOX_EMPTY);
    return error;
}

int mailbox_list_parse(struct arena *arena, const char *value, size_t length, size_t most,
                       struct mailbox_list *list)
{
    struct parser parser = {
        .arena = arena,
        .lexer = mailbox_lexer_start(value, length),
        .list = list,
        .last = &list->first,
        .most = most,
    };
    int error;

    *list = (struct mailbox_list){.error = MAILBOX_OK};
    error = read_list(&parser);
    if (error != VOUCH_OK) {
        list->first = NULL;
        list->count = 0;
        list->groups = 0;
    }
    return error;
}
