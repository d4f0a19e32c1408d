/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_TRUST_ANCHOR_H
#define DNS_TRUST_ANCHOR_H

/* trust_anchor.h - the keys that DNSSEC validation begins with. */

#include "lib/dns/name.h"
#include "lib/vouch.h"

/* Where Debian's dns-root-data keeps the keys of the root. */
#define TRUST_ANCHOR_ROOT "/usr/share/dns/root.key"

/* Look whether PATH is a file of DS or DNSKEY records in zone-file format, and whose zone the first
 * of them is for.  VOUCH_ERROR_SYSTEM, VOUCH_ERROR_SYNTAX: *PROBLEM says why not, as in "cannot be
 * read" (static). */
VOUCH_MUST_CHECK int trust_anchor_read(const char *path, struct dns_name *owner,
                                       const char **problem);

#endif
