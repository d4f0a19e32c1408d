/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/fault.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "tests/dnsd/zone.h"

enum { DELAY_MAX = 600000, WORD_SIZE = 16, NAME_TEXT_SIZE = 1024 };

struct rule {
    struct zone_name name;
    bool below; /* names below it, not itself; below the root: all names */
    ldns_rr_type type;
    bool is_kind, is_delay; /* "normal" is both */
    struct fault fault;
};

struct fault_list {
    struct rule *rules;
    size_t count, capacity;
};

static const struct {
    const char *word;
    enum fault_kind kind;
} words[] = {{"normal", FAULT_NORMAL},         {"silent", FAULT_SILENT},
             {"servfail", FAULT_SERVFAIL},     {"refused", FAULT_REFUSED},
             {"formerr", FAULT_FORMERR},       {"bogus", FAULT_BOGUS},
             {"truncate", FAULT_TRUNCATE},     {"malformed", FAULT_MALFORMED},
             {"garbage", FAULT_GARBAGE},       {"wrong-id", FAULT_WRONG_ID},
             {"wrong-name", FAULT_WRONG_NAME}, {"wrong-port", FAULT_WRONG_PORT}};

struct fault_list *fault_list_new(void)
{
    return calloc(1, sizeof(struct fault_list));
}

void fault_list_free(struct fault_list *list)
{
    if (list != NULL)
        free(list->rules);
    free(list);
}

static bool parse_milliseconds(const char *text, unsigned *value)
{
    unsigned number = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (!ascii_is_digit(*text))
            return false;
        number = number * 10 + (unsigned)(*text - '0');
        if (number > DELAY_MAX)
            return false;
    }
    *value = number;
    return true;
}

static const char *parse_name(const char *text, struct rule *rule)
{
    ldns_rdf *name;
    bool valid;

    rule->below = text[0] == '*' && (text[1] == '\0' || text[1] == '.');
    if (rule->below)
        text = text[1] == '.' && text[2] != '\0' ? text + 2 : ".";
    name = ldns_dname_new_frm_str(text);
    if (name == NULL)
        return "not a domain name";
    valid = zone_name_from(name, &rule->name);
    ldns_rdf_deep_free(name);
    return valid ? NULL : "not a domain name";
}

static const char *parse_word(const char *word, const char *value, struct rule *rule)
{
    if (strcmp(word, "delay") == 0) {
        rule->is_delay = true;
        return parse_milliseconds(value, &rule->fault.delay) ? NULL : "delay needs milliseconds";
    }
    if (value[0] != '\0')
        return "text after the end of the fault";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].word, word) == 0) {
            rule->is_kind = true;
            rule->is_delay = words[i].kind == FAULT_NORMAL;
            rule->fault.kind = words[i].kind;
            return NULL;
        }
    }
    return "unknown fault";
}

static const char *parse_rule(const char *line, struct rule *rule)
{
    char name[NAME_TEXT_SIZE], type[WORD_SIZE], word[WORD_SIZE], value[WORD_SIZE] = "", rest[2];
    int fields = sscanf(line, "%1023s %15s %15s %15s %1s", name, type, word, value, rest);
    const char *problem;

    if (fields < 3)
        return "a fault is: ! NAME TYPE|ANY WORD [MS]";
    if (fields > 4)
        return "text after the end of the fault";
    problem = parse_name(name, rule);
    if (problem != NULL)
        return problem;
    rule->type = ldns_get_rr_type_by_name(type);
    if (rule->type == 0)
        return "unknown record type";
    return parse_word(word, value, rule);
}

const char *fault_list_add(struct fault_list *list, const char *line)
{
    struct rule rule = {.type = 0};
    const char *problem = parse_rule(line, &rule);

    if (problem != NULL)
        return problem;
    if (list->count == list->capacity) {
        size_t capacity = list->capacity == 0 ? 16 : 2 * list->capacity;
        struct rule *rules = realloc(list->rules, capacity * sizeof *rules);

        if (rules == NULL)
            return "out of memory";
        list->rules = rules;
        list->capacity = capacity;
    }
    list->rules[list->count++] = rule;
    return NULL;
}

/* Whether the last octets of NAME are SUFFIX, beginning at a label. */
static bool name_below(const struct zone_name *name, const struct zone_name *suffix)
{
    size_t at = 0;

    while (name->length - at > suffix->length && name->wire[at] != 0)
        at += 1u + name->wire[at];
    return at > 0 && name->length - at == suffix->length &&
           memcmp(name->wire + at, suffix->wire, suffix->length) == 0;
}

/* 0: the rule does not fit; otherwise more is closer. */
static size_t rule_rank(const struct rule *rule, const struct zone_name *name, ldns_rr_type type)
{
    bool fits;

    if (rule->type != LDNS_RR_TYPE_ANY && rule->type != type)
        return 0;
    if (rule->below)
        fits = rule->name.length == 1 || name_below(name, &rule->name);
    else
        fits = rule->name.length == name->length &&
               memcmp(rule->name.wire, name->wire, name->length) == 0;
    if (!fits)
        return 0;
    return 4 * rule->name.length + (rule->below ? 0 : 2) + (rule->type != LDNS_RR_TYPE_ANY);
}

void fault_list_apply(const struct fault_list *list, const ldns_rdf *name, ldns_rr_type type,
                      struct fault *fault)
{
    size_t best_kind = 1, best_delay = 1;
    struct zone_name key;

    if (!zone_name_from(name, &key))
        return;
    for (size_t i = 0; i < list->count; i++) {
        const struct rule *rule = &list->rules[i];
        size_t rank = rule_rank(rule, &key, type);

        if (rule->is_kind && rank >= best_kind) {
            best_kind = rank;
            fault->kind = rule->fault.kind;
        }
        if (rule->is_delay && rank >= best_delay) {
            best_delay = rank;
            fault->delay = rule->fault.delay;
        }
    }
}
