/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef SIGN_SETTINGS_H
#define SIGN_SETTINGS_H

/* settings.h - what of the configuration the signer reads: one `sign "example.org" { ... }`. */

#include <stdbool.h>

#include "lib/base/clock.h"
#include "lib/dns/name.h"
#include "lib/sign/sign_key.h"

enum sign_method { SIGN_DKIM, SIGN_DOMAINKEYS };
#define SIGN_METHOD_WORDS "dkim domainkeys"

/* As in c=; the last two are those of DomainKeys. */
enum sign_canonicalization {
    SIGN_CANONICALIZATION_DEFAULT, /* relaxed/relaxed, of DomainKeys nofws */
    SIGN_RELAXED_RELAXED,
    SIGN_RELAXED_SIMPLE,
    SIGN_SIMPLE_RELAXED,
    SIGN_SIMPLE_SIMPLE,
    SIGN_SIMPLE,
    SIGN_NOFWS
};
#define SIGN_CANONICALIZATION_WORDS                                                                \
    "default relaxed/relaxed relaxed/simple simple/relaxed simple/simple simple nofws"

struct sign_settings {
    struct dns_name domain;  /* d= */
    const char *domain_text; /* the same, lower case */
    enum sign_method method;
    const char *selector; /* s= */
    const char *key_file;
    enum sign_canonicalization canonicalization;
    bool subdomains;      /* authors in subdomains are signed for, too */
    nanoseconds lifetime; /* until x=; 0: it has none */
    struct sign_key *key;
};

#endif
