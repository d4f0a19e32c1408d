/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef UNIT_RFC8601_H
#define UNIT_RFC8601_H

/* rfc8601.h - a strict reader of Authentication-Results, to test the writer with. */

#include <stdbool.h>

/* Whether VALUE is an authres-payload of RFC 8601 2.2, to the letter and in ASCII; folded with LF
 * before white space, as a milter hands it over. */
bool rfc8601_is_payload(const char *value);

#endif
