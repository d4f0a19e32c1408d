/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_EDIT_H
#define MILTER_EDIT_H

/* edit.h - the header, as it comes from the MTA and as it goes back. */

#include <stdbool.h>

#include <libmilter/mfapi.h>

#include "milter/session.h"

/* Hand a header field to the message as it stood there: an MTA that does not know
 * SMFIP_HDR_LEADSPC takes away the space behind the colon.  An error of vouch_message_header. */
int edit_keep_field(struct session *session, const char *name, const char *value);

/* Carry out the changes of the header that the decision at end of message brought.  False: one
 * could not be made; logged.  Where the MTA offers no such changes the header stays, but for
 * signatures, which must not get lost. */
bool edit_message(SMFICTX *context, const struct session *session);

/* Have the MTA hold the message, REPLY's first line the reason.  False: it cannot; logged. */
bool edit_quarantine(SMFICTX *context, const struct session *session,
                     const struct vouch_reply *reply);

#endif
