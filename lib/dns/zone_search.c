/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/zone.h"

enum { CHAIN_MAX = 11 };

/* The search while the chain of CNAMEs is followed. */
struct walk {
    const struct zone *zone;
    const struct zone_faults *more_faults;
    struct dns_name name; /* at which the chain stands */
    unsigned type;
    struct zone_search *search;
    bool failed; /* no memory */
};

/* The first name of the chain that has trouble decides; the longest delay of all. */
static void meet_faults(struct walk *walk)
{
    struct zone_fault *so_far = &walk->search->fault, here = {.trouble = ZONE_NORMAL};

    zone_faults_apply(&walk->zone->faults, &walk->name, walk->type, &here);
    if (walk->more_faults != NULL)
        zone_faults_apply(walk->more_faults, &walk->name, walk->type, &here);
    if (so_far->trouble == ZONE_NORMAL)
        so_far->trouble = here.trouble;
    if (here.delay_ms > so_far->delay_ms)
        so_far->delay_ms = here.delay_ms;
}

/* The node that answers for NAME: its own, or the wildcard below its closest encloser
 * (RFC 4592 3.3.1). */
static const struct zone_node *match(const struct zone *zone, const struct dns_name *name)
{
    const struct zone_node *node = zone_find(zone, name);
    unsigned labels = dns_name_labels(name);
    struct dns_name above;

    while (node == NULL && labels > 0) {
        dns_name_suffix(name, --labels, &above);
        if (zone_find(zone, &above) != NULL)
            return dns_name_prepend("*", &above, &above) == VOUCH_OK ? zone_find(zone, &above)
                                                                     : NULL;
    }
    return node;
}

/* Keep a copy of RECORD; one of a wildcard gets the name asked for. */
static void keep(struct walk *walk, const ldns_rr *record)
{
    ldns_rr *copy = ldns_rr_clone(record);
    ldns_rdf *owner =
        ldns_rdf_new_frm_data(LDNS_RDF_TYPE_DNAME, walk->name.length, walk->name.wire);

    if (copy == NULL || owner == NULL || !ldns_rr_list_push_rr(walk->search->found, copy)) {
        walk->failed = true;
        ldns_rr_free(copy);
        ldns_rdf_deep_free(owner);
        return;
    }
    ldns_rdf_deep_free(ldns_rr_owner(copy));
    ldns_rr_set_owner(copy, owner);
}

/* Keep the node's records of TYPE; the last of them, or NULL. */
static const ldns_rr *take(struct walk *walk, const struct zone_node *node, unsigned type)
{
    const ldns_rr *last = NULL;

    for (size_t i = 0; i < ldns_rr_list_rr_count(node->records); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(node->records, i);

        if (type == LDNS_RR_TYPE_ANY || ldns_rr_get_type(rr) == type) {
            keep(walk, rr);
            last = rr;
        }
    }
    return last;
}

/* Step along a CNAME of the node; false: there is none. */
static bool step(struct walk *walk, const struct zone_node *node)
{
    const ldns_rr *cname = take(walk, node, LDNS_RR_TYPE_CNAME);
    const ldns_rdf *target = cname == NULL ? NULL : ldns_rr_rdf(cname, 0);

    return target != NULL && dns_name_from_wire(ldns_rdf_data(target), ldns_rdf_size(target),
                                                &walk->name) == VOUCH_OK;
}

static const ldns_rr *find_soa(const struct zone *zone, const struct dns_name *name)
{
    for (unsigned labels = dns_name_labels(name) + 1; labels-- > 0;) {
        struct dns_name above;
        const struct zone_node *node;

        dns_name_suffix(name, labels, &above);
        node = zone_find(zone, &above);
        for (size_t i = 0; node != NULL && i < ldns_rr_list_rr_count(node->records); i++)
            if (ldns_rr_get_type(ldns_rr_list_rr(node->records, i)) == LDNS_RR_TYPE_SOA)
                return ldns_rr_list_rr(node->records, i);
    }
    return NULL;
}

static void follow(struct walk *walk)
{
    for (unsigned links = 0; links <= CHAIN_MAX; links++) {
        const struct zone_node *node = match(walk->zone, &walk->name);

        meet_faults(walk);
        walk->search->exists = node != NULL;
        if (node != NULL && take(walk, node, walk->type) != NULL)
            return;
        if (node == NULL || !step(walk, node)) {
            walk->search->soa = find_soa(walk->zone, &walk->name);
            return;
        }
    }
    walk->search->fault.trouble = ZONE_SERVFAIL; /* a loop: what a resolver answers */
}

bool zone_search(const struct zone *zone, const struct zone_faults *more_faults,
                 const struct dns_name *name, unsigned type, struct zone_search *search)
{
    struct walk walk = {
        .zone = zone, .more_faults = more_faults, .name = *name, .type = type, .search = search};

    *search = (struct zone_search){.found = ldns_rr_list_new()};
    if (search->found == NULL)
        return false;
    follow(&walk);
    if (walk.failed)
        zone_search_free(search);
    return !walk.failed;
}

void zone_search_free(struct zone_search *search)
{
    ldns_rr_list_deep_free(search->found);
    search->found = NULL;
}
