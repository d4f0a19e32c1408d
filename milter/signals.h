/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_SIGNALS_H
#define MILTER_SIGNALS_H

/* signals.h - signals as events for one thread of ours.
 *
 * libmilter stops the filter at SIGHUP: a thread of its own waits for SIGHUP, SIGTERM and SIGINT
 * with sigwait().  Whoever waits first gets the signal, so no blocking and no handler keeps all of
 * them from that thread; with handlers in the main thread it still took one signal in ten that came
 * just as it started.  So the program brings a sigwait() of its own, which the dynamic linker gives
 * to libmilter and which never returns.  All threads block all signals, and one of ours reads them
 * from a signalfd. */

#include <stdbool.h>

enum {
    SIGNALS_RELOAD = 1,   /* SIGHUP, SIGUSR1 */
    SIGNALS_COUNTERS = 2, /* SIGUSR2 */
    SIGNALS_STOP = 4      /* SIGTERM, SIGINT */
};

/* Block all signals in the calling thread and in all made from now on, and begin to collect them.
 * False: errno says why. */
bool signals_prepare(void);

/* Wait at most TIMEOUT milliseconds (-1: for ever) for signals or for signals_wake.  The answer is
 * a set of the SIGNALS_ values; several of one kind may count as one. */
unsigned signals_wait(int timeout);

/* End a signals_wait of another thread. */
void signals_wake(void);

#endif
