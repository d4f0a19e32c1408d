/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_CODES_H
#define VERIFY_DNA_CODES_H

/* dna_codes.h - the A records with which a DNS list answers (RFC 5782 2.1). */

#include <stddef.h>

#include "lib/dns/answer.h"

enum { DNA_CODES_MAX = 32 };

struct dna_codes {
    struct ip code[DNA_CODES_MAX]; /* those within 127.0.0.0/8, in rising order, each once */
    size_t count;
    struct ip quota; /* a code that says that the list does not serve us; family IP_NONE: none */
};

/* Read the records of ANSWER.  What is outside of 127.0.0.0/8 is not there: it comes from resolvers
 * and sellers of domains that answer everything.  127.255.255.x, 127.0.0.255 and 127.0.0.1 are what
 * lists answer to whom they do not serve: over quota, or by a public resolver.  Of more than
 * DNA_CODES_MAX the lowest are kept. */
struct dna_codes dna_codes_read(const struct dns_answer *answer);

#endif
