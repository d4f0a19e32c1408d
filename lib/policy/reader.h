/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_READER_H
#define POLICY_READER_H

/* reader.h - a configuration in the making: what load.c, parse.c, reader.c and
 * domains.c share. */

#include "lib/base/arena.h"
#include "lib/policy/config.h"
#include "lib/policy/options.h"
#include "lib/vouch.h"

/* A list that grows until the configuration is complete. */
struct reader_list {
    void *items;
    size_t count;
    size_t capacity;
};

/* Whose word counts more comes later. */
enum reader_rank { READER_DEFAULTS, READER_PROFILE, READER_FILES, READER_COMMAND_LINE };

/* One `domain` section as it was written. */
struct reader_domain {
    struct config_domain domain;
    struct config_origin origin;
    struct config_origin exact_origin; /* file NULL: exact was not set */
    enum reader_rank rank;
    size_t index; /* in the order read */
    struct reader_domain *next;
};

enum { READER_DOMAINS_MAX = 10000 };

/* One other section with a title as it was written. */
struct reader_titled {
    const struct option_titled *kind;
    struct config_title *item;  /* the struct it becomes */
    struct config_origin *seen; /* by index in the table, from that of its first option */
    struct reader_list *lists;  /* likewise */
    enum reader_rank rank;
    struct reader_titled *next;
};

struct reader {
    struct vouch_config *config;
    struct arena *arena;   /* the configuration's memory */
    struct arena *scratch; /* what only reading needs */
    vouch_problem_fn *problem;
    void *context;
    int error;        /* the worst so far */
    bool leaves_keys; /* those that we may not read */

    /* by index in option_table */
    struct config_origin *seen; /* file NULL: not set by files of this rank */
    struct reader_list *lists;
    struct reader_given *given; /* what is not default, whatever the rank */

    struct reader_domain *domains; /* in the order read */
    struct reader_domain **domains_end;
    struct reader_domain *domain; /* the last of them */
    size_t domain_count;

    struct reader_titled *titled; /* in the order read */
    struct reader_titled **titled_end;
    struct reader_titled *last_titled;
    bool has_stopped; /* libconfuse gave up a text */

    /* the text being read */
    const char *file;
    unsigned line_count;
    enum reader_rank rank;
};

/* Ready to read into CONFIG, whose memory is ARENA.  VOUCH_ERROR_MEMORY; reader_end in any case. */
int reader_begin(struct reader *reader, struct vouch_config *config, struct arena *arena,
                 vouch_problem_fn *problem, void *context);
void reader_end(struct reader *reader);

/* Values read from here on are of RANK and replace those of lower rank without complaint. */
void reader_enter(struct reader *reader, enum reader_rank rank);

/* Note an error; the gravest is kept. */
void reader_fail(struct reader *reader, int error);

/* Report a mistake. */
void reader_problem(struct reader *reader, struct config_origin where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A place in the text being read. */
struct config_origin reader_origin(const struct reader *reader, int line);

/* TEXT from a file, safe to print and not long.  Never NULL. */
const char *reader_shown(struct reader *reader, const char *text);

/* Take a VALUE of OPTION.  IN_DOMAIN: it speaks of the `domain` last begun.  An option of another
 * section with a title speaks of the one last begun.  CONTINUES: of a list, not the first behind
 * "=". */
void reader_take(struct reader *reader, const struct option *option, bool in_domain,
                 const char *value, bool continues, struct config_origin where);

/* Read the LENGTH octets of TEXT as configuration from FILE: a mistake is reported, and reading
 * goes on as far as libconfuse allows.  TEXT ends with a NUL and is changed on the way. */
void reader_text(struct reader *reader, const char *file, char *text, size_t length);

/* given.c: what is not default.  False: no memory. */
bool reader_given_begin(struct reader *reader);

/* OPTION, of no section with a title, was given VALUE; CONTINUES as in reader_take. */
void reader_note_given(struct reader *reader, const struct option *option, const char *value,
                       bool continues, struct config_origin where);
bool reader_is_given(const struct reader *reader, const struct option *option);
void reader_given_finish(struct reader *reader);

/* Move what was gathered into the configuration. */
void reader_finish(struct reader *reader);

/* What is wrong with TITLE as the name of a domain, static and worded to follow it, or NULL; *NAME
 * is then lower case. */
const char *reader_domain_name(const char *title, struct dns_name *name);

/* Begin the section `domain TITLE`.  False: no more, stop reading. */
bool reader_domain_begin(struct reader *reader, const char *title, struct config_origin where);

/* Sort the domains into the configuration; report those given twice. */
void reader_domains_finish(struct reader *reader);

/* Begin the section `KIND TITLE`, with the defaults of its options.  False: no more, stop reading.
 */
bool reader_titled_begin(struct reader *reader, const struct option_titled *kind, const char *title,
                         struct config_origin where);

/* Move them into the configuration.  Those of the command line replace those of the same title in
 * files; report those given twice. */
void reader_titled_finish(struct reader *reader);

/* Make the `sign` sections of the configuration ready: names, keys. */
void reader_signs_finish(struct reader *reader);
/* Hand the verifiers what `source` sections say; report those that say what cannot be. */
void reader_sources_finish(struct reader *reader);

/* Give BASE, the struct that has OPTION, a copy of LIST. */
void reader_finish_list(struct reader *reader, const struct option *option, void *base,
                        const struct reader_list *list);

#endif
