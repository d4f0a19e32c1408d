/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What options.h promises in words: values, defaults, hints. */
#include <inttypes.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/policy/options.h"
#include "lib/policy/value.h"

enum { NAME_SIZE = 32 }; /* no name in the table is longer */

static void add_range(const struct option *option, struct text *text)
{
    value_format(option->type, option->minimum, text);
    text_add(text, " to ");
    value_format(option->type, option->maximum, text);
}

/* "a, b or c" */
static void add_words(const char *words, struct text *text)
{
    while (*words != '\0') {
        size_t length = strcspn(words, " ");
        bool last = words[length] == '\0';

        text_append(text, words, length);
        words += length + !last;
        if (!last)
            text_add(text, strchr(words, ' ') != NULL ? ", " : " or ");
    }
}

void option_values(const struct option *option, struct text *text)
{
    if (option->words != NULL) {
        add_words(strcmp(option->words, OPTION_YES_NO) == 0 ? "yes no" : option->words, text);
        return;
    }
    switch (option->type) {
    case OPTION_NUMBER:
    case OPTION_DURATION:
    case OPTION_SIZE:
        add_range(option, text);
        return;
    case OPTION_FRACTION:
        text_add(text, "0 to 1, such as 0.95");
        return;
    case OPTION_MODE:
        text_add(text, "octal, up to 0777");
        return;
    case OPTION_RULE:
        text_add(text, "an action");
        return;
    case OPTION_NETWORKS:
        text_add(text, "a list of ADDRESS or ADDRESS/BITS");
        return;
    case OPTION_NAMESERVERS:
        text_printf(text, "a list of up to %" PRIu64 " ADDRESS or ADDRESS@PORT", option->maximum);
        return;
    case OPTION_TEXTS:
        text_add(text, "a list of texts");
        return;
    default:
        text_add(text, "text");
    }
}

void option_defaults(struct text *text)
{
    for (size_t s = 0; strcmp(option_sections[s], OPTION_DOMAIN_SECTION) != 0; s++) {
        const char *section = option_sections[s];

        if (section[0] != '\0')
            text_printf(text, "%s {\n", section);
        for (size_t i = 0; i < option_count; i++)
            if (strcmp(option_table[i].section, section) == 0)
                text_printf(text, "%s = %s\n", option_table[i].name, option_table[i].standard);
        if (section[0] != '\0')
            text_add(text, "}\n");
    }
}

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned smaller = a < b ? a : b;

    return smaller < c ? smaller : c;
}

/* How many letters to insert, remove or change to make KNOWN of NAME (Levenshtein). */
static unsigned distance(const char *name, const char *known)
{
    unsigned row[NAME_SIZE + 1];
    size_t width = strlen(known);

    for (unsigned i = 0; i <= width; i++)
        row[i] = i;
    for (unsigned line = 1; *name != '\0'; line++, name++) {
        unsigned diagonal = row[0];

        row[0] = line;
        for (size_t i = 0; i < width; i++) {
            unsigned change = diagonal + (ascii_lower(*name) != known[i]);

            diagonal = row[i + 1];
            row[i + 1] = least(row[i] + 1, row[i + 1] + 1, change);
        }
    }
    return row[width];
}

/* Keep KNOWN when it is more like NAME than *BEST. */
static void consider(const char *name, const char *known, const char **best,
                     unsigned *best_distance)
{
    unsigned found;

    if (strlen(known) > NAME_SIZE)
        return;
    found = distance(name, known);
    if (found < *best_distance) {
        *best_distance = found;
        *best = known;
    }
}

static const char *nearest(const char *section, bool in_domain, const char *name)
{
    unsigned best_distance = 4; /* what is further away would only mislead */
    const char *best = NULL;

    if (strlen(name) > NAME_SIZE)
        return NULL;
    if (best_distance > (strlen(name) + 1) / 2 + 1)
        best_distance = (unsigned)(strlen(name) + 1) / 2 + 1;
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].section, section) == 0 &&
            (!in_domain || option_is_for_domains(&option_table[i])))
            consider(name, option_table[i].name, &best, &best_distance);
    for (size_t s = 1; section[0] == '\0' && option_sections[s] != NULL; s++)
        consider(name, option_sections[s], &best, &best_distance);
    return best;
}

static bool is_section(const char *name)
{
    for (size_t s = 1; option_sections[s] != NULL; s++)
        if (strcmp(option_sections[s], name) == 0)
            return true;
    return false;
}

static const struct option *find_elsewhere(const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    return NULL;
}

void option_hint(const char *section, bool in_domain, const char *name, struct text *text)
{
    const char *near = nearest(section, in_domain, name);
    const struct option *other = find_elsewhere(name);

    if (in_domain && option_find(section, name) != NULL)
        text_add(text, "; it cannot be set for one domain");
    else if (section[0] != '\0' && is_section(name))
        text_add(text, "; is a '}' missing in front of it?");
    else if (other != NULL && other->section[0] == '\0')
        text_add(text, "; it belongs outside of any section");
    else if (other != NULL)
        text_printf(text, "; it belongs into section '%s'", other->section);
    else if (near != NULL)
        text_printf(text, "; did you mean '%s'?", near);
}
