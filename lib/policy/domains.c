/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The `domain "x" { ... }` sections. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/idn.h"
#include "lib/policy/reader.h"

/* Host names, and names with underscores. */
static bool is_name_text(const char *text)
{
    for (; *text != '\0'; text++)
        if (!ascii_is_alnum(*text) && strchr("-_.", *text) == NULL)
            return false;
    return true;
}

const char *reader_domain_name(const char *title, struct dns_name *name)
{
    char ascii[IDN_DOMAIN_SIZE];
    size_t length = strlen(title);

    if (length == 0)
        return "is empty";
    if (title[0] == '.' || title[0] == '*')
        return "begins with no label; a domain's subdomains are included anyway";
    if (length >= sizeof ascii)
        return "is too long for a domain name";
    if (idn_is_needed(title, length)) {
        if (idn_to_ascii(title, length, ascii) != VOUCH_OK)
            return "is not an internationalised domain name";
    } else {
        memcpy(ascii, title, length + 1);
    }
    for (char *at = ascii; *at != '\0'; at++)
        *at = ascii_lower(*at);
    if (!is_name_text(ascii) || dns_name_from_text(ascii, strlen(ascii), name) != VOUCH_OK ||
        dns_name_is_root(name))
        return "is not a domain name";
    return NULL;
}

bool reader_domain_begin(struct reader *reader, const char *title, struct config_origin where)
{
    struct reader_domain *entry;
    const char *complaint;

    if (reader->domain_count >= READER_DOMAINS_MAX) {
        reader_problem(reader, where, "more than %d domain sections", READER_DOMAINS_MAX);
        return false;
    }
    entry = arena_alloc(reader->scratch, sizeof *entry);
    if (entry != NULL)
        entry->domain.text = arena_string(reader->arena, title);
    if (entry == NULL || entry->domain.text == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return false;
    }
    entry->origin = where;
    entry->rank = reader->rank;
    entry->index = reader->domain_count;
    complaint = reader_domain_name(title, &entry->domain.name);
    if (complaint != NULL)
        reader_problem(reader, where, "domain '%s' %s", reader_shown(reader, title), complaint);
    *reader->domains_end = entry;
    reader->domains_end = &entry->next;
    reader->domain = entry;
    reader->domain_count++;
    return true;
}

/* By name, then in the order read. */
static int compare_entries(const void *a, const void *b)
{
    const struct reader_domain *left = *(struct reader_domain *const *)a;
    const struct reader_domain *right = *(struct reader_domain *const *)b;
    int order = config_domain_compare(&left->domain.name, &right->domain.name);

    if (order != 0)
        return order;
    return left->index < right->index ? -1 : left->index > right->index;
}

/* What the command line says of a domain goes over what the files say. */
static void override_with(struct config_domain *domain, const struct reader_domain *override)
{
    struct config_rule *to = &domain->rules.rule[0][0][0];
    const struct config_rule *from = &override->domain.rules.rule[0][0][0];

    for (size_t i = 0; i < sizeof domain->rules / sizeof *to; i++)
        if (from[i].set)
            to[i] = from[i];
    if (override->exact_origin.file != NULL)
        domain->exact = override->domain.exact;
}

/* Write the sorted ENTRIES to DOMAINS, each name once; returns how many. */
static size_t merge(struct reader *reader, struct reader_domain **entries, size_t count,
                    struct config_domain *domains)
{
    const struct reader_domain *last = NULL;
    size_t written = 0;

    for (size_t i = 0; i < count; i++) {
        const struct reader_domain *entry = entries[i];

        if (last == NULL || !dns_name_equal(&last->domain.name, &entry->domain.name))
            domains[written++] = entry->domain;
        else if (entry->rank > last->rank)
            override_with(&domains[written - 1], entry);
        else
            reader_problem(reader, entry->origin, "domain '%s' is given twice; first at %s:%u",
                           reader_shown(reader, entry->domain.text), last->origin.file,
                           last->origin.line);
        last = entry;
    }
    return written;
}

void reader_domains_finish(struct reader *reader)
{
    struct reader_domain **entries =
        arena_calloc(reader->scratch, reader->domain_count, sizeof *entries);
    struct config_domain *domains =
        arena_calloc(reader->arena, reader->domain_count, sizeof *domains);
    size_t count = 0;

    if (entries == NULL || domains == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    for (struct reader_domain *entry = reader->domains; entry != NULL; entry = entry->next)
        if (entry->domain.name.length > 0)
            entries[count++] = entry;
    qsort(entries, count, sizeof entries[0], compare_entries);
    reader->config->domain_count = merge(reader, entries, count, domains);
    reader->config->domains = domains;
}
