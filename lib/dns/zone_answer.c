/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/zone.h"

/* zone_answer.c - answers are written as packets and decoded again, so that what unit tests see has
 * gone through the same decoder as an answer from the network. */

enum { HEADER_SIZE = 12, FLAG_QR_RD_RA = 0x8180, INITIAL_SIZE = 512 };

static unsigned rcode_of(const struct zone_search *search)
{
    switch (search->fault.trouble) {
    case ZONE_SERVFAIL:
        return LDNS_RCODE_SERVFAIL;
    case ZONE_REFUSED:
        return LDNS_RCODE_REFUSED;
    case ZONE_FORMERR:
        return LDNS_RCODE_FORMERR;
    default:
        return search->exists ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN;
    }
}

static bool write_packet(const struct zone_search *search, const struct dns_name *name,
                         enum dns_type type, ldns_buffer *packet)
{
    const unsigned rcode = rcode_of(search);
    const bool answers = rcode == LDNS_RCODE_NOERROR || rcode == LDNS_RCODE_NXDOMAIN;
    const size_t count = answers ? ldns_rr_list_rr_count(search->found) : 0;
    const ldns_rr *soa = answers ? search->soa : NULL;

    if (!ldns_buffer_reserve(packet, HEADER_SIZE + DNS_NAME_MAX + 4))
        return false;
    ldns_buffer_write_u16(packet, 0);
    ldns_buffer_write_u16(packet, (uint16_t)(FLAG_QR_RD_RA | rcode));
    ldns_buffer_write_u16(packet, 1);
    ldns_buffer_write_u16(packet, (uint16_t)count);
    ldns_buffer_write_u16(packet, soa != NULL);
    ldns_buffer_write_u16(packet, 0);
    ldns_buffer_write(packet, name->wire, name->length);
    ldns_buffer_write_u16(packet, (uint16_t)type);
    ldns_buffer_write_u16(packet, LDNS_RR_CLASS_IN);
    for (size_t i = 0; i < count; i++)
        if (ldns_rr2buffer_wire(packet, ldns_rr_list_rr(search->found, i), LDNS_SECTION_ANSWER) !=
            LDNS_STATUS_OK)
            return false;
    return soa == NULL ||
           ldns_rr2buffer_wire(packet, soa, LDNS_SECTION_AUTHORITY) == LDNS_STATUS_OK;
}

static enum dns_security security_of(enum zone_trouble trouble)
{
    if (trouble == ZONE_BOGUS)
        return DNS_BOGUS;
    return trouble == ZONE_SECURE ? DNS_SECURE : DNS_INSECURE;
}

static struct dns_answer *answer_from(const struct zone_search *search, const struct dns_name *name,
                                      enum dns_type type)
{
    const enum zone_trouble trouble = search->fault.trouble;
    ldns_buffer *packet = ldns_buffer_new(INITIAL_SIZE);
    struct dns_answer *answer;
    size_t length;

    if (packet == NULL || !write_packet(search, name, type, packet)) {
        ldns_buffer_free(packet);
        return dns_answer_failure(name, type, DNS_FAILURE_SYSTEM);
    }
    length = ldns_buffer_position(packet);
    if (trouble == ZONE_MALFORMED)
        length = HEADER_SIZE; /* the question is missing */
    answer = dns_answer_decode(ldns_buffer_begin(packet), length, name, type, security_of(trouble));
    ldns_buffer_free(packet);
    return answer;
}

/* What never reaches who asked, because it is no answer to the question. */
static bool is_lost(enum zone_trouble trouble)
{
    return trouble == ZONE_SILENT || trouble == ZONE_GARBAGE || trouble == ZONE_WRONG_ID ||
           trouble == ZONE_WRONG_NAME || trouble == ZONE_WRONG_PORT;
}

struct dns_answer *zone_answer(const struct zone *zone, const struct dns_name *name,
                               enum dns_type type, unsigned *delay_ms)
{
    struct dns_answer *answer = NULL;
    struct zone_search search;

    *delay_ms = 0;
    if (!zone_search(zone, NULL, name, type, &search))
        return dns_answer_failure(name, type, DNS_FAILURE_SYSTEM);
    *delay_ms = search.fault.delay_ms;
    if (!is_lost(search.fault.trouble))
        answer = answer_from(&search, name, type);
    zone_search_free(&search);
    return answer;
}
