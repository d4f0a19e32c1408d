/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_XTEXT_H
#define MAIL_XTEXT_H

/* xtext.h - the encoding of values of SMTP parameters (RFC 3461 4). */

#include <stdbool.h>
#include <stddef.h>

/* Decode the LENGTH octets at XTEXT into OCTETS, which has room for as many; *COUNT is how many
 * there are.  False: it is no xtext. */
bool xtext_decode(const char *xtext, size_t length, char *octets, size_t *count);

#endif
