/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_ZONE_FAULT_H
#define DNS_ZONE_FAULT_H

/* zone_fault.h - what goes wrong, for which questions: the "!" lines of a zone text.  Private to
 * lib/dns and to the test server tests/dnsd, which does all of it. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/dns/name.h"
#include "lib/vouch.h"

enum zone_trouble {
    ZONE_NORMAL,
    ZONE_SILENT,     /* no answer */
    ZONE_SERVFAIL,   /* the rcode */
    ZONE_REFUSED,    /* the rcode */
    ZONE_FORMERR,    /* the rcode */
    ZONE_BOGUS,      /* DNSSEC validation fails */
    ZONE_SECURE,     /* DNSSEC validation succeeds */
    ZONE_MALFORMED,  /* right id and question, then octets that cannot be decoded */
    ZONE_TRUNCATE,   /* over UDP only the TC bit; over TCP as usual */
    ZONE_GARBAGE,    /* random octets */
    ZONE_WRONG_ID,   /* the right answer under another id */
    ZONE_WRONG_NAME, /* the right answer to another question */
    ZONE_WRONG_PORT  /* the right answer from another port */
};

struct zone_fault {
    enum zone_trouble trouble;
    unsigned delay_ms;
};

/* Empty when zeroed. */
struct zone_faults {
    struct zone_fault_rule *rules;
    size_t count, capacity;
};

/* Add a line, without its "!": NAME TYPE|ANY WORD, or NAME TYPE|ANY delay MS.  NAME "*" is every
 * name, "*.x" every name below x.  VOUCH_ERROR_SYNTAX, VOUCH_ERROR_MEMORY: *PROBLEM is what is
 * wrong (static). */
VOUCH_MUST_CHECK int zone_faults_add(struct zone_faults *faults, const char *line,
                                     const char **problem);

/* Forget all. */
void zone_faults_clear(struct zone_faults *faults);

/* What FAULTS say of NAME TYPE, put over *FAULT where they say anything.  The closest name wins,
 * then a TYPE over ANY, then the later line; trouble and delay are looked for apart from each
 * other, and "normal" says both. */
void zone_faults_apply(const struct zone_faults *faults, const struct dns_name *name, unsigned type,
                       struct zone_fault *fault);

#endif
