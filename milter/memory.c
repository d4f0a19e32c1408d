/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/memory.h"

#include "milter/log.h"
#include "milter/reload.h"

enum { LOOKS_BETWEEN_TRIES = 60, FLUSH_MILLISECONDS = 5000 };

static struct log_limit away_limit, drop_limit;
static bool told_away;
static unsigned long told_dropped;
static unsigned looks;

void memory_open(struct vouch_engine *engine)
{
    struct vouch_memory memory;

    if (vouch_engine_remember(engine) == VOUCH_OK)
        return;
    vouch_engine_memory(engine, &memory);
    log_limited(&away_limit, LOG_WARNING, "reputation: the store cannot be opened: %s",
                memory.trouble);
}

void memory_flush(void)
{
    struct generation *generation = reload_hold();

    if (generation == NULL)
        return;
    if (vouch_engine_flush(generation->engine, FLUSH_MILLISECONDS) != VOUCH_OK)
        log_write(LOG_WARNING, "reputation: the last observations may be lost");
    reload_release(generation);
}

static void tell(const struct vouch_memory *memory)
{
    if (memory->away && !told_away)
        log_limited(&away_limit, LOG_WARNING,
                    "reputation: nothing is known of any name until the store is back: %s",
                    memory->trouble);
    else if (!memory->away && told_away)
        log_write(LOG_NOTICE, "reputation: the store is back");
    told_away = memory->away;
    if (memory->dropped > told_dropped)
        log_limited(&drop_limit, LOG_WARNING,
                    "reputation: %lu observations found no room and are lost",
                    memory->dropped - told_dropped);
    told_dropped = memory->dropped;
}

void memory_look(void)
{
    struct generation *generation = reload_hold();
    struct vouch_memory memory;

    if (generation == NULL)
        return;
    vouch_engine_memory(generation->engine, &memory);
    if (memory.enabled)
        tell(&memory);
    if (memory.away && ++looks % LOOKS_BETWEEN_TRIES == 0)
        memory_open(generation->engine);
    reload_release(generation);
}
