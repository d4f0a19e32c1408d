/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/scrutiny.h"

#include "lib/base/text.h"
#include "lib/report/words.h"

enum { NAME_MAX_OCTETS = 255, WHY_MAX_OCTETS = 200 };

const char *scrutiny_write(struct arena *arena, const struct outcome *outcome)
{
    const char *identity = identity_name(outcome->identity);
    struct text text = text_in(arena), why = text_in(arena);

    text_printf(&text, "%s%s%s=%s", method_name(outcome->method), identity[0] != '\0' ? "/" : "",
                identity, vouch_result_word(outcome->result));
    if (outcome->domain[0] != '\0') {
        text_add(&text, " domain=");
        words_escaped(&text, outcome->domain, " ()", NAME_MAX_OCTETS);
    }
    words_why(&why, outcome, "()", WHY_MAX_OCTETS);
    if (why.length > 0)
        text_printf(&text, "\n\t(%s)", why.data);
    text.failed |= why.failed;
    return text_string(&text);
}
