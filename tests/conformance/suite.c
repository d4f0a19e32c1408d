/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/conformance/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/dns/name.h"
#include "lib/vouch.h"

yaml_node_t *suite_node_at(yaml_document_t *document, int index)
{
    return yaml_document_get_node(document, index);
}

const char *suite_scalar(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                          : NULL;
}

yaml_node_t *suite_lookup(yaml_document_t *document, const yaml_node_t *mapping, const char *key)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const char *name = suite_scalar(suite_node_at(document, pair->key));

        if (name != NULL && strcmp(name, key) == 0)
            return suite_node_at(document, pair->value);
    }
    return NULL;
}

void suite_bail_out(const char *what, const char *which)
{
    printf("Bail out! %s: %s\n", what, which);
    exit(1);
}

struct zone_writer {
    yaml_document_t *document;
    bool sender_id;
    struct text *text;
    char owner[DNS_NAME_TEXT_SIZE];
};

/* A name in the form of zone files, every octet but letters, digits, '-' and '_' escaped. */
static const char *zone_name(const char *text, char buffer[DNS_NAME_TEXT_SIZE])
{
    struct dns_name name;

    if (dns_name_from_text(text, strlen(text), &name) != VOUCH_OK)
        suite_bail_out("not a name", text);
    return dns_name_format(&name, buffer);
}

/* Octets of the "v=spf1" at the start of TEXT, the first string of a record; 0: none. */
static size_t version_length(const unsigned char *text, size_t length)
{
    enum { SPF1_LENGTH = sizeof "v=spf1" - 1 };

    return length >= SPF1_LENGTH && ascii_equal_fold((const char *)text, "v=spf1", SPF1_LENGTH) &&
                   (length == SPF1_LENGTH || text[SPF1_LENGTH] == ' ')
               ? SPF1_LENGTH
               : 0;
}

/* A character-string; "\xNN" of the suite, which YAML takes for U+00NN, is one octet again. */
static void write_string(struct zone_writer *zone, const yaml_node_t *value, bool first)
{
    const unsigned char *octets = value->data.scalar.value;
    size_t start = first && zone->sender_id ? version_length(octets, value->data.scalar.length) : 0;

    text_add(zone->text, start > 0 ? " \"spf2.0/mfrom,pra" : " \"");
    for (size_t i = start; i < value->data.scalar.length; i++) {
        unsigned octet = octets[i];

        if ((octet & 0xfeU) == 0xc2 && i + 1 < value->data.scalar.length)
            octet = ((octet & 3U) << 6) | (octets[++i] & 0x3fU);
        text_printf(zone->text, "\\%03u", octet);
    }
    text_add(zone->text, "\"");
}

static void write_txt(struct zone_writer *zone, const yaml_node_t *value)
{
    text_printf(zone->text, "%s. TXT", zone->owner);
    if (value->type == YAML_SCALAR_NODE)
        write_string(zone, value, true);
    else if (value->data.sequence.items.start == value->data.sequence.items.top)
        text_add(zone->text, " \"\"");
    else
        for (yaml_node_item_t *item = value->data.sequence.items.start;
             item < value->data.sequence.items.top; item++)
            write_string(zone, suite_node_at(zone->document, *item),
                         item == value->data.sequence.items.start);
    text_add(zone->text, "\n");
}

static void write_mx(struct zone_writer *zone, const yaml_node_t *value)
{
    char name[DNS_NAME_TEXT_SIZE];
    yaml_node_item_t *items = value->data.sequence.items.start;
    const char *exchange = suite_scalar(suite_node_at(zone->document, items[1]));

    text_printf(zone->text, "%s. MX %s %s.\n", zone->owner,
                suite_scalar(suite_node_at(zone->document, items[0])),
                *exchange != '\0' ? zone_name(exchange, name) : "");
}

static bool is_none(const char *type, const yaml_node_t *value)
{
    return strcmp(type, "TXT") == 0 && suite_scalar(value) != NULL &&
           strcmp(suite_scalar(value), "NONE") == 0;
}

static void write_record(struct zone_writer *zone, const char *type, const yaml_node_t *value,
                         bool has_txt)
{
    char name[DNS_NAME_TEXT_SIZE];

    if (is_none(type, value))
        return;
    if (strcmp(type, "TXT") == 0 || (strcmp(type, "SPF") == 0 && !has_txt))
        write_txt(zone, value);
    else if (strcmp(type, "MX") == 0)
        write_mx(zone, value);
    else if (strcmp(type, "A") == 0 || strcmp(type, "AAAA") == 0)
        text_printf(zone->text, "%s. %s %s\n", zone->owner, type, suite_scalar(value));
    else if (strcmp(type, "PTR") == 0 || strcmp(type, "CNAME") == 0)
        text_printf(zone->text, "%s. %s %s.\n", zone->owner, type,
                    zone_name(suite_scalar(value), name));
    else if (strcmp(type, "SPF") == 0) /* nobody asks for either, but the name exists */
        text_printf(zone->text, "%s. SRV 0 0 0 .\n", zone->owner);
    else
        suite_bail_out("unknown record type", type);
}

/* One entry of a name's list as type and value; a bare TIMEOUT has no value. */
static const char *entry(yaml_document_t *document, int index, const yaml_node_t **value)
{
    yaml_node_t *node = suite_node_at(document, index);
    const char *type;

    *value = NULL;
    if (node->type != YAML_MAPPING_NODE)
        return suite_scalar(node);
    type = suite_scalar(suite_node_at(document, node->data.mapping.pairs.start->key));
    *value = suite_node_at(document, node->data.mapping.pairs.start->value);
    return type;
}

/* Queries of a type that is not listed before the TIMEOUT at END fail. */
static void write_timeout(struct zone_writer *zone, const yaml_node_t *list, yaml_node_item_t *end)
{
    static const char *const types[] = {"A", "AAAA", "MX", "PTR", "TXT"};

    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        bool listed = false;

        for (yaml_node_item_t *item = list->data.sequence.items.start; item < end; item++) {
            const yaml_node_t *value;
            const char *type = entry(zone->document, *item, &value);

            if (strcmp(type, types[i]) == 0 && !is_none(type, value))
                listed = true;
        }
        if (!listed)
            text_printf(zone->text, "! %s. %s servfail\n", zone->owner, types[i]);
    }
}

static void write_name(struct zone_writer *zone, const char *owner, const yaml_node_t *list)
{
    const yaml_node_t *value;
    bool has_txt = false;

    zone_name(owner, zone->owner);
    for (yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++)
        if (strcmp(entry(zone->document, *item, &value), "TXT") == 0)
            has_txt = true;
    for (yaml_node_item_t *item = list->data.sequence.items.start;
         item < list->data.sequence.items.top; item++) {
        const char *type = entry(zone->document, *item, &value);

        if (value != NULL)
            write_record(zone, type, value, has_txt);
        else
            write_timeout(zone, list, item);
    }
}

void suite_write_zone(struct text *text, yaml_document_t *document, const yaml_node_t *zonedata,
                      bool sender_id)
{
    struct zone_writer zone = {.document = document, .sender_id = sender_id, .text = text};

    for (yaml_node_pair_t *pair = zonedata->data.mapping.pairs.start;
         pair < zonedata->data.mapping.pairs.top; pair++)
        write_name(&zone, suite_scalar(suite_node_at(document, pair->key)),
                   suite_node_at(document, pair->value));
}
