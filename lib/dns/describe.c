/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <string.h>

#include "lib/base/text.h"
#include "lib/dns/answer.h"

enum { RECORD_TEXT_LIMIT = 200, RECORDS_SHOWN = 20 };

static const char *type_name(unsigned type)
{
#define TYPE_NAME(code, name) [code] = name
    static const char *const names[] = {TYPE_NAME(DNS_A, "A"),       TYPE_NAME(DNS_PTR, "PTR"),
                                        TYPE_NAME(DNS_MX, "MX"),     TYPE_NAME(DNS_TXT, "TXT"),
                                        TYPE_NAME(DNS_AAAA, "AAAA"), TYPE_NAME(DNS_SRV, "SRV")};
#undef TYPE_NAME

    return type < sizeof names / sizeof names[0] ? names[type] : NULL;
}

const char *dns_type_name(enum dns_type type)
{
    const char *name = type_name(type);

    return name != NULL ? name : "unknown type";
}

const char *dns_failure_text(enum dns_failure failure)
{
    switch (failure) {
    case DNS_FAILURE_NONE:
        return "no failure";
    case DNS_FAILURE_TIMEOUT:
        return "timeout";
    case DNS_FAILURE_SERVFAIL:
        return "SERVFAIL";
    case DNS_FAILURE_REFUSED:
        return "REFUSED";
    case DNS_FAILURE_BOGUS:
        return "bogus (DNSSEC)";
    case DNS_FAILURE_MALFORMED:
        return "malformed answer";
    case DNS_FAILURE_BUDGET:
        return "too many queries for one message";
    case DNS_FAILURE_OVERLOAD:
        return "too many questions in flight";
    case DNS_FAILURE_SYSTEM:
        return "out of memory or other system trouble";
    }
    return "unknown failure";
}

static void describe_name(const struct dns_name *name, struct text *text)
{
    char buffer[DNS_NAME_TEXT_SIZE];
    size_t length = strlen(dns_name_format(name, buffer));

    /* already escaped, so not by text_add_safe, which would double the backslashes */
    text_append(text, buffer, length < RECORD_TEXT_LIMIT ? length : RECORD_TEXT_LIMIT);
    if (length > RECORD_TEXT_LIMIT)
        text_add(text, "...");
}

static void describe_record(const struct dns_record *record, enum dns_type type, struct text *text)
{
    char address[IP_TEXT_SIZE];

    switch (type) {
    case DNS_A:
    case DNS_AAAA:
        text_add(text, ip_format(&record->address, address));
        break;
    case DNS_PTR:
        describe_name(&record->ptr, text);
        break;
    case DNS_MX:
        text_printf(text, "%u ", record->mx.preference);
        describe_name(&record->mx.exchange, text);
        break;
    case DNS_SRV:
        text_printf(text, "%u %u %u ", record->srv.priority, record->srv.weight, record->srv.port);
        describe_name(&record->srv.target, text);
        break;
    case DNS_TXT:
        text_add_char(text, '"');
        text_add_safe(text, (const char *)record->txt.octets, record->txt.length,
                      RECORD_TEXT_LIMIT);
        text_add_char(text, '"');
        break;
    }
}

void dns_answer_describe(const struct dns_answer *answer, struct text *text)
{
    switch (answer->status) {
    case DNS_NODATA:
        text_add(text, "no record");
        return;
    case DNS_NXDOMAIN:
        text_add(text, "NXDOMAIN");
        return;
    case DNS_FAILURE:
        text_add(text, dns_failure_text(answer->failure));
        if (answer->why[0] != '\0') {
            text_add(text, ": ");
            text_add_safe(text, answer->why, strlen(answer->why), RECORD_TEXT_LIMIT);
        }
        return;
    case DNS_RECORDS:
        break;
    }
    for (size_t i = 0; i < answer->record_count; i++) {
        if (i > 0)
            text_add(text, ", ");
        if (i == RECORDS_SHOWN) {
            text_printf(text, "and %zu more", answer->record_count - i);
            return;
        }
        describe_record(&answer->records[i], answer->type, text);
    }
}
