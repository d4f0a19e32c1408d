/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What people say of a message is remembered for the names that were proven when it came in. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/ascii.h"
#include "lib/engine/own_results.h"
#include "lib/engine/transaction.h"
#include "lib/mail/feedback_report.h"
#include "lib/verify/identities.h"

enum { LESSON_ARENA = 8 << 20 };

/* How long whoever learns waits until it is kept. */
static const nanoseconds PATIENCE = 10 * NANOSECONDS_PER_SECOND;

/* What stands behind struct vouch_lesson. */
struct lesson {
    struct vouch_lesson told;
    struct arena *arena;
    struct header_list header;
    struct message_span body;
    struct reputation_name names[IDENTITIES_MAX];
    size_t name_count;
    bool is_ours; /* it came in through the filter */
};

/* Read the header of MESSAGE and whom it proves. */
static int read_message(struct lesson *lesson, const struct vouch_request_to_learn *request,
                        const struct vouch_engine *engine, struct message_span message)
{
    struct outcome *outcomes;
    int error;

    lesson->header = header_list_in(lesson->arena, engine->config->header_octets);
    error = message_read(message, &lesson->header, &lesson->body);
    if (error == VOUCH_OK)
        error =
            own_results_read(&lesson->header, request->authserv_id, &outcomes, &lesson->is_ours);
    if (error == VOUCH_OK)
        lesson->name_count = identities_find(lesson->arena, outcomes, lesson->names);
    return error;
}

/* NAME is DOMAIN or below it. */
static bool is_within(const char *name, const char *domain)
{
    size_t length = strlen(name);
    size_t suffix = strlen(domain);

    if (suffix == 0 || length < suffix || !ascii_equal_fold(name + length - suffix, domain, suffix))
        return false;
    return length == suffix || name[length - suffix - 1] == '.';
}

/* Whether the message proves to come from one whose reports are believed. */
static bool is_from_reporter(const struct lesson *lesson,
                             const struct vouch_request_to_learn *request)
{
    for (size_t i = 0; i < lesson->name_count; i++)
        for (size_t k = 0; k < request->reporter_count; k++)
            if (lesson->names[i].kind != REPUTATION_ISSUER &&
                is_within(lesson->names[i].name, request->reporters[k]))
                return true;
    return false;
}

/* A report is unwrapped: what it says is about the message in it.  One that came in by mail is
 * somebody's word, and the message in it may be invented. */
static int unwrap(struct lesson *lesson, const struct vouch_request_to_learn *request,
                  const struct vouch_engine *engine)
{
    struct message_span about;
    enum feedback_type type;
    int error = feedback_report_read(&lesson->header, lesson->body, &type, &about);

    if (error != VOUCH_OK || type == FEEDBACK_NONE)
        return error;
    lesson->told.is_report = true;
    if (type == FEEDBACK_BROKEN)
        lesson->told.why = "the feedback report has no message in it";
    else if (type == FEEDBACK_OTHER)
        lesson->told.why = "the feedback report does not say whether the message is bad or good";
    else if ((type == FEEDBACK_SPAM) != request->spam)
        lesson->told.why = "the feedback report says the opposite";
    else if (lesson->is_ours && !is_from_reporter(lesson, request))
        lesson->told.why = "the feedback report is not from one of the reporters";
    else
        error = read_message(lesson, request, engine, about);
    return error;
}

static int list_names(struct lesson *lesson)
{
    struct vouch_proven_name *names =
        arena_calloc(lesson->arena, lesson->name_count, sizeof *names);

    if (names == NULL)
        return VOUCH_ERROR_MEMORY;
    for (size_t i = 0; i < lesson->name_count; i++)
        names[i] = (struct vouch_proven_name){reputation_kind_word(lesson->names[i].kind),
                                              lesson->names[i].name};
    lesson->told.names = names;
    lesson->told.name_count = lesson->name_count;
    return VOUCH_OK;
}

static int observe(const struct lesson *lesson, struct reputation *reputation, bool spam)
{
    int64_t now = (int64_t)time(NULL);
    int error = VOUCH_OK;

    for (size_t i = 0; i < lesson->name_count && error == VOUCH_OK; i++) {
        error = reputation_observe(reputation, lesson->names[i].kind, lesson->names[i].name, spam,
                                   1, now);
        if (error == VOUCH_ERROR_RANGE)
            error = VOUCH_OK; /* a name that cannot be kept */
    }
    return error == VOUCH_OK ? reputation_flush(reputation, PATIENCE) : error;
}

static int learn(struct vouch_engine *engine, const struct vouch_request_to_learn *request,
                 struct lesson *lesson)
{
    struct message_span message = {request->message, request->length};
    int error = read_message(lesson, request, engine, message);

    if (error == VOUCH_OK)
        error = unwrap(lesson, request, engine);
    if (error != VOUCH_OK || lesson->told.why != NULL)
        return error;
    if (!lesson->is_ours)
        lesson->told.why = "it has no Authentication-Results field of ours";
    else if (lesson->name_count == 0)
        lesson->told.why = "no name was proven when it came in";
    lesson->told.nobody_proven = lesson->is_ours && lesson->name_count == 0;
    if (lesson->told.why != NULL)
        return VOUCH_OK;
    error = list_names(lesson);
    return error == VOUCH_OK ? observe(lesson, engine->reputation, request->spam) : error;
}

int vouch_learn(struct vouch_engine *engine, const struct vouch_request_to_learn *request,
                struct vouch_lesson **lesson)
{
    struct vouch_request_to_learn complete = *request;
    struct lesson *new;
    int error = VOUCH_ERROR_MEMORY;

    if (engine->reputation == NULL)
        return VOUCH_ERROR_STATE;
    if (complete.authserv_id == NULL)
        complete.authserv_id = engine->config->authres.authserv_id[0] != '\0'
                                   ? engine->config->authres.authserv_id
                                   : engine->host_name;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return VOUCH_ERROR_MEMORY;
    new->arena = arena_new(engine->config->header_octets * 8 + LESSON_ARENA);
    if (new->arena != NULL)
        error = learn(engine, &complete, new);
    if (error != VOUCH_OK) {
        vouch_lesson_free(&new->told);
        return error;
    }
    *lesson = &new->told;
    return VOUCH_OK;
}

void vouch_lesson_free(struct vouch_lesson *lesson)
{
    struct lesson *whole = (struct lesson *)lesson;

    if (whole == NULL)
        return;
    arena_free(whole->arena);
    free(whole);
}

int vouch_engine_forget(struct vouch_engine *engine, const char *name, unsigned *count)
{
    *count = 0;
    if (engine->reputation == NULL)
        return VOUCH_ERROR_STATE;
    return reputation_forget(engine->reputation, name, count);
}
