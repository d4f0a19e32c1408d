/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef PLAY_H
#define PLAY_H

/* play.h - playing a case, and what came of it. */

#include "lib/base/outcome.h"
#include "lib/dns/resolver.h"
#include "tests/scenarios/scenario.h"

/* An outcome in words, whichever way it was come by. */
struct finding {
    const char *method;
    const char *identity;
    const char *result;
    const char *reason;
    const char *domain;
    const char *detail;
    const char *explanation;
    const char *dnssec;
    const struct property *properties;
    const struct trace_step *trace;
    struct finding *next;
};

struct player;

struct play {
    const struct player *player;
    struct arena *arena;
    struct resolver *resolver;
    const struct scenario_case *scenario;
    const char *problem;      /* the scenario cannot be played: why */
    struct finding *findings; /* as of the last look */
    void *state;              /* the player's own */
    bool libspf2;             /* ask libspf2, and let its result count */
};

/* A way to play. */
struct player {
    void (*begin)(struct play *play);
    void (*act)(struct play *play, const struct step *step); /* may set problem */
    void (*look)(struct play *play);                         /* bring findings up to date */
    const char *(*tell)(struct play *play, const char *what, const char *of); /* see expect.h */
    void (*end)(struct play *play);
};

/* Calls the verifiers alone. */
extern const struct player verifier_player;

/* Drives the engine through vouch.h as the MTA would. */
extern const struct player session_player;

#endif
