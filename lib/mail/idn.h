/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_IDN_H
#define MAIL_IDN_H

/* idn.h - internationalised domain names (RFC 5890, nontransitional as in UTS 46). */

#include <stdbool.h>
#include <stddef.h>

enum { IDN_DOMAIN_MAX = 255, IDN_DOMAIN_SIZE = IDN_DOMAIN_MAX + 1 };

/* Whether any of LENGTH octets is outside ASCII. */
bool idn_is_needed(const char *domain, size_t length);

/* Write LENGTH octets of DOMAIN with its U-labels turned into A-labels.  VOUCH_ERROR_SYNTAX: it is
 * not UTF-8, or does not conform, or is too long.  VOUCH_ERROR_MEMORY. */
int idn_to_ascii(const char *domain, size_t length, char ascii[IDN_DOMAIN_SIZE]);

#endif
