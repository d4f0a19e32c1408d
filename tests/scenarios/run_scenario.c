/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* run_scenario.c - plays the cases of scenario files without a network and says in TAP whether each
 * came out as expected.  With -v it also prints how every outcome was come by. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenarios/expect.h"
#include "tests/scenarios/questions.h"
#include "tests/scenarios/scenario.h"

enum { FILE_ARENA = 64 << 20, PLAY_ARENA = 64 << 20 };

static unsigned tests_run;
static unsigned tests_failed;
static bool libspf2; /* where a case calls the verifiers alone */
static bool verbose;

static void print_finding(const struct finding *finding)
{
    printf("#   %s%s%s: %s %s\n", finding->method, finding->identity[0] != '\0' ? "/" : "",
           finding->identity, finding->result, finding->reason);
    for (const struct trace_step *step = finding->trace; step != NULL; step = step->next)
        printf("#     %s -> %s [%s] at %u us, %u us\n", step->asked, step->answer, step->rule,
               step->asked_us, step->took_us);
}

static void print_play(const struct play *play)
{
    for (const struct finding *f = play->findings; f != NULL; f = f->next)
        print_finding(f);
    questions_print();
}

static void print_failure(const struct step *step, const char *why)
{
    printf("# line %u:", step->line);
    for (unsigned i = 0; i < step->count; i++)
        printf(" %s", step->word[i]);
    printf("\n#   but: %s\n", why);
}

/* Take STEPS one by one.  False: an expectation did not hold or the case cannot be played. */
static bool play_steps(struct play *play, const struct step *step)
{
    bool good = true;

    for (; step != NULL; step = step->next) {
        struct text why = text_in(play->arena);

        if (strcmp(step->word[0], "expect") != 0) {
            play->player->act(play, step);
        } else {
            play->player->look(play);
            if (play->problem == NULL && !expect_holds(play, step, &why)) {
                print_failure(step, text_string(&why));
                good = false;
            }
        }
        if (play->problem != NULL) {
            print_failure(step, play->problem);
            return false;
        }
    }
    return good;
}

static bool play_with_zone(struct play *play, const char *zone)
{
    struct resolver_settings settings = resolver_defaults();
    unsigned problem_line = 0;
    bool good;

    if (resolver_new_zone(&settings, zone, &play->resolver, &problem_line) != VOUCH_OK) {
        printf("# the zone of this case is wrong in its line %u\n", problem_line);
        return false;
    }
    questions_clear();
    play->player->begin(play);
    good = play_steps(play, play->scenario->settings) && play_steps(play, play->scenario->steps);
    if (!good || verbose)
        print_play(play);
    play->player->end(play);
    resolver_release(play->resolver);
    return good;
}

static void play_order(const struct scenario_case *scenario, const unsigned *order)
{
    struct play play = {.scenario = scenario, .arena = arena_new(PLAY_ARENA), .libspf2 = libspf2};
    struct text zone = text_in(play.arena);
    bool good;

    play.player = scenario->config != NULL ? &session_player : &verifier_player;
    text_add(&zone, scenario->zone);
    for (unsigned i = 0; i < scenario->any_order_count; i++)
        text_printf(&zone, "%s\n", scenario->any_order[order[i]]);
    good = play_with_zone(&play, text_string(&zone));
    tests_run++;
    tests_failed += !good;
    printf("%s %u - %s", good ? "ok" : "not ok", tests_run, scenario->title);
    for (unsigned i = 0; i < scenario->any_order_count; i++)
        printf("%s%u", i == 0 ? ", order " : "", order[i] + 1);
    putchar('\n');
    (void)fflush(stdout);
    arena_free(play.arena);
}

static void exchange(unsigned *a, unsigned *b)
{
    unsigned kept = *a;

    *a = *b;
    *b = kept;
}

/* The next order after ORDER in lexical sequence.  False: it was the last. */
static bool next_order(unsigned *order, unsigned count)
{
    unsigned pivot = count < 2 ? 0 : count - 1;
    unsigned last = count - 1;

    while (pivot > 0 && order[pivot - 1] > order[pivot])
        pivot--;
    if (pivot == 0)
        return false;
    pivot--;
    while (order[last] < order[pivot])
        last--;
    exchange(&order[pivot], &order[last]);
    for (unsigned i = pivot + 1, k = count - 1; i < k; i++, k--)
        exchange(&order[i], &order[k]);
    return true;
}

static void play_case(const struct scenario_case *scenario)
{
    unsigned order[ORDER_MAX] = {0, 1, 2, 3};

    do
        play_order(scenario, order);
    while (next_order(order, scenario->any_order_count));
}

static bool play_file(const char *path)
{
    struct arena *arena = arena_new(FILE_ARENA);
    struct scenario_problem problem;
    struct scenario_case *cases = scenario_read(arena, path, &problem);

    if (cases == NULL)
        printf("Bail out! %s, line %u: %s\n", path, problem.line, problem.text);
    for (const struct scenario_case *c = cases; c != NULL; c = c->next)
        play_case(c);
    arena_free(arena);
    return cases != NULL;
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-v") == 0)
            verbose = true;
        else if (strcmp(argv[i], "--libspf2") == 0)
            libspf2 = true;
        else if (!play_file(argv[i]))
            return EXIT_FAILURE;
    }
    printf("1..%u\n", tests_run);
    return tests_failed == 0 && tests_run > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
