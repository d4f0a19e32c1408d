/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/memory.h"

#include "milter/log.h"
#include "milter/reload.h"

enum {
    LOOKS_BETWEEN_TRIES = 60,
    LOOKS_BETWEEN_TROUBLES = 10, /* told of one that comes and goes */
    FLUSH_MILLISECONDS = 5000
};

static struct log_limit open_limit, drop_limit;
static bool told_away;
static unsigned quiet; /* looks */
static unsigned long told_dropped;
static unsigned looks;

void memory_open(struct vouch_engine *engine)
{
    struct vouch_memory memory;

    if (vouch_engine_remember(engine) == VOUCH_OK)
        return;
    vouch_engine_memory(engine, &memory);
    log_limited(&open_limit, LOG_WARNING, "reputation: the store cannot be opened: %s",
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

/* What is told last is how things are, however often they change. */
static void tell_away(const struct vouch_memory *memory)
{
    if (quiet > 0)
        quiet--;
    if (memory->away == told_away || (memory->away && quiet > 0))
        return;
    told_away = memory->away;
    if (!memory->away) {
        log_write(LOG_NOTICE, "reputation: the store is back");
        return;
    }
    quiet = LOOKS_BETWEEN_TROUBLES;
    log_write(LOG_WARNING, "reputation: nothing is known of any name until the store is back: %s",
              memory->trouble);
}

static void tell(const struct vouch_memory *memory)
{
    tell_away(memory);
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
