/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/signals.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

static int wake_descriptor = -1;
static atomic_uint pending;

static unsigned meaning_of(int number)
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

void signals_wake(void)
{
    uint64_t one = 1;
    ssize_t written = write(wake_descriptor, &one, sizeof one);

    (void)written; /* a full counter wakes as well */
}

static void handle(int number)
{
    int saved = errno;

    atomic_fetch_or(&pending, meaning_of(number));
    signals_wake();
    errno = saved;
}

static bool install(int number)
{
    struct sigaction action = {.sa_handler = handle, .sa_flags = SA_NODEFER | SA_RESTART};

    (void)sigemptyset(&action.sa_mask);
    return sigaction(number, &action, NULL) == 0;
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
    sigset_t all;

    wake_descriptor = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (wake_descriptor < 0 || !install(SIGHUP) || !install(SIGTERM) || !install(SIGINT) ||
        !install(SIGUSR1) || !install(SIGUSR2) || signal(SIGPIPE, SIG_IGN) == SIG_ERR)
        return false;
    fill_mask(&all);
    return pthread_sigmask(SIG_SETMASK, &all, NULL) == 0;
}

void signals_receive(void)
{
    sigset_t mine;

    (void)sigemptyset(&mine);
    (void)sigaddset(&mine, SIGHUP);
    (void)sigaddset(&mine, SIGTERM);
    (void)sigaddset(&mine, SIGINT);
    (void)pthread_sigmask(SIG_UNBLOCK, &mine, NULL);
}

unsigned signals_wait(int timeout)
{
    struct timespec limit = {.tv_sec = timeout / 1000, .tv_nsec = timeout % 1000 * 1000000L};
    struct pollfd wake = {.fd = wake_descriptor, .events = POLLIN};
    sigset_t while_waiting;
    uint64_t count;

    fill_mask(&while_waiting);
    (void)sigdelset(&while_waiting, SIGUSR1);
    (void)sigdelset(&while_waiting, SIGUSR2);
    if (ppoll(&wake, 1, timeout < 0 ? NULL : &limit, &while_waiting) > 0)
        while (read(wake_descriptor, &count, sizeof count) < 0 && errno == EINTR)
            continue;
    return atomic_exchange(&pending, 0);
}
