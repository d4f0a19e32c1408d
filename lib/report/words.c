/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/words.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/ip.h"

enum { CLIENT_NAME_MAX = 100, VALUE_MAX = 255 };

const char *words_method(enum method method)
{
    static const char *const words[METHOD_COUNT] = {
        [METHOD_CSA] = "CSA",
        [METHOD_HELO] = "HELO",
        [METHOD_SPF] = "SPF",
        [METHOD_SENDER_ID] = "Sender ID",
        [METHOD_IPREV] = "Reverse DNS",
        [METHOD_SENDER] = "Sender MX",
        [METHOD_DKIM] = "DKIM",
        [METHOD_DNA] = "Accreditation",
        [METHOD_VBR] = "VBR",
        [METHOD_DNSWL] = "Allowlist",
        [METHOD_DOMAINKEYS] = "DomainKeys",
        [METHOD_TLS] = "TLS",
        [METHOD_REPUTATION] = "Reputation",
    };

    return words[method];
}

const char *words_answered_at(enum vouch_stage decided)
{
    return vouch_stage_word(decided == VOUCH_STAGE_HELO ? VOUCH_STAGE_MAIL : decided);
}

void words_name(struct text *text, const char *name, size_t limit)
{
    text_add_safe(text, name, strlen(name), limit);
}

void words_escaped(struct text *text, const char *name, const char *also, size_t limit)
{
    size_t begin = text->length;

    for (; *name != '\0'; name++) {
        bool hex = !ascii_is_printable(*name) || strchr(also, *name) != NULL;
        size_t size = hex ? sizeof "\\xHH" - 1 : *name == '\\' ? 2 : 1;

        if (text->length - begin + size > limit) {
            text_add(text, "...");
            return;
        }
        if (hex)
            text_printf(text, "\\x%02X", (unsigned char)*name);
        else
            text_add_safe(text, name, 1, size);
    }
}

void words_clean(struct text *text, const char *string, const char *also, size_t limit)
{
    size_t length = strnlen(string, limit);

    for (size_t i = 0; i < length; i++) {
        if (!ascii_is_printable(string[i]))
            text_add_char(text, '?');
        else if (strchr(also, string[i]) != NULL)
            text_printf(text, "\\x%02X", (unsigned char)string[i]);
        else
            text_add_char(text, string[i]);
    }
    if (string[length] != '\0')
        text_add(text, "...");
}

/* How reason text and detail make one phrase. */
static const char *link_between(const struct outcome *outcome)
{
    if (reason_text(outcome->reason)[0] == '\0')
        return "";
    return outcome->reason == REASON_CSA_EXPLICIT ? " " : ": "; /* "... required by example.com" */
}

void words_why(struct text *text, const struct outcome *outcome, const char *also, size_t limit)
{
    const char *why = reason_text(outcome->reason);
    size_t length = strlen(why);

    if (outcome->reason == REASON_SPF_MATCH && outcome->detail[0] != '\0') {
        words_clean(text, outcome->detail, also, limit);
        text_add(text, " matched");
        return;
    }
    words_clean(text, why, "", limit);
    if (outcome->detail[0] == '\0' || outcome->reason == REASON_SPF_DEFAULT)
        return; /* "default" says no more than "no mechanism matched" */
    text_add(text, link_between(outcome));
    words_clean(text, outcome->detail, also, limit > length ? limit - length : 0);
}

const char *words_client_name(const struct facts *facts)
{
    const char *name = facts->client_name;
    bool known = name[0] != '\0' && name[0] != '[' && strcmp(name, "unknown") != 0;

    return known ? name : NULL;
}

void words_client(struct text *text, const struct facts *facts)
{
    const char *name = words_client_name(facts);
    char address[IP_TEXT_SIZE];

    if (facts->client.family == IP_NONE) {
        text_add(text, "this client");
        return;
    }
    ip_format(&facts->client, address);
    if (name == NULL) {
        text_add(text, address);
        return;
    }
    words_name(text, name, CLIENT_NAME_MAX);
    text_printf(text, " [%s]", address);
}

bool words_is_dot_atom(const char *text, size_t length)
{
    bool atom = false;

    for (size_t i = 0; i < length; i++) {
        bool special = strchr("!#$%&'*+-/=?^_`{|}~", text[i]) != NULL;

        if (text[i] == '.' ? !atom : !special && !ascii_is_alnum(text[i]))
            return false;
        atom = text[i] != '.';
    }
    return atom;
}

void words_quoted(struct text *text, const char *value)
{
    text_add_char(text, '"');
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            text_add_char(text, '\\');
        text_add_char(text, ascii_is_printable(*value) ? *value : '?');
    }
    text_add_char(text, '"');
}

const char *words_shortened(struct arena *arena, const char *value)
{
    if (strnlen(value, VALUE_MAX + 1) <= VALUE_MAX)
        return value;
    return arena_printf(arena, "%.*s...", VALUE_MAX, value);
}
