/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/zone.h"

#include <stdlib.h>
#include <string.h>

/* The default one falls through its cases, which clang warns of. */
#define HASH_FUNCTION(key, length, value) HASH_FNV(key, length, value)
#include <uthash.h>

#include "lib/base/ascii.h"

enum { DEFAULT_TTL = 300, CHAIN_MAX = 16 };

struct node {
    UT_hash_handle hh;
    struct zone_name name;
    ldns_rr_list *records; /* empty: the name exists only because one below it does */
};

struct zone {
    struct node *nodes;
};

bool zone_name_from(const ldns_rdf *name, struct zone_name *out)
{
    size_t length = ldns_rdf_size(name);

    if (ldns_rdf_get_type(name) != LDNS_RDF_TYPE_DNAME || length == 0 || length > ZONE_NAME_MAX)
        return false;
    out->length = length;
    for (size_t i = 0; i < length; i++)
        out->wire[i] = (uint8_t)ascii_lower((char)ldns_rdf_data(name)[i]);
    return true;
}

/* Whether there is a parent; OUT may be NAME. */
static bool name_parent(const struct zone_name *name, struct zone_name *out)
{
    size_t label = 1u + name->wire[0];

    if (name->wire[0] == 0 || label >= name->length)
        return false;
    memmove(out->wire, name->wire + label, name->length - label);
    out->length = name->length - label;
    return true;
}

struct zone *zone_new(void)
{
    return calloc(1, sizeof(struct zone));
}

void zone_free(struct zone *zone)
{
    struct node *node, *next;

    if (zone == NULL)
        return;
    HASH_ITER(hh, zone->nodes, node, next)
    {
        HASH_DEL(zone->nodes, node);
        ldns_rr_list_deep_free(node->records);
        free(node);
    }
    free(zone);
}

static struct node *node_find(const struct zone *zone, const struct zone_name *name)
{
    struct node *node;

    HASH_FIND(hh, zone->nodes, name->wire, name->length, node);
    return node;
}

static struct node *node_add(struct zone *zone, const struct zone_name *name)
{
    struct node *node = calloc(1, sizeof *node);

    if (node == NULL)
        return NULL;
    node->name = *name;
    node->records = ldns_rr_list_new();
    if (node->records == NULL) {
        free(node);
        return NULL;
    }
    HASH_ADD_KEYPTR(hh, zone->nodes, node->name.wire, node->name.length, node);
    return node;
}

/* The node of NAME, made together with those of every name above it when absent. */
static struct node *node_make(struct zone *zone, const struct zone_name *name)
{
    struct node *node = node_find(zone, name);
    struct zone_name above = *name;

    if (node != NULL)
        return node;
    while (name_parent(&above, &above) && node_find(zone, &above) == NULL)
        if (node_add(zone, &above) == NULL)
            return NULL;
    return node_add(zone, name);
}

const char *zone_add(struct zone *zone, const char *record)
{
    ldns_rr *rr = NULL;
    ldns_status status = ldns_rr_new_frm_str(&rr, record, DEFAULT_TTL, NULL, NULL);
    struct zone_name name;
    struct node *node;

    if (status != LDNS_STATUS_OK)
        return ldns_get_errorstr_by_id(status);
    node = zone_name_from(ldns_rr_owner(rr), &name) ? node_make(zone, &name) : NULL;
    if (node == NULL || !ldns_rr_list_push_rr(node->records, rr)) {
        ldns_rr_free(rr);
        return "out of memory";
    }
    return NULL;
}

/* The node that answers for NAME: its own, or the wildcard below its closest encloser
 * (RFC 4592 3.3.1). */
static const struct node *node_match(const struct zone *zone, const struct zone_name *name)
{
    const struct node *node = node_find(zone, name);
    struct zone_name above = *name, wildcard;

    if (node != NULL)
        return node;
    do {
        if (!name_parent(&above, &above))
            return NULL;
    } while (node_find(zone, &above) == NULL);
    if (above.length + 2 > ZONE_NAME_MAX)
        return NULL;
    memcpy(wildcard.wire, "\001*", 2);
    memcpy(wildcard.wire + 2, above.wire, above.length);
    wildcard.length = above.length + 2;
    return node_find(zone, &wildcard);
}

static void push_record(ldns_pkt *packet, ldns_pkt_section section, const ldns_rr *record,
                        const ldns_rdf *owner)
{
    ldns_rr *copy = ldns_rr_clone(record);

    if (copy == NULL)
        return;
    if (owner != NULL) {
        ldns_rdf_deep_free(ldns_rr_owner(copy));
        ldns_rr_set_owner(copy, ldns_rdf_clone(owner));
    }
    if (!ldns_pkt_push_rr(packet, section, copy))
        ldns_rr_free(copy);
}

static const ldns_rr *node_record(const struct node *node, ldns_rr_type type)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(node->records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(node->records, i);

        if (ldns_rr_get_type(rr) == type)
            return rr;
    }
    return NULL;
}

static bool push_type(ldns_pkt *packet, const struct node *node, const ldns_rdf *owner,
                      ldns_rr_type type)
{
    bool found = false;

    for (size_t i = 0; i < ldns_rr_list_rr_count(node->records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(node->records, i);

        if (type == LDNS_RR_TYPE_ANY || ldns_rr_get_type(rr) == type) {
            push_record(packet, LDNS_SECTION_ANSWER, rr, owner);
            found = true;
        }
    }
    return found;
}

/* The SOA at or above NAME, with the TTL of a negative answer (RFC 2308 3). */
static void push_soa(const struct zone *zone, const struct zone_name *name, ldns_pkt *packet)
{
    struct zone_name above = *name;

    do {
        const struct node *node = node_find(zone, &above);
        const ldns_rr *soa = node == NULL ? NULL : node_record(node, LDNS_RR_TYPE_SOA);
        ldns_rr_list *authority = ldns_pkt_authority(packet);

        if (soa != NULL) {
            uint32_t minimum = ldns_rdf2native_int32(ldns_rr_rdf(soa, 6));

            push_record(packet, LDNS_SECTION_AUTHORITY, soa, NULL);
            soa = ldns_rr_list_rr(authority, 0);
            if (soa != NULL && minimum < ldns_rr_ttl(soa))
                ldns_rr_set_ttl(ldns_rr_list_rr(authority, 0), minimum);
            return;
        }
    } while (name_parent(&above, &above));
}

void zone_answer(const struct zone *zone, const ldns_rdf *name, ldns_rr_type type, ldns_pkt *packet)
{
    struct zone_name key;

    for (unsigned links = 0; links < CHAIN_MAX && zone_name_from(name, &key); links++) {
        const struct node *node = node_match(zone, &key);
        const ldns_rr *cname;

        if (node == NULL) {
            ldns_pkt_set_rcode(packet, LDNS_RCODE_NXDOMAIN);
            push_soa(zone, &key, packet);
            return;
        }
        if (push_type(packet, node, name, type))
            return;
        cname = node_record(node, LDNS_RR_TYPE_CNAME);
        if (cname == NULL) {
            push_soa(zone, &key, packet);
            return;
        }
        push_record(packet, LDNS_SECTION_ANSWER, cname, name);
        name = ldns_rr_rdf(cname, 0);
    }
    ldns_pkt_set_rcode(packet, LDNS_RCODE_SERVFAIL); /* a chain without end */
}
