/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Configuration text through libconfuse.
 *
 * libconfuse only takes the text apart.  To it every option is a string with a callback, and the
 * callback does the rest: so every bad value is reported with its line, not just the first. */
#include <confuse.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "lib/policy/reader.h"
#include "lib/policy/scan.h"

#define SENTINEL "__end"   /* the last option of every text: nothing stayed open in front of it */
#define BEGIN    "__begin" /* has a default: its callback runs when a section with a title begins */

enum { MESSAGE_SIZE = 400 };

/* One text under way. */
struct parse {
    struct reader *reader;
    cfg_t *root;   /* NULL while libconfuse sets up its defaults */
    cfg_t *domain; /* the `domain` section last begun, or NULL */
    cfg_t *titled; /* the section of another kind with a title last begun, or NULL */
    unsigned ends;
    bool has_stopped;  /* at an error */
    bool has_bad_form; /* which scan.c has reported */
};

/* libconfuse has globals of its own and gives its callbacks no argument of ours: one text at a
 * time. */
static pthread_mutex_t parse_lock = PTHREAD_MUTEX_INITIALIZER;
static struct parse *current;

static bool is_titled(const char *section)
{
    return strcmp(section, OPTION_DOMAIN_SECTION) == 0 || option_titled_find(section) != NULL;
}

/* Whether CFG is the top level or a section of it that speaks of everyone. */
static bool is_general(const struct parse *parse, const cfg_t *cfg)
{
    return cfg == parse->root ||
           (!is_titled(cfg->name) && cfg == cfg_getsec(parse->root, cfg->name));
}

/* Whether CFG is the `domain` section last begun, or within it. */
static bool is_in_domain(const struct parse *parse, const cfg_t *cfg)
{
    if (strcmp(cfg->name, OPTION_DOMAIN_SECTION) == 0 || parse->domain == NULL)
        return cfg == parse->domain;
    return cfg == cfg_getsec(parse->domain, cfg->name);
}

static const char *section_of(const struct parse *parse, const cfg_t *cfg)
{
    return cfg == parse->root ? "" : cfg->name;
}

static void take_option(struct parse *parse, cfg_t *cfg, const cfg_opt_t *opt, const char *value)
{
    struct reader *reader = parse->reader;
    const struct option *option = option_find(section_of(parse, cfg), opt->name);
    struct config_origin where = reader_origin(reader, cfg->line);
    bool for_all = cfg == parse->titled || is_general(parse, cfg);

    /* libconfuse also takes "section|option", which hides where the option belongs. */
    if (option == NULL || (!for_all && !is_in_domain(parse, cfg)))
        reader_problem(reader, where, "write an option of a section as SECTION { %s = ... }",
                       opt->name);
    else
        reader_take(reader, option, !for_all, value, opt->nvalues > 1, where);
}

static void begin_titled(struct parse *parse, cfg_t *cfg)
{
    struct config_origin where = reader_origin(parse->reader, cfg->line);
    const struct option_titled *kind = option_titled_find(cfg->name);

    if (kind == NULL)
        parse->domain = cfg;
    else
        parse->titled = cfg;
    if (parse->has_stopped)
        return;
    parse->has_stopped = kind == NULL
                             ? !reader_domain_begin(parse->reader, cfg->title, where)
                             : !reader_titled_begin(parse->reader, kind, cfg->title, where);
}

/* libconfuse has a VALUE for OPT. */
static int take_value(cfg_t *cfg, cfg_opt_t *opt, const char *value, void *result)
{
    struct parse *parse = current;

    *(const char **)result = value;
    if (parse->root == NULL)
        return 0;
    if (strcmp(opt->name, BEGIN) == 0 && cfg->title != NULL) {
        begin_titled(parse, cfg);
        return 0; /* libconfuse ends the process over a default that is not taken */
    }
    if (parse->has_stopped || parse->reader->error == VOUCH_ERROR_MEMORY) {
        parse->has_stopped = true;
        return -1;
    }
    if (strcmp(opt->name, SENTINEL) != 0)
        take_option(parse, cfg, opt, value);
    else if (parse->ends++ > 0)
        reader_problem(parse->reader, reader_origin(parse->reader, cfg->line),
                       "'" SENTINEL "' is not for use in files");
    return 0;
}

static void take_unknown(struct parse *parse, const cfg_t *cfg, const char *name)
{
    struct reader *reader = parse->reader;
    const char *section = section_of(parse, cfg);
    struct config_origin where = reader_origin(reader, cfg->line);
    struct text hint = text_in(reader->scratch);
    const char *hint_text;

    if (strcmp(name, SENTINEL) == 0) {
        if (!parse->has_bad_form)
            reader_problem(reader, where, "the file ends within section '%s'; a '}' is missing",
                           section);
        return;
    }
    option_hint(section, cfg != parse->titled && !is_general(parse, cfg), name, &hint);
    hint_text = text_string(&hint);
    reader_problem(reader, where, "unknown option '%s'%s%s%s%s", reader_shown(reader, name),
                   section[0] != '\0' ? " in section '" : "", section,
                   section[0] != '\0' ? "'" : "", hint_text != NULL ? hint_text : "");
}

/* libconfuse has met an error and will stop. */
__attribute__((format(printf, 2, 0))) static void take_error(cfg_t *cfg, const char *format,
                                                             va_list arguments)
{
    struct parse *parse = current;
    struct reader *reader = parse->reader;
    char message[MESSAGE_SIZE];

    if (parse->has_stopped)
        return;
    parse->has_stopped = true;
    if (strcmp(format, "no such option '%s'") == 0) {
        take_unknown(parse, cfg, va_arg(arguments, const char *));
        return;
    }
    (void)vsnprintf(message, sizeof message, format, arguments);
    if (!parse->has_bad_form)
        reader_problem(reader, reader_origin(reader, cfg->line), "syntax error: %s",
                       reader_shown(reader, message));
}

/* Append the options of SECTION. */
static void add_options(const char *section, bool for_domains, cfg_opt_t *options, size_t *count)
{
    static char placeholder[] = "{\"\"}"; /* tells "+=" from "=" */

    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        bool is_list = option_is_list(option);

        if (strcmp(option->section, section) == 0 &&
            (!for_domains || option_is_for_domains(option)))
            options[(*count)++] = (cfg_opt_t){
                .name = option->name,
                .type = CFGT_STR,
                .flags = is_list ? CFGF_LIST : CFGF_NODEFAULT,
                .def = {.parsed = is_list ? placeholder : NULL},
                .parsecb = take_value,
            };
    }
}

static cfg_opt_t *new_options(struct arena *arena)
{
    return arena_calloc(arena, option_count + OPTION_SECTIONS_MAX + 2, sizeof(cfg_opt_t));
}

static bool add_sections(struct arena *arena, bool for_domains, cfg_opt_t *options, size_t *count);

/* The options of one section, its sections included.  NULL: no memory. */
static cfg_opt_t *section_options(struct arena *arena, const char *section, bool for_domains)
{
    static char begin[] = "yes";
    cfg_opt_t *options = new_options(arena);
    size_t count = 0;

    if (options == NULL)
        return NULL;
    add_options(section, for_domains, options, &count);
    if (!is_titled(section))
        return options;
    options[count++] = (cfg_opt_t){
        .name = BEGIN, .type = CFGT_STR, .def = {.parsed = begin}, .parsecb = take_value};
    if (strcmp(section, OPTION_DOMAIN_SECTION) != 0)
        return options;
    return add_sections(arena, true, options, &count) ? options : NULL;
}

/* Append the sections that stand at the top level, or in a `domain`.  False: no memory. */
static bool add_sections(struct arena *arena, bool for_domains, cfg_opt_t *options, size_t *count)
{
    for (size_t s = 1; option_sections[s] != NULL; s++) {
        bool has_title = is_titled(option_sections[s]);
        cfg_opt_t *inside;

        if (for_domains && has_title)
            continue;
        inside = section_options(arena, option_sections[s], for_domains);
        if (inside == NULL)
            return false;
        if (inside[0].name != NULL)
            options[(*count)++] = (cfg_opt_t){
                .name = option_sections[s],
                .type = CFGT_SEC,
                .flags = has_title ? CFGF_MULTI | CFGF_TITLE : CFGF_NONE,
                .subopts = inside,
            };
    }
    return true;
}

static cfg_opt_t *root_options(struct arena *arena)
{
    cfg_opt_t *options = section_options(arena, "", false);
    size_t count = 0;

    if (options == NULL)
        return NULL;
    while (options[count].name != NULL)
        count++;
    options[count++] = (cfg_opt_t){
        .name = SENTINEL, .type = CFGT_STR, .flags = CFGF_NODEFAULT, .parsecb = take_value};
    return add_sections(arena, false, options, &count) ? options : NULL;
}

/* Everything libconfuse does happens in here. */
static void run(struct parse *parse, cfg_opt_t *options, const char *text)
{
    struct reader *reader = parse->reader;
    cfg_t *root = cfg_init(options, CFGF_NONE);
    int result, line;

    if (root == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    parse->root = root;
    (void)cfg_set_error_function(root, take_error);
    result = cfg_parse_buf(root, text);
    line = root->line;
    (void)cfg_free(root);
    reader->has_stopped |= result != CFG_SUCCESS;
    if (result == CFG_SUCCESS && parse->ends == 0 && !parse->has_bad_form)
        reader_problem(reader, reader_origin(reader, (int)reader->line_count),
                       "the text does not end where its last option does");
    else if (result != CFG_SUCCESS && !parse->has_stopped) /* libconfuse did not say why */
        reader_problem(reader, reader_origin(reader, line),
                       "syntax error: the name of an option is empty, or memory is out");
}

void reader_text(struct reader *reader, const char *file, char *text, size_t length)
{
    struct parse parse = {.reader = reader};
    cfg_opt_t *options = root_options(reader->scratch);
    char *whole;
    struct scan scan;

    reader->file = file;
    reader->line_count = 0;
    if (!scan_is_text(text, length, &scan)) {
        reader_problem(reader, (struct config_origin){file, scan.line}, "%s", scan.problem);
        return;
    }
    scan_prepare(text, length, &scan);
    reader->line_count = scan.line_count;
    parse.has_bad_form = scan.problem != NULL;
    if (scan.problem != NULL)
        reader_problem(reader, reader_origin(reader, (int)scan.line), "%s", scan.problem);
    whole = arena_printf(reader->scratch, "%s\n" SENTINEL " = yes\n", text);
    if (options == NULL || whole == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    (void)pthread_mutex_lock(&parse_lock);
    current = &parse;
    run(&parse, options, whole);
    current = NULL;
    (void)pthread_mutex_unlock(&parse_lock);
}
