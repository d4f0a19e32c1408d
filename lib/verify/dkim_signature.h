/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DKIM_SIGNATURE_H
#define VERIFY_DKIM_SIGNATURE_H

/* dkim_signature.h - what a DKIM-Signature field says (RFC 6376 3.5). */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/outcome.h"
#include "lib/dns/name.h"
#include "lib/mail/header.h"

enum dkim_algorithm { DKIM_RSA_SHA1, DKIM_RSA_SHA256, DKIM_ED25519_SHA256 };
enum dkim_canonicalization { DKIM_SIMPLE, DKIM_RELAXED };

enum {
    DKIM_SIGNATURE_MAX = 16384,  /* octets of a field that are read */
    DKIM_HEADER_LIST_MAX = 4000, /* octets of an h= tag */
    DKIM_HEADER_NAMES_MAX = 400, /* names in it */
    DKIM_CLOCK_DRIFT = 300,      /* seconds that clocks may differ */
    DKIM_NO_LENGTH = -1
};

struct dkim_signature {
    const struct header_field *field;
    /* NONE: it can be verified.  Else PERMERROR or NEUTRAL, with why in reason and detail. */
    enum vouch_result result;
    enum reason reason;
    const char *detail;

    /* As written, without white space; "" where absent or not read. */
    const char *domain;        /* d= */
    const char *selector;      /* s= */
    const char *identity;      /* i=, "@" and d= where absent */
    const char *algorithm_tag; /* a= */
    const char *digits;        /* b= */
    const char *body_digits;   /* bh= */
    const char *headers;       /* h= */

    /* Set where result is NONE. */
    enum dkim_algorithm algorithm;
    enum dkim_canonicalization header_canonicalization, body_canonicalization;
    int64_t body_length;      /* l=, or DKIM_NO_LENGTH */
    struct dns_name key_name; /* where its key is */
    bool identity_is_domain;  /* the domain of i= is d= itself */
    unsigned from_fields;     /* how often h= names From */
};

/* Whether FIELD is a DKIM-Signature field: blanks in front of the colon belong to no name. */
bool dkim_is_signature(const struct header_field *field);

/* Read FIELD, with NOW in seconds since 1970 for the signature's time and expiry.  NULL: no memory.
 */
struct dkim_signature *dkim_signature_read(struct arena *arena, const struct header_field *field,
                                           uint64_t now);

/* "simple", "relaxed".  Static. */
const char *dkim_canonicalization_name(enum dkim_canonicalization canonicalization);

#endif
