/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_REPLY_H
#define MILTER_REPLY_H

/* reply.h - an SMTP reply handed to libmilter. */

#include <libmilter/mfapi.h>

#include "lib/vouch.h"

/* Set REPLY for the command under way, every '%' doubled: libmilter wants that, and a single one
 * has Sendmail throw the reply away and Postfix drop the octet.  When it cannot be set, the MTA
 * says its own words with the same class of code. */
void reply_set(SMFICTX *context, const struct vouch_reply *reply);

#endif
