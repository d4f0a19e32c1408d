/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/profile.h"

#include <string.h>

/* The accountability proposal of 2008 (spec/legacy.md 2, 8.3): mail comes from domains that take
 * mail and say who sends theirs, over connections whose client a certificate authority answers
 * for.  What DNS does not tell is asked for later, else trouble with DNS would be a way in. */
static const struct profile_setting strict[] = {
    {"helo", "address-literal", "reject"},
    {"sender", "enabled", "yes"},
    {"sender", "no-mx", "reject"},
    {"sender", "address-literal", "reject"},
    {"sender", "temperror", "tempfail"},
    {"recipient", "address-literal", "reject"},
    {"spf", "none", "reject"},
    {"spf", "neutral", "reject"},
    {"spf", "softfail", "reject"},
    {"spf", "permerror", "reject"},
    {"spf", "temperror", "tempfail"},
    {"tls", "enabled", "yes"},
    {"tls", "require", "certificate"},
    {NULL, NULL, NULL},
};

const struct profile_setting *profile_settings(enum config_profile profile)
{
    static const struct profile_setting standard[] = {{NULL, NULL, NULL}};

    return profile == PROFILE_STRICT ? strict : standard;
}

void profile_text(enum config_profile profile, struct text *text)
{
    const char *section = NULL;

    for (const struct profile_setting *at = profile_settings(profile); at->section != NULL; at++) {
        if (section == NULL || strcmp(section, at->section) != 0)
            text_printf(text, "%s%s {\n", section != NULL ? "}\n" : "", at->section);
        text_printf(text, "    %s = %s\n", at->name, at->value);
        section = at->section;
    }
    if (section != NULL)
        text_add(text, "}\n");
}

static bool is_turned_off(const struct reader *reader, const char *section)
{
    enum method method;

    return method_from_name(section, strlen(section), &method) &&
           !reader->config->enabled[method] &&
           reader_is_given(reader, option_find(section, "enabled"));
}

void profile_apply(struct reader *reader)
{
    const struct config_origin where = {.file = "profile strict"};

    reader_enter(reader, READER_PROFILE);
    for (const struct profile_setting *at = profile_settings(reader->config->profile);
         at->section != NULL; at++) {
        const struct option *option = option_find(at->section, at->name);

        if (!is_turned_off(reader, at->section) && !reader_is_given(reader, option))
            reader_take(reader, option, false, at->value, false, where);
    }
}
