/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/scenarios/scenario.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"

enum { FILE_MAX = 1 << 20 };

enum block { BLOCK_NONE, BLOCK_ZONE, BLOCK_ANY_ORDER, BLOCK_CONFIG };

/* What stands before the first case, or in one. */
struct scope {
    struct text zone;
    struct text config;
    bool has_config;
    struct step *steps;
    struct step **steps_end;
};

struct reader {
    struct arena *arena;
    unsigned line;
    enum block block;
    struct scope file;
    struct scope own;
    struct scenario_case *cases;
    struct scenario_case **cases_end;
    struct scenario_case *current; /* NULL before the first */
    const char *problem;
};

static void scope_begin(struct arena *arena, struct scope *scope)
{
    *scope = (struct scope){.zone = text_in(arena), .config = text_in(arena)};
    scope->steps_end = &scope->steps;
}

static const char *skip_spaces(const char *at)
{
    while (*at == ' ' || *at == '\t')
        at++;
    return at;
}

static int hex_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    c = ascii_lower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Append the character at AT, which may be \xHH; returns what follows. */
static const char *take_character(struct text *word, const char *at)
{
    if (at[0] == '\\' && at[1] == 'x' && hex_value(at[2]) >= 0 && hex_value(at[3]) >= 0) {
        text_add_char(word, (char)(hex_value(at[2]) * 16 + hex_value(at[3])));
        return at + 4;
    }
    text_add_char(word, *at);
    return at + 1;
}

/* Read one word at AT; NULL when a quote is not closed. */
static const char *take_word(struct arena *arena, const char *at, const char **word)
{
    struct text text = text_in(arena);
    bool quoted = *at == '"';

    at += quoted;
    while (*at != '\0' && (quoted ? *at != '"' : *at != ' ' && *at != '\t'))
        at = take_character(&text, at);
    if (quoted && *at != '"')
        return NULL;
    *word = text_string(&text);
    return at + quoted;
}

static struct step *read_words(struct reader *reader, const char *line)
{
    struct step *step = arena_alloc(reader->arena, sizeof *step);

    step->line = reader->line;
    for (unsigned i = 0; i < WORDS_MAX; i++)
        step->word[i] = "";
    for (line = skip_spaces(line); *line != '\0'; line = skip_spaces(line)) {
        if (step->count == WORDS_MAX) {
            reader->problem = "too many words";
            return NULL;
        }
        line = take_word(reader->arena, line, &step->word[step->count++]);
        if (line == NULL) {
            reader->problem = "a quote is not closed";
            return NULL;
        }
    }
    return step;
}

/* Complete the case being read with what the file says for all cases. */
static void end_case(struct reader *reader)
{
    struct scenario_case *current = reader->current;

    if (current == NULL)
        return;
    current->settings = reader->file.steps;
    current->steps = reader->own.steps;
    current->zone = arena_printf(reader->arena, "%s%s", text_string(&reader->file.zone),
                                 text_string(&reader->own.zone));
    if (reader->file.has_config || reader->own.has_config)
        current->config = arena_printf(reader->arena, "%s%s", text_string(&reader->file.config),
                                       text_string(&reader->own.config));
    *reader->cases_end = current;
    reader->cases_end = &current->next;
    reader->current = NULL;
}

static void begin_case(struct reader *reader, const struct step *step)
{
    if (step->count != 2) {
        reader->problem = "a case has one title, in quotes";
        return;
    }
    end_case(reader);
    scope_begin(reader->arena, &reader->own);
    reader->current = arena_alloc(reader->arena, sizeof *reader->current);
    reader->current->title = step->word[1];
    reader->current->line = reader->line;
}

static void add_step(struct reader *reader, struct step *step)
{
    struct scope *scope = reader->current != NULL ? &reader->own : &reader->file;

    *scope->steps_end = step;
    scope->steps_end = &step->next;
}

static void read_block_line(struct reader *reader, const char *line)
{
    struct scenario_case *current = reader->current;
    struct scope *scope = current != NULL ? &reader->own : &reader->file;

    if (reader->block == BLOCK_ZONE) {
        text_printf(&scope->zone, "%s\n", line);
    } else if (reader->block == BLOCK_CONFIG) {
        text_printf(&scope->config, "%s\n", line);
    } else if (current == NULL || current->any_order_count == ORDER_MAX) {
        reader->problem = "any-order holds a few records of one case";
    } else {
        current->any_order[current->any_order_count++] = arena_string(reader->arena, line);
    }
}

static void read_line(struct reader *reader, const char *line)
{
    struct step *step;

    line = skip_spaces(line);
    if (*line == '\0' || *line == '#')
        return;
    if (reader->block != BLOCK_NONE) {
        if (strcmp(line, "end") == 0)
            reader->block = BLOCK_NONE;
        else
            read_block_line(reader, line);
        return;
    }
    step = read_words(reader, line);
    if (step == NULL)
        return;
    if (strcmp(line, "zone") == 0) {
        reader->block = BLOCK_ZONE;
    } else if (strcmp(line, "any-order") == 0) {
        reader->block = BLOCK_ANY_ORDER;
    } else if (strcmp(line, "config") == 0) {
        reader->block = BLOCK_CONFIG;
        (reader->current != NULL ? &reader->own : &reader->file)->has_config = true;
    } else if (strcmp(step->word[0], "case") == 0) {
        begin_case(reader, step);
    } else {
        add_step(reader, step);
    }
}

static char *read_file(struct arena *arena, const char *path)
{
    FILE *file = fopen(path, "r");
    char *octets = arena_alloc(arena, FILE_MAX);
    size_t length;

    if (file == NULL || octets == NULL)
        return NULL;
    length = fread(octets, 1, FILE_MAX - 1, file);
    octets[length] = '\0';
    return fclose(file) == 0 ? octets : NULL;
}

struct scenario_case *scenario_read(struct arena *arena, const char *path,
                                    struct scenario_problem *problem)
{
    struct reader reader = {.arena = arena};
    char *rest = read_file(arena, path);
    char *line;

    reader.cases_end = &reader.cases;
    scope_begin(arena, &reader.file);
    if (rest == NULL)
        reader.problem = "cannot be read";
    while (reader.problem == NULL && (line = strsep(&rest, "\n")) != NULL) {
        reader.line++;
        read_line(&reader, line);
    }
    if (reader.problem == NULL && reader.block != BLOCK_NONE)
        reader.problem = "a block has no end";
    if (reader.problem == NULL)
        end_case(&reader);
    if (reader.problem == NULL && reader.cases == NULL)
        reader.problem = "holds no case";
    *problem = (struct scenario_problem){.line = reader.line, .text = reader.problem};
    return reader.problem == NULL ? reader.cases : NULL;
}
