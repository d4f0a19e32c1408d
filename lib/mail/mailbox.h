/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_MAILBOX_H
#define MAIL_MAILBOX_H

/* mailbox.h - the addresses of a header field (RFC 5322 3.4 and 4.4, RFC 6532, RFC 6854).
 *
 * Strict: the whole value is an address list or it is an error, and then nothing of it is handed
 * out.  What is obsolete but has one meaning is read (routes, comments and white space between the
 * words of a local-part, dots in a display name, empty elements of a list); nothing is repaired. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/vouch.h"

/* Comments within comments.  The grammar has no limit, but nobody writes that. */
enum { MAILBOX_COMMENT_DEPTH = 100 };

/* What is wrong with a value. */
#define MAILBOX_ERROR_LIST(X)                                                                      \
    X(MAILBOX_OK, "no error")                                                                      \
    X(MAILBOX_EMPTY, "no address")                                                                 \
    X(MAILBOX_OCTET, "octet not allowed")                                                          \
    X(MAILBOX_LINE_END, "line end that is no folding")                                             \
    X(MAILBOX_NOT_UTF8, "not UTF-8")                                                               \
    X(MAILBOX_COMMENT, "comment without end")                                                      \
    X(MAILBOX_COMMENT_TOO_DEEP, "too many comments within comments")                               \
    X(MAILBOX_QUOTED_STRING, "quoted string without end")                                          \
    X(MAILBOX_QUOTED_PAIR, "nothing to quote behind a backslash")                                  \
    X(MAILBOX_LITERAL, "malformed address literal")                                                \
    X(MAILBOX_DISPLAY_NAME, "malformed display name")                                              \
    X(MAILBOX_NO_LOCAL, "no local-part in front of '@'")                                           \
    X(MAILBOX_LOCAL, "malformed local-part")                                                       \
    X(MAILBOX_NO_DOMAIN, "address without a domain")                                               \
    X(MAILBOX_DOMAIN, "malformed domain")                                                          \
    X(MAILBOX_ROUTE, "malformed source route")                                                     \
    X(MAILBOX_ANGLE, "no '>' behind the address")                                                  \
    X(MAILBOX_GROUP, "malformed group")                                                            \
    X(MAILBOX_UNEXPECTED, "unexpected character")                                                  \
    X(MAILBOX_NO_COMMA, "something behind an address that is not a comma")                         \
    X(MAILBOX_TOO_MANY, "more addresses than asked for")

enum mailbox_error {
#define MAILBOX_ERROR_ENUM(symbol, text) symbol,
    MAILBOX_ERROR_LIST(MAILBOX_ERROR_ENUM)
#undef MAILBOX_ERROR_ENUM
        MAILBOX_ERROR_COUNT
};

/* The text of an error, for people.  Never NULL; static. */
const char *mailbox_error_text(enum mailbox_error error);

/* One address.  Strings are never NULL, hold no NUL and no line end, and are valid UTF-8. */
struct mailbox {
    const char *display_name; /* quotes, folding and comments removed, encoded words (RFC 2047) left
                                 as they are; "" if there is none */
    const char *local;        /* a dot-atom where it can be written so, else a quoted string */
    const char *domain; /* A-labels if it had U-labels; an address literal with its brackets */
    bool in_group;      /* it stands in a group: "friends: a@example.org;" */
    struct mailbox *next;
};

struct mailbox_list {
    struct mailbox *first;
    size_t count;
    size_t groups;            /* with or without members */
    enum mailbox_error error; /* what is wrong */
    size_t offset;            /* and where: octets of the value in front of it */
};

/* Read the LENGTH octets at VALUE, folded or not, as a list of addresses; at most MOST of them are
 * kept.  Time and memory are linear in LENGTH.  VOUCH_ERROR_SYNTAX: it is none, see error and
 * offset.  VOUCH_ERROR_LIMIT: it may be one, but of more than MOST mailboxes.  VOUCH_ERROR_MEMORY:
 * ARENA is full.  After an error *LIST has no mailboxes. */
VOUCH_MUST_CHECK int mailbox_list_parse(struct arena *arena, const char *value, size_t length,
                                        size_t most, struct mailbox_list *list);

#endif
