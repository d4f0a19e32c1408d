/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_FAULT_H
#define DNSD_FAULT_H

/* fault.h - what goes wrong, for which questions. */

#include <ldns/ldns.h>
#include <stdbool.h>

enum fault_kind {
    FAULT_NORMAL,
    FAULT_SILENT,     /* no answer */
    FAULT_SERVFAIL,   /* rcode SERVFAIL */
    FAULT_REFUSED,    /* rcode REFUSED */
    FAULT_FORMERR,    /* rcode FORMERR */
    FAULT_BOGUS,      /* what a validating forwarder says of bogus data: SERVFAIL (RFC 4035 5.5) */
    FAULT_TRUNCATE,   /* over UDP only the TC bit; over TCP as usual */
    FAULT_MALFORMED,  /* right id and question, then a record that cannot be decoded */
    FAULT_GARBAGE,    /* random octets */
    FAULT_WRONG_ID,   /* the right answer under another id */
    FAULT_WRONG_NAME, /* the right answer to another question */
    FAULT_WRONG_PORT  /* the right answer from another port (UDP) */
};

struct fault_list;

/* NULL: no memory. */
struct fault_list *fault_list_new(void);
void fault_list_free(struct fault_list *list);

/* Add a line without its "!": NAME TYPE|ANY WORD, or NAME TYPE|ANY delay MS.  NAME "*" is every
 * name, "*.x" every name below x.  NULL, or what is wrong with the line (static). */
const char *fault_list_add(struct fault_list *list, const char *line);

struct fault {
    enum fault_kind kind;
    unsigned delay; /* milliseconds */
};

/* What LIST says of NAME TYPE, put over *FAULT where it says anything.  The closest name wins, then
 * a TYPE over ANY, then the later line; kind and delay are looked for apart from each other. */
void fault_list_apply(const struct fault_list *list, const ldns_rdf *name, ldns_rr_type type,
                      struct fault *fault);

#endif
