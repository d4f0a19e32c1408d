/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

/* zone.h - a zone text in memory and the answers it gives (resolver_new_zone).  Private to lib/dns
 * and to the test server tests/dnsd, so that one zone text serves both. */

#include <ldns/ldns.h>
#include <stdbool.h>

#include "lib/base/table.h"
#include "lib/dns/answer.h"
#include "lib/dns/zone_fault.h"
#include "lib/vouch.h"

/* A name of the zone.  It exists also when only something below it does (RFC 8020). */
struct zone_node {
    UT_hash_handle hh;
    struct dns_name name; /* lower case */
    ldns_rr_list *records;
};

/* Empty when zeroed. */
struct zone {
    struct zone_node *nodes;
    struct zone_faults faults;
};

/* Add one line of zone text (resolver_new_zone tells its form).  VOUCH_ERROR_SYNTAX,
 * VOUCH_ERROR_MEMORY: *PROBLEM is what is wrong (static). */
VOUCH_MUST_CHECK int zone_add_line(struct zone *zone, const char *line, const char **problem);

/* Read TEXT into an empty ZONE.  VOUCH_ERROR_SYNTAX: *PROBLEM_LINE is wrong, and ZONE is empty. */
VOUCH_MUST_CHECK int zone_parse(const char *text, struct zone *zone, unsigned *problem_line);
void zone_free(struct zone *zone);

/* The node of NAME, or NULL. */
struct zone_node *zone_find(const struct zone *zone, const struct dns_name *name);

/* What answers a question: the records, or the SOA for their absence, and what is to go wrong. */
struct zone_search {
    struct zone_fault fault;
    bool exists;         /* the name, or the one the chain of CNAMEs leads to */
    ldns_rr_list *found; /* the chain and the records; its own */
    const ldns_rr *soa;  /* the zone's; NULL: records found, or no SOA above */
};

/* Look for TYPE (255: any) at NAME: CNAMEs are followed, wildcards stand in (RFC 4592), a chain
 * without end is SERVFAIL.  MORE_FAULTS (may be NULL) go over those of the zone.  False: no memory;
 * otherwise free SEARCH with zone_search_free. */
VOUCH_MUST_CHECK bool zone_search(const struct zone *zone, const struct zone_faults *more_faults,
                                  const struct dns_name *name, unsigned type,
                                  struct zone_search *search);
void zone_search_free(struct zone_search *search);

/* The answer to a question and after how many milliseconds it is to be given.  NULL: never. */
struct dns_answer *zone_answer(const struct zone *zone, const struct dns_name *name,
                               enum dns_type type, unsigned *delay_ms);

#endif
