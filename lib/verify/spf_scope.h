/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SPF_SCOPE_H
#define VERIFY_SPF_SCOPE_H

/* spf_scope.h - which records of a domain are meant for a check (RFC 7208 4.5, RFC 4406 3.1, 4.4).
 */

#include <stdbool.h>
#include <stddef.h>

/* What is checked. */
enum spf_scope {
    SPF_SCOPE_SPF,   /* SPF: "v=spf1" and nothing else */
    SPF_SCOPE_MFROM, /* Sender ID of the reverse-path: "spf2.0/mfrom", else "v=spf1" */
    SPF_SCOPE_PRA    /* Sender ID of the PRA: "spf2.0/pra", else "v=spf1" */
};

/* How well a record fits; the best that a domain has is meant. */
enum spf_fit { SPF_FIT_NONE, SPF_FIT_SPF1, SPF_FIT_SPF2 };

/* What the record TEXT is to SCOPE.  Its version section is "v=spf1" or
 * "spf2." DIGITS "/" NAME *("," NAME) in any case, then a space or the end; what it has for minor
 * version does not matter, and the scope is one whole name of the list. */
enum spf_fit spf_scope_fit(enum spf_scope scope, const char *text, size_t length);

/* Octets of the version section: up to the first space. */
size_t spf_version_length(const char *text, size_t length);

#endif
