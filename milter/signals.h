/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_SIGNALS_H
#define MILTER_SIGNALS_H

/* signals.h - signals as events for one thread of ours.
 *
 * libmilter stops the filter at SIGHUP: a thread of its own waits for SIGHUP, SIGTERM and SIGINT
 * with sigwait().  Blocking them and waiting elsewhere does not keep them from it.  What does:
 *
 *  - the main thread never blocks these three and does nothing but wait, so the kernel gives them
 *    to it first; their handler notes the signal and writes to an eventfd (SA_NODEFER: they stay
 *    unblocked in the handler as well);
 *  - all work is done by a control thread: creating threads, for one, blocks signals for a moment;
 *  - SIGUSR1 and SIGUSR2 are taken by the control thread, while it waits.  Would the main thread
 *    take them, a SIGHUP that comes while one of them waits to be handled would go to libmilter;
 *  - every other thread blocks all signals. */

#include <pthread.h>
#include <stdbool.h>

enum {
    SIGNALS_RELOAD = 1,   /* SIGHUP, SIGUSR1 */
    SIGNALS_COUNTERS = 2, /* SIGUSR2 */
    SIGNALS_STOP = 4      /* SIGTERM, SIGINT */
};

/* Install the handlers and block all signals in the calling (the main) thread, so that every thread
 * made from now on has them blocked.  False: errno says why. */
bool signals_prepare(void);

/* Main thread: let SIGHUP, SIGTERM and SIGINT in. */
void signals_receive(void);

/* Control thread: wait at most TIMEOUT milliseconds (-1: for ever) for a signal or for
 * signals_wake.  The answer is a set of the SIGNALS_ values that came since the last call. */
unsigned signals_wait(int timeout);

/* End a signals_wait.  Safe in a signal handler. */
void signals_wake(void);

#endif
