/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_TLS_NAME_H
#define VERIFY_TLS_NAME_H

/* tls_name.h - the names in a certificate as an MTA tells them (spec/legacy.md 8.1).
 *
 * Whoever made the certificate chose them, so they hold any octet but NUL. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

/* Octets of a name that are looked at; an MTA tells at most 256, three times as many encoded. */
enum { TLS_NAME_MAX = 1024 };

/* Decode LENGTH octets of TEXT, in which Sendmail writes white space, \ < > ( ) " + and whatever
 * cannot be printed as "+HH".  *NAME is a string in ARENA.  VOUCH_ERROR_SYNTAX: a '+' without two
 * hexadecimal digits, a NUL, or more than TLS_NAME_MAX octets; VOUCH_ERROR_MEMORY. */
int tls_name_decode(struct arena *arena, const char *text, size_t length, const char **name);

/* NAME as it is compared: ASCII letters in lower case, runs of white space as one space, none at
 * the ends (as RFC 4518 2.6.1).  NULL: no memory. */
const char *tls_name_fold(struct arena *arena, const char *name);

/* NAME for people and as a key: printable, at most 243 octets.  A longer one is cut, and ends in
 * "..." and 16 digits that stand for the whole of it as it is compared, so that two names do not
 * become one.  "": no memory. */
const char *tls_name_shown(struct arena *arena, const char *name);

/* Whether NAME, which is folded, is like PATTERN: in that a '*' stands for any octets, or none, and
 * the case of letters does not matter. */
bool tls_name_matches(const char *pattern, const char *name);

#endif
