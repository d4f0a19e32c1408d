/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SPF_RECORD_H
#define VERIFY_SPF_RECORD_H

/* spf_record.h - the text of an SPF record to a compiled record (RFC 7208 4.5, 4.6.1, 12).
 *
 * The whole record is read before anything in it is evaluated; a syntax error anywhere is an error
 * of the record (RFC 7208 4.6).  Nothing is corrected, nothing is guessed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/ip.h"
#include "lib/base/text.h"
#include "lib/verify/spf_macro.h"
#include "lib/verify/spf_scope.h"
#include "lib/vouch.h"

enum {
    SPF_RECORD_MAX = 65535, /* octets of one record: the most that DNS can carry */
    SPF_TERMS_MAX = 4096    /* terms of one record */
};

enum spf_kind { SPF_ALL, SPF_INCLUDE, SPF_A, SPF_MX, SPF_PTR, SPF_IP4, SPF_IP6, SPF_EXISTS };

/* The section of RFC 7208 that defines a mechanism: "5.1" ...  Static. */
const char *spf_kind_section(enum spf_kind kind);

/* Whether evaluating the mechanism asks DNS (RFC 7208 4.6.4). */
bool spf_kind_asks(enum spf_kind kind);

/* One mechanism. */
struct spf_term {
    enum spf_kind kind;
    enum vouch_result result; /* by its qualifier */
    uint32_t offset;          /* where it stands in the record's text, qualifier included */
    uint32_t length;
    uint8_t prefix4;         /* 0..32 */
    uint8_t prefix6;         /* 0..128 */
    struct ip address;       /* ip4, ip6 */
    struct spf_macro target; /* nothing written: the current domain */
};

struct spf_modifier {
    bool present;
    uint32_t offset;
    uint32_t length;
    struct spf_macro target;
};

struct spf_record {
    const char *text; /* a copy, NUL-terminated */
    size_t length;
    const struct spf_term *terms; /* the mechanisms, in order */
    size_t term_count;
    bool has_all;
    struct spf_modifier redirect;
    struct spf_modifier explanation;
};

/* What is wrong with a record: TERM counts from 1, the version section not counted; LENGTH octets
 * at OFFSET of the text are to blame. */
struct spf_problem {
    unsigned term;
    const char *what; /* static */
    size_t offset;
    size_t length;
};

/* Whether TEXT is an SPF record at all: "v=spf1" in any case, then a space or the end (4.5). */
bool spf_record_is(const char *text, size_t length);

/* Compile TEXT, whose version section is not looked at; everything goes into ARENA.
 * VOUCH_ERROR_SYNTAX: see *PROBLEM.  VOUCH_ERROR_LIMIT: the record is larger than the bounds above.
 * VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int spf_record_parse(struct arena *arena, const char *text, size_t length,
                                      const struct spf_record **record,
                                      struct spf_problem *problem);

/* Put PROBLEM of the record TEXT into words: "term 3: unknown mechanism 'ip5'".  Safe text. */
void spf_problem_describe(const struct spf_problem *problem, const char *text, struct text *out);

#endif
