/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna_source.h"

#include <stdio.h>
#include <string.h>

#include "lib/mail/domain.h"

const char *dna_source_query(const struct dna_source *source)
{
    if (source->query[0] != '\0')
        return source->query;
    return source->kind == DNA_KIND_VBR ? "%d._vouch.%s" : "%d.%s"; /* RFC 5518 5, RFC 5782 2.1 */
}

enum dna_format dna_source_format(const struct dna_source *source)
{
    if (source->kind == DNA_KIND_LIST)
        return DNA_FORMAT_CODES;
    return source->kind == DNA_KIND_DNA ? source->format : DNA_FORMAT_VBR;
}

/* What of SOURCE does not go together, or NULL. */
static const char *contradiction(const struct dna_source *source)
{
    bool of_address = source->kind == DNA_KIND_LIST && source->by == DNA_BY_ADDRESS;

    if (source->by == DNA_BY_ADDRESS && source->kind != DNA_KIND_LIST)
        return "asks by address, which only kind = list can";
    if (source->unauthenticated && !of_address)
        return "is no list by address, so it is not for unauthenticated clients";
    if (source->parents && of_address)
        return "asks by address, which has no parents";
    if (source->always && source->kind != DNA_KIND_DNA)
        return "has nobody to name it, so always = yes means nothing";
    if (source->kind == DNA_KIND_LIST && source->listed == DNA_UNKNOWN &&
        source->map_text[0] == '\0')
        return "does not say what a listing means; set listed to accept or refuse, or a map";
    if (source->kind == DNA_KIND_DNA && source->map_text[0] == '\0' &&
        source->listed == DNA_UNKNOWN && dna_source_format(source) != DNA_FORMAT_VBR)
        return "does not say what an answer means; set a map";
    if (source->map_text[0] != '\0' && dna_source_format(source) == DNA_FORMAT_VBR)
        return "has answers that need no map (RFC 5518)";
    return NULL;
}

static int read_service(struct dna_source *source, struct text *complaint)
{
    const char *text = source->service_text[0] != '\0' ? source->service_text : source->name;
    struct dns_name question;

    if (source->kind == DNA_KIND_OWN)
        return VOUCH_OK;
    if (!domain_is_name(text, strlen(text)) ||
        dns_name_from_text(text, strlen(text), &source->service) != VOUCH_OK) {
        text_add(complaint, "needs a service: the domain name that is asked");
        return VOUCH_ERROR_SYNTAX;
    }
    if (strstr(dna_source_query(source), "%d") == NULL ||
        dna_source_question(source, "example.com", &question) != VOUCH_OK) {
        text_add(complaint, "has a query that gives no domain name; write %d for the name that is "
                            "asked about and %s for the service");
        return VOUCH_ERROR_SYNTAX;
    }
    return VOUCH_OK;
}

/* What a list is sure to have. */
static int read_test(struct dna_source *source, struct text *complaint)
{
    const char *text = source->test_text;
    size_t length = strlen(text);
    bool good;

    source->test_ip.family = IP_NONE;
    if (length == 0)
        return VOUCH_OK;
    if (source->kind != DNA_KIND_LIST) {
        text_add(complaint, "is no list, so it has no test-entry");
        return VOUCH_ERROR_SYNTAX;
    }
    if (source->by == DNA_BY_ADDRESS)
        good = ip_parse(text, length, &source->test_ip);
    else
        good = domain_is_name(text, length);
    if (!good)
        text_add(complaint, "has a test-entry that is neither a name nor an address of its kind");
    return good ? VOUCH_OK : VOUCH_ERROR_SYNTAX;
}

int dna_source_read(struct dna_source *source, struct arena *arena, struct text *complaint)
{
    const char *wrong = contradiction(source);
    int error;

    if (wrong != NULL) {
        text_add(complaint, wrong);
        return VOUCH_ERROR_SYNTAX;
    }
    error = read_service(source, complaint);
    if (error == VOUCH_OK)
        error = read_test(source, complaint);
    if (error != VOUCH_OK)
        return error;
    return dna_map_read(source->map_text, dna_source_format(source), arena, &source->map,
                        complaint);
}

bool dna_source_is_allowlist(const struct dna_source *source)
{
    bool accepts = source->listed == DNA_ACCEPT;

    if (source->kind != DNA_KIND_LIST || !source->unauthenticated || source->listed == DNA_REFUSE)
        return false;
    for (size_t i = 0; i < source->map.count; i++) {
        if (source->map.entries[i].answer == DNA_REFUSE)
            return false;
        accepts |= source->map.entries[i].answer == DNA_ACCEPT;
    }
    return accepts;
}

int dna_source_question(const struct dna_source *source, const char *subject, struct dns_name *name)
{
    char service[DNS_NAME_TEXT_SIZE];
    char text[2 * DNS_NAME_TEXT_SIZE];
    size_t length = 0;

    (void)dns_name_format(&source->service, service);
    for (const char *at = dna_source_query(source); *at != '\0'; at++) {
        char literal[] = {*at, '\0'};
        const char *part = literal;

        if (*at == '%') {
            at++;
            if (*at != 'd' && *at != 's' && *at != '%')
                return VOUCH_ERROR_SYNTAX;
            part = *at == 'd' ? subject : *at == 's' ? service : "%";
        }
        if (strlen(part) >= sizeof text - length)
            return VOUCH_ERROR_LIMIT;
        length += (size_t)snprintf(text + length, sizeof text - length, "%s", part);
    }
    if (length > DNS_NAME_MAX)
        return VOUCH_ERROR_LIMIT;
    return dns_name_from_text(text, length, name);
}
