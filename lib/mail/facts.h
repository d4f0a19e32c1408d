/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_FACTS_H
#define MAIL_FACTS_H

/* facts.h - what is known of a session and a message so far.  Filled by the engine, read by
 * verifiers, policy and reports; nobody below the engine writes here.  Strings are never NULL (""
 * is not known) and hold a stranger's octets. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/ip.h"
#include "lib/mail/header.h"
#include "lib/mail/path.h"
#include "lib/vouch.h"

struct facts {
    /* the connection */
    struct ip client;                  /* family IP_NONE: unknown or local submission */
    const char *client_name;           /* verified reverse name as the MTA tells it */
    const char *helo;                  /* the last HELO or EHLO argument, as sent */
    const char *mta[VOUCH_FACT_COUNT]; /* by enum vouch_fact */
    const char *authserv_id;           /* ours: configured, or the MTA's name */

    /* the message */
    bool has_mail; /* MAIL was given: what follows is meaningful */
    struct path reverse_path;
    const char *submitter; /* the SUBMITTER parameter as sent (RFC 4405); NULL: none */
    const char *queue_id;
    const char *const *recipients;
    size_t recipient_count;
    const char *const *refused; /* recipients that were refused, which those above were not */
    size_t refused_count;
    struct header_list headers;
    size_t forged_fields; /* fields that claim to be ours and are to go */
};

#endif
