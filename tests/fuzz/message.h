/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef FUZZ_MESSAGE_H
#define FUZZ_MESSAGE_H

/* message.h - the rest of an input as a message. */

#include "lib/mail/header.h"
#include "tests/fuzz/fuzz.h"

struct fuzz_message {
    struct arena *arena;
    struct header_list headers;
    char *body; /* with CRLF, and whatever octets there are beside */
    size_t body_length;
};

/* REST as header fields, at most HEADER_LIMIT octets of them, and a body; its lines end in LF. */
struct fuzz_message fuzz_message_begin(struct fuzz_span rest, size_t header_limit);
void fuzz_message_end(struct fuzz_message *message);

#endif
