/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_LEARN_H
#define TOOLS_LEARN_H

/* learn.h - `vouch learn`: a person says what a message was.  Answers are exit statuses of
 * sysexits(3). */

#include "lib/vouch.h"

/* Remember it and print for which names, or why not.  EX_OK also where no name was proven;
 * EX_DATAERR: the message did not come in through the filter, or is a feedback report that is not
 * believed; EX_TEMPFAIL: it could not be kept. */
int learn_run(struct vouch_engine *engine, const struct vouch_request_to_learn *request);

#endif
