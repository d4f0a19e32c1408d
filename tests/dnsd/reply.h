/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_REPLY_H
#define DNSD_REPLY_H

/* reply.h - from the octets of a query to the octets that go back. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tests/dnsd/catalog.h"

enum { REPLY_TEXT_SIZE = 1100 };

struct reply {
    uint8_t *wire; /* malloc; NULL: nothing is sent */
    size_t size;
    unsigned delay;                 /* milliseconds */
    bool other_port;                /* send it from another port */
    char question[REPLY_TEXT_SIZE]; /* "name TYPE", lower case, no last dot; "- -": unreadable */
    const char *outcome;            /* "NOERROR", ..., "truncated", "silent"; static */
};

/* The reply to LENGTH octets of QUERY.  False: they are no query at all, and leave no trace.
 * The caller frees reply->wire. */
bool reply_make(const struct catalog *catalog, const uint8_t *query, size_t length, bool tcp,
                struct reply *reply);

#endif
