/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_ZONE_H
#define DNS_ZONE_H

/* zone.h - a zone text in memory and the answers it gives (resolver_new_zone).  Private to lib/dns.
 */

#include <ldns/ldns.h>
#include <stdbool.h>

#include "lib/dns/answer.h"
#include "lib/dns/table.h"
#include "lib/vouch.h"

/* A name of the zone.  It exists also when only something below it does (RFC 8020). */
struct zone_node {
    UT_hash_handle hh;
    struct dns_name name; /* lower case */
    ldns_rr_list *records;
};

enum zone_trouble {
    ZONE_ANSWERS,
    ZONE_SILENT,
    ZONE_SERVFAIL,
    ZONE_REFUSED,
    ZONE_BOGUS,
    ZONE_MALFORMED
};

/* A scripted fault. */
struct zone_fault {
    struct zone_fault *next;
    bool every_name, every_type;
    struct dns_name name;
    unsigned type;
    enum zone_trouble trouble;
    unsigned delay_ms;
};

struct zone {
    struct zone_node *nodes;
    struct zone_fault *faults;
};

/* Read TEXT (resolver_new_zone tells its form).  VOUCH_ERROR_SYNTAX: *PROBLEM_LINE is wrong. */
VOUCH_MUST_CHECK int zone_parse(const char *text, struct zone *zone, unsigned *problem_line);
void zone_free(struct zone *zone);

/* The node of NAME, or NULL. */
struct zone_node *zone_find(const struct zone *zone, const struct dns_name *name);

/* The answer to a question and after how many milliseconds it is to be given.  NULL: never. */
struct dns_answer *zone_answer(const struct zone *zone, const struct dns_name *name,
                               enum dns_type type, unsigned *delay_ms);

#endif
