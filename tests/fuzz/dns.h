/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef FUZZ_DNS_H
#define FUZZ_DNS_H

/* dns.h - DNS for fuzz targets: a zone text, as in resolver_new_zone, that answers at once.  What
 * is scripted as silent is a timeout, a delay is none, and any question can be made to fail. */

#include <stdbool.h>

#include "lib/dns/resolver.h"
#include "lib/dns/zone.h"

struct fuzz_dns {
    struct zone zone;
    bool fails;        /* every question fails */
    unsigned fails_at; /* this question fails, counted from 1; 0: none */
    unsigned asked;    /* questions so far */
    unsigned failures; /* of which failed, as the zone or the caller wanted it */
    unsigned secure;   /* of which were answered as validated */
};

/* False: TEXT is no zone text. */
bool fuzz_dns_begin(struct fuzz_dns *dns, const char *text);
void fuzz_dns_end(struct fuzz_dns *dns);

/* Give the records of every name in the opposite order. */
void fuzz_dns_reverse(struct fuzz_dns *dns);

/* A resolver over DNS, whose counts begin anew.  Never NULL; release it before fuzz_dns_end. */
struct resolver *fuzz_dns_resolver(struct fuzz_dns *dns);

#endif
