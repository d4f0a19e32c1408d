/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DKIM_AUTHOR_H
#define VERIFY_DKIM_AUTHOR_H

/* dkim_author.h - the domains that a message claims as its author's, by its From field. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/dns/name.h"
#include "lib/mail/header.h"

/* Nobody is shown more authors than this. */
enum { DKIM_AUTHORS_MAX = 100 };

struct dkim_authors {
    struct dns_name *domains; /* each once */
    size_t count;
    unsigned from_fields; /* of the message; RFC 5322 3.6 allows one */
};

/* Read every From field of HEADERS.  Of one that is malformed, whatever stands behind an '@'
 * counts: who reads the message may be shown any of it.  False: no memory. */
bool dkim_authors_read(struct arena *arena, const struct header_list *headers,
                       struct dkim_authors *authors);

/* Whether SIGNER, a d= tag, speaks for AUTHOR: it is that domain, or one of two labels or more
 * above it, whose owner has a say over everything below. */
bool dkim_speaks_for(const struct dns_name *signer, const struct dns_name *author);

#endif
