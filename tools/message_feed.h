/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_MESSAGE_FEED_H
#define TOOLS_MESSAGE_FEED_H

/* message_feed.h - a stored message given to the engine as an MTA would give it: field by field
 * without line ends at their end, then the body with CRLF line ends. */

#include <stddef.h>

#include "lib/vouch.h"

struct message_feed {
    const char *at;
    const char *end;
};

/* The LENGTH octets of MESSAGE: LF or CRLF line ends; a "From " line of an mbox is skipped. */
struct message_feed message_feed_start(const char *message, size_t length);

/* Give every header field up to the empty line.  A line that is no field ends the header, as MTAs
 * do. */
VOUCH_MUST_CHECK int message_feed_header(struct message_feed *feed, struct vouch_message *message);

/* Give the rest as the body. */
VOUCH_MUST_CHECK int message_feed_body(struct message_feed *feed, struct vouch_message *message);

#endif
