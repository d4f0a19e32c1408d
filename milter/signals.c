/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/signals.h"

#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int collected[] = {SIGHUP, SIGUSR1, SIGUSR2, SIGTERM, SIGINT};

static int signal_descriptor = -1;
static int wake_descriptor = -1;

/* Called by libmilter's signal thread and by nobody else. */
__attribute__((visibility("default"))) int sigwait(const sigset_t *set, int *number)
{
    (void)set;
    (void)number;
    for (;;)
        (void)pause();
}

/* All but those that a fault of this very thread raises: blocked, they would end the process
 * without a word from a sanitizer. */
static void fill_mask(sigset_t *set)
{
    static const int faults[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS};

    (void)sigfillset(set);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        (void)sigdelset(set, faults[i]);
}

bool signals_prepare(void)
{
    sigset_t all, ours;

    fill_mask(&all);
    (void)sigemptyset(&ours);
    for (size_t i = 0; i < sizeof collected / sizeof collected[0]; i++)
        (void)sigaddset(&ours, collected[i]);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR || pthread_sigmask(SIG_SETMASK, &all, NULL) != 0)
        return false;
    signal_descriptor = signalfd(-1, &ours, SFD_CLOEXEC | SFD_NONBLOCK);
    wake_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return signal_descriptor >= 0 && wake_descriptor >= 0;
}

static unsigned meaning_of(uint32_t number)
{
    switch (number) {
    case SIGHUP:
    case SIGUSR1:
        return SIGNALS_RELOAD;
    case SIGUSR2:
        return SIGNALS_COUNTERS;
    default:
        return SIGNALS_STOP;
    }
}

unsigned signals_wait(int timeout)
{
    struct pollfd ready[] = {{.fd = signal_descriptor, .events = POLLIN},
                             {.fd = wake_descriptor, .events = POLLIN}};
    struct signalfd_siginfo one;
    unsigned events = 0;
    uint64_t count;

    if (poll(ready, 2, timeout) > 0 && ready[1].revents != 0)
        (void)eventfd_read(wake_descriptor, &count);
    while (read(signal_descriptor, &one, sizeof one) == (ssize_t)sizeof one)
        events |= meaning_of(one.ssi_signo);
    return events;
}

void signals_wake(void)
{
    (void)eventfd_write(wake_descriptor, 1);
}
