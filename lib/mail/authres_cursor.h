/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_AUTHRES_CURSOR_H
#define MAIL_AUTHRES_CURSOR_H

/* authres_cursor.h - stepping through an Authentication-Results field: what authres.c and
 * authres_results.c share. */

#include <stdbool.h>

struct authres_cursor {
    const char *at;
    const char *end;
};

/* Space, tab, and the line ends of folding. */
bool authres_is_white(char c);

/* Step over white space and comments (RFC 5322 3.2.2).  False: a comment has no end. */
bool authres_skip_cfws(struct authres_cursor *cursor);

#endif
