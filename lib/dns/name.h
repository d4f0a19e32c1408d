/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_NAME_H
#define DNS_NAME_H

/* name.h - domain names as labels.
 *
 * A name is kept in wire form (RFC 1035 3.1: length octet and octets per label, zero at the end),
 * so any octet can stand in a label - SPF macros put a stranger's octets there - and nothing needs
 * escaping until it is shown.  Names are always absolute. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/ip.h"

enum {
    DNS_NAME_MAX = 255,              /* octets in wire form, the final zero included */
    DNS_LABEL_MAX = 63,              /* octets in a label */
    DNS_NAME_TEXT_SIZE = 4 * 255 + 1 /* room for any name as text */
};

struct dns_name {
    uint8_t length; /* octets in use; 1 for the root */
    uint8_t wire[DNS_NAME_MAX];
};

/* Read LENGTH octets of TEXT: labels separated by '.', one trailing dot allowed, every other octet
 * taken literally (no escapes).  "" and "." are the root.  VOUCH_ERROR_SYNTAX: an empty label, a
 * label over 63 octets or a name over 253; *NAME untouched. */
int dns_name_from_text(const char *text, size_t length, struct dns_name *name);

/* Read LENGTH octets of wire form without compression. VOUCH_ERROR_SYNTAX when malformed. */
int dns_name_from_wire(const uint8_t *wire, size_t length, struct dns_name *name);

/* Write as text: lower case, no trailing dot ("." for the root); octets other than letters, digits,
 * '-' and '_' as \DDD (which is what libunbound and ldns read back).  Returns BUFFER. */
const char *dns_name_format(const struct dns_name *name, char buffer[DNS_NAME_TEXT_SIZE]);

/* Put LABELS (text, such as "_client._smtp") in front.  VOUCH_ERROR_LIMIT: too long; *OUT
 * untouched. OUT may be NAME. */
int dns_name_prepend(const char *labels, const struct dns_name *name, struct dns_name *out);

/* The octets of IP backwards, of IPv6 its nibbles, as labels in front of ZONE: what lists of
 * addresses are asked for (RFC 5782 2.1, 2.4).  VOUCH_ERROR_RANGE: IP has no address;
 * VOUCH_ERROR_LIMIT: too long; *OUT untouched then.  OUT may be ZONE. */
int dns_name_of_ip_in(const struct ip *ip, const struct dns_name *zone, struct dns_name *out);

/* IP's name in the reverse tree, in-addr.arpa or ip6.arpa (RFC 1035 3.5, RFC 3596 2.5).
 * VOUCH_ERROR_RANGE: IP has no address; *OUT untouched. */
int dns_name_of_ip(const struct ip *ip, struct dns_name *out);

/* Labels in the name, the root not counted. */
unsigned dns_name_labels(const struct dns_name *name);

/* The name made of the last LABELS labels (all, when it has fewer). */
void dns_name_suffix(const struct dns_name *name, unsigned labels, struct dns_name *out);

/* Without regard to case (RFC 4343). */
bool dns_name_equal(const struct dns_name *a, const struct dns_name *b);

/* Whether NAME is ANCESTOR or below it. */
bool dns_name_within(const struct dns_name *name, const struct dns_name *ancestor);

bool dns_name_is_root(const struct dns_name *name);

#endif
