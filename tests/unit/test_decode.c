/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/dns/answer.h"

enum { QR = 0x8000, TC = 0x0200, HEADER = 12, CNAME = 5, SOA = 6, OPT = 41, IN = 1, CHAOS = 3 };

/* A packet in the making.  Names are written as in a zone: "a.example". */
struct packet {
    size_t length;
    uint8_t octets[64 * 1024];
};

static void add(struct packet *packet, const void *octets, size_t length)
{
    assert_true(packet->length + length <= sizeof packet->octets);
    memcpy(packet->octets + packet->length, octets, length);
    packet->length += length;
}

static void add_number(struct packet *packet, unsigned number, size_t octets)
{
    while (octets-- > 0) {
        uint8_t octet = (uint8_t)(number >> 8 * octets);

        add(packet, &octet, 1);
    }
}

static void add_name(struct packet *packet, const char *text)
{
    struct dns_name name;

    assert_int_equal(dns_name_from_text(text, strlen(text), &name), 0);
    add(packet, name.wire, name.length);
}

/* Count a record into its section: 0 question, 1 answer, 2 authority, 3 additional. */
static void count(struct packet *packet, unsigned section)
{
    uint8_t *counter = packet->octets + 4 + 2 * section;
    unsigned number = ((unsigned)counter[0] << 8 | counter[1]) + 1;

    counter[0] = (uint8_t)(number >> 8);
    counter[1] = (uint8_t)number;
}

static void begin(struct packet *packet, unsigned flags, const char *name, unsigned type)
{
    packet->length = 0;
    add_number(packet, 0x1234, 2);
    add_number(packet, flags, 2);
    add(packet, "\0\0\0\0\0\0\0", 8);
    if (name == NULL)
        return;
    count(packet, 0);
    add_name(packet, name);
    add_number(packet, type, 2);
    add_number(packet, IN, 2);
}

static void add_rr(struct packet *packet, unsigned section, const char *owner, unsigned type,
                   unsigned ttl, const void *rdata, size_t length)
{
    count(packet, section);
    add_name(packet, owner);
    add_number(packet, type, 2);
    add_number(packet, IN, 2);
    add_number(packet, ttl, 4);
    add_number(packet, (unsigned)length, 2);
    add(packet, rdata, length);
}

static void add_a(struct packet *packet, const char *owner, unsigned ttl, uint8_t last)
{
    const uint8_t address[] = {192, 0, 2, last};

    add_rr(packet, 1, owner, DNS_A, ttl, address, 4);
}

static void add_cname(struct packet *packet, const char *owner, unsigned ttl, const char *target)
{
    struct dns_name name;

    assert_int_equal(dns_name_from_text(target, strlen(target), &name), 0);
    add_rr(packet, 1, owner, CNAME, ttl, name.wire, name.length);
}

static void add_soa(struct packet *packet, const char *owner, unsigned ttl, unsigned minimum)
{
    struct packet rdata = {.length = 0};

    add_name(&rdata, "ns.example");
    add_name(&rdata, "host.example");
    for (unsigned i = 0; i < 4; i++)
        add_number(&rdata, 1000 + i, 4);
    add_number(&rdata, minimum, 4);
    add_rr(packet, 2, owner, SOA, ttl, rdata.octets, rdata.length);
}

/* Decode from a heap copy of LENGTH octets, so that an over-read is caught. */
static struct dns_answer *decode_part(const uint8_t *octets, size_t length, const char *name,
                                      enum dns_type type, enum dns_security security)
{
    uint8_t *copy = malloc(length > 0 ? length : 1);
    struct dns_name asked;
    struct dns_answer *answer;

    assert_non_null(copy);
    memcpy(copy, octets, length);
    assert_int_equal(dns_name_from_text(name, strlen(name), &asked), 0);
    answer = dns_answer_decode(copy, length, &asked, type, security);
    free(copy);
    assert_non_null(answer);
    return answer;
}

static struct dns_answer *decode(const struct packet *packet, const char *name, enum dns_type type)
{
    return decode_part(packet->octets, packet->length, name, type, DNS_INSECURE);
}

/* Assert what PACKET means as an answer to NAME TYPE. */
static void expect(const struct packet *packet, const char *name, enum dns_type type,
                   const char *described, uint32_t ttl)
{
    struct dns_answer *answer = decode(packet, name, type);
    struct arena *arena = arena_new(1 << 20);
    struct text text = text_in(arena);

    dns_answer_describe(answer, &text);
    assert_string_equal(text_string(&text), described);
    assert_int_equal(answer->ttl, ttl);
    assert_int_equal(answer->record_count > 0, answer->status == DNS_RECORDS);
    dns_answer_release(answer);
    arena_free(arena);
}

static void records_of_each_type(void **state)
{
    static const struct {
        enum dns_type type;
        size_t length;
        const char *rdata, *described;
    } cases[] = {
        {DNS_A, 4, "\300\000\002\001", "192.0.2.1"},
        {DNS_AAAA, 16, "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0\001", "2001:db8::1"},
        {DNS_AAAA, 16, "\0\0\0\0\0\0\0\0\0\0\377\377\300\000\002\001", "192.0.2.1"},
        {DNS_PTR, 5, "\001B\001C", "b.c"},
        {DNS_PTR, 2, "\300\014", "a.example"}, /* compressed */
        {DNS_PTR, 1, "", "."},
        {DNS_PTR, 6, "\004a.\000b", "a\\046\\000b"},
        {DNS_MX, 4, "\377\377\300\014", "65535 a.example"},
        {DNS_MX, 3, "\0\0", "0 ."},
        {DNS_SRV, 9, "\0\001\0\002\0\003\001t", "1 2 3 t"},
        {DNS_TXT, 1, "", "\"\""},
        {DNS_TXT, 4, "\003v=s", "\"v=s\""},
        {DNS_TXT, 8, "\003v=s\000\002pf", "\"v=spf\""},
        {DNS_TXT, 4, "\003\377\"\\", "\"\\xFF\"\\\\\""},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static struct packet packet;

        begin(&packet, QR, "a.example", cases[i].type);
        add_rr(&packet, 1, "A.EXAMPLE", cases[i].type, 300, cases[i].rdata, cases[i].length);
        expect(&packet, "a.Example", cases[i].type, cases[i].described, 300);
    }
}

static void damaged_records(void **state)
{
    static const struct {
        enum dns_type type;
        size_t length;
        const char *rdata;
    } cases[] = {
        {DNS_A, 3, "\300\000\002"},
        {DNS_A, 0, ""},
        {DNS_AAAA, 15, "\040\001\015\270\0\0\0\0\0\0\0\0\0\0\0"},
        {DNS_PTR, 0, ""},
        {DNS_PTR, 2, "\001a"},
        {DNS_PTR, 2, "\300\377"},      /* beyond the packet */
        {DNS_PTR, 2, "\300\060"},      /* to itself */
        {DNS_PTR, 4, "\001a\300\060"}, /* to itself, growing */
        {DNS_PTR, 2, "\100a"},         /* no such label type */
        {DNS_MX, 2, "\0\001"},
        {DNS_MX, 1, "\0"},
        {DNS_SRV, 6, "\0\001\0\002\0\003"},
        {DNS_SRV, 4, "\0\001\0\002"},
        {DNS_TXT, 2, "\003a"},
        {DNS_TXT, 3, "\001a\001"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static struct packet packet;
        struct dns_answer *answer;

        begin(&packet, QR, "a.example", cases[i].type);
        add_rr(&packet, 1, "a.example", cases[i].type, 300, cases[i].rdata, cases[i].length);
        answer = decode(&packet, "a.example", cases[i].type);
        assert_int_equal(answer->failure, DNS_FAILURE_MALFORMED);
        dns_answer_release(answer);
    }
}

static void records_in_wire_order_and_only_ours(void **state)
{
    static struct packet packet;

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_a(&packet, "a.example", 300, 3);
    add_a(&packet, "b.example", 10, 9);
    add_a(&packet, "a.example", 200, 1);
    add_rr(&packet, 1, "a.example", DNS_TXT, 10, "", 1);
    add_a(&packet, "A.example", 400, 2);
    add_rr(&packet, 2, "a.example", DNS_A, 10, "\300\0\002\005", 4);
    add_rr(&packet, 3, "a.example", DNS_A, 10, "\300\0\002\004", 4);
    expect(&packet, "a.example", DNS_A, "192.0.2.3, 192.0.2.1, 192.0.2.2", 200);
}

static void cname_chains(void **state)
{
    static struct packet packet;
    char name[] = "a.example", next[] = "b.example";

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_a(&packet, "c.example", 300, 1);
    add_a(&packet, "b.example2", 10, 2);
    add_cname(&packet, "b.example", 30, "C.example");
    add_cname(&packet, "a.example", 60, "b.example");
    expect(&packet, "a.example", DNS_A, "192.0.2.1", 30);
    expect(&packet, "b.example", DNS_A, "malformed answer", 0); /* not the question */

    begin(&packet, QR, "a.example", DNS_A);
    add_cname(&packet, "a.example", 60, "a.example");
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);

    begin(&packet, QR, "a.example", DNS_A);
    add_cname(&packet, "a.example", 60, "b.example");
    add_cname(&packet, "b.example", 60, "a.example");
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);

    for (unsigned links = 15; links <= 16; links++) {
        begin(&packet, QR, "a.example", DNS_A);
        for (unsigned i = 0; i < links; i++) {
            name[0] = (char)('a' + i);
            next[0] = (char)('a' + i + 1);
            add_cname(&packet, name, 60, next);
        }
        add_a(&packet, next, 300, 1);
        expect(&packet, "a.example", DNS_A, links < 16 ? "192.0.2.1" : "malformed answer",
               links < 16 ? 60 : 0);
    }
}

static void a_chain_that_ends_in_nothing(void **state)
{
    static struct packet packet;

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_cname(&packet, "a.example", 3, "b.example");
    expect(&packet, "a.example", DNS_A, "no record", 3);
    begin(&packet, QR | 3, "a.example", DNS_A);
    add_cname(&packet, "a.example", 60, "b.example");
    add_soa(&packet, "example", 600, 100);
    expect(&packet, "a.example", DNS_A, "NXDOMAIN", 60);
}

static void negative_ttl(void **state)
{
    static const struct {
        const char *soa;
        unsigned ttl, minimum;
        bool has_soa;
        uint32_t expected;
    } cases[] = {
        {"example", 600, 100, true, 100},
        {"example", 100, 600, true, 100},
        {"", 600, 100, true, 100},
        {"x.a.example", 600, 100, false, 5},
        {"other.example", 600, 100, false, 5},
        {"A.EXAMPLE", 7, 100, true, 7},
        {"example", 600, 0x80000000u, true, 0},
        {"example", 0, 100, true, 0},
        {"example", 0xffffffffu, 100, true, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        for (unsigned rcode = 0; rcode <= 3; rcode += 3) {
            static struct packet packet;
            struct dns_answer *answer;

            begin(&packet, QR | rcode, "a.example", DNS_A);
            add_soa(&packet, cases[i].soa, cases[i].ttl, cases[i].minimum);
            answer = decode(&packet, "a.example", DNS_A);
            assert_int_equal(answer->status, rcode == 0 ? DNS_NODATA : DNS_NXDOMAIN);
            assert_int_equal(answer->rcode, rcode);
            assert_int_equal(answer->has_soa, cases[i].has_soa);
            assert_int_equal(answer->ttl, cases[i].expected);
            if (cases[i].has_soa) {
                struct dns_name owner;

                assert_int_equal(dns_name_from_text(cases[i].soa, strlen(cases[i].soa), &owner), 0);
                assert_true(dns_name_equal(&answer->soa_owner, &owner));
            }
            dns_answer_release(answer);
        }
}

static void a_damaged_soa(void **state)
{
    static struct packet packet;

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_rr(&packet, 2, "example", SOA, 60, "\0\0\0\0", 4);
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);
}

static void a_ttl_with_the_highest_bit_is_zero(void **state)
{
    static struct packet packet;

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_a(&packet, "a.example", 0x7fffffffu, 1);
    expect(&packet, "a.example", DNS_A, "192.0.2.1", 0x7fffffffu);
    begin(&packet, QR, "a.example", DNS_A);
    add_a(&packet, "a.example", 0x80000000u, 1);
    expect(&packet, "a.example", DNS_A, "192.0.2.1", 0); /* RFC 2181 8 */
}

static void response_codes(void **state)
{
    static const enum dns_failure expected[16] = {
        DNS_FAILURE_NONE,    DNS_FAILURE_REFUSED, DNS_FAILURE_SERVFAIL, DNS_FAILURE_NONE,
        DNS_FAILURE_REFUSED, DNS_FAILURE_REFUSED, DNS_FAILURE_REFUSED,  DNS_FAILURE_REFUSED,
        DNS_FAILURE_REFUSED, DNS_FAILURE_REFUSED, DNS_FAILURE_REFUSED,  DNS_FAILURE_REFUSED,
        DNS_FAILURE_REFUSED, DNS_FAILURE_REFUSED, DNS_FAILURE_REFUSED,  DNS_FAILURE_REFUSED};

    (void)state;
    for (unsigned rcode = 0; rcode < 16; rcode++) {
        static struct packet packet;
        struct dns_answer *answer;

        begin(&packet, QR | rcode, "a.example", DNS_A);
        answer = decode(&packet, "a.example", DNS_A);
        assert_int_equal(answer->failure, expected[rcode]);
        assert_int_equal(answer->rcode, rcode);
        dns_answer_release(answer);
    }
}

static void what_is_no_answer_to_our_question(void **state)
{
    static struct packet packet;

    (void)state;
    begin(&packet, 0, "a.example", DNS_A); /* a question */
    add_a(&packet, "a.example", 300, 1);
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);
    begin(&packet, QR | TC, "a.example", DNS_A);
    add_a(&packet, "a.example", 300, 1);
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);
    begin(&packet, QR, "a.example", DNS_A);
    add_a(&packet, "a.example", 300, 1);
    expect(&packet, "a.example", DNS_AAAA, "malformed answer", 0);
    expect(&packet, "b.example", DNS_A, "malformed answer", 0);
    begin(&packet, QR, NULL, 0);
    add_a(&packet, "a.example", 300, 1);
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);
    begin(&packet, QR | 3, "a.example", DNS_A); /* NXDOMAIN, and here it is */
    add_a(&packet, "a.example", 300, 1);
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);
    begin(&packet, QR | 2, NULL, 0); /* libunbound's own SERVFAIL */
    expect(&packet, "a.example", DNS_A, "SERVFAIL", 0);
    begin(&packet, QR, "a.example", DNS_A);
    packet.octets[packet.length - 1] = CHAOS;
    expect(&packet, "a.example", DNS_A, "malformed answer", 0);
}

/* BADVERS is NOERROR in the header and 1 in the OPT record (RFC 6891 6.1.3). */
static void an_extended_response_code(void **state)
{
    static struct packet packet;

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_rr(&packet, 3, "", OPT, 0x01000000u, "", 0);
    expect(&packet, "a.example", DNS_A, "REFUSED", 0);
    begin(&packet, QR, "a.example", DNS_A);
    add_rr(&packet, 3, "", OPT, 0x00008000u, "", 0);
    expect(&packet, "a.example", DNS_A, "no record", 5);
}

static void very_many_records(void **state)
{
    static struct packet packet;

    (void)state;
    for (unsigned records = 512; records <= 513; records++) {
        struct dns_answer *answer;

        begin(&packet, QR, "a.example", DNS_A);
        for (unsigned i = 0; i < records; i++)
            add_a(&packet, "a.example", 300, (uint8_t)i);
        answer = decode(&packet, "a.example", DNS_A);
        assert_int_equal(answer->failure,
                         records == 512 ? DNS_FAILURE_NONE : DNS_FAILURE_MALFORMED);
        assert_int_equal(answer->record_count, records == 512 ? 512 : 0);
        assert_true(dns_answer_size(answer) < 256 * 1024);
        dns_answer_release(answer);
    }
}

static void security_is_passed_on(void **state)
{
    static const enum dns_security all[] = {DNS_INDETERMINATE, DNS_INSECURE, DNS_SECURE};
    static struct packet packet;
    struct dns_answer *answer;

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_a(&packet, "a.example", 300, 1);
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        answer = decode_part(packet.octets, packet.length, "a.example", DNS_A, all[i]);
        assert_int_equal(answer->security, all[i]);
        dns_answer_release(answer);
    }
    answer = decode_part(packet.octets, packet.length, "a.example", DNS_A, DNS_BOGUS);
    assert_int_equal(answer->failure, DNS_FAILURE_BOGUS);
    assert_int_equal(answer->record_count, 0);
    dns_answer_release(answer);
}

static void every_type_in_one(struct packet *packet, enum dns_type type)
{
    begin(packet, QR, "a.example", type);
    add_cname(packet, "a.example", 60, "b.example");
    add_a(packet, "b.example", 60, 1);
    add_rr(packet, 1, "b.example", DNS_TXT, 60, "\003v=s\002pf", 7);
    add_rr(packet, 1, "b.example", DNS_MX, 60, "\0\001\300\014", 4);
    add_rr(packet, 1, "b.example", DNS_SRV, 60, "\0\001\0\002\0\003\300\014", 8);
    add_rr(packet, 1, "b.example", DNS_PTR, 60, "\001x\300\014", 4);
    add_rr(packet, 1, "b.example", DNS_AAAA, 60, "0123456789abcdef", 16);
    add_soa(packet, "example", 600, 100);
}

static const enum dns_type types[] = {DNS_A, DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_SRV};

static void cut_short_anywhere(void **state)
{
    static struct packet packet;

    (void)state;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        every_type_in_one(&packet, types[i]);
        for (size_t length = 0; length < packet.length; length++) {
            struct dns_answer *answer =
                decode_part(packet.octets, length, "a.example", types[i], DNS_INSECURE);

            assert_int_equal(answer->failure, DNS_FAILURE_MALFORMED);
            dns_answer_release(answer);
        }
    }
}

/* Whatever comes, an answer is of one piece. */
static void check_invariants(const struct dns_answer *answer, struct arena *arena)
{
    struct text text = text_in(arena);

    assert_int_equal(answer->record_count > 0, answer->status == DNS_RECORDS);
    assert_int_equal(answer->failure != DNS_FAILURE_NONE, answer->status == DNS_FAILURE);
    assert_true(answer->ttl <= INT32_MAX);
    dns_answer_describe(answer, &text);
    for (const char *c = text_string(&text); *c != '\0'; c++)
        assert_true(*c >= 0x20 && *c <= 0x7e);
}

static void mutated_anywhere(void **state)
{
    static struct packet good, packet;
    unsigned random = 7, outcomes[4] = {0};

    (void)state;
    for (unsigned round = 0; round < 60000; round++) {
        enum dns_type type = types[round % (sizeof types / sizeof types[0])];
        struct arena *arena = arena_new(1 << 20);
        struct dns_answer *answer;

        every_type_in_one(&good, type);
        packet = good;
        for (unsigned i = 0; i <= round % 4; i++) {
            random = random * 1664525 + 1013904223;
            packet.octets[(random >> 8) % packet.length] = (uint8_t)(random >> 24);
        }
        answer = decode(&packet, "a.example", type);
        check_invariants(answer, arena);
        outcomes[answer->status]++;
        dns_answer_release(answer);
        arena_free(arena);
    }
    assert_true(outcomes[DNS_RECORDS] > 0 && outcomes[DNS_FAILURE] > 0); /* both were exercised */
}

static void shared_by_reference(void **state)
{
    static struct packet packet;
    struct dns_answer *answer, *failure;

    (void)state;
    begin(&packet, QR, "a.example", DNS_A);
    add_a(&packet, "a.example", 300, 1);
    answer = decode(&packet, "a.example", DNS_A);
    assert_ptr_equal(dns_answer_hold(answer), answer);
    dns_answer_release(answer);
    assert_int_equal(answer->record_count, 1);
    failure = dns_answer_failure(&answer->name, DNS_A, DNS_FAILURE_OVERLOAD);
    assert_int_equal(failure->status, DNS_FAILURE);
    assert_int_equal(failure->failure, DNS_FAILURE_OVERLOAD);
    assert_true(dns_name_equal(&failure->name, &answer->name));
    dns_answer_release(failure);
    dns_answer_release(answer);
    dns_answer_release(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_of_each_type),
        cmocka_unit_test(damaged_records),
        cmocka_unit_test(records_in_wire_order_and_only_ours),
        cmocka_unit_test(cname_chains),
        cmocka_unit_test(a_chain_that_ends_in_nothing),
        cmocka_unit_test(negative_ttl),
        cmocka_unit_test(a_damaged_soa),
        cmocka_unit_test(a_ttl_with_the_highest_bit_is_zero),
        cmocka_unit_test(response_codes),
        cmocka_unit_test(what_is_no_answer_to_our_question),
        cmocka_unit_test(an_extended_response_code),
        cmocka_unit_test(very_many_records),
        cmocka_unit_test(security_is_passed_on),
        cmocka_unit_test(cut_short_anywhere),
        cmocka_unit_test(mutated_anywhere),
        cmocka_unit_test(shared_by_reference),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
