/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/reply.h"

#include <ldns/ldns.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "lib/base/ascii.h"

enum {
    HEADER_SIZE = 12,
    UDP_MIN = 512,   /* RFC 1035 4.2.1 */
    UDP_MAX = 4096,  /* of what a client may ask for by EDNS */
    EDNS_SIZE = 1232 /* what we say we take */
};

/* The name as people write it: lower case, no last dot; REPLY_TEXT_SIZE holds any name. */
static void describe_question(const ldns_rr *question, struct reply *reply)
{
    char *name = ldns_rdf2str(ldns_rr_owner(question));
    char *type = ldns_rr_type2str(ldns_rr_get_type(question));

    if (name != NULL && type != NULL) {
        size_t length = strlen(name);

        if (length > 1 && name[length - 1] == '.')
            name[length - 1] = '\0';
        for (char *c = name; *c != '\0'; c++)
            *c = ascii_lower(*c);
        snprintf(reply->question, sizeof reply->question, "%s %s", name, type);
    }
    free(name);
    free(type);
}

static const char *rcode_word(ldns_pkt_rcode rcode)
{
    const ldns_lookup_table *entry = ldns_lookup_by_id(ldns_rcodes, (int)rcode);

    return entry == NULL ? "?" : entry->name;
}

/* An answer that is only header, question and EDNS, for RCODE. */
static ldns_pkt *new_answer(const ldns_pkt *query, ldns_pkt_rcode rcode)
{
    ldns_pkt *answer = ldns_pkt_new();
    ldns_rr_list *questions = ldns_pkt_question(query);

    if (answer == NULL)
        return NULL;
    ldns_pkt_set_id(answer, ldns_pkt_id(query));
    ldns_pkt_set_qr(answer, true);
    ldns_pkt_set_opcode(answer, ldns_pkt_get_opcode(query));
    ldns_pkt_set_rd(answer, ldns_pkt_rd(query));
    ldns_pkt_set_cd(answer, ldns_pkt_cd(query));
    ldns_pkt_set_aa(answer, true);
    ldns_pkt_set_ra(answer, true); /* what a forwarder's client wants to see */
    ldns_pkt_set_rcode(answer, (uint8_t)rcode);
    if (ldns_rr_list_rr_count(questions) == 1) {
        ldns_rr *question = ldns_rr_clone(ldns_rr_list_rr(questions, 0));

        if (question != NULL && !ldns_pkt_push_rr(answer, LDNS_SECTION_QUESTION, question))
            ldns_rr_free(question);
    }
    if (ldns_pkt_edns(query)) {
        ldns_pkt_set_edns_udp_size(answer, EDNS_SIZE);
        ldns_pkt_set_edns_do(answer, ldns_pkt_edns_do(query));
    }
    return answer;
}

/* The answer's octets into REPLY; PACKET is freed. */
static bool write_answer(ldns_pkt *packet, struct reply *reply)
{
    ldns_status status =
        packet == NULL ? LDNS_STATUS_MEM_ERR : ldns_pkt2wire(&reply->wire, packet, &reply->size);

    if (status != LDNS_STATUS_OK)
        reply->wire = NULL;
    else
        reply->outcome = rcode_word(ldns_pkt_get_rcode(packet));
    if (packet != NULL)
        ldns_pkt_free(packet);
    return reply->wire != NULL;
}

static size_t size_limit(const ldns_pkt *query, bool tcp)
{
    size_t asked = ldns_pkt_edns(query) ? ldns_pkt_edns_udp_size(query) : UDP_MIN;

    if (tcp)
        return UINT16_MAX;
    return asked < UDP_MIN ? UDP_MIN : asked > UDP_MAX ? UDP_MAX : asked;
}

/* An answer of the rcode alone, with the TC bit or without. */
static void make_short(const ldns_pkt *query, ldns_pkt_rcode rcode, bool truncated,
                       struct reply *reply)
{
    ldns_pkt *packet = new_answer(query, rcode);

    if (packet != NULL)
        ldns_pkt_set_tc(packet, truncated);
    if (write_answer(packet, reply) && truncated)
        reply->outcome = "truncated";
}

static void push_copy(ldns_pkt *packet, ldns_pkt_section section, const ldns_rr *record)
{
    ldns_rr *copy = ldns_rr_clone(record);

    if (copy != NULL && !ldns_pkt_push_rr(packet, section, copy))
        ldns_rr_free(copy);
}

static void make_full(const struct zone_search *search, const ldns_pkt *query, bool tcp,
                      struct reply *reply)
{
    ldns_pkt *packet = new_answer(query, search->exists ? LDNS_RCODE_NOERROR : LDNS_RCODE_NXDOMAIN);

    if (packet != NULL) {
        for (size_t i = 0; i < ldns_rr_list_rr_count(search->found); i++)
            push_copy(packet, LDNS_SECTION_ANSWER, ldns_rr_list_rr(search->found, i));
        if (search->soa != NULL)
            push_copy(packet, LDNS_SECTION_AUTHORITY, search->soa);
    }
    if (!write_answer(packet, reply) || reply->size <= size_limit(query, tcp))
        return;
    free(reply->wire);
    reply->wire = NULL;
    make_short(query, LDNS_RCODE_NOERROR, true, reply);
}

/* Header and question as they should be, one answer announced, whose owner points to itself. */
static void make_malformed(const ldns_pkt *query, struct reply *reply)
{
    static const uint8_t record[] = {0xc0, 0xff, 0x00, 0x01, 0x00, 0x01, 0x00, 0x00, 0x00};
    ldns_pkt *packet = new_answer(query, LDNS_RCODE_NOERROR);
    uint8_t *longer;

    if (packet != NULL)
        ldns_pkt_set_edns_udp_size(packet, 0);
    if (!write_answer(packet, reply))
        return;
    longer = realloc(reply->wire, reply->size + sizeof record);
    if (longer == NULL)
        return;
    memcpy(longer + reply->size, record, sizeof record);
    longer[7] = 1; /* ANCOUNT */
    reply->wire = longer;
    reply->size += sizeof record;
    reply->outcome = "malformed";
}

static void make_garbage(struct reply *reply)
{
    enum { GARBAGE_MAX = 256 };
    uint8_t size = 0;

    reply->wire = malloc(GARBAGE_MAX);
    if (reply->wire == NULL || getrandom(&size, 1, 0) != 1 ||
        getrandom(reply->wire, GARBAGE_MAX, 0) != GARBAGE_MAX)
        return;
    reply->size = 1u + size;
    reply->outcome = "garbage";
}

/* Break what the octets of a right answer stand for. */
static void misdirect(enum zone_trouble trouble, struct reply *reply)
{
    if (reply->wire == NULL)
        return;
    if (trouble == ZONE_WRONG_ID) {
        reply->wire[0] ^= 0x55;
        reply->outcome = "wrong-id";
    } else if (trouble == ZONE_WRONG_NAME && reply->wire[HEADER_SIZE] != 0) {
        uint8_t *octet = &reply->wire[HEADER_SIZE + 1]; /* the question's first */

        *octet = *octet == 'x' || *octet == 'X' ? 'y' : 'x';
        reply->outcome = "wrong-name";
    } else if (trouble == ZONE_WRONG_PORT) {
        reply->other_port = true;
        reply->outcome = "wrong-port";
    }
}

static void make_found(const struct zone_search *search, const ldns_pkt *query, bool tcp,
                       struct reply *reply)
{
    switch (search->fault.trouble) {
    case ZONE_SILENT:
        reply->outcome = "silent";
        return;
    case ZONE_SERVFAIL:
    case ZONE_BOGUS: /* what a validating forwarder says (RFC 4035 5.5) */
        make_short(query, LDNS_RCODE_SERVFAIL, false, reply);
        return;
    case ZONE_REFUSED:
        make_short(query, LDNS_RCODE_REFUSED, false, reply);
        return;
    case ZONE_FORMERR:
        make_short(query, LDNS_RCODE_FORMERR, false, reply);
        return;
    case ZONE_MALFORMED:
        make_malformed(query, reply);
        return;
    case ZONE_GARBAGE:
        make_garbage(reply);
        return;
    case ZONE_TRUNCATE:
        if (!tcp) {
            make_short(query, LDNS_RCODE_NOERROR, true, reply);
            return;
        }
        break;
    case ZONE_SECURE: /* of which a server knows nothing */
    case ZONE_NORMAL:
    case ZONE_WRONG_ID:
    case ZONE_WRONG_NAME:
    case ZONE_WRONG_PORT:
        break;
    }
    make_full(search, query, tcp, reply);
    misdirect(search->fault.trouble, reply);
}

static void make_from_zone(const struct catalog *catalog, const ldns_pkt *query, bool tcp,
                           struct reply *reply)
{
    const ldns_rr *question = ldns_rr_list_rr(ldns_pkt_question(query), 0);
    const ldns_rdf *owner = ldns_rr_owner(question);
    struct zone_search search;
    struct dns_name name;

    if (dns_name_from_wire(ldns_rdf_data(owner), ldns_rdf_size(owner), &name) != VOUCH_OK) {
        make_short(query, LDNS_RCODE_FORMERR, false, reply);
        return;
    }
    if (!zone_search(&catalog->zone, &catalog->set_faults, &name, ldns_rr_get_type(question),
                     &search))
        return;
    if (catalog->silent)
        search.fault.trouble = ZONE_SILENT;
    reply->delay = search.fault.delay_ms;
    make_found(&search, query, tcp, reply);
    zone_search_free(&search);
}

static void make_answer(const struct catalog *catalog, const ldns_pkt *query, bool tcp,
                        struct reply *reply)
{
    const ldns_rr *question;

    if (ldns_rr_list_rr_count(ldns_pkt_question(query)) != 1) {
        make_short(query, LDNS_RCODE_FORMERR, false, reply);
        return;
    }
    question = ldns_rr_list_rr(ldns_pkt_question(query), 0);
    describe_question(question, reply);
    if (ldns_pkt_get_opcode(query) != LDNS_PACKET_QUERY)
        make_short(query, LDNS_RCODE_NOTIMPL, false, reply);
    else if (ldns_rr_get_class(question) != LDNS_RR_CLASS_IN)
        make_short(query, LDNS_RCODE_REFUSED, false, reply);
    else
        make_from_zone(catalog, query, tcp, reply);
}

/* FORMERR with the id of QUERY, which nothing more can be read of. */
static void make_format_error(const uint8_t *query, struct reply *reply)
{
    reply->wire = calloc(1, HEADER_SIZE);
    if (reply->wire == NULL)
        return;
    memcpy(reply->wire, query, 2);
    reply->wire[2] = (uint8_t)(0x80 | (query[2] & 0x79)); /* QR, opcode and RD */
    reply->wire[3] = LDNS_RCODE_FORMERR;
    reply->size = HEADER_SIZE;
    reply->outcome = rcode_word(LDNS_RCODE_FORMERR);
}

bool reply_make(const struct catalog *catalog, const uint8_t *query, size_t length, bool tcp,
                struct reply *reply)
{
    ldns_pkt *packet = NULL;

    *reply = (struct reply){.question = "- -", .outcome = "no answer"};
    if (length < HEADER_SIZE || (query[2] & 0x80) != 0) /* too short, or itself an answer */
        return false;
    if (ldns_wire2pkt(&packet, query, length) != LDNS_STATUS_OK) {
        make_format_error(query, reply);
        return true;
    }
    make_answer(catalog, packet, tcp, reply);
    ldns_pkt_free(packet);
    return true;
}
