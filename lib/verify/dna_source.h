/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_SOURCE_H
#define VERIFY_DNA_SOURCE_H

/* dna_source.h - whom this site asks whether a name is worth trusting: a `source` section of
 * milter.conf (spec/csv.md 8). */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/dns/name.h"
#include "lib/verify/dna_map.h"
#include "lib/vouch.h"

enum { DNA_SOURCES_MAX = 16 };

enum dna_kind {
    DNA_KIND_DNA,  /* a service that the name itself names at _vouch._smtp */
    DNA_KIND_VBR,  /* a vouching service (RFC 5518) */
    DNA_KIND_LIST, /* a DNS list of names or addresses (RFC 5782) */
    DNA_KIND_OWN   /* what this site remembers of the name: what METHOD_REPUTATION said */
};
#define DNA_KIND_WORDS "dna vbr list own"

/* What a DNS list is asked for. */
enum dna_by { DNA_BY_NAME, DNA_BY_ADDRESS };
#define DNA_BY_WORDS "name address"

struct dna_source {
    const char *name; /* the title of its section */
    enum dna_kind kind;
    const char *service_text; /* of the service, or the zone of the list; "": the title */
    struct dns_name service;  /* the same, read */
    enum dna_by by;
    const char *query;      /* the template of the question's name; "": the kind's own */
    enum dna_format format; /* of the answers, where the kind has none of its own */
    const char *map_text;
    struct dna_map map;          /* the same, read */
    enum dna_answer listed;      /* what a listing means that the map does not have */
    enum dna_answer not_vouched; /* what an answer means that does not vouch for it */
    const char *content;         /* the type of content that is vouched for, beside "all" */
    bool parents;                /* the parents of the name are asked about, too */
    bool always;                 /* asked even if the name does not name the service */
    bool unauthenticated;        /* asked for the address of any client */
    bool health_check;
    const char *test_text; /* what a list is sure to have; "": what RFC 5782 5 says */
    struct ip test_ip;     /* the same, of a list of addresses; family IP_NONE: "" */
};

/* The template of the questions of SOURCE and the format of their answers. */
const char *dna_source_query(const struct dna_source *source);
enum dna_format dna_source_format(const struct dna_source *source);

/* Read the texts of SOURCE: service_text to service, map_text to map, test_text to test_ip.  ARENA
 * keeps the map. VOUCH_ERROR_SYNTAX: COMPLAINT says what is wrong, safe to print.
 * VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int dna_source_read(struct dna_source *source, struct arena *arena,
                                     struct text *complaint);

/* Whether it is a list of addresses whose word is never `refuse` and may be `accept`, asked for the
 * address of any client: what RFC 8904 calls a DNS allowlist. */
bool dna_source_is_allowlist(const struct dna_source *source);

/* The name at which SOURCE is asked about SUBJECT, a domain name or a reversed address: in the
 * template %d becomes SUBJECT, %s the service, %% a percent sign.  VOUCH_ERROR_LIMIT: it would be
 * too long; *NAME is untouched.  VOUCH_ERROR_SYNTAX: the template gives no name. */
VOUCH_MUST_CHECK int dna_source_question(const struct dna_source *source, const char *subject,
                                         struct dns_name *name);

#endif
