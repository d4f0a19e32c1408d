/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <string.h>

#include "lib/base/text.h"
#include "lib/engine/transaction.h"
#include "lib/verify/pra.h"

enum { SHOWN_MAX = 400 };

static const char *safe_text(struct arena *arena, const char *octets)
{
    struct text text = text_in(arena);

    text_add_safe(&text, octets, strlen(octets), SHOWN_MAX);
    return text_string(&text);
}

const struct vouch_pra *vouch_message_pra(struct vouch_message *message)
{
    struct arena *arena = message->arena;
    struct pra *pra = arena_alloc(arena, sizeof *pra);
    struct vouch_pra *answer = arena_alloc(arena, sizeof *answer);
    struct text detail = text_in(arena);

    if (pra == NULL || answer == NULL || pra_find(arena, &message->facts.headers, pra) != VOUCH_OK)
        return NULL;
    pra_describe(pra, &detail);
    *answer = (struct vouch_pra){
        .address = "",
        .local = pra->mailbox.local,
        .domain = pra->mailbox.domain,
        .field = pra->field,
        .index = pra->index,
        .reason = reason_code(pra->reason),
        .reason_text = reason_text(pra->reason),
        .detail = text_string(&detail),
        .steps = pra->steps,
        .step_count = pra->step_count,
    };
    if (pra->reason == REASON_NONE)
        answer->address = arena_printf(arena, "%s@%s", answer->local, answer->domain);
    answer->shown = answer->address != NULL ? safe_text(arena, answer->address) : NULL;
    return answer->shown != NULL && answer->detail != NULL ? answer : NULL;
}
