/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SETTINGS_H
#define VERIFY_SETTINGS_H

/* settings.h - what of the configuration the verifiers read. */

#include <stdbool.h>

struct csa_settings {
    bool address_literals; /* look literals up in the reverse tree (spec/csv.md 5) */
};

struct spf_settings {
    unsigned term_limit; /* terms that cause lookups, RFC 7208 4.6.4: 10 */
    unsigned void_limit; /* lookups without an answer, RFC 7208 4.6.4: 2 */
};

struct verify_settings {
    struct csa_settings csa;
    struct spf_settings spf;
};

#endif
