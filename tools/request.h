/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_REQUEST_H
#define TOOLS_REQUEST_H

/* request.h - one message as the command line or a batch line describes it, and its evaluation. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/vouch.h"
#include "tools/macro.h"

struct request {
    const char *client; /* an IP address */
    const char *client_name;
    const char *helo; /* NULL: none was given */
    const char *mail_from;
    const char *submitter;      /* xtext; NULL: none */
    const char *authenticated;  /* the user, or NULL */
    const struct macro *macros; /* what else the MTA tells */
    size_t macro_count;
    const char *queue_id;
    const char *const *recipients;
    size_t recipient_count;
    const char *message; /* octets, or NULL: envelope only */
    size_t message_length;
};

/* What is wanted of the evaluation. */
enum request_answer { ANSWER_EXPLANATION, ANSWER_RECORD };

/* Take REQUEST through ENGINE as the filter would, as far as the filter would let it come, and hand
 * out the answer as text that the caller frees.  VOUCH_ERROR_SYNTAX: `client` is not an IP address.
 */
VOUCH_MUST_CHECK int request_run(struct vouch_engine *engine, const struct request *request,
                                 enum request_answer answer, char **text);

#endif
