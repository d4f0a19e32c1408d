/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/learn.h"

#include <stdio.h>
#include <sysexits.h>

#include "tools/reputation.h"

static int print_lesson(const struct vouch_request_to_learn *request,
                        const struct vouch_lesson *lesson)
{
    for (size_t i = 0; i < lesson->name_count; i++) {
        (void)printf("%s: %s ", request->spam ? "spam" : "ham", lesson->names[i].kind);
        reputation_print_name(lesson->names[i].name);
        (void)putchar('\n');
    }
    if (lesson->why == NULL)
        return EX_OK;
    (void)printf("nothing learnt: %s\n", lesson->why);
    return lesson->nobody_proven ? EX_OK : EX_DATAERR;
}

int learn_run(struct vouch_engine *engine, const struct vouch_request_to_learn *request)
{
    struct vouch_lesson *lesson;
    int error = vouch_engine_remember(engine);
    int code;

    if (error == VOUCH_OK)
        error = vouch_learn(engine, request, &lesson);
    if (error != VOUCH_OK)
        return reputation_complain(engine, error);
    code = print_lesson(request, lesson);
    vouch_lesson_free(lesson);
    return code;
}
