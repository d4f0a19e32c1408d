/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_RELOAD_H
#define MILTER_RELOAD_H

/* reload.h - the configuration in force, with its engine and its decision record file.
 *
 * They come and go together as one counted generation.  A session keeps the one it began with; a
 * reload puts a new one in place or, when anything is wrong, changes nothing. */

#include <stdbool.h>

#include "lib/vouch.h"
#include "milter/record.h"

struct generation {
    _Atomic unsigned references;
    struct vouch_engine *engine;
    const struct vouch_settings *settings;
    struct record_file record;

    /* This generation, or one before it, refuses recipients: MTAs may wait for answers to RCPT. */
    bool answers_recipients;

    /* This generation, or one before it, does without bodies: MTAs may send none. */
    bool without_bodies;
};

/* Where the configuration comes from. */
struct reload_source {
    const char *path;      /* NULL: the defaults alone */
    const char *overrides; /* the command line as configuration text */
};

/* Tell a mistake as "FILE:LINE: text", in the log or on standard error. */
vouch_problem_fn reload_log_problem, reload_print_problem;

/* Load a configuration, handing each mistake to PROBLEM.  0 or an exit status of sysexits(3). */
int reload_read(const struct reload_source *source, vouch_problem_fn *problem,
                struct vouch_config **config);

/* Put the first generation in place, made from CONFIG.  Starts the resolver's threads.  0 or an
 * exit status. */
int reload_start(struct vouch_config *config);

/* Load again from SOURCE, all or nothing.  False: nothing; the log says why. */
bool reload_again(const struct reload_source *source);

/* The generation in force, with a reference for the caller, who releases it; NULL once reload_stop
 * was called. */
struct generation *reload_hold(void);
void reload_release(struct generation *generation);

/* Take the generation in force out of place, at the end. */
void reload_stop(void);

#endif
