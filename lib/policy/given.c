/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What a configuration has that is not default, kept as it was written and told again. */
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/policy/reader.h"

/* What one option was given. */
struct reader_given {
    struct text value; /* of a list: its items */
    bool adds;         /* to the default of a list */
    struct config_origin origin;
};

enum { LINE_ARENA_LIMIT = 4 << 20, PATH_SHOWN_LIMIT = 1000 };

static void add_quoted(struct text *text, const char *value)
{
    text_add_char(text, '"');
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            text_add_char(text, '\\');
        text_add_char(text, *value);
    }
    text_add_char(text, '"');
}

/* Words and numbers need no quotes. */
static void add_value(struct text *text, const char *value)
{
    bool bare = *value != '\0';

    for (const char *at = value; *at != '\0'; at++)
        bare &= ascii_is_alnum(*at) || strchr("-._", *at) != NULL;
    if (bare)
        text_add(text, value);
    else
        add_quoted(text, value);
}

bool reader_given_begin(struct reader *reader)
{
    reader->given = arena_calloc(reader->scratch, option_count, sizeof *reader->given);
    return reader->given != NULL;
}

bool reader_is_given(const struct reader *reader, const struct option *option)
{
    return reader->given[option - option_table].origin.file != NULL;
}

void reader_note_given(struct reader *reader, const struct option *option, const char *value,
                       bool continues, struct config_origin where)
{
    struct reader_given *given = &reader->given[option - option_table];
    bool is_list = option_is_list(option);

    if (!continues || given->origin.file == NULL)
        *given = (struct reader_given){
            .value = text_in(reader->scratch), .adds = continues, .origin = where};
    if (!is_list) {
        add_value(&given->value, value);
        return;
    }
    if (!continues && value[strspn(value, " \t\r\n")] == '\0') /* "= {}", see scan.h */
        return;
    if (given->value.length > 0)
        text_add(&given->value, ", ");
    add_quoted(&given->value, value);
}

void reader_given_finish(struct reader *reader)
{
    struct config_given *list = arena_calloc(reader->arena, option_count, sizeof *list);

    for (size_t i = 0; list != NULL && i < option_count; i++) {
        const struct reader_given *given = &reader->given[i];
        const char *value = given->origin.file != NULL ? text_string(&given->value) : NULL;

        if (given->origin.file == NULL)
            continue;
        list[i] = (struct config_given){
            .value = value != NULL ? arena_string(reader->arena, value) : NULL,
            .adds = given->adds,
            .origin = given->origin,
        };
        if (list[i].value == NULL)
            reader_fail(reader, VOUCH_ERROR_MEMORY);
    }
    if (list == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    reader->config->given = list;
}

/* Who gets the lines. */
struct listener {
    vouch_line_fn *line;
    void *context;
    int error;
};

/* `LINE  # FILE:LINE` */
static void tell(struct listener *listener, struct text *text, const struct config_origin *origin)
{
    const char *line;

    if (origin != NULL) {
        text_add(text, "  # ");
        text_add_safe(text, origin->file, strlen(origin->file), PATH_SHOWN_LIMIT);
        if (origin->line > 0)
            text_printf(text, ":%u", origin->line);
    }
    line = text_string(text);
    if (line == NULL)
        listener->error = VOUCH_ERROR_MEMORY;
    else
        listener->line(listener->context, line);
    text->length = 0;
}

static void tell_option(struct listener *listener, struct text *text, const struct option *option,
                        const struct config_given *given)
{
    bool is_list = option_is_list(option);

    if (option->section[0] != '\0')
        text_printf(text, "%s { ", option->section);
    text_printf(text, "%s %s ", option->name, given->adds ? "+=" : "=");
    text_add(text, is_list ? "{" : "");
    text_add(text, given->value);
    text_add(text, is_list ? "}" : "");
    text_add(text, option->section[0] != '\0' ? " }" : "");
    tell(listener, text, &given->origin);
}

static void tell_domain(struct listener *listener, struct text *text,
                        const struct config_domain *domain)
{
    if (domain->exact) {
        text_add(text, OPTION_DOMAIN_SECTION " ");
        add_quoted(text, domain->text);
        text_add(text, " { exact = yes }");
        tell(listener, text, NULL);
    }
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        const struct config_rule *rule;

        if (!option_is_for_domains(option))
            continue;
        rule = (const struct config_rule *)((const char *)&domain->rules + option->offset -
                                            offsetof(struct vouch_config, rules));
        if (!rule->set)
            continue;
        text_add(text, OPTION_DOMAIN_SECTION " ");
        add_quoted(text, domain->text);
        text_printf(text, " { %s { %s = %s } }", option->section, option->name,
                    vouch_action_word(rule->action));
        tell(listener, text, &rule->origin);
    }
}

static void tell_titled(struct listener *listener, struct text *text,
                        const struct vouch_config *config, const struct option_titled *kind)
{
    const char *base = (const char *)config;
    const char *items = *(const char *const *)(base + kind->offset);
    size_t count = *(const size_t *)(base + kind->count_offset);

    for (size_t i = 0; i < count; i++) {
        const struct config_title *title = (const struct config_title *)(items + i * kind->size);

        text_printf(text, "%s ", kind->section);
        add_quoted(text, title->text);
        text_add(text, " { ... }");
        tell(listener, text, &title->origin);
    }
}

int vouch_config_describe(const struct vouch_config *config, vouch_line_fn *line, void *context)
{
    struct arena *arena = arena_new(LINE_ARENA_LIMIT);
    struct listener listener = {.line = line, .context = context};
    struct text text;

    if (arena == NULL)
        return VOUCH_ERROR_MEMORY;
    text = text_in(arena);
    for (size_t s = 0; option_sections[s] != NULL; s++)
        for (size_t i = 0; i < option_count; i++)
            if (config->given[i].origin.file != NULL &&
                strcmp(option_table[i].section, option_sections[s]) == 0)
                tell_option(&listener, &text, &option_table[i], &config->given[i]);
    for (size_t i = 0; i < config->domain_count; i++)
        tell_domain(&listener, &text, &config->domains[i]);
    for (const struct option_titled *kind = option_titled; kind->section != NULL; kind++)
        tell_titled(&listener, &text, config, kind);
    arena_free(arena);
    return listener.error;
}
