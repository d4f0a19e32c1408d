/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The public RFC 7208 test suite (rfc7208-tests.yml, openspf.org), one TAP line a case.
 *
 *     rfc7208 [--sender-id | --libspf2] [--suite FILE]
 *
 * With --sender-id every record is "spf2.0/mfrom,pra" and the check is that of Sender ID for the
 * PRA (RFC 4406): the results must be the same but for those that `differences` lists.  With
 * --libspf2 the result is that of libspf2 where it has one.
 *
 * Each group of cases brings its own zone, which is served by the resolver over a zone text. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/verify/spf.h"

enum { ARENA_LIMIT = 64 * 1024 * 1024 };

static yaml_node_t *node_at(yaml_document_t *document, int index)
{
    return yaml_document_get_node(document, index);
}

static const char *scalar(const yaml_node_t *node)
{
    return node != NULL && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value
                                                          : NULL;
}

static yaml_node_t *lookup(yaml_document_t *document, const yaml_node_t *mapping, const char *key)
{
    if (mapping == NULL || mapping->type != YAML_MAPPING_NODE)
        return NULL;
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
         pair < mapping->data.mapping.pairs.top; pair++) {
        const char *name = scalar(node_at(document, pair->key));

        if (name != NULL && strcmp(name, key) == 0)
            return node_at(document, pair->value);
    }
    return NULL;
}

static void bail_out(const char *what, const char *which)
{
    printf("Bail out! %s: %s\n", what, which);
    exit(1);
}

/* ---- zone data to zone text -------------------------------------------------------------- */

struct zone_writer {
    yaml_document_t *document;
    bool sender_id;
    struct text text;
    char owner[DNS_NAME_TEXT_SIZE];
};

/* A name in the form of zone files, every octet but letters, digits, '-' and '_' escaped. */
static const char *zone_name(const char *text, char buffer[DNS_NAME_TEXT_SIZE])
{
    struct dns_name name;

    if (dns_name_from_text(text, strlen(text), &name) != VOUCH_OK)
        bail_out("not a name", text);
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

    text_add(&zone->text, start > 0 ? " \"spf2.0/mfrom,pra" : " \"");
    for (size_t i = start; i < value->data.scalar.length; i++) {
        unsigned octet = octets[i];

        if ((octet & 0xfeU) == 0xc2 && i + 1 < value->data.scalar.length)
            octet = ((octet & 3U) << 6) | (octets[++i] & 0x3fU);
        text_printf(&zone->text, "\\%03u", octet);
    }
    text_add(&zone->text, "\"");
}

static void write_txt(struct zone_writer *zone, const yaml_node_t *value)
{
    text_printf(&zone->text, "%s. TXT", zone->owner);
    if (value->type == YAML_SCALAR_NODE)
        write_string(zone, value, true);
    else if (value->data.sequence.items.start == value->data.sequence.items.top)
        text_add(&zone->text, " \"\"");
    else
        for (yaml_node_item_t *item = value->data.sequence.items.start;
             item < value->data.sequence.items.top; item++)
            write_string(zone, node_at(zone->document, *item),
                         item == value->data.sequence.items.start);
    text_add(&zone->text, "\n");
}

static void write_mx(struct zone_writer *zone, const yaml_node_t *value)
{
    char name[DNS_NAME_TEXT_SIZE];
    yaml_node_item_t *items = value->data.sequence.items.start;
    const char *exchange = scalar(node_at(zone->document, items[1]));

    text_printf(&zone->text, "%s. MX %s %s.\n", zone->owner,
                scalar(node_at(zone->document, items[0])),
                *exchange != '\0' ? zone_name(exchange, name) : "");
}

static bool is_none(const char *type, const yaml_node_t *value)
{
    return strcmp(type, "TXT") == 0 && scalar(value) != NULL && strcmp(scalar(value), "NONE") == 0;
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
        text_printf(&zone->text, "%s. %s %s\n", zone->owner, type, scalar(value));
    else if (strcmp(type, "PTR") == 0 || strcmp(type, "CNAME") == 0)
        text_printf(&zone->text, "%s. %s %s.\n", zone->owner, type, zone_name(scalar(value), name));
    else if (strcmp(type, "SPF") == 0) /* nobody asks for either, but the name exists */
        text_printf(&zone->text, "%s. SRV 0 0 0 .\n", zone->owner);
    else
        bail_out("unknown record type", type);
}

/* One entry of a name's list as type and value; a bare TIMEOUT has no value. */
static const char *entry(yaml_document_t *document, int index, const yaml_node_t **value)
{
    yaml_node_t *node = node_at(document, index);
    const char *type;

    *value = NULL;
    if (node->type != YAML_MAPPING_NODE)
        return scalar(node);
    type = scalar(node_at(document, node->data.mapping.pairs.start->key));
    *value = node_at(document, node->data.mapping.pairs.start->value);
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
            text_printf(&zone->text, "! %s. %s servfail\n", zone->owner, types[i]);
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

static struct resolver *make_resolver(struct arena *arena, yaml_document_t *document,
                                      const yaml_node_t *zonedata, bool sender_id)
{
    struct resolver_settings settings = resolver_defaults();
    struct zone_writer zone = {
        .document = document, .sender_id = sender_id, .text = text_in(arena)};
    struct resolver *resolver;
    unsigned line = 0;

    for (yaml_node_pair_t *pair = zonedata->data.mapping.pairs.start;
         pair < zonedata->data.mapping.pairs.top; pair++)
        write_name(&zone, scalar(node_at(document, pair->key)), node_at(document, pair->value));
    if (resolver_new_zone(&settings, text_string(&zone.text), &resolver, &line) != VOUCH_OK) {
        printf("# line %u of\n%s\n", line, text_string(&zone.text));
        bail_out("zone not accepted", "see above");
    }
    return resolver;
}

/* Where Sender ID for the PRA gives another result than SPF, and why. */
static const struct {
    const char *name;
    const char *result;
} differences[] = {
    /* RFC 4406 4.3: the check of a domain that does not exist gives fail, and what a redirect leads
       to is the result; RFC 7208 6.1 makes it permerror */
    {"redirect-none", "fail"},
};

/* ---- cases --------------------------------------------------------------------------------- */

struct run {
    bool sender_id;
    bool libspf2;
    unsigned decided, abandoned; /* by libspf2 */
    yaml_document_t *document;
    struct resolver *resolver;
    unsigned number;
    unsigned different; /* listed in `differences` */
    unsigned failed;
};

static bool result_is_accepted(yaml_document_t *document, const yaml_node_t *expected,
                               const char *word)
{
    if (expected->type == YAML_SCALAR_NODE)
        return strcmp(scalar(expected), word) == 0;
    for (yaml_node_item_t *item = expected->data.sequence.items.start;
         item < expected->data.sequence.items.top; item++)
        if (strcmp(scalar(node_at(document, *item)), word) == 0)
            return true;
    return false;
}

/* The suite's word for "none of the domain's own". */
static const char *explanation_of(const struct outcome *outcome)
{
    return *outcome->explanation != '\0' ? outcome->explanation : "DEFAULT";
}

static void show_trace(const struct outcome *outcome)
{
    printf("# %s %s, %s, detail: %s, explanation: %s\n", vouch_result_word(outcome->result),
           outcome->domain, reason_code(outcome->reason), outcome->detail, outcome->explanation);
    for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next)
        printf("#   %s = %s [%s]\n", step->asked, step->answer, step->rule);
}

/* What Sender ID says otherwise, or NULL. */
static const char *difference(const struct run *run, const char *name)
{
    for (size_t i = 0; run->sender_id && i < sizeof differences / sizeof differences[0]; i++)
        if (strcmp(differences[i].name, name) == 0)
            return differences[i].result;
    return NULL;
}

/* Whether libspf2 decided, from what the trace says of it. */
static void count_opinion(struct run *run, const struct outcome *outcome)
{
    for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next) {
        if (strncmp(step->rule, "libspf2 has no", strlen("libspf2 has no")) == 0) {
            run->abandoned++;
            printf("# %s\n", step->rule);
        } else if (strncmp(step->rule, "libspf2: ", strlen("libspf2: ")) == 0) {
            run->decided++;
        }
    }
}

static void judge(struct run *run, const char *name, const yaml_node_t *expected,
                  const char *explanation, const struct outcome *outcome)
{
    const char *word = vouch_result_word(outcome->result);
    const char *other = difference(run, name);
    bool as_expected = other != NULL ? strcmp(other, word) == 0
                                     : result_is_accepted(run->document, expected, word);
    bool ok =
        as_expected && (explanation == NULL || strcmp(explanation, explanation_of(outcome)) == 0);

    run->number++;
    count_opinion(run, outcome);
    if (other != NULL)
        run->different++;
    printf("%sok %u - %s%s%s\n", ok ? "" : "not ", run->number, name,
           other != NULL ? ", RFC 4406: " : "", other != NULL ? other : "");
    if (ok)
        return;
    run->failed++;
    show_trace(outcome);
}

static struct outcome *check_spf(const struct check *check)
{
    spf_mailfrom_verifier.prefetch(check);
    return spf_mailfrom_verifier.check(check);
}

/* The sender of the case as the PRA. */
static struct outcome *check_sender_id(const struct check *check)
{
    const struct path *path = &check->facts->reverse_path;
    struct spf_request request = {
        .scope = SPF_SCOPE_PRA,
        .spf2_only = true,
        .local = path->null ? "postmaster" : path->local,
        .domain = path->null ? check->facts->helo : path->domain,
        .helo = check->facts->helo,
    };
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_SENDER_ID, IDENTITY_PRA, VOUCH_STAGE_EOH);

    if (outcome == NULL || !spf_judge(check, outcome, &request))
        bail_out("spf_judge", "no memory");
    return outcome;
}

static void run_case(struct run *run, const char *name, const yaml_node_t *test)
{
    yaml_document_t *document = run->document;
    const char *host = scalar(lookup(document, test, "host"));
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct budget_limits limits = budget_defaults();
    struct verify_settings settings = {
        .spf = {.term_limit = 10,
                .void_limit = 2,
                .engine = run->libspf2 ? SPF_ENGINE_LIBSPF2 : SPF_ENGINE_NATIVE}};
    struct facts facts = {
        .helo = scalar(lookup(document, test, "helo")), .authserv_id = "", .has_mail = true};
    struct check check = {.facts = &facts,
                          .settings = &settings,
                          .resolver = run->resolver,
                          .budget = budget_new(&limits),
                          .arena = arena,
                          .began = clock_now()};

    if (!ip_parse(host, strlen(host), &facts.client))
        bail_out("not an address", host);
    if (path_parse(arena, scalar(lookup(document, test, "mailfrom")), &facts.reverse_path) !=
        VOUCH_OK)
        bail_out("path_parse", name);
    judge(run, name, lookup(document, test, "result"),
          scalar(lookup(document, test, "explanation")),
          run->sender_id ? check_sender_id(&check) : check_spf(&check));
    budget_free(check.budget);
    arena_free(arena);
}

static void run_group(struct run *run, yaml_document_t *document)
{
    const yaml_node_t *root = yaml_document_get_root_node(document);
    const yaml_node_t *tests = lookup(document, root, "tests");
    const yaml_node_t *zonedata = lookup(document, root, "zonedata");
    struct arena *arena = arena_new(ARENA_LIMIT);

    if (tests == NULL || zonedata == NULL)
        bail_out("a group without tests or zonedata", "");
    printf("# %s\n", scalar(lookup(document, root, "description")));
    run->document = document;
    run->resolver = make_resolver(arena, document, zonedata, run->sender_id);
    for (yaml_node_pair_t *pair = tests->data.mapping.pairs.start;
         pair < tests->data.mapping.pairs.top; pair++)
        run_case(run, scalar(node_at(document, pair->key)), node_at(document, pair->value));
    resolver_release(run->resolver);
    arena_free(arena);
}

static void run_suite(struct run *run, FILE *file)
{
    yaml_parser_t parser;
    bool more = true;

    if (!yaml_parser_initialize(&parser))
        bail_out("yaml", "no memory");
    yaml_parser_set_input_file(&parser, file);
    while (more) {
        yaml_document_t document;

        if (!yaml_parser_load(&parser, &document))
            bail_out("yaml", parser.problem);
        more = yaml_document_get_root_node(&document) != NULL;
        if (more)
            run_group(run, &document);
        yaml_document_delete(&document);
    }
    yaml_parser_delete(&parser);
}

int main(int argc, char **argv)
{
    const char *shared = getenv("shared");
    char path[4096] = "";
    struct run run = {.number = 0};
    FILE *file;

    if (argc > 1 && (strcmp(argv[1], "--sender-id") == 0 || strcmp(argv[1], "--libspf2") == 0)) {
        run.sender_id = argv[1][2] == 's';
        run.libspf2 = !run.sender_id;
        argc--;
        argv++;
    }
    if (argc == 3 && strcmp(argv[1], "--suite") == 0)
        (void)snprintf(path, sizeof path, "%s", argv[2]);
    else if (shared != NULL)
        (void)snprintf(path, sizeof path, "%s/data/spf/rfc7208-tests.yml", shared);
    file = fopen(path, "r");
    if (file == NULL) {
        printf("1..0 # SKIP the RFC 7208 test suite is not here: '%s'\n", path);
        return 0;
    }
    run_suite(&run, file);
    (void)fclose(file);
    printf("1..%u\n# %u of %u as the suite says, %u as RFC 4406 says otherwise\n", run.number,
           run.number - run.failed - run.different, run.number, run.different);
    if (run.libspf2)
        printf("# libspf2 decided %u, had no opinion on %u, was not asked on %u\n", run.decided,
               run.abandoned, run.number - run.decided - run.abandoned);
    return run.failed == 0 && run.number > 0 ? 0 : 1;
}
