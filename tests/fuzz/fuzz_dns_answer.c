/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Decoding of DNS answers.  The first octet of the input tells the type that was asked for, the
 * rest is the packet; the name asked for is the one in its question section, else "a.example". */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/dns/answer.h"
#include "lib/vouch.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 4 * 1024 * 1024, HEADER_SIZE = 12, RECORDS_MAX = 512 };

static struct dns_name name_asked(struct fuzz_span packet)
{
    struct dns_name name;
    size_t at = HEADER_SIZE;

    while (at < packet.length && packet.octets[at] != 0)
        at += (unsigned char)packet.octets[at] + 1U;
    if (at < packet.length && dns_name_from_wire((const uint8_t *)packet.octets + HEADER_SIZE,
                                                 at + 1 - HEADER_SIZE, &name) == VOUCH_OK)
        return name;
    FUZZ_CHECK(dns_name_from_text("a.example", 9, &name) == VOUCH_OK);
    return name;
}

/* The name is one: its text is read as the same name, unless an octet had to be escaped. */
static void check_name(const struct dns_name *name)
{
    char text[DNS_NAME_TEXT_SIZE];
    struct dns_name again;

    FUZZ_CHECK(dns_name_from_wire(name->wire, name->length, &again) == VOUCH_OK);
    dns_name_format(name, text);
    FUZZ_CHECK(fuzz_is_printable(text));
    if (strchr(text, '\\') == NULL)
        FUZZ_CHECK(dns_name_from_text(text, strlen(text), &again) == VOUCH_OK &&
                   dns_name_equal(name, &again));
}

static void check_txt(const uint8_t *octets, size_t length)
{
    char *copy = fuzz_copy((struct fuzz_span){(const char *)octets, length});

    FUZZ_CHECK(length <= UINT16_MAX);
    free(copy);
}

static void check_record(enum dns_type type, const struct dns_record *record)
{
    switch (type) {
    case DNS_A:
        FUZZ_CHECK(record->address.family == IP_V4);
        break;
    case DNS_AAAA:
        FUZZ_CHECK(record->address.family != IP_NONE);
        break;
    case DNS_PTR:
        check_name(&record->ptr);
        break;
    case DNS_MX:
        check_name(&record->mx.exchange);
        break;
    case DNS_SRV:
        check_name(&record->srv.target);
        break;
    case DNS_TXT:
        check_txt(record->txt.octets, record->txt.length);
        break;
    }
}

static void check_answer(const struct dns_answer *answer)
{
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    struct text text = text_in(arena);

    FUZZ_CHECK((answer->status == DNS_RECORDS) == (answer->record_count > 0));
    FUZZ_CHECK((answer->status == DNS_FAILURE) == (answer->failure != DNS_FAILURE_NONE));
    FUZZ_CHECK(answer->record_count <= RECORDS_MAX && answer->ttl <= INT32_MAX);
    if (answer->has_soa)
        FUZZ_CHECK(dns_name_labels(&answer->soa_owner) <= DNS_NAME_MAX / 2);
    for (size_t i = 0; i < answer->record_count; i++)
        check_record(answer->type, &answer->records[i]);
    dns_answer_describe(answer, &text);
    FUZZ_CHECK(text_string(&text) == NULL || fuzz_is_printable(text_string(&text)));
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum dns_type types[] = {DNS_A, DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_SRV};
    struct fuzz_span packet = size > 0 ? fuzz_span(data + 1, size - 1) : fuzz_span(data, 0);
    enum dns_type type = types[size > 0 ? data[0] % (sizeof types / sizeof types[0]) : 0];
    struct dns_name name = name_asked(packet);
    char *copy = fuzz_copy(packet);
    struct dns_answer *answer =
        dns_answer_decode((uint8_t *)copy, packet.length, &name, type, DNS_INSECURE);

    FUZZ_CHECK(answer->type == type && dns_name_equal(&answer->name, &name));
    check_answer(answer);
    dns_answer_release(answer);
    answer = dns_answer_decode((uint8_t *)copy, packet.length, &name, type, DNS_BOGUS);
    FUZZ_CHECK(answer->failure == DNS_FAILURE_BOGUS && answer->record_count == 0);
    dns_answer_release(answer);
    free(copy);
    return 0;
}
