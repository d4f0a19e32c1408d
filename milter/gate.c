/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/gate.h"

#include <stdatomic.h>

#include "milter/signals.h"

static atomic_uint sessions;
static atomic_uint messages;
static atomic_bool closed;

bool gate_enter_session(unsigned maximum)
{
    return atomic_fetch_add(&sessions, 1) < maximum;
}

void gate_leave_session(void)
{
    atomic_fetch_sub(&sessions, 1);
}

unsigned gate_sessions(void)
{
    return atomic_load(&sessions);
}

/* Counted before the look at CLOSED: whoever closes the gate and then finds nobody inside can be
 * sure that nobody comes in any more. */
bool gate_enter_message(void)
{
    atomic_fetch_add(&messages, 1);
    if (!atomic_load(&closed))
        return true;
    gate_leave_message();
    return false;
}

void gate_leave_message(void)
{
    if (atomic_fetch_sub(&messages, 1) == 1 && atomic_load(&closed))
        signals_wake();
}

unsigned gate_messages(void)
{
    return atomic_load(&messages);
}

void gate_close(void)
{
    atomic_store(&closed, true);
}
