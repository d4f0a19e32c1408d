/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/zone.h"

/* zone_answer.c - answers are written as packets and decoded again, so that what unit tests see has
 * gone through the same decoder as an answer from the network. */

enum { CHAIN_MAX = 11, HEADER_SIZE = 12, FLAG_QR_RD_RA = 0x8180, INITIAL_SIZE = 512 };

/* What is found while the chain of CNAMEs is followed. */
struct search {
    const struct zone *zone;
    struct dns_name name; /* at which the chain stands */
    enum dns_type type;
    enum zone_trouble trouble;
    unsigned delay_ms;
    ldns_rr_list *answers; /* borrowed records */
    ldns_rr *soa;          /* borrowed */
    bool exists;
};

static void meet_faults(struct search *search)
{
    for (const struct zone_fault *fault = search->zone->faults; fault != NULL;
         fault = fault->next) {
        if (!fault->every_name && !dns_name_equal(&fault->name, &search->name))
            continue;
        if (!fault->every_type && fault->type != (unsigned)search->type)
            continue;
        if (fault->trouble != ZONE_ANSWERS)
            search->trouble = fault->trouble;
        if (fault->delay_ms > search->delay_ms)
            search->delay_ms = fault->delay_ms;
    }
}

/* Take the node's records of TYPE; how many there are. */
static size_t take(struct search *search, const struct zone_node *node, unsigned type)
{
    size_t count = 0;

    for (size_t i = 0; i < ldns_rr_list_rr_count(node->records); i++) {
        ldns_rr *rr = ldns_rr_list_rr(node->records, i);

        if (ldns_rr_get_type(rr) == type && ldns_rr_list_push_rr(search->answers, rr))
            count++;
    }
    return count;
}

/* Step along a CNAME taken last; false when there is none. */
static bool step(struct search *search, const struct zone_node *node)
{
    const ldns_rdf *target;

    if (take(search, node, LDNS_RR_TYPE_CNAME) == 0)
        return false;
    target = ldns_rr_rdf(
        ldns_rr_list_rr(search->answers, ldns_rr_list_rr_count(search->answers) - 1), 0);
    return dns_name_from_wire(ldns_rdf_data(target), ldns_rdf_size(target), &search->name) == 0;
}

static void find_soa(struct search *search)
{
    for (unsigned labels = dns_name_labels(&search->name) + 1; labels-- > 0;) {
        struct dns_name above;
        const struct zone_node *node;

        dns_name_suffix(&search->name, labels, &above);
        node = zone_find(search->zone, &above);
        for (size_t i = 0; node != NULL && i < ldns_rr_list_rr_count(node->records); i++)
            if (ldns_rr_get_type(ldns_rr_list_rr(node->records, i)) == LDNS_RR_TYPE_SOA) {
                search->soa = ldns_rr_list_rr(node->records, i);
                return;
            }
    }
}

static void walk(struct search *search)
{
    for (unsigned i = 0; i <= CHAIN_MAX; i++) {
        const struct zone_node *node;

        meet_faults(search);
        if (search->trouble != ZONE_ANSWERS)
            return;
        node = zone_find(search->zone, &search->name);
        search->exists = node != NULL;
        if (node != NULL && take(search, node, search->type) > 0)
            return;
        if (node == NULL || !step(search, node)) {
            find_soa(search);
            return;
        }
    }
    search->trouble = ZONE_SERVFAIL; /* a loop: what a resolver answers */
}

static unsigned rcode_of(const struct search *search)
{
    if (search->trouble == ZONE_SERVFAIL)
        return LDNS_RCODE_SERVFAIL;
    if (search->trouble == ZONE_REFUSED)
        return LDNS_RCODE_REFUSED;
    return search->exists ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN;
}

static bool write_packet(const struct search *search, const struct dns_name *name,
                         ldns_buffer *packet)
{
    const bool failing = search->trouble == ZONE_SERVFAIL || search->trouble == ZONE_REFUSED;
    const size_t count = failing ? 0 : ldns_rr_list_rr_count(search->answers);

    if (!ldns_buffer_reserve(packet, HEADER_SIZE + DNS_NAME_MAX + 4))
        return false;
    ldns_buffer_write_u16(packet, 0);
    ldns_buffer_write_u16(packet, (uint16_t)(FLAG_QR_RD_RA | rcode_of(search)));
    ldns_buffer_write_u16(packet, 1);
    ldns_buffer_write_u16(packet, (uint16_t)count);
    ldns_buffer_write_u16(packet, search->soa != NULL);
    ldns_buffer_write_u16(packet, 0);
    ldns_buffer_write(packet, name->wire, name->length);
    ldns_buffer_write_u16(packet, (uint16_t)search->type);
    ldns_buffer_write_u16(packet, LDNS_RR_CLASS_IN);
    for (size_t i = 0; i < count; i++)
        if (ldns_rr2buffer_wire(packet, ldns_rr_list_rr(search->answers, i), LDNS_SECTION_ANSWER) !=
            LDNS_STATUS_OK)
            return false;
    return search->soa == NULL ||
           ldns_rr2buffer_wire(packet, search->soa, LDNS_SECTION_AUTHORITY) == LDNS_STATUS_OK;
}

static struct dns_answer *answer_from(const struct search *search, const struct dns_name *name)
{
    ldns_buffer *packet = ldns_buffer_new(INITIAL_SIZE);
    struct dns_answer *answer;
    size_t length;

    if (packet == NULL || !write_packet(search, name, packet)) {
        ldns_buffer_free(packet);
        return dns_answer_failure(name, search->type, DNS_FAILURE_SYSTEM);
    }
    length = ldns_buffer_position(packet);
    if (search->trouble == ZONE_MALFORMED)
        length = HEADER_SIZE; /* the question is missing */
    answer = dns_answer_decode(ldns_buffer_begin(packet), length, name, search->type,
                               search->trouble == ZONE_BOGUS ? DNS_BOGUS : DNS_INSECURE);
    ldns_buffer_free(packet);
    return answer;
}

struct dns_answer *zone_answer(const struct zone *zone, const struct dns_name *name,
                               enum dns_type type, unsigned *delay_ms)
{
    struct search search = {
        .zone = zone, .name = *name, .type = type, .answers = ldns_rr_list_new()};
    struct dns_answer *answer = NULL;

    *delay_ms = 0;
    if (search.answers == NULL)
        return dns_answer_failure(name, type, DNS_FAILURE_SYSTEM);
    walk(&search);
    *delay_ms = search.delay_ms;
    if (search.trouble != ZONE_SILENT)
        answer = answer_from(&search, name);
    ldns_rr_list_free(search.answers);
    return answer;
}
