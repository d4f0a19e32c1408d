/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_PATH_H
#define MAIL_PATH_H

/* path.h - the reverse-path and forward-path of RFC 5321 4.1.2. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

struct path {
    const char *raw;    /* as the client gave it, without angle brackets */
    bool null;          /* <> */
    const char *local;  /* local-part as written, quotes kept; "" if there is none */
    const char *domain; /* as written, A-labels if it had U-labels; "" if there is none */
    bool malformed;     /* not an address: local and domain are what stands around the last '@' */
};

/* Read TEXT, with or without angle brackets, a source route ignored (RFC 5321 4.1.2, appendix C).
 * Never guesses a domain: without '@' domain is "".  VOUCH_ERROR_MEMORY is the only error. */
int path_parse(struct arena *arena, const char *text, struct path *path);

#endif
