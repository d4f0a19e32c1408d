/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/reply.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/report/reply_text.h"
#include "lib/report/words.h"

enum { NAME_MAX_OCTETS = 255 };

/* One line for each reason and one for what its domain explains. */
enum { LINES_MAX = 2 * DECISION_REASONS };

struct draft {
    struct arena *arena;
    const struct facts *facts;
    enum vouch_action action; /* TEMPFAIL: the client is asked to come again */
    const char **lines;
    size_t count;
    bool failed;
};

/* What is said when there is nothing to say, or no memory to say it. */
static const char *const *fallback(enum vouch_action action)
{
    static const char *const lines[VOUCH_ACTION_COUNT] = {
        [VOUCH_QUARANTINE] = "held by local policy",
        [VOUCH_TEMPFAIL] = "not accepted now; please try again later",
        [VOUCH_REJECT] = "refused by local policy",
    };

    return &lines[action];
}

static void end_line(struct draft *draft, struct text *line)
{
    if (line->failed) {
        draft->failed = true;
        return;
    }
    if (line->length > REPLY_LINE_MAX)
        memcpy(line->data + REPLY_LINE_MAX - 3, "...", sizeof "...");
    draft->lines[draft->count++] = line->data;
}

static void add_reason(struct draft *draft, const struct outcome *outcome)
{
    struct text line = text_in(draft->arena);

    reply_text_reason(&line, draft->facts, outcome);
    if (line.length == 0)
        text_add(&line, *fallback(draft->action));
    else if (draft->action == VOUCH_TEMPFAIL)
        text_add(&line, "; please try again later");
    end_line(draft, &line);
}

static void add_explanation(struct draft *draft, const struct outcome *outcome)
{
    struct text line = text_in(draft->arena);

    if (outcome->explanation[0] == '\0' || outcome->method == METHOD_SENDER_ID)
        return;
    reply_text_explanation(&line, outcome);
    end_line(draft, &line);
}

/* "Recipient address rejected: user@[192.0.2.1]: an address literal" */
static void write_recipient(struct draft *draft, const struct path *recipient)
{
    struct text line = text_in(draft->arena);

    text_add(&line, "Recipient address rejected: ");
    words_name(&line, recipient->raw, NAME_MAX_OCTETS);
    text_add(&line, ": an address literal");
    if (draft->action == VOUCH_TEMPFAIL)
        text_add(&line, "; please try again later");
    end_line(draft, &line);
}

static void write_lines(struct draft *draft, const struct decision *decision)
{
    const struct outcome *const alone[] = {decision->outcome, NULL};
    const struct outcome *const *reasons = decision->reasons[0] != NULL ? decision->reasons : alone;
    size_t most = decision->reasons[0] != NULL ? DECISION_REASONS : 1;

    for (size_t i = 0; i < most && reasons[i] != NULL; i++) {
        add_reason(draft, reasons[i]);
        if (reasons[i]->result == VOUCH_FAIL)
            add_explanation(draft, reasons[i]);
    }
}

static void set_codes(const struct decision *decision, struct vouch_reply *reply)
{
    bool has_code = decision->wanted == VOUCH_REJECT || decision->wanted == VOUCH_TEMPFAIL;

    *reply = (struct vouch_reply){
        .code = has_code ? decision->code : "",
        .enhanced = has_code ? decision->enhanced : "",
        .lines = fallback(decision->wanted),
        .line_count = *fallback(decision->wanted) != NULL ? 1 : 0,
    };
}

int reply_make(struct arena *arena, const struct facts *facts, const struct decision *decision,
               struct vouch_reply *reply)
{
    struct draft draft = {
        .arena = arena,
        .facts = facts,
        .action = decision->wanted,
    };

    static const char *const forged[] = {
        "too many header fields that claim to be written here (Authentication-Results)"};

    set_codes(decision, reply);
    if (decision->has_forged)
        reply->lines = forged;
    if (reply->line_count == 0 || (decision->outcome == NULL && decision->recipient == NULL))
        return VOUCH_OK;
    draft.lines = arena_calloc(arena, LINES_MAX, sizeof *draft.lines);
    if (draft.lines == NULL)
        return VOUCH_ERROR_MEMORY;
    if (decision->recipient != NULL)
        write_recipient(&draft, decision->recipient);
    else
        write_lines(&draft, decision);
    if (draft.failed)
        return VOUCH_ERROR_MEMORY;
    reply->lines = draft.lines;
    reply->line_count = draft.count;
    return VOUCH_OK;
}
