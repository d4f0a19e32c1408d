/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/received_spf.h"

#include <string.h>

#include "lib/base/text.h"
#include "lib/report/words.h"

enum { COMMENT_MAX = 200, WHY_MAX = 200 };

/* What the comment says before and after the client's address; "%" marks the identity. */
static const char *const comments[VOUCH_RESULT_COUNT][2] = {
    [VOUCH_NONE] = {"domain of % says nothing of ", ": no SPF record"},
    [VOUCH_PASS] = {"domain of % designates ", " as permitted sender"},
    [VOUCH_FAIL] = {"domain of % does not designate ", " as permitted sender"},
    [VOUCH_SOFTFAIL] = {"domain of % probably does not designate ", " as permitted sender"},
    [VOUCH_NEUTRAL] = {"domain of % neither permits nor denies ", " as sender"},
    [VOUCH_TEMPERROR] = {"temporary error in checking % for ", ""},
    [VOUCH_PERMERROR] = {"SPF record in error for % and ", ""},
};

static const struct outcome *find_outcome(const struct outcome *outcomes)
{
    const struct outcome *found = NULL;

    for (; outcomes != NULL; outcomes = outcomes->next)
        if (outcomes->method == METHOD_SPF &&
            (found == NULL || outcomes->identity == IDENTITY_MAILFROM))
            found = outcomes;
    return found;
}

/* The reverse-path without brackets, "" for the null one. */
static const char *envelope_from(struct arena *arena, const struct facts *facts)
{
    const struct path *path = &facts->reverse_path;

    if (path->null)
        return "";
    if (path->domain[0] == '\0')
        return path->local;
    return arena_printf(arena, "%s@%s", path->local, path->domain);
}

static void add_pair(struct text *text, const char *key, const char *value)
{
    const char *shown = value != NULL ? words_shortened(text->arena, value) : NULL;

    text_printf(text, "\n\t%s=", key);
    if (shown == NULL)
        text->failed = true;
    else if (words_is_dot_atom(shown, strlen(shown)) && shown[0] != '\0')
        text_add(text, shown);
    else
        words_quoted(text, shown);
    text_add_char(text, ';');
}

/* RFC 5322 3.2.2: within a comment "(", ")" and "\" are quoted; words_clean makes them \xHH, and
 * the backslash of that is quoted here. */
static void add_comment(struct text *text, const struct outcome *outcome, const char *identity,
                        const char *address)
{
    const char *const *phrase = comments[outcome->result];
    const char *mark = phrase[0] != NULL ? strchr(phrase[0], '%') : NULL;
    struct text shown = text_in(text->arena);

    if (mark == NULL)
        return;
    words_clean(&shown, identity, "()\\", COMMENT_MAX);
    text->failed |= shown.failed;
    text_append(text, " (", 2);
    text_append(text, phrase[0], (size_t)(mark - phrase[0]));
    for (size_t i = 0; i < shown.length; i++) {
        if (shown.data[i] == '\\')
            text_add_char(text, '\\');
        text_add_char(text, shown.data[i]);
    }
    text_printf(text, "%s%s%s)", mark + 1, address, phrase[1]);
}

static void add_why(struct text *text, const struct outcome *outcome)
{
    struct text why = text_in(text->arena);

    if (outcome->reason == REASON_SPF_MATCH && outcome->detail[0] != '\0') {
        add_pair(text, "mechanism", outcome->detail);
    } else if (outcome->reason == REASON_SPF_DEFAULT) {
        add_pair(text, "mechanism", "default");
    } else if (outcome->result == VOUCH_TEMPERROR || outcome->result == VOUCH_PERMERROR) {
        words_why(&why, outcome, "", WHY_MAX);
        add_pair(text, "problem", text_string(&why));
    }
}

int received_spf_write(struct arena *arena, const struct facts *facts,
                       const struct outcome *outcomes, const char **value)
{
    const struct outcome *outcome = find_outcome(outcomes);
    struct text text = text_in(arena);
    char address[IP_TEXT_SIZE];
    bool mailfrom;
    const char *from;

    *value = NULL;
    if (outcome == NULL || facts->client.family == IP_NONE)
        return VOUCH_OK;
    mailfrom = outcome->identity == IDENTITY_MAILFROM;
    from = mailfrom ? envelope_from(arena, facts) : "";
    if (from == NULL)
        return VOUCH_ERROR_MEMORY;
    ip_format(&facts->client, address);
    text_add(&text, vouch_result_word(outcome->result));
    add_comment(&text, outcome, from[0] != '\0' ? from : facts->helo, address);
    add_pair(&text, "identity", mailfrom ? "mailfrom" : "helo");
    add_pair(&text, "client-ip", address);
    if (mailfrom)
        add_pair(&text, "envelope-from", from);
    add_pair(&text, "helo", facts->helo);
    if (facts->authserv_id[0] != '\0')
        add_pair(&text, "receiver", facts->authserv_id);
    add_why(&text, outcome);
    *value = text_string(&text);
    return *value != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}
