/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdlib.h>
#include <string.h>

#include "lib/verify/verifier.h"
#include "tests/scenarios/play.h"

struct bench {
    struct verify_settings settings;
    struct budget_limits limits;
    bool only[METHOD_COUNT]; /* all false: every method */
    bool any_only;
    struct facts facts;
    struct budget *budget;
    nanoseconds began;
    struct outcome *outcomes;
    struct outcome **outcomes_end;
    enum vouch_stage next_stage; /* not run yet */
};

static void begin(struct play *play)
{
    struct bench *bench = arena_alloc(play->arena, sizeof *bench);

    play->state = bench;
    bench->settings.spf = (struct spf_settings){
        .term_limit = 10,
        .void_limit = 2,
        .engine = play->libspf2 ? SPF_ENGINE_LIBSPF2 : SPF_ENGINE_NATIVE,
    };
    bench->limits = budget_defaults();
    bench->facts = (struct facts){.client_name = "", .helo = "", .authserv_id = "mx.example.org"};
    bench->facts.reverse_path = (struct path){.raw = "", .local = "", .domain = "", .null = true};
    bench->facts.queue_id = "";
    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        bench->facts.mta[i] = "";
    bench->outcomes_end = &bench->outcomes;
}

static struct check check_of(const struct play *play, struct bench *bench)
{
    if (bench->budget == NULL) {
        bench->budget = budget_new(&bench->limits);
        budget_resume(bench->budget);
        bench->began = clock_now();
    }
    return (struct check){
        .facts = &bench->facts,
        .settings = &bench->settings,
        .resolver = play->resolver,
        .budget = bench->budget,
        .arena = play->arena,
        .began = bench->began,
    };
}

static bool is_wanted(const struct bench *bench, const struct verifier *verifier)
{
    return !bench->any_only || bench->only[verifier->method];
}

static void prefetch(struct play *play, struct bench *bench, enum vouch_stage stage)
{
    struct check check = check_of(play, bench);

    for (size_t i = 0; i < verifier_count; i++) {
        if (verifiers[i]->stage == stage && is_wanted(bench, verifiers[i]) &&
            verifiers[i]->prefetch != NULL && check_applies(&check, verifiers[i]))
            verifiers[i]->prefetch(&check);
    }
}

static void run_stage(struct play *play, struct bench *bench, enum vouch_stage stage)
{
    struct check check = check_of(play, bench);

    for (size_t i = 0; i < verifier_count; i++) {
        if (verifiers[i]->stage != stage || !is_wanted(bench, verifiers[i]) ||
            !check_applies(&check, verifiers[i]))
            continue;
        check.outcomes = bench->outcomes;
        *bench->outcomes_end = verifiers[i]->check(&check);
        while (*bench->outcomes_end != NULL)
            bench->outcomes_end = &(*bench->outcomes_end)->next;
    }
}

static void set_methods(struct play *play, struct bench *bench, const struct step *step)
{
    memset(bench->only, 0, sizeof bench->only);
    bench->any_only = true;
    for (unsigned i = 1; i < step->count; i++) {
        enum method method;

        if (method_from_name(step->word[i], strlen(step->word[i]), &method))
            bench->only[method] = true;
        else
            play->problem = "no such method";
    }
}

static void set_budget(struct play *play, struct bench *bench, const struct step *step)
{
    unsigned long value = strtoul(step->word[2], NULL, 10);

    if (strcmp(step->word[1], "time") == 0)
        bench->limits.time = value * NANOSECONDS_PER_MILLISECOND;
    else if (strcmp(step->word[1], "queries") == 0)
        bench->limits.max_queries = (unsigned)value;
    else
        play->problem = "budget time or budget queries";
}

static void take_client(struct play *play, struct bench *bench, const char *address)
{
    if (!ip_parse(address, strlen(address), &bench->facts.client))
        play->problem = "not an address";
}

/* A new HELO drops what the last one led to (RFC 3207 4.2). */
static void take_helo(struct play *play, struct bench *bench, const char *helo)
{
    bench->facts.helo = helo;
    bench->outcomes = NULL;
    bench->outcomes_end = &bench->outcomes;
    bench->next_stage = VOUCH_STAGE_HELO;
    prefetch(play, bench, VOUCH_STAGE_HELO);
}

/* Each message is judged by itself; what HELO led to stays. */
static void forget_message(struct bench *bench)
{
    bench->outcomes_end = &bench->outcomes;
    while (*bench->outcomes_end != NULL && (*bench->outcomes_end)->stage == VOUCH_STAGE_HELO)
        bench->outcomes_end = &(*bench->outcomes_end)->next;
    *bench->outcomes_end = NULL;
    if (bench->next_stage > VOUCH_STAGE_MAIL)
        bench->next_stage = VOUCH_STAGE_MAIL;
}

static void take_mail(struct play *play, struct bench *bench, const char *path)
{
    forget_message(bench);
    bench->facts.has_mail = true;
    if (path_parse(play->arena, path, &bench->facts.reverse_path) != VOUCH_OK)
        play->problem = "no memory";
    prefetch(play, bench, VOUCH_STAGE_MAIL);
}

static void act(struct play *play, const struct step *step)
{
    struct bench *bench = play->state;
    const char *word = step->word[0];

    if (strcmp(word, "methods") == 0)
        set_methods(play, bench, step);
    else if (strcmp(word, "address-literals") == 0)
        bench->settings.csa.address_literals = strcmp(step->word[1], "yes") == 0;
    else if (strcmp(word, "budget") == 0)
        set_budget(play, bench, step);
    else if (strcmp(word, "client") == 0)
        take_client(play, bench, step->word[1]);
    else if (strcmp(word, "helo") == 0)
        take_helo(play, bench, step->word[1]);
    else if (strcmp(word, "mail") == 0)
        take_mail(play, bench, step->word[1]);
    else
        play->problem = "not understood (a session needs a config block)";
}

static struct finding *finding_of(struct arena *arena, const struct outcome *outcome)
{
    struct finding *finding = arena_alloc(arena, sizeof *finding);

    *finding = (struct finding){
        .method = method_name(outcome->method),
        .identity = identity_name(outcome->identity),
        .result = vouch_result_word(outcome->result),
        .reason = reason_code(outcome->reason),
        .domain = outcome->domain,
        .detail = outcome->detail,
        .explanation = outcome->explanation,
        .dnssec = dns_security_word(outcome->security),
        .properties = outcome->properties,
        .trace = outcome->trace,
    };
    return finding;
}

static void look(struct play *play)
{
    struct bench *bench = play->state;
    struct finding **end = &play->findings;

    *end = NULL;
    for (; bench->next_stage <= VOUCH_STAGE_MAIL; bench->next_stage++) {
        if (bench->next_stage == VOUCH_STAGE_MAIL && !bench->facts.has_mail)
            break;
        run_stage(play, bench, bench->next_stage);
    }
    for (const struct outcome *o = bench->outcomes; o != NULL; o = o->next) {
        *end = finding_of(play->arena, o);
        end = &(*end)->next;
    }
}

static void end(struct play *play)
{
    struct bench *bench = play->state;

    budget_free(bench->budget);
}

/* Without a session there is no decision to tell of. */
static const char *tell(struct play *play, const char *what, const char *of)
{
    (void)play;
    (void)what;
    (void)of;
    return NULL;
}

const struct player verifier_player = {
    .begin = begin,
    .act = act,
    .look = look,
    .tell = tell,
    .end = end,
};
