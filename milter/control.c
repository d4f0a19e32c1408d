/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sysexits.h>
#include <time.h>

#include <libmilter/mfapi.h>

#include "milter/gate.h"
#include "milter/log.h"
#include "milter/rounds.h"
#include "milter/service.h"
#include "milter/signals.h"

enum {
    DRAIN_MILLISECONDS = 10000,
    /* From the end of a callback until libmilter has written its answer, which it tells nobody. */
    ANSWER_MILLISECONDS = 300
};

static sem_t finished;
static atomic_int exit_status = -1;

/* The first end counts. */
static void finish(int status)
{
    int running = -1;

    (void)atomic_compare_exchange_strong(&exit_status, &running, status);
    (void)sem_post(&finished);
}

/* ---- the thread of libmilter --------------------------------------------------------------- */

static void *serve(void *unused)
{
    (void)unused;
    finish(smfi_main() == MI_SUCCESS ? EX_OK : EX_UNAVAILABLE);
    return NULL;
}

/* ---- the thread that obeys ------------------------------------------------------------------ */

static void tell_counters(void)
{
    struct generation *generation = reload_hold();
    struct vouch_counters n;

    if (generation == NULL)
        return;
    vouch_engine_counters(generation->engine, &n);
    reload_release(generation);
    log_write(LOG_INFO,
              "counters: sessions=%u messages=%u queries=%lu hits=%lu joined=%lu upstream=%lu "
              "overloads=%lu in-flight=%lu cache-entries=%lu cache-bytes=%lu",
              gate_sessions(), gate_messages(), n.queries, n.hits, n.joined, n.upstream,
              n.overloads, n.in_flight, n.cache_entries, n.cache_bytes);
}

static int64_t milliseconds_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Let the messages that are inside come to their end, or they are left to the MTA's default action.
 * smfi_stop would do worse: it blocks for up to 5 s, and sessions are not served any more. */
static void drain(void)
{
    int64_t end = milliseconds_now() + DRAIN_MILLISECONDS;
    int64_t left = DRAIN_MILLISECONDS;

    gate_close();
    log_write(LOG_INFO, "stopping; messages under way: %u", gate_messages());
    service_stopping();
    while (gate_messages() > 0 && left > 0) {
        if ((signals_wait((int)left) & SIGNALS_STOP) != 0)
            break;
        left = end - milliseconds_now();
    }
    (void)poll(NULL, 0, ANSWER_MILLISECONDS);
    if (gate_messages() > 0)
        log_write(LOG_WARNING, "messages that did not come to their end: %u", gate_messages());
}

static void reload(const struct reload_source *source)
{
    rounds_reload_begins();
    rounds_reload_ends(reload_again(source));
}

static void *obey(void *source)
{
    unsigned events;

    do {
        events = signals_wait(rounds_make());
        if ((events & SIGNALS_COUNTERS) != 0)
            tell_counters();
        if ((events & SIGNALS_RELOAD) != 0 && (events & SIGNALS_STOP) == 0)
            reload(source);
    } while ((events & SIGNALS_STOP) == 0);
    drain();
    finish(EX_OK);
    return NULL;
}

/* ---- both -------------------------------------------------------------------------------------
 */

static bool start_thread(void *(*body)(void *), void *argument)
{
    pthread_t thread;

    errno = pthread_create(&thread, NULL, body, argument);
    if (errno == 0)
        errno = pthread_detach(thread);
    return errno == 0;
}

bool control_start(const struct reload_source *source)
{
    static struct reload_source kept;

    kept = *source;
    return sem_init(&finished, 0, 0) == 0 && start_thread(serve, NULL) && start_thread(obey, &kept);
}

int control_wait(void)
{
    while (sem_wait(&finished) != 0 && errno == EINTR)
        continue;
    if (exit_status != EX_OK)
        log_write(LOG_ERR, "libmilter ended; its reason is in syslog");
    return exit_status;
}
