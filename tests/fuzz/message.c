/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/fuzz/message.h"

#include <string.h>

enum { ARENA_LIMIT = 4 * 1024 * 1024 };

static bool is_continuation(struct fuzz_span rest)
{
    return rest.length > 0 && (rest.octets[0] == ' ' || rest.octets[0] == '\t');
}

/* One field with its folded lines.  False: the header is over. */
static bool take_field(struct fuzz_span *rest, struct fuzz_message *message)
{
    struct fuzz_span line = fuzz_take_line(rest);
    const char *colon = line.length > 0 ? memchr(line.octets, ':', line.length) : NULL;
    const char *name = line.octets;
    const char *copy;

    if (colon == NULL)
        return false;
    while (is_continuation(*rest))
        line = fuzz_take_line(rest);
    copy = arena_copy(message->arena, name, (size_t)(colon - name));
    FUZZ_CHECK(copy != NULL);
    (void)header_list_add(&message->headers, copy, colon + 1,
                          (size_t)(line.octets + line.length - colon - 1));
    return true;
}

static void take_body(struct fuzz_span rest, struct fuzz_message *message)
{
    message->body = arena_alloc(message->arena, 2 * rest.length + 1);
    FUZZ_CHECK(message->body != NULL);
    for (size_t i = 0; i < rest.length; i++) {
        if (rest.octets[i] == '\n')
            message->body[message->body_length++] = '\r';
        message->body[message->body_length++] = rest.octets[i];
    }
}

struct fuzz_message fuzz_message_begin(struct fuzz_span rest, size_t header_limit)
{
    struct fuzz_message message = {.arena = fuzz_arena(ARENA_LIMIT)};

    message.headers = header_list_in(message.arena, header_limit);
    while (take_field(&rest, &message))
        continue;
    take_body(rest, &message);
    return message;
}

void fuzz_message_end(struct fuzz_message *message)
{
    arena_free(message->arena);
}
