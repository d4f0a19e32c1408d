/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/reply.h"

#include <stdlib.h>
#include <string.h>

#include "milter/log.h"
#include "milter/writable.h"

enum { MAX_LINES = 32 };

static size_t total_length(const struct vouch_reply *reply, size_t count)
{
    size_t length = 0;

    for (size_t i = 0; i < count; i++)
        length += 2 * strlen(reply->lines[i]) + 1;
    return length;
}

/* LINE with every '%' doubled, to TO; returns what follows its NUL. */
static char *double_percent(char *to, const char *line)
{
    for (; *line != '\0'; line++) {
        if (*line == '%')
            *to++ = '%';
        *to++ = *line;
    }
    *to++ = '\0';
    return to;
}

static int set_lines(SMFICTX *context, const struct vouch_reply *reply, char *const line[MAX_LINES])
{
#define FOUR(n) line[n], line[n + 1], line[n + 2], line[n + 3]
    return smfi_setmlreply(context, reply->code, reply->enhanced, FOUR(0), FOUR(4), FOUR(8),
                           FOUR(12), FOUR(16), FOUR(20), FOUR(24), FOUR(28), (char *)NULL);
#undef FOUR
}

void reply_set(SMFICTX *context, const struct vouch_reply *reply)
{
    static struct log_limit limit;
    size_t count = reply->line_count < MAX_LINES ? reply->line_count : MAX_LINES;
    char *line[MAX_LINES] = {NULL};
    char *text, *next;
    int set;

    if (reply->code[0] == '\0')
        return;
    text = next = malloc(total_length(reply, count) + 1);
    for (size_t i = 0; text != NULL && i < count; i++) {
        line[i] = next;
        next = double_percent(next, reply->lines[i]);
    }
    if (line[0] != NULL)
        set = set_lines(context, reply, line);
    else
        set = smfi_setreply(context, writable(reply->code), writable(reply->enhanced), NULL);
    free(text);
    if (set != MI_SUCCESS)
        log_limited(&limit, LOG_WARNING, "libmilter refuses the reply %s %s", reply->code,
                    reply->enhanced);
}
