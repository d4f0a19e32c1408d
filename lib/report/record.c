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

/* "sender-id { refuse-when = both-fail }" */
static void add_combination(struct text *text, enum refuse_when when)
{
    const char *word = REFUSE_WHEN_WORDS;

    for (; when > REFUSE_NEVER; when--)
        word = strchr(word, ' ') + 1;
    text_add(text, "sender-id { refuse-when = ");
    text_append(text, word, strcspn(word, " "));
    text_add(text, " }");
}

static const char *rule_word(enum rule_scope scope, enum vouch_result result)
{
    if (scope == RULE_SCOPE_MISSING)
        return "missing-pra";
    if (scope == RULE_SCOPE_UNSIGNED)
        return "unsigned";
    if (scope == RULE_SCOPE_SUBMITTER && result != VOUCH_PASS)
        return result == VOUCH_FAIL ? "submitter-mismatch" : "submitter-unverified";
    return vouch_result_word(result);
}

static void add_rule(struct text *text, const struct decision *decision)
{
    const struct outcome *outcome = decision->outcome;
    enum rule_scope scope = config_rule_scope(outcome);
    enum vouch_result result = decision->domain != NULL
                                   ? config_domain_result(decision->domain, outcome)
                                   : outcome->result;

    text_printf(text, "%s { %s%s = %s }", config_section_name(outcome->method),
                scope == RULE_SCOPE_HELO ? "helo-" : "", rule_word(scope, result),
                vouch_action_word(decision->rule->action));
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
    if (decision->rule == NULL || decision->outcome == NULL)
        return "";
    if (decision->combination != REFUSE_NEVER) {
        add_combination(&text, decision->combination);
        return text_string(&text);
    }
    if (decision->domain != NULL) {
        text_add(&text, "domain ");
        add_string(&text, decision->domain->text);
        text_add(&text, " { ");
    }
    add_rule(&text, decision);
    if (decision->domain != NULL)
        text_add(&text, " }");
    return text_string(&text);
}
