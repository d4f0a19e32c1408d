/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_PRA_H
#define VERIFY_PRA_H

/* pra.h - the Purported Responsible Address of a message (RFC 4407). */

#include "lib/base/outcome.h"
#include "lib/base/text.h"
#include "lib/mail/header.h"
#include "lib/mail/mailbox.h"

enum { PRA_STEPS_MAX = 5 };

struct pra {
    enum reason reason; /* REASON_NONE: there is one; else why there is none */
    const char *field;  /* the field it came from, or at which the search ended: "Resent-Sender",
                           "Resent-From", "Sender", "From"; "" if there is no such field */
    unsigned index;     /* which field of that name, counted from 1 at the top; 0: none */

    struct mailbox mailbox;   /* where there is one */
    enum mailbox_error error; /* what is wrong with the field, where that is why there is none */
    size_t offset;            /* and where, in octets of its value */

    const char *steps[PRA_STEPS_MAX]; /* how it was found, one rule of RFC 4407 2 each; static */
    size_t step_count;
};

/* Find the PRA of HEADERS, the topmost field first.  That there is none is no error.  Fields whose
 * value is nothing but white space count as absent; a field once selected is not passed over when
 * it turns out to be malformed.  When HEADERS are not the whole header there is no PRA: what is
 * missing could have named another.  Strings go into ARENA.  VOUCH_ERROR_MEMORY is the only error.
 */
VOUCH_MUST_CHECK int pra_find(struct arena *arena, const struct header_list *headers,
                              struct pra *pra);

/* Put what is wrong with the field selected into words: "malformed domain at octet 7"; nothing
 * where that is not why there is no PRA.  Safe text. */
void pra_describe(const struct pra *pra, struct text *text);

#endif
