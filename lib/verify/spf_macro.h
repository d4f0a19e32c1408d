/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SPF_MACRO_H
#define VERIFY_SPF_MACRO_H

/* spf_macro.h - the macro-strings of SPF (RFC 7208 7): compiled once, expanded often.
 *
 * Compiling finds every syntax error before anything is evaluated (RFC 7208 4.6).  Expansion writes
 * from the right end of a buffer of fixed size, because a name that is too long is cut from the
 * left (RFC 7208 7.3): however many macros a stranger strings together, no more than the buffer is
 * ever written. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/ip.h"
#include "lib/dns/name.h"
#include "lib/vouch.h"

/* '%' signs in one macro-string.  A name has room for 127 labels. */
enum { SPF_MACROS_MAX = 256 };

/* Where a macro-string stands decides what may be in it. */
enum spf_macro_use {
    SPF_MACRO_DOMAIN,     /* domain-spec: ends in a top-level label or a macro, never empty */
    SPF_MACRO_MODIFIER,   /* the value of an unknown modifier */
    SPF_MACRO_EXPLANATION /* explanation text: spaces and the letters c, r, t as well */
};

/* What is wrong in a text, and where: LENGTH octets at OFFSET. */
struct spf_fault {
    const char *what; /* static */
    size_t offset;
    size_t length;
};

/* The bit of a delimiter (RFC 7208 7.1), 0 for any other octet. */
uint8_t spf_delimiter_bit(char c);

struct spf_macro_part {
    const char *literal; /* for letter 0 */
    uint32_t length;
    uint16_t keep;      /* rightmost parts kept; 0: all */
    uint8_t delimiters; /* set of bits, one for each of . - + , / _ = */
    char letter;        /* lower case; 0: a literal */
    bool reverse;
    bool escape; /* the letter was upper case: URL-escape */
};

struct spf_macro {
    const struct spf_macro_part *parts;
    uint32_t count;     /* 0: nothing was written */
    bool has_local;     /* holds s or l */
    bool has_validated; /* holds p, whose value costs DNS lookups */
};

/* Compile the LENGTH octets at TEXT, which must live as long as MACRO.  VOUCH_ERROR_SYNTAX: see
 * *FAULT.  VOUCH_ERROR_LIMIT: more than SPF_MACROS_MAX signs.  VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int spf_macro_compile(struct arena *arena, const char *text, size_t length,
                                       enum spf_macro_use use, struct spf_macro *macro,
                                       struct spf_fault *fault);

/* Octets that may hold anything, NUL too. */
struct spf_octets {
    const char *octets;
    size_t length;
};

/* What the letters stand for (RFC 7208 7.2). */
struct spf_macro_values {
    struct spf_octets sender;        /* s */
    struct spf_octets local;         /* l */
    struct spf_octets sender_domain; /* o */
    struct spf_octets domain;        /* d: changes in include and redirect */
    struct spf_octets helo;          /* h */
    struct spf_octets receiver;      /* r */
    struct ip client;                /* i, c, v */
    long long now;                   /* t */
    /* p: asked for only when it is needed. */
    struct spf_octets (*validated)(void *context);
    void *context;
};

/* Expand MACRO to the right end of the SIZE octets at BUFFER.  Returns the octets written; *CUT
 * tells that there was more to the left of them. */
size_t spf_macro_expand(const struct spf_macro *macro, const struct spf_macro_values *values,
                        char *buffer, size_t size, bool *cut);

/* Expand MACRO to a domain name, cut from the left to 253 octets.  VOUCH_ERROR_SYNTAX: the
 * expansion is no domain name (an empty or overlong label, or nothing at all). */
VOUCH_MUST_CHECK int spf_macro_name(const struct spf_macro *macro,
                                    const struct spf_macro_values *values, struct dns_name *name);

#endif
