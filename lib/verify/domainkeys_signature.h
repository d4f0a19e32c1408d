/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DOMAINKEYS_SIGNATURE_H
#define VERIFY_DOMAINKEYS_SIGNATURE_H

/* domainkeys_signature.h - the DomainKey-Signature field (RFC 4870 3.3), and who sent the message
 * (3.1). */

#include <stdbool.h>

#include "lib/base/arena.h"
#include "lib/base/outcome.h"
#include "lib/dns/name.h"
#include "lib/mail/header.h"

enum {
    DOMAINKEYS_SIGNATURE_MAX = 16384, /* octets of a field that is read */
    DOMAINKEYS_NAMES_MAX = 100        /* header fields that one signature names */
};

struct domainkeys_signature {
    /* NONE: it can be verified.  Else NEUTRAL (RFC 5451: it cannot be processed) or PERMERROR. */
    enum vouch_result result;
    enum reason reason;
    const char *detail; /* safe */

    const struct header_field *field;
    bool is_nofws;          /* c= */
    const char *domain;     /* d=, lower case; "" if unknown */
    struct dns_name signer; /* the same */
    const char *selector;   /* s=; "" if unknown */
    struct dns_name key_name;
    const char *const *names; /* h=, in its order; NULL: every field below */
    size_t name_count;
    const char *digits; /* b=, without white space */
};

bool domainkeys_is_signature(const struct header_field *field);

/* Read FIELD.  NULL: no memory. */
struct domainkeys_signature *domainkeys_signature_read(struct arena *arena,
                                                       const struct header_field *field);

/* Whether h= names FIELD, or all are signed. */
bool domainkeys_signature_names(const struct domainkeys_signature *signature, const char *name);

/* Who sent the message: the address of Sender, else the first of From. */
struct domainkeys_sender {
    enum reason reason; /* NONE: known; else why not */
    const char *field;  /* "Sender" or "From" */
    const char *local, *text;
    struct dns_name domain;
};

/* False: no memory. */
bool domainkeys_find_sender(struct arena *arena, const struct header_list *headers,
                            struct domainkeys_sender *sender);

#endif
