/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/zone_fault.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"

enum { DELAY_MAX_MS = 3600 * 1000, WORD_SIZE = 16, NAME_TEXT_SIZE = DNS_NAME_TEXT_SIZE + 3 };

struct zone_fault_rule {
    struct dns_name name;
    bool below; /* names below it, not itself; below the root: all names */
    unsigned type;
    bool is_trouble, is_delay; /* "normal" is both */
    struct zone_fault fault;
};

static const struct {
    const char *word;
    enum zone_trouble trouble;
} words[] = {
    {"normal", ZONE_NORMAL},        {"silent", ZONE_SILENT},       {"servfail", ZONE_SERVFAIL},
    {"refused", ZONE_REFUSED},      {"formerr", ZONE_FORMERR},     {"bogus", ZONE_BOGUS},
    {"secure", ZONE_SECURE},        {"malformed", ZONE_MALFORMED}, {"truncate", ZONE_TRUNCATE},
    {"garbage", ZONE_GARBAGE},      {"wrong-id", ZONE_WRONG_ID},   {"wrong-name", ZONE_WRONG_NAME},
    {"wrong-port", ZONE_WRONG_PORT}};

static bool read_milliseconds(const char *text, unsigned *value)
{
    unsigned number = 0;

    if (*text == '\0')
        return false;
    for (; *text != '\0'; text++) {
        if (!ascii_is_digit(*text))
            return false;
        number = number * 10 + (unsigned)(*text - '0');
        if (number > DELAY_MAX_MS)
            return false;
    }
    *value = number;
    return true;
}

static bool read_name(const char *text, struct zone_fault_rule *rule)
{
    ldns_rdf *rdf;
    bool valid;

    rule->below = text[0] == '*' && (text[1] == '\0' || text[1] == '.');
    if (rule->below)
        text = text[1] == '.' && text[2] != '\0' ? text + 2 : ".";
    rdf = ldns_dname_new_frm_str(text);
    if (rdf == NULL)
        return false;
    valid = dns_name_from_wire(ldns_rdf_data(rdf), ldns_rdf_size(rdf), &rule->name) == VOUCH_OK;
    ldns_rdf_deep_free(rdf);
    return valid;
}

static const char *read_word(const char *word, const char *value, struct zone_fault_rule *rule)
{
    if (strcmp(word, "delay") == 0) {
        rule->is_delay = true;
        return read_milliseconds(value, &rule->fault.delay_ms) ? NULL : "delay needs milliseconds";
    }
    if (value[0] != '\0')
        return "text after the end of the fault";
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(words[i].word, word) == 0) {
            rule->is_trouble = true;
            rule->is_delay = words[i].trouble == ZONE_NORMAL;
            rule->fault.trouble = words[i].trouble;
            return NULL;
        }
    }
    return "unknown fault";
}

/* NULL, or what is wrong. */
static const char *read_rule(const char *line, struct zone_fault_rule *rule)
{
    char name[NAME_TEXT_SIZE], type[WORD_SIZE], word[WORD_SIZE], value[WORD_SIZE] = "", rest[2];
    int fields = sscanf(line, "%1023s %15s %15s %15s %1s", name, type, word, value, rest);

    _Static_assert(NAME_TEXT_SIZE >= 1024, "the name fits");
    if (fields < 3)
        return "a fault is: ! NAME TYPE|ANY WORD [MS]";
    if (fields > 4)
        return "text after the end of the fault";
    if (!read_name(name, rule))
        return "not a domain name";
    rule->type = ldns_get_rr_type_by_name(type);
    if (rule->type == 0)
        return "unknown record type";
    return read_word(word, value, rule);
}

int zone_faults_add(struct zone_faults *faults, const char *line, const char **problem)
{
    struct zone_fault_rule rule = {.type = 0};

    *problem = read_rule(line, &rule);
    if (*problem != NULL)
        return VOUCH_ERROR_SYNTAX;
    if (faults->count == faults->capacity) {
        size_t capacity = faults->capacity == 0 ? 16 : 2 * faults->capacity;
        struct zone_fault_rule *rules = reallocarray(faults->rules, capacity, sizeof *rules);

        if (rules == NULL) {
            *problem = vouch_error_text(VOUCH_ERROR_MEMORY);
            return VOUCH_ERROR_MEMORY;
        }
        faults->rules = rules;
        faults->capacity = capacity;
    }
    faults->rules[faults->count++] = rule;
    return VOUCH_OK;
}

void zone_faults_clear(struct zone_faults *faults)
{
    free(faults->rules);
    *faults = (struct zone_faults){.rules = NULL};
}

static bool name_fits(const struct zone_fault_rule *rule, const struct dns_name *name)
{
    if (!rule->below)
        return dns_name_equal(name, &rule->name);
    return dns_name_is_root(&rule->name) ||
           (dns_name_within(name, &rule->name) && !dns_name_equal(name, &rule->name));
}

/* 0: the rule does not fit; otherwise more is closer. */
static unsigned rule_rank(const struct zone_fault_rule *rule, const struct dns_name *name,
                          unsigned type)
{
    bool any = rule->type == LDNS_RR_TYPE_ANY;

    if ((!any && rule->type != type) || !name_fits(rule, name))
        return 0;
    return 4u * rule->name.length + (rule->below ? 0 : 2) + !any;
}

void zone_faults_apply(const struct zone_faults *faults, const struct dns_name *name, unsigned type,
                       struct zone_fault *fault)
{
    unsigned trouble_rank = 1, delay_rank = 1;

    for (size_t i = 0; i < faults->count; i++) {
        const struct zone_fault_rule *rule = &faults->rules[i];
        unsigned rank = rule_rank(rule, name, type);

        if (rule->is_trouble && rank >= trouble_rank) {
            trouble_rank = rank;
            fault->trouble = rule->fault.trouble;
        }
        if (rule->is_delay && rank >= delay_rank) {
            delay_rank = rank;
            fault->delay_ms = rule->fault.delay_ms;
        }
    }
}
