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

#include "lib/verify/spf.h"
#include "tests/conformance/suite.h"

enum { ARENA_LIMIT = 64 * 1024 * 1024 };

static struct resolver *make_resolver(struct arena *arena, yaml_document_t *document,
                                      const yaml_node_t *zonedata, bool sender_id)
{
    struct resolver_settings settings = resolver_defaults();
    struct text zone = text_in(arena);
    struct resolver *resolver;
    unsigned line = 0;

    suite_write_zone(&zone, document, zonedata, sender_id);
    if (resolver_new_zone(&settings, text_string(&zone), &resolver, &line) != VOUCH_OK) {
        printf("# line %u of\n%s\n", line, text_string(&zone));
        suite_bail_out("zone not accepted", "see above");
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
        return strcmp(suite_scalar(expected), word) == 0;
    for (yaml_node_item_t *item = expected->data.sequence.items.start;
         item < expected->data.sequence.items.top; item++)
        if (strcmp(suite_scalar(suite_node_at(document, *item)), word) == 0)
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
        suite_bail_out("spf_judge", "no memory");
    return outcome;
}

static void run_case(struct run *run, const char *name, const yaml_node_t *test)
{
    yaml_document_t *document = run->document;
    const char *host = suite_scalar(suite_lookup(document, test, "host"));
    struct arena *arena = arena_new(ARENA_LIMIT);
    struct budget_limits limits = budget_defaults();
    struct verify_settings settings = {
        .spf = {.term_limit = 10,
                .void_limit = 2,
                .engine = run->libspf2 ? SPF_ENGINE_LIBSPF2 : SPF_ENGINE_NATIVE}};
    struct facts facts = {.helo = suite_scalar(suite_lookup(document, test, "helo")),
                          .authserv_id = "",
                          .has_mail = true};
    struct check check = {.facts = &facts,
                          .settings = &settings,
                          .resolver = run->resolver,
                          .budget = budget_new(&limits),
                          .arena = arena,
                          .began = clock_now()};

    if (!ip_parse(host, strlen(host), &facts.client))
        suite_bail_out("not an address", host);
    if (path_parse(arena, suite_scalar(suite_lookup(document, test, "mailfrom")),
                   &facts.reverse_path) != VOUCH_OK)
        suite_bail_out("path_parse", name);
    judge(run, name, suite_lookup(document, test, "result"),
          suite_scalar(suite_lookup(document, test, "explanation")),
          run->sender_id ? check_sender_id(&check) : check_spf(&check));
    budget_free(check.budget);
    arena_free(arena);
}

static void run_group(struct run *run, yaml_document_t *document)
{
    const yaml_node_t *root = yaml_document_get_root_node(document);
    const yaml_node_t *tests = suite_lookup(document, root, "tests");
    const yaml_node_t *zonedata = suite_lookup(document, root, "zonedata");
    struct arena *arena = arena_new(ARENA_LIMIT);

    if (tests == NULL || zonedata == NULL)
        suite_bail_out("a group without tests or zonedata", "");
    printf("# %s\n", suite_scalar(suite_lookup(document, root, "description")));
    run->document = document;
    run->resolver = make_resolver(arena, document, zonedata, run->sender_id);
    for (yaml_node_pair_t *pair = tests->data.mapping.pairs.start;
         pair < tests->data.mapping.pairs.top; pair++)
        run_case(run, suite_scalar(suite_node_at(document, pair->key)),
                 suite_node_at(document, pair->value));
    resolver_release(run->resolver);
    arena_free(arena);
}

static void run_suite(struct run *run, FILE *file)
{
    yaml_parser_t parser;
    bool more = true;

    if (!yaml_parser_initialize(&parser))
        suite_bail_out("yaml", "no memory");
    yaml_parser_set_input_file(&parser, file);
    while (more) {
        yaml_document_t document;

        if (!yaml_parser_load(&parser, &document))
            suite_bail_out("yaml", parser.problem);
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
