/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/record.h"

#include <string.h>

#include "lib/base/text.h"

/* As it would be written in milter.conf: the characters that libconfuse escapes are escaped. */
static void add_string(struct text *text, const char *string)
{
    text_add_char(text, '"');
    for (; *string != '\0'; string++) {
        if (*string == '"' || *string == '\\')
            text_add_char(text, '\\');
        text_add_char(text, *string);
    }
    text_add_char(text, '"');
}

/* "OPTION = WORD }", where WORD is the one of WORDS, counted from 0, at INDEX */
static void add_word(struct text *text, const char *option, const char *words, unsigned index)
{
    for (; index > 0; index--)
        words = strchr(words, ' ') + 1;
    text_printf(text, "%s = ", option);
    text_append(text, words, strcspn(words, " "));
    text_add(text, " }");
}

const char *record_rule_text(struct arena *arena, const struct decision *decision)
{
    struct text text = text_in(arena);

    if (decision->exemption == EXEMPT_AUTHENTICATED)
        return "exempt { authenticated = yes }";
    if (decision->exemption == EXEMPT_CLIENT)
        return "exempt { clients = ... }";
    if (decision->has_forged)
        return "limits { forged-fields = ... }";
    if (decision->recipient != NULL && decision->rule != NULL) {
        text_printf(&text, "recipient { address-literal = %s }",
                    vouch_action_word(decision->rule->action));
        return text_string(&text);
    }
    if (decision->rule == NULL || decision->outcome == NULL)
        return "";
    if (decision->combination != REFUSE_NEVER) {
        add_word(&text, "sender-id { refuse-when", REFUSE_WHEN_WORDS, decision->combination);
        return text_string(&text);
    }
    if (decision->requirement != TLS_REQUIRE_NO) {
        add_word(&text, "tls { require", TLS_REQUIRE_WORDS, decision->requirement);
        return text_string(&text);
    }
    if (decision->domain != NULL) {
        text_add(&text, "domain ");
        add_string(&text, decision->domain->text);
        text_add(&text, " { ");
    }
    text_printf(&text, "%s { %s = %s }", config_section_name(decision->outcome->method),
                decision->rule->name, vouch_action_word(decision->rule->action));
    if (decision->domain != NULL)
        text_add(&text, " }");
    return text_string(&text);
}
