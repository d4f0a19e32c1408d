/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_MAILBOX_LEXER_H
#define MAIL_MAILBOX_LEXER_H

/* mailbox_lexer.h - the lexical tokens of RFC 5322 3.2, private to the mailbox parser. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/text.h"
#include "lib/mail/mailbox.h"

enum mailbox_token {
    TOKEN_END,
    TOKEN_ERROR, /* and it stays; see error */
    TOKEN_ATOM,
    TOKEN_QUOTED,
    TOKEN_LITERAL,
    TOKEN_DOT,
    TOKEN_AT,
    TOKEN_COMMA,
    TOKEN_COLON,
    TOKEN_SEMICOLON,
    TOKEN_LESS,
    TOKEN_GREATER
};

/* Copy it to come back to a place. */
struct mailbox_lexer {
    const char *value; /* the whole */
    const char *end;
    const char *at; /* behind the token */
    enum mailbox_token token;
    const char *start; /* of the token; where an error is, too */
    bool spaced;       /* comments or white space stand in front of the token */
    enum mailbox_error error;
};

/* At the first token of LENGTH octets. */
struct mailbox_lexer mailbox_lexer_start(const char *value, size_t length);

/* Step to the next token, over comments and white space. */
void mailbox_lexer_next(struct mailbox_lexer *lexer);

/* Append what the token means: a quoted string without its quotes, a literal with its brackets but
 * without white space; line ends are gone. */
void mailbox_lexer_append(const struct mailbox_lexer *lexer, struct text *text);

#endif
