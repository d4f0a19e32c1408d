/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/zone.h"

#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"

enum { DEFAULT_TTL = 300 };

static const char BLANKS[] = " \t\r\n";

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

static int add_record(struct zone *zone, const char *line, const char **problem)
{
    struct dns_name owner;
    struct zone_node *node;
    ldns_rr *rr = NULL;
    ldns_status status = ldns_rr_new_frm_str(&rr, line, DEFAULT_TTL, NULL, NULL);

    if (status == LDNS_STATUS_OK &&
        dns_name_from_wire(ldns_rdf_data(ldns_rr_owner(rr)), ldns_rdf_size(ldns_rr_owner(rr)),
                           &owner) != VOUCH_OK)
        status = LDNS_STATUS_DOMAINNAME_OVERFLOW;
    if (status != LDNS_STATUS_OK) {
        *problem = ldns_get_errorstr_by_id(status);
        ldns_rr_free(rr);
        return VOUCH_ERROR_SYNTAX;
    }
    node = need_node(zone, &owner);
    if (node == NULL || !ldns_rr_list_push_rr(node->records, rr)) {
        *problem = vouch_error_text(VOUCH_ERROR_MEMORY);
        ldns_rr_free(rr);
        return VOUCH_ERROR_MEMORY;
    }
    return VOUCH_OK;
}

int zone_add_line(struct zone *zone, const char *line, const char **problem)
{
    *problem = NULL;
    line += strspn(line, BLANKS);
    if (*line == '\0' || *line == ';')
        return VOUCH_OK;
    if (*line == '!')
        return zone_faults_add(&zone->faults, line + 1, problem);
    return add_record(zone, line, problem);
}

int zone_parse(const char *text, struct zone *zone, unsigned *problem_line)
{
    const char *problem;
    int error = VOUCH_OK;

    *zone = (struct zone){.nodes = NULL};
    *problem_line = 0;
    while (*text != '\0' && error == VOUCH_OK) {
        size_t length = strcspn(text, "\n");
        char *line = strndup(text, length);

        ++*problem_line;
        error = line != NULL ? zone_add_line(zone, line, &problem) : VOUCH_ERROR_MEMORY;
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
    zone_faults_clear(&zone->faults);
}
