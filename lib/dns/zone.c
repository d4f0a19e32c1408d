/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/zone.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"

enum { DEFAULT_TTL = 300, DELAY_MAX_MS = 3600 * 1000 };

static const char BLANKS[] = " \t\r";

struct zone_node *zone_find(const struct zone *zone, const struct dns_name *name)
{
    struct dns_name key = *name;
    struct zone_node *node;

    for (size_t i = 0; i < key.length; i++)
        key.wire[i] = (uint8_t)ascii_lower((char)key.wire[i]);
    HASH_FIND(hh, zone->nodes, key.wire, key.length, node);
    return node;
}

static struct zone_node *add_node(struct zone *zone, const struct dns_name *name)
{
    struct zone_node *node = calloc(1, sizeof *node);

    if (node == NULL)
        return NULL;
    node->records = ldns_rr_list_new();
    node->name = *name;
    for (size_t i = 0; i < name->length; i++)
        node->name.wire[i] = (uint8_t)ascii_lower((char)name->wire[i]);
    if (node->records != NULL)
        HASH_ADD_KEYPTR(hh, zone->nodes, node->name.wire, node->name.length, node);
    if (node->hh.tbl != NULL)
        return node;
    ldns_rr_list_free(node->records);
    free(node);
    return NULL;
}

/* The node of NAME, made with everything above it when it is not there. */
static struct zone_node *need_node(struct zone *zone, const struct dns_name *name)
{
    struct zone_node *node = NULL;

    for (unsigned labels = 0; labels <= dns_name_labels(name); labels++) {
        struct dns_name above;

        dns_name_suffix(name, labels, &above);
        node = zone_find(zone, &above);
        if (node == NULL)
            node = add_node(zone, &above);
        if (node == NULL)
            return NULL;
    }
    return node;
}

static int add_record(struct zone *zone, const char *line)
{
    struct dns_name owner;
    struct zone_node *node;
    ldns_rr *rr = NULL;

    if (ldns_rr_new_frm_str(&rr, line, DEFAULT_TTL, NULL, NULL) != LDNS_STATUS_OK)
        return VOUCH_ERROR_SYNTAX;
    if (dns_name_from_wire(ldns_rdf_data(ldns_rr_owner(rr)), ldns_rdf_size(ldns_rr_owner(rr)),
                           &owner) != 0) {
        ldns_rr_free(rr);
        return VOUCH_ERROR_SYNTAX;
    }
    node = need_node(zone, &owner);
    if (node == NULL || !ldns_rr_list_push_rr(node->records, rr)) {
        ldns_rr_free(rr);
        return VOUCH_ERROR_MEMORY;
    }
    return VOUCH_OK;
}

/* Cut the next word off *REST; "" at the end. */
static char *next_word(char **rest)
{
    char *word = *rest + strspn(*rest, BLANKS);
    char *end = word + strcspn(word, BLANKS);

    *rest = *end != '\0' ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool read_fault_name(const char *word, struct zone_fault *fault)
{
    ldns_rdf *rdf;
    bool valid;

    fault->every_name = strcmp(word, "*") == 0;
    if (fault->every_name)
        return true;
    rdf = ldns_dname_new_frm_str(word);
    if (rdf == NULL)
        return false;
    valid = dns_name_from_wire(ldns_rdf_data(rdf), ldns_rdf_size(rdf), &fault->name) == 0;
    ldns_rdf_deep_free(rdf);
    return valid;
}

static bool read_fault_type(const char *word, struct zone_fault *fault)
{
    fault->every_type = strcmp(word, "ANY") == 0;
    fault->type = ldns_get_rr_type_by_name(word);
    return fault->every_type || fault->type != 0;
}

static bool read_trouble(const char *word, struct zone_fault *fault)
{
    static const struct {
        const char *word;
        enum zone_trouble trouble;
    } table[] = {{"silent", ZONE_SILENT},
                 {"servfail", ZONE_SERVFAIL},
                 {"refused", ZONE_REFUSED},
                 {"bogus", ZONE_BOGUS},
                 {"malformed", ZONE_MALFORMED}};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(word, table[i].word) == 0) {
            fault->trouble = table[i].trouble;
            return true;
        }
    return false;
}

static bool read_delay(const char *word, struct zone_fault *fault)
{
    char *end;
    unsigned long number;

    if (!ascii_is_digit(word[0]))
        return false;
    number = strtoul(word, &end, 10);
    fault->delay_ms = (unsigned)number;
    return *end == '\0' && number <= DELAY_MAX_MS;
}

/* The words of a line behind its "!". */
static bool read_fault(char *rest, struct zone_fault *fault)
{
    const char *what;

    if (!read_fault_name(next_word(&rest), fault) || !read_fault_type(next_word(&rest), fault))
        return false;
    what = next_word(&rest);
    if (strcmp(what, "delay") == 0) {
        if (!read_delay(next_word(&rest), fault))
            return false;
    } else if (!read_trouble(what, fault)) {
        return false;
    }
    return *next_word(&rest) == '\0';
}

static int add_fault(struct zone *zone, char *rest)
{
    struct zone_fault *fault = calloc(1, sizeof *fault);

    if (fault == NULL)
        return VOUCH_ERROR_MEMORY;
    if (!read_fault(rest, fault)) {
        free(fault);
        return VOUCH_ERROR_SYNTAX;
    }
    fault->next = zone->faults;
    zone->faults = fault;
    return VOUCH_OK;
}

static int add_line(struct zone *zone, char *line)
{
    line += strspn(line, BLANKS);
    if (*line == '\0' || *line == ';')
        return VOUCH_OK;
    return *line == '!' ? add_fault(zone, line + 1) : add_record(zone, line);
}

int zone_parse(const char *text, struct zone *zone, unsigned *problem_line)
{
    int error = VOUCH_OK;

    *zone = (struct zone){.nodes = NULL};
    *problem_line = 0;
    while (*text != '\0' && error == VOUCH_OK) {
        size_t length = strcspn(text, "\n");
        char *line = strndup(text, length);

        ++*problem_line;
        error = line != NULL ? add_line(zone, line) : VOUCH_ERROR_MEMORY;
        free(line);
        text += length + (text[length] == '\n');
    }
    if (error != VOUCH_OK)
        zone_free(zone);
    return error;
}

void zone_free(struct zone *zone)
{
    struct zone_node *node, *next;

    HASH_ITER(hh, zone->nodes, node, next)
    {
        HASH_DEL(zone->nodes, node);
        ldns_rr_list_deep_free(node->records);
        free(node);
    }
    while (zone->faults != NULL) {
        struct zone_fault *fault = zone->faults;

        zone->faults = fault->next;
        free(fault);
    }
}
