/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The sections that bear a title, `domain` apart. */
#include <string.h>

#include "lib/policy/reader.h"
#include "lib/policy/value.h"

/* The options of KIND stand together in the table. */
static const struct option *options_of(const struct option_titled *kind, size_t *count)
{
    const struct option *first = option_table;

    while (strcmp(first->section, kind->section) != 0)
        first++;
    *count = 0;
    while (first + *count < option_table + option_count &&
           strcmp(first[*count].section, kind->section) == 0)
        ++*count;
    return first;
}

static size_t count_of(const struct reader *reader, const struct option_titled *kind)
{
    size_t count = 0;

    for (const struct reader_titled *titled = reader->titled; titled != NULL; titled = titled->next)
        count += titled->kind == kind;
    return count;
}

/* NULL: no memory. */
static struct reader_titled *titled_new(struct reader *reader, const struct option_titled *kind,
                                        const char *title)
{
    struct reader_titled *titled = arena_alloc(reader->scratch, sizeof *titled);
    size_t count;

    (void)options_of(kind, &count);
    if (titled == NULL)
        return NULL;
    *titled = (struct reader_titled){
        .kind = kind,
        .item = arena_calloc(reader->scratch, 1, kind->size),
        .seen = arena_calloc(reader->scratch, count, sizeof *titled->seen),
        .lists = arena_calloc(reader->scratch, count, sizeof *titled->lists),
        .rank = reader->rank,
    };
    if (titled->item == NULL || titled->seen == NULL || titled->lists == NULL)
        return NULL;
    titled->item->text = arena_string(reader->arena, title);
    return titled->item->text != NULL ? titled : NULL;
}

/* Lists begin empty; what is required has no default. */
static void set_default(struct reader *reader, const struct reader_titled *titled,
                        const struct option *option)
{
    struct text complaint = text_in(reader->scratch);
    const char *standard = option->standard;
    char *text;

    if (option_is_list(option) || option->required)
        return;
    text = arena_string(reader->scratch, standard[0] == '"' ? standard + 1 : standard);
    if (text != NULL && standard[0] == '"')
        text[strlen(text) - 1] = '\0';
    if (text == NULL || value_store(option, text, (char *)titled->item + option->offset,
                                    reader->arena, &complaint) != VOUCH_OK)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
}

bool reader_titled_begin(struct reader *reader, const struct option_titled *kind, const char *title,
                         struct config_origin where)
{
    const char *complaint = kind->complaint != NULL ? kind->complaint(title) : NULL;
    const struct option *options;
    struct reader_titled *titled;
    size_t count;

    if (count_of(reader, kind) >= kind->maximum) {
        reader_problem(reader, where, "more than %u sections '%s'", kind->maximum, kind->section);
        return false;
    }
    titled = titled_new(reader, kind, title);
    if (titled == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return false;
    }
    titled->item->origin = where;
    if (complaint != NULL)
        reader_problem(reader, where, "%s '%s' %s", kind->section, reader_shown(reader, title),
                       complaint);
    options = options_of(kind, &count);
    for (size_t i = 0; i < count; i++)
        set_default(reader, titled, &options[i]);
    *reader->titled_end = titled;
    reader->titled_end = &titled->next;
    reader->last_titled = titled;
    return true;
}

/* Whether something later takes the place of TITLED; what is merely given twice is reported. */
static bool is_replaced(struct reader *reader, const struct reader_titled *titled)
{
    for (const struct reader_titled *later = titled->next; later != NULL; later = later->next) {
        if (later->kind != titled->kind || strcmp(later->item->text, titled->item->text) != 0)
            continue;
        if (later->rank > titled->rank)
            return true;
        if (!titled->kind->repeats)
            reader_problem(reader, later->item->origin, "%s '%s' is given twice; first at %s:%u",
                           titled->kind->section, reader_shown(reader, titled->item->text),
                           titled->item->origin.file, titled->item->origin.line);
    }
    return false;
}

/* What libconfuse gave up may have had more options than we saw. */
static bool is_missing(const struct reader *reader, const struct reader_titled *titled,
                       const struct option *option, size_t index)
{
    return option->required && titled->seen[index].file == NULL && !reader->has_stopped;
}

static void finish_options(struct reader *reader, const struct reader_titled *titled)
{
    size_t count;
    const struct option *options = options_of(titled->kind, &count);

    for (size_t i = 0; i < count; i++) {
        if (option_is_list(&options[i]))
            reader_finish_list(reader, &options[i], titled->item, &titled->lists[i]);
        if (is_missing(reader, titled, &options[i], i))
            reader_problem(reader, titled->item->origin, "%s '%s': %s is missing",
                           titled->kind->section, reader_shown(reader, titled->item->text),
                           options[i].name);
    }
}

static void finish_kind(struct reader *reader, const struct option_titled *kind)
{
    char *base = (char *)reader->config;
    char *items = arena_calloc(reader->arena, count_of(reader, kind), kind->size);
    size_t count = 0;

    if (items == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    for (const struct reader_titled *titled = reader->titled; titled != NULL;
         titled = titled->next) {
        if (titled->kind != kind || is_replaced(reader, titled))
            continue;
        finish_options(reader, titled);
        memcpy(items + count++ * kind->size, titled->item, kind->size);
    }
    *(void **)(base + kind->offset) = items;
    *(size_t *)(base + kind->count_offset) = count;
}

void reader_titled_finish(struct reader *reader)
{
    for (const struct option_titled *kind = option_titled; kind->section != NULL; kind++)
        finish_kind(reader, kind);
}
