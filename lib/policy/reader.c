/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "lib/policy/value.h"

enum { SHOWN_LIMIT = 60, MESSAGE_SIZE = 400, SCRATCH_SIZE = 256 << 20 };

int reader_begin(struct reader *reader, struct vouch_config *config, struct arena *arena,
                 vouch_problem_fn *problem, void *context)
{
    struct config_rule *rule = &config->rules.rule[0][0][0];

    *reader = (struct reader){
        .config = config,
        .arena = arena,
        .scratch = arena_new(SCRATCH_SIZE),
        .problem = problem,
        .context = context,
    };
    reader->domains_end = &reader->domains;
    reader->titled_end = &reader->titled;
    for (size_t i = 0; i < sizeof config->rules / sizeof *rule; i++)
        rule[i] = (struct config_rule){.set = true, .name = "", .origin = {.file = "default"}};
    if (reader->scratch == NULL)
        return VOUCH_ERROR_MEMORY;
    reader->seen = arena_calloc(reader->scratch, option_count, sizeof *reader->seen);
    reader->lists = arena_calloc(reader->scratch, option_count, sizeof *reader->lists);
    return reader->seen != NULL && reader->lists != NULL && reader_given_begin(reader)
               ? VOUCH_OK
               : VOUCH_ERROR_MEMORY;
}

void reader_end(struct reader *reader)
{
    arena_free(reader->scratch);
}

void reader_enter(struct reader *reader, enum reader_rank rank)
{
    reader->rank = rank;
    memset(reader->seen, 0, option_count * sizeof *reader->seen);
}

void reader_fail(struct reader *reader, int error)
{
    static const int gravest_first[] = {VOUCH_ERROR_MEMORY, VOUCH_ERROR_SYSTEM, VOUCH_ERROR_CONFIG};

    for (size_t i = 0; i < sizeof gravest_first / sizeof gravest_first[0]; i++) {
        if (reader->error == gravest_first[i])
            return;
        if (error == gravest_first[i])
            reader->error = error;
    }
}

void reader_problem(struct reader *reader, struct config_origin where, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    reader_fail(reader, VOUCH_ERROR_CONFIG);
    if (reader->problem != NULL)
        reader->problem(reader->context, where.file, where.line, message);
}

struct config_origin reader_origin(const struct reader *reader, int line)
{
    unsigned known = line > 0 ? (unsigned)line : 0;

    if (reader->rank == READER_DEFAULTS)
        known = 0;
    if (known > reader->line_count) /* on the sentinel behind the text */
        known = reader->line_count;
    return (struct config_origin){reader->file, known};
}

const char *reader_shown(struct reader *reader, const char *text)
{
    struct text shown = text_in(reader->scratch);
    const char *result;

    text_add_safe(&shown, text, strlen(text), SHOWN_LIMIT);
    result = text_string(&shown);
    return result != NULL ? result : "?";
}

/* Where the assignment of a value goes. */
struct target {
    const struct option *option;
    void *base; /* the struct that option->offset counts in */
    size_t offset;
    struct config_origin *seen; /* file NULL: not set so far */
    struct reader_list *list;   /* of lists: the items so far */
    const char *domain;         /* of `domain "x"`, safe to print, or NULL */
};

static const char *target_name(struct reader *reader, const struct target *target)
{
    const char *section = target->option->section;
    bool has_title = option_titled_find(section) != NULL;
    struct text name = text_in(reader->scratch);
    const char *result;

    if (target->domain != NULL)
        text_printf(&name, "%s '%s': ", has_title ? section : OPTION_DOMAIN_SECTION,
                    target->domain);
    if (section[0] != '\0' && strcmp(section, OPTION_DOMAIN_SECTION) != 0 && !has_title)
        text_printf(&name, "%s.", section);
    text_add(&name, target->option->name);
    result = text_string(&name);
    return result != NULL ? result : target->option->name;
}

/* Report that TARGET was set before; the first place stays. */
static void report_twice(struct reader *reader, const struct target *target,
                         struct config_origin where)
{
    reader_problem(reader, where, "%s is set twice; first at %s:%u", target_name(reader, target),
                   target->seen->file, target->seen->line);
}

/* Convert TEXT into FIELD; false when it is reported as wrong. */
static bool store(struct reader *reader, const struct target *target, const char *text, void *field,
                  struct config_origin where)
{
    struct text complaint = text_in(reader->scratch);
    int error = value_store(target->option, text, field, reader->arena, &complaint);
    const char *why = text_string(&complaint);

    if (error == VOUCH_ERROR_MEMORY || why == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    else if (error != VOUCH_OK)
        reader_problem(reader, where, "%s: %s", target_name(reader, target), why);
    return error == VOUCH_OK;
}

/* Room for one more item of SIZE octets, or NULL. */
static void *list_grow(struct arena *arena, struct reader_list *list, size_t size)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity > 0 ? list->capacity * 2 : 8;
        void *items = arena_calloc(arena, capacity, size);

        if (items == NULL)
            return NULL;
        if (list->count > 0)
            memcpy(items, list->items, list->count * size);
        list->items = items;
        list->capacity = capacity;
    }
    return (char *)list->items + list->count * size;
}

static void add_to_list(struct reader *reader, const struct target *target, const char *text,
                        struct config_origin where)
{
    struct reader_list *list = target->list;
    void *item = list_grow(reader->scratch, list, value_size(target->option->type));

    if (item == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    else if (target->option->maximum > 0 && list->count >= target->option->maximum)
        reader_problem(reader, where, "%s: more than %u items", target_name(reader, target),
                       (unsigned)target->option->maximum);
    else if (store(reader, target, text, item, where))
        list->count++;
}

static void mark_set(const struct target *target, struct config_origin where)
{
    *target->seen = where;
    if (target->option->origin_offset > 0)
        *(struct config_origin *)((char *)target->base + target->option->origin_offset) = where;
}

/* One value of a list.  CONTINUES: not the first behind "=". */
static void assign_item(struct reader *reader, const struct target *target, const char *text,
                        bool continues, struct config_origin where)
{
    if (!continues) {
        target->list->count = 0;
        if (target->seen->file != NULL)
            report_twice(reader, target, where);
    }
    if (target->seen->file == NULL)
        mark_set(target, where);
    if (continues || text[strspn(text, " \t\r\n")] != '\0') /* else "= {}", see scan.h */
        add_to_list(reader, target, text, where);
}

static void assign(struct reader *reader, const struct target *target, const char *text,
                   struct config_origin where)
{
    void *field = (char *)target->base + target->offset;

    if (target->seen->file != NULL) {
        report_twice(reader, target, where);
        return;
    }
    if (store(reader, target, text, field, where) && target->option->type == OPTION_RULE) {
        struct config_rule *rule = field;

        rule->set = true;
        rule->name = target->option->name;
        rule->origin = where;
    }
    mark_set(target, where);
}

/* The place of an option that speaks of everyone. */
static struct target general_target(struct reader *reader, const struct option *option)
{
    return (struct target){
        .option = option,
        .base = reader->config,
        .offset = option->offset,
        .seen = &reader->seen[option - option_table],
        .list = &reader->lists[option - option_table],
    };
}

/* Which option of its section OPTION is. */
static size_t titled_index(const struct option *option)
{
    size_t index = 0;

    while (option > option_table && strcmp(option[-1].section, option->section) == 0) {
        option--;
        index++;
    }
    return index;
}

/* The place of an option in the section with a title last begun. */
static struct target titled_target(struct reader *reader, const struct option *option)
{
    const struct reader_titled *titled = reader->last_titled;
    size_t index = titled_index(option);

    return (struct target){
        .option = option,
        .base = titled->item,
        .offset = option->offset,
        .seen = &titled->seen[index],
        .list = &titled->lists[index],
        .domain = reader_shown(reader, titled->item->text),
    };
}

/* The place of an option in the `domain` section last begun. */
static struct target domain_target(struct reader *reader, const struct option *option)
{
    struct reader_domain *domain = reader->domain;
    struct target target = {
        .option = option,
        .base = &domain->domain,
        .offset = option->offset,
        .seen = &domain->exact_origin,
        .domain = reader_shown(reader, domain->domain.text),
    };

    if (option->type == OPTION_RULE) {
        target.offset +=
            offsetof(struct config_domain, rules) - offsetof(struct vouch_config, rules);
        target.seen = &((struct config_rule *)((char *)target.base + target.offset))->origin;
    }
    return target;
}

static struct target target_of(struct reader *reader, const struct option *option, bool in_domain)
{
    if (option_titled_find(option->section) != NULL)
        return titled_target(reader, option);
    return in_domain ? domain_target(reader, option) : general_target(reader, option);
}

void reader_take(struct reader *reader, const struct option *option, bool in_domain,
                 const char *value, bool continues, struct config_origin where)
{
    struct target target = target_of(reader, option, in_domain);

    if (target.base == reader->config && reader->rank > READER_DEFAULTS)
        reader_note_given(reader, option, value, continues, where);
    if (option_is_list(option))
        assign_item(reader, &target, value, continues, where);
    else
        assign(reader, &target, value, where);
}

void reader_finish_list(struct reader *reader, const struct option *option, void *base,
                        const struct reader_list *list)
{
    size_t size = list->count * value_size(option->type);
    void *items = arena_alloc(reader->arena, size);

    if (items == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    if (size > 0)
        memcpy(items, list->items, size);
    *(void **)((char *)base + option->offset) = items;
    *(size_t *)((char *)base + option->count_offset) = list->count;
}

void reader_finish(struct reader *reader)
{
    for (size_t i = 0; i < option_count; i++)
        if (option_is_list(&option_table[i]) && option_titled_find(option_table[i].section) == NULL)
            reader_finish_list(reader, &option_table[i], reader->config, &reader->lists[i]);
    reader_domains_finish(reader);
    reader_titled_finish(reader);
    reader_given_finish(reader);
    reader_signs_finish(reader);
    reader_sources_finish(reader);
}
