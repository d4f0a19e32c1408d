/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_HELO_NAME_H
#define VERIFY_HELO_NAME_H

/* helo_name.h - what kind of thing a HELO argument is (spec/csv.md 5), told once for all verifiers.
 */

#include "lib/base/ip.h"
#include "lib/dns/name.h"

enum helo_kind {
    HELO_MISSING,
    HELO_DOMAIN,       /* two or more labels of letters, digits, hyphen, underscore */
    HELO_SINGLE_LABEL, /* a name without a dot */
    HELO_LITERAL,      /* [192.0.2.1], [IPv6:2001:db8::1], or a bare address */
    HELO_MALFORMED
};

struct helo_name {
    enum helo_kind kind;
    struct dns_name name; /* for DOMAIN and SINGLE_LABEL */
    struct ip literal;    /* for LITERAL; family IP_NONE when it cannot be read */
};

struct helo_name helo_name_parse(const char *helo);

#endif
