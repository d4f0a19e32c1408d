/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <ldns/ldns.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/dns/answer_new.h"

enum {
    CHAIN_MAX = 16,       /* CNAMEs in a row; libunbound itself follows 11 */
    RECORDS_MAX = 512,    /* a packet's 64 KiB would grow to megabytes in memory */
    TTL_WITHOUT_SOA = 5,  /* seconds to believe a negative answer without an SOA */
    SOA_MINIMUM_FIELD = 6 /* RFC 1035 3.3.13 */
};

/* What is to be decoded, and what is known of it so far. */
struct decoding {
    const ldns_pkt *packet;
    const struct dns_name *name;
    enum dns_type type;
    struct dns_name end; /* where the chain of CNAMEs leads to */
    uint32_t ttl;        /* least of the chain */
};

static bool name_from_rdf(const ldns_rdf *rdf, struct dns_name *name)
{
    return rdf != NULL && ldns_rdf_get_type(rdf) == LDNS_RDF_TYPE_DNAME &&
           dns_name_from_wire(ldns_rdf_data(rdf), ldns_rdf_size(rdf), name) == 0;
}

static void take_ttl(struct decoding *decoding, uint32_t ttl)
{
    if (ttl > INT32_MAX) /* RFC 2181 8 */
        ttl = 0;
    if (ttl < decoding->ttl)
        decoding->ttl = ttl;
}

static bool is_record(const ldns_rr *rr, unsigned type, const struct dns_name *owner)
{
    const ldns_rdf *name = ldns_rr_owner(rr);

    return ldns_rr_get_type(rr) == type && ldns_rr_get_class(rr) == LDNS_RR_CLASS_IN &&
           ldns_rdf_size(name) == owner->length &&
           ascii_equal_fold((const char *)ldns_rdf_data(name), (const char *)owner->wire,
                            owner->length);
}

static const ldns_rr *find_record(const ldns_rr_list *list, unsigned type,
                                  const struct dns_name *owner)
{
    for (size_t i = 0; i < ldns_rr_list_rr_count(list); i++)
        if (is_record(ldns_rr_list_rr(list, i), type, owner))
            return ldns_rr_list_rr(list, i);
    return NULL;
}

/* Follow the CNAMEs of the answer section (RFC 1034 3.6.2).  False: they lead nowhere. */
static bool follow_chain(struct decoding *decoding)
{
    const ldns_rr_list *answers = ldns_pkt_answer(decoding->packet);

    decoding->end = *decoding->name;
    for (unsigned i = 0; i < CHAIN_MAX; i++) {
        const ldns_rr *cname;

        if (find_record(answers, decoding->type, &decoding->end) != NULL)
            return true;
        cname = find_record(answers, LDNS_RR_TYPE_CNAME, &decoding->end);
        if (cname == NULL)
            return true;
        take_ttl(decoding, ldns_rr_ttl(cname));
        if (!name_from_rdf(ldns_rr_rdf(cname, 0), &decoding->end))
            return false;
    }
    return false;
}

/* Whether the question section is the question that was asked. */
static bool is_our_question(const struct decoding *decoding)
{
    const ldns_rr_list *questions = ldns_pkt_question(decoding->packet);

    return ldns_rr_list_rr_count(questions) == 1 &&
           is_record(ldns_rr_list_rr(questions, 0), decoding->type, decoding->name);
}

static bool read_address(const ldns_rr *rr, size_t octets, struct dns_record *record)
{
    const ldns_rdf *rdf = ldns_rr_rdf(rr, 0);

    if (rdf == NULL || ldns_rdf_size(rdf) != octets)
        return false;
    record->address = ip_from_octets(ldns_rdf_data(rdf), octets);
    return true;
}

static bool read_number(const ldns_rr *rr, size_t field, uint16_t *number)
{
    const ldns_rdf *rdf = ldns_rr_rdf(rr, field);

    if (rdf == NULL || ldns_rdf_size(rdf) != 2)
        return false;
    *number = ldns_rdf2native_int16(rdf);
    return true;
}

static bool read_srv(const ldns_rr *rr, struct dns_record *record)
{
    return read_number(rr, 0, &record->srv.priority) && read_number(rr, 1, &record->srv.weight) &&
           read_number(rr, 2, &record->srv.port) &&
           name_from_rdf(ldns_rr_rdf(rr, 3), &record->srv.target);
}

/* Join the character-strings at *DATA and move it behind them (RFC 7208 3.3). */
static bool read_txt(const ldns_rr *rr, struct dns_record *record, uint8_t **data)
{
    record->txt.octets = *data;
    for (size_t i = 0; i < ldns_rr_rd_count(rr); i++) {
        const ldns_rdf *rdf = ldns_rr_rdf(rr, i);
        size_t size = ldns_rdf_size(rdf);

        if (size == 0 || ldns_rdf_data(rdf)[0] != size - 1)
            return false;
        memcpy(*data, ldns_rdf_data(rdf) + 1, size - 1);
        *data += size - 1;
    }
    record->txt.length = (size_t)(*data - record->txt.octets);
    return true;
}

static bool read_record(const ldns_rr *rr, enum dns_type type, struct dns_record *record,
                        uint8_t **data)
{
    switch (type) {
    case DNS_A:
        return read_address(rr, 4, record);
    case DNS_AAAA:
        return read_address(rr, 16, record);
    case DNS_PTR:
        return name_from_rdf(ldns_rr_rdf(rr, 0), &record->ptr);
    case DNS_MX:
        return read_number(rr, 0, &record->mx.preference) &&
               name_from_rdf(ldns_rr_rdf(rr, 1), &record->mx.exchange);
    case DNS_SRV:
        return read_srv(rr, record);
    case DNS_TXT:
        return read_txt(rr, record, data);
    }
    return false;
}

/* Count the records of the type at the chain's end and the octets of text in them. */
static size_t measure(struct decoding *decoding, size_t *octets)
{
    const ldns_rr_list *answers = ldns_pkt_answer(decoding->packet);
    size_t count = 0;

    *octets = 0;
    for (size_t i = 0; i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(answers, i);

        if (!is_record(rr, decoding->type, &decoding->end))
            continue;
        count++;
        take_ttl(decoding, ldns_rr_ttl(rr));
        for (size_t j = 0; decoding->type == DNS_TXT && j < ldns_rr_rd_count(rr); j++)
            *octets += ldns_rdf_size(ldns_rr_rdf(rr, j));
    }
    return count;
}

static struct dns_answer *failure(const struct decoding *decoding, enum dns_failure code)
{
    return dns_answer_failure(decoding->name, decoding->type, code);
}

static struct dns_answer *decode_records(const struct decoding *decoding, size_t count,
                                         size_t octets)
{
    const ldns_rr_list *answers = ldns_pkt_answer(decoding->packet);
    struct dns_record *records;
    uint8_t *data;
    struct dns_answer *answer =
        dns_answer_new(decoding->name, decoding->type, count, octets, &records, &data);
    size_t at = 0;

    if (answer == NULL)
        return dns_answer_static(DNS_FAILURE_SYSTEM);
    answer->status = DNS_RECORDS;
    answer->ttl = decoding->ttl;
    for (size_t i = 0; at < count && i < ldns_rr_list_rr_count(answers); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(answers, i);

        if (!is_record(rr, decoding->type, &decoding->end))
            continue;
        if (!read_record(rr, decoding->type, &records[at++], &data)) {
            dns_answer_release(answer);
            return failure(decoding, DNS_FAILURE_MALFORMED);
        }
    }
    return answer;
}

/* The SOA that covers the end of the chain, or NULL (RFC 2308 3). */
static const ldns_rr *find_soa(const struct decoding *decoding, struct dns_name *owner)
{
    const ldns_rr_list *authority = ldns_pkt_authority(decoding->packet);

    for (size_t i = 0; i < ldns_rr_list_rr_count(authority); i++) {
        const ldns_rr *rr = ldns_rr_list_rr(authority, i);

        if (name_from_rdf(ldns_rr_owner(rr), owner) && is_record(rr, LDNS_RR_TYPE_SOA, owner) &&
            dns_name_within(&decoding->end, owner))
            return rr;
    }
    return NULL;
}

static struct dns_answer *decode_negative(struct decoding *decoding, enum dns_status status)
{
    struct dns_name owner;
    const ldns_rr *soa = find_soa(decoding, &owner);
    const ldns_rdf *minimum = soa != NULL ? ldns_rr_rdf(soa, SOA_MINIMUM_FIELD) : NULL;
    struct dns_record *records;
    uint8_t *data;
    struct dns_answer *answer =
        dns_answer_new(decoding->name, decoding->type, 0, 0, &records, &data);

    if (answer == NULL)
        return dns_answer_static(DNS_FAILURE_SYSTEM);
    answer->status = status;
    if (minimum != NULL && ldns_rdf_size(minimum) == 4) { /* RFC 2308 5 */
        take_ttl(decoding, ldns_rr_ttl(soa));
        take_ttl(decoding, ldns_rdf2native_int32(minimum));
        answer->has_soa = true;
        answer->soa_owner = owner;
    } else {
        take_ttl(decoding, TTL_WITHOUT_SOA);
    }
    answer->ttl = decoding->ttl;
    return answer;
}

static struct dns_answer *decode_packet(struct decoding *decoding)
{
    ldns_pkt_rcode rcode = ldns_pkt_get_rcode(decoding->packet);
    size_t count, octets;

    if (!ldns_pkt_qr(decoding->packet))
        return failure(decoding, DNS_FAILURE_MALFORMED);
    if (rcode == LDNS_RCODE_SERVFAIL) /* libunbound's own comes without a question */
        return failure(decoding, DNS_FAILURE_SERVFAIL);
    if ((rcode != LDNS_RCODE_NOERROR && rcode != LDNS_RCODE_NXDOMAIN) ||
        ldns_pkt_edns_extended_rcode(decoding->packet) != 0)
        return failure(decoding, DNS_FAILURE_REFUSED);
    if (ldns_pkt_tc(decoding->packet) || !is_our_question(decoding) || !follow_chain(decoding))
        return failure(decoding, DNS_FAILURE_MALFORMED);
    count = measure(decoding, &octets);
    if (count > RECORDS_MAX || (count > 0 && rcode == LDNS_RCODE_NXDOMAIN))
        return failure(decoding, DNS_FAILURE_MALFORMED);
    if (count > 0)
        return decode_records(decoding, count, octets);
    return decode_negative(decoding, rcode == LDNS_RCODE_NXDOMAIN ? DNS_NXDOMAIN : DNS_NODATA);
}

struct dns_answer *dns_answer_decode(const uint8_t *packet, size_t length,
                                     const struct dns_name *name, enum dns_type type,
                                     enum dns_security security)
{
    struct decoding decoding = {.name = name, .type = type, .ttl = INT32_MAX};
    struct dns_answer *answer;
    ldns_pkt *decoded = NULL;

    if (security == DNS_BOGUS)
        return dns_answer_bogus(name, type, NULL);
    if (ldns_wire2pkt(&decoded, packet, length) != LDNS_STATUS_OK)
        return failure(&decoding, DNS_FAILURE_MALFORMED);
    decoding.packet = decoded;
    answer = decode_packet(&decoding);
    if (dns_answer_size(answer) != 0) { /* not a static one, which others read too */
        answer->rcode = (uint8_t)ldns_pkt_get_rcode(decoded);
        answer->security = security;
    }
    ldns_pkt_free(decoded);
    return answer;
}
