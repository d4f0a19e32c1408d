/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_ZONE_H
#define DNSD_ZONE_H

/* zone.h - records by name, and the answer they give to a question (RFC 1034 4.3.2, RFC 4592). */

#include <ldns/ldns.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct zone;

enum { ZONE_NAME_MAX = 255 };

/* A name in wire form and lower case, to be compared octet by octet. */
struct zone_name {
    size_t length;
    uint8_t wire[ZONE_NAME_MAX];
};

/* False: NAME is not a name of at most 255 octets. */
bool zone_name_from(const ldns_rdf *name, struct zone_name *out);

/* NULL: no memory. */
struct zone *zone_new(void);
void zone_free(struct zone *zone);

/* Add one record in presentation format, absolute names; class and TTL may be left out (IN, 300).
 * NULL, or what is wrong with it (static). */
const char *zone_add(struct zone *zone, const char *record);

/* Fill rcode, answer section and authority section of PACKET with the answer to NAME TYPE. */
void zone_answer(const struct zone *zone, const ldns_rdf *name, ldns_rr_type type,
                 ldns_pkt *packet);

#endif
