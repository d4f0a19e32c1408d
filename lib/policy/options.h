/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_OPTIONS_H
#define POLICY_OPTIONS_H

/* options.h - the table of every option of milter.conf.
 *
 * The loader takes names, types, ranges and defaults from here; contrib/milter.conf and the lists
 * in milter.conf(5) are printed from it (tests/unit/test_option_docs --sample, --mdoc), and a test
 * fails when they differ. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/text.h"

enum option_type {
    OPTION_TEXT,        /* const char * */
    OPTION_CHOICE,      /* bool: the second of `words` */
    OPTION_WORD,        /* an enum that has the `words` in their order */
    OPTION_NUMBER,      /* unsigned */
    OPTION_MODE,        /* unsigned: octal digits, permissions of a file */
    OPTION_DURATION,    /* nanoseconds: "8s", "500ms", "1m" */
    OPTION_SIZE,        /* size_t: octets, "64k", "16M", "1G" */
    OPTION_FRACTION,    /* double: "0" to "1", "0.95" */
    OPTION_ACTION,      /* enum vouch_action: one of `words` */
    OPTION_RULE,        /* struct config_rule: any action */
    OPTION_NETWORKS,    /* list of struct ip_network */
    OPTION_NAMESERVERS, /* list of const char *: "ADDR" or "ADDR@PORT" */
    OPTION_TEXTS        /* list of const char * */
};

struct option {
    const char *section; /* "" for the top level */
    const char *name;
    enum option_type type;
    const char *standard;      /* the default, as it would be written */
    const char *words;         /* those it takes, separated by spaces, or NULL */
    uint64_t minimum, maximum; /* of numbers, durations (nanoseconds) and sizes (octets) */

    /* For texts: what is wrong with a value that is not empty, or NULL.  May be NULL. */
    const char *(*complaint)(const char *value);

    size_t offset;        /* of the value in struct vouch_config; in a section that bears a title,
                             in the struct of that section */
    size_t count_offset;  /* of a list's size_t count */
    size_t origin_offset; /* of its struct config_origin; 0: none is kept */
    bool of_no_domain;    /* of rules: what they are about has no domain to set them for */
    bool required;        /* a section with a title must have it */
    const char *meaning;  /* one sentence */
};

/* The words of a choice that also takes true, false, on and off; an OPTION_WORD that begins with
 * them does, too. */
#define OPTION_YES_NO "no yes"

extern const struct option option_table[];
extern const size_t option_count;

/* The names of the sections in the order of the table, "" first; NULL behind the last. */
extern const char *const option_sections[];
enum { OPTION_SECTIONS_MAX = 32 };

/* The section of options for one domain.  Those behind it in option_sections bear titles, too. */
#define OPTION_DOMAIN_SECTION "domain"

/* A section that bears a title and stands as often as needed, `sign "example.org" { ... }`, but
 * speaks of no domain in the way `domain` does.  Each becomes one struct that begins with a struct
 * config_title, in the order in which they stand. */
struct option_titled {
    const char *section;
    size_t size;         /* of the struct */
    size_t offset;       /* of the list of them in struct vouch_config */
    size_t count_offset; /* of its size_t count */
    unsigned maximum;    /* of them */
    bool repeats;        /* one title may stand several times */

    /* What is wrong with a title, or NULL. */
    const char *(*complaint)(const char *title);
};

/* Ends with one whose `section` is NULL. */
extern const struct option_titled option_titled[];

/* Find the kind of a section, or NULL: it bears no title, or is `domain`. */
const struct option_titled *option_titled_find(const char *section);

/* Find an option, or NULL. */
const struct option *option_find(const char *section, const char *name);

bool option_is_list(const struct option *option);

/* Whether it may stand in `domain "x" { SECTION { ... } }`. */
bool option_is_for_domains(const struct option *option);

/* What values it takes, in words: "1 to 100", "yes or no", "an action". */
void option_values(const struct option *option, struct text *text);

/* Every option with its default, as configuration text. */
void option_defaults(struct text *text);

/* What to say of a name that SECTION does not have: where it belongs, or the name it is most like.
 * Text begins with "; ", or is empty.  IN_DOMAIN: the section stands in a `domain`. */
void option_hint(const char *section, bool in_domain, const char *name, struct text *text);

#endif
