/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef FUZZ_VERIFY_H
#define FUZZ_VERIFY_H

/* verify.h - what every verifier promises (verifier.h), held against a zone. */

#include "lib/verify/verifier.h"
#include "tests/fuzz/dns.h"

struct fuzz_case {
    const struct verifier *verifier; /* one that does not look at the body */
    struct facts facts;
    struct verify_settings settings;
    const struct outcome *outcomes; /* what the verifiers before it said */
    /* Whether trouble with any question must show: the result is temperror or, where the answer was
     * not needed, the same. */
    bool trouble_shows;
    /* Whether trouble may also make `none` of it. */
    bool trouble_hides;
    /* A reason for which the order of records may matter; REASON_NONE: none. */
    enum reason ordered;
};

/* End the process unless the verifier keeps its promises:
 *
 * - the same outcomes with and without prefetch, and again from the cache;
 * - the same result whatever the order of the records;
 * - when no question is answered, temperror or none;
 * - when one question fails, see trouble_shows and trouble_hides;
 * - with too little memory, the same result, temperror or no outcome at all;
 * - an outcome is secure only where an answer was;
 * - texts for people are printable. */
void fuzz_verify(const struct fuzz_case *fuzzed, struct fuzz_dns *dns);

#endif
