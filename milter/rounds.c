/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/rounds.h"

#include <stdint.h>
#include <time.h>

#include "milter/gate.h"
#include "milter/log.h"
#include "milter/memory.h"
#include "milter/pulse.h"
#include "milter/reload.h"
#include "milter/service.h"

enum {
    LOOK_MILLISECONDS = 1000,
    STATUS_MILLISECONDS = 5000, /* between two lines of status */
    ANSWER_MILLISECONDS = 5000  /* for an answer on our own socket */
};

static enum vouch_dnssec told;
static int64_t pulse_due, status_due;
static bool reload_failed;

static int64_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

/* Tell what became of dns { dnssec }, when it is not what was told last. */
static void look_at_dnssec(void)
{
    struct generation *generation = reload_hold();
    enum vouch_dnssec found;

    if (generation == NULL)
        return;
    found = vouch_engine_dnssec(generation->engine);
    reload_release(generation);
    if (found == told)
        return;
    told = found;
    log_write(found == VOUCH_DNSSEC_ON || found == VOUCH_DNSSEC_OFF ? LOG_INFO : LOG_NOTICE, "%s",
              vouch_dnssec_text(found));
}

/* Tell of sources of accreditation that are in trouble, or no more. */
static void look_at_sources(void)
{
    struct generation *generation = reload_hold();
    char text[VOUCH_SOURCE_TEXT_SIZE];
    enum vouch_source_change change;

    if (generation == NULL)
        return;
    while ((change = vouch_engine_source_change(generation->engine, text)) != VOUCH_SOURCE_NONE)
        log_write(change == VOUCH_SOURCE_IGNORED ? LOG_WARNING : LOG_NOTICE, "%s", text);
    reload_release(generation);
}

/* A sign of life only when the filter really serves: else the service manager starts it anew. */
static void give_sign_of_life(void)
{
    unsigned interval = service_pulse();

    if (interval == 0 || now() < pulse_due)
        return;
    if (pulse_felt(interval < ANSWER_MILLISECONDS ? interval : ANSWER_MILLISECONDS))
        service_alive();
    pulse_due = now() + interval;
}

static void tell_status(void)
{
    if (now() < status_due)
        return;
    status_due = now() + STATUS_MILLISECONDS;
    service_status("%u sessions, %u messages under way%s", gate_sessions(), gate_messages(),
                   reload_failed ? "; the last reload failed, the old configuration is in force"
                                 : "");
}

int rounds_make(void)
{
    int64_t until_pulse;

    look_at_dnssec();
    look_at_sources();
    memory_look();
    give_sign_of_life();
    tell_status();
    until_pulse = service_pulse() > 0 ? pulse_due - now() : LOOK_MILLISECONDS;
    if (until_pulse < 0)
        return 0;
    return until_pulse < LOOK_MILLISECONDS ? (int)until_pulse : LOOK_MILLISECONDS;
}

void rounds_reload_begins(void)
{
    service_reloading();
}

void rounds_reload_ends(bool good)
{
    reload_failed = !good;
    status_due = 0;
    service_ready();
}
