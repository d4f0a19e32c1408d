/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_HELO_NAME_H
#define VERIFY_HELO_NAME_H

/* helo_name.h - what kind of thing a HELO argument is (spec/csv.md 5), told once for all verifiers.
 *
 * One trailing dot is dropped.  A name is at most 253 octets with labels of 1 to 63, and its last
 * label is not a number (RFC 1123 2.1): "10.0.0.999" is neither an address nor a name. */

#include "lib/base/ip.h"
#include "lib/dns/name.h"

enum helo_kind {
    HELO_MISSING,
    HELO_DOMAIN,       /* two or more labels of letters, digits, hyphen, underscore */
    HELO_SINGLE_LABEL, /* a name without a dot */
    HELO_LITERAL,      /* [192.0.2.1], [IPv6:2001:db8::1], or a bare address */
    HELO_MALFORMED     /* anything else: 8-bit, spaces, empty labels, too long */
};

struct helo_name {
    enum helo_kind kind;
    struct dns_name name; /* for DOMAIN and SINGLE_LABEL */
    struct ip literal;    /* for LITERAL; family IP_NONE when it cannot be read */
};

/* Read HELO, the argument as sent ("" when there was none).  Always succeeds: what cannot be read
 * is MALFORMED, and a bracketed literal that is no address (an unknown tag, a typing error) is
 * LITERAL with family IP_NONE. */
struct helo_name helo_name_parse(const char *helo);

#endif
