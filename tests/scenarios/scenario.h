/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef SCENARIO_H
#define SCENARIO_H

/* scenario.h - reading scenario files.
 *
 * A scenario file is text: what DNS says, and cases of what a client does and what must come of it.
 * A line that begins with '#' is a comment.  Words are separated by spaces; "..." keeps spaces, and
 * \xHH stands for any octet.
 *
 *     zone                              records and "!" faults as resolver_new_zone reads them,
 *         ...                           for all cases; in a case: for it alone
 *     end
 *     case "title"
 *         any-order                     records that the answer may hold in any order: the case is
 *             ...                       run once for each order of these lines
 *         end
 *         config                        milter.conf; with one the case goes through the engine as a
 *             ...                       whole session, without one the verifiers are called alone
 *         end
 *         WORD VALUE...                 steps, in the order of the session:
 *
 *     client ADDRESS [NAME]             a client connects; no client line: unknown address
 *     helo NAME                         as often as it comes
 *     mail PATH                         a message begins
 *     expect ...                        see expect.h
 *
 * Without config also:
 *
 *     methods METHOD...                 the verifiers to run (default: all)
 *     address-literals yes|no           as in milter.conf
 *     budget time MS | budget queries N
 *
 * With config also:
 *
 *     mta NAME                          what our MTA calls itself
 *     auth NAME                         the client authenticates
 *     macro NAME VALUE                  what the MTA tells from now on
 *     parameter TEXT                    of MAIL, such as SUBMITTER=bob@example.org
 *     rcpt PATH
 *     header NAME VALUE
 *     body TEXT
 *     queue-id ID
 *     eoh                               the header ends
 *     eom                               the message ends
 *
 * `zone`, `config` and settings before the first case hold for all cases. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/arena.h"

enum { WORDS_MAX = 8, ORDER_MAX = 4 };

struct step {
    unsigned line;
    unsigned count;
    const char *word[WORDS_MAX]; /* unused ones are "" */
    struct step *next;
};

struct scenario_case {
    const char *title;
    unsigned line;
    const char *zone;                 /* file's and its own */
    const char *any_order[ORDER_MAX]; /* one record each */
    unsigned any_order_count;
    const char *config;          /* NULL: no config block */
    const struct step *settings; /* the file's, for all cases */
    const struct step *steps;
    struct scenario_case *next;
};

struct scenario_problem {
    unsigned line;
    const char *text;
};

/* Read the file at PATH into ARENA.  NULL: *PROBLEM says why. */
struct scenario_case *scenario_read(struct arena *arena, const char *path,
                                    struct scenario_problem *problem);

#endif
