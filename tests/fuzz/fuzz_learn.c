/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What `vouch learn` reads: a delivered message, our results on top of it, or a complaint with a
 * message in it.  The input is the message. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/engine/own_results.h"
#include "lib/mail/feedback_report.h"
#include "lib/verify/identities.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA = 16 << 20, HEADER_MAX = 1 << 20 };

static bool is_inside(struct message_span part, struct message_span whole)
{
    return part.octets >= whole.octets && part.length <= whole.length &&
           part.octets + part.length <= whole.octets + whole.length;
}

/* How many names MESSAGE proves; BODY is set. */
static size_t count_names(struct arena *arena, struct message_span message,
                          struct header_list *header, struct message_span *body)
{
    struct reputation_name names[IDENTITIES_MAX];
    struct outcome *outcomes;
    size_t count;
    bool found;

    *header = header_list_in(arena, HEADER_MAX);
    FUZZ_CHECK(message_read(message, header, body) == VOUCH_OK);
    FUZZ_CHECK(is_inside(*body, message));
    FUZZ_CHECK(own_results_read(header, "mx.example.org", &outcomes, &found) == VOUCH_OK);
    FUZZ_CHECK(found || outcomes == NULL);
    count = identities_find(arena, outcomes, names);
    for (size_t i = 0; i < count; i++)
        FUZZ_CHECK(names[i].name[0] != '\0');
    return count;
}

/* Whatever the message says, below a field of ours that proves nothing it proves nothing. */
static void check_below_ours(struct message_span message)
{
    static const char ours[] = "Authentication-Results: mx.example.org; none\nReceived: x\n";
    struct arena *arena = arena_new(ARENA);
    char *octets = malloc(sizeof ours + message.length);
    struct message_span whole = {octets, sizeof ours - 1 + message.length};
    struct message_span body;
    struct header_list header;

    FUZZ_CHECK(arena != NULL && octets != NULL);
    memcpy(octets, ours, sizeof ours - 1);
    memcpy(octets + sizeof ours - 1, message.octets, message.length);
    FUZZ_CHECK(count_names(arena, whole, &header, &body) == 0);
    free(octets);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span input = fuzz_span(data, size);
    struct message_span message = {input.octets, input.length};
    struct arena *arena = arena_new(ARENA);
    struct message_span body, about = {NULL, 0};
    struct header_list header;
    enum feedback_type type;

    FUZZ_CHECK(arena != NULL);
    (void)count_names(arena, message, &header, &body);
    FUZZ_CHECK(feedback_report_read(&header, body, &type, &about) == VOUCH_OK);
    if (type != FEEDBACK_NONE && type != FEEDBACK_BROKEN) {
        FUZZ_CHECK(is_inside(about, body));
        (void)count_names(arena, about, &header, &body);
    }
    check_below_ours(message);
    arena_free(arena);
    return 0;
}
