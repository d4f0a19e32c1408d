/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_REDIS_LINK_H
#define REPUTATION_REDIS_LINK_H

/* redis_link.h - one connection to Redis, for one thread at a time.
 *
 * Everything is bounded in time: a fifth of a second to connect, as much to log in, and as
 * much for all answers of one call. */

#include <hiredis/hiredis.h>
#include <stdbool.h>

#include "lib/reputation/store.h"

struct redis_link {
    redisContext *context; /* NULL: not connected */
    bool is_used;          /* it has answered: when it fails now, Redis may have begun anew */
};

/* A command: words with their lengths. */
struct redis_command {
    int count;
    const char **words;
    const size_t *lengths;
};

/* Send COUNT commands and take as many answers, each to be freed with freeReplyObject.  Connects if
 * need be, and once more if an old connection proves dead.  VOUCH_ERROR_SYSTEM: no answers, told to
 * TROUBLE. */
int redis_link_ask(struct redis_link *link, const struct reputation_settings *settings,
                   struct trouble *trouble, const struct redis_command *commands, size_t count,
                   redisReply **replies);

void redis_link_close(struct redis_link *link);

#endif
