/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_SCAN_H
#define POLICY_SCAN_H

/* scan.h - a look at configuration text before libconfuse reads it.
 *
 * libconfuse 3.3 miscounts lines after a comment that ends within its line, takes no comment inside
 * a list, calls nobody back for an empty one, silently skips characters it has no rule for, and
 * accepts what is never closed.  So comments are blanked out here, "= {}" becomes "= """, and the
 * rest is reported. */

#include <stdbool.h>
#include <stddef.h>

struct scan {
    unsigned line_count;
    unsigned line;       /* of the first problem */
    const char *problem; /* static; NULL: none */
};

/* Whether the LENGTH octets of TEXT are text at all: UTF-8 without NUL. */
bool scan_is_text(const char *text, size_t length, struct scan *scan);

/* Replace every comment in the LENGTH octets of TEXT by spaces, and an empty list by quotes with
 * nothing but white space between; find what is not closed and what libconfuse would skip. */
void scan_prepare(char *text, size_t length, struct scan *scan);

#endif
