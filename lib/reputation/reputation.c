/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/reputation.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/reputation/store.h"
#include "lib/reputation/writer.h"

/* How many names are read at once. */
enum { GROUP = 16 };

struct reputation {
    atomic_uint references;
    struct reputation_settings settings;
    char *texts[3]; /* what the settings point to */
    const struct store_kind *kind;
    void *store;
    struct trouble trouble;
    pthread_mutex_t starting;
    _Atomic(struct writer *) writer; /* NULL: not started */
};

static const char *const kind_words[REPUTATION_KIND_COUNT] = {
    [REPUTATION_HELO] = "helo",     [REPUTATION_MAILFROM] = "mailfrom", [REPUTATION_PRA] = "pra",
    [REPUTATION_SIGNER] = "signer", [REPUTATION_ISSUER] = "issuer",
};

const char *reputation_kind_word(enum reputation_kind kind)
{
    return kind_words[kind];
}

bool reputation_kind_from_word(const char *word, enum reputation_kind *kind)
{
    for (int i = 0; i < REPUTATION_KIND_COUNT; i++) {
        if (!ascii_string_equal_fold(kind_words[i], word))
            continue;
        *kind = (enum reputation_kind)i;
        return true;
    }
    return false;
}

static bool copy_settings(struct reputation *reputation, const struct reputation_settings *settings)
{
    const char *const texts[] = {settings->file, settings->redis, settings->redis_password_file};

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        reputation->texts[i] = strdup(texts[i]);
        if (reputation->texts[i] == NULL)
            return false;
    }
    reputation->settings = *settings;
    reputation->settings.file = reputation->texts[0];
    reputation->settings.redis = reputation->texts[1];
    reputation->settings.redis_password_file = reputation->texts[2];
    return true;
}

static void release(struct reputation *reputation)
{
    for (size_t i = 0; i < sizeof reputation->texts / sizeof reputation->texts[0]; i++)
        free(reputation->texts[i]);
    free(reputation);
}

static bool fill(struct reputation *reputation, const struct reputation_settings *settings)
{
    if (!copy_settings(reputation, settings))
        return false;
    if (!trouble_init(&reputation->trouble))
        return false;
    if (pthread_mutex_init(&reputation->starting, NULL) == 0) {
        reputation->store = reputation->kind->make(&reputation->settings, &reputation->trouble);
        if (reputation->store != NULL)
            return true;
        (void)pthread_mutex_destroy(&reputation->starting);
    }
    trouble_end(&reputation->trouble);
    return false;
}

bool reputation_has(enum reputation_store store)
{
    return store == REPUTATION_SQLITE || store_redis != NULL;
}

int reputation_new(const struct reputation_settings *settings, struct reputation **reputation)
{
    const struct store_kind *kind =
        settings->store == REPUTATION_REDIS ? store_redis : &store_sqlite;
    struct reputation *new;

    if (kind == NULL)
        return VOUCH_ERROR_STATE;
    new = calloc(1, sizeof *new);
    if (new == NULL)
        return VOUCH_ERROR_MEMORY;
    new->kind = kind;
    if (!fill(new, settings)) {
        release(new);
        return VOUCH_ERROR_MEMORY;
    }
    atomic_init(&new->references, 1);
    *reputation = new;
    return VOUCH_OK;
}

struct reputation *reputation_hold(struct reputation *reputation)
{
    atomic_fetch_add_explicit(&reputation->references, 1, memory_order_relaxed);
    return reputation;
}

void reputation_release(struct reputation *reputation)
{
    if (reputation == NULL ||
        atomic_fetch_sub_explicit(&reputation->references, 1, memory_order_acq_rel) != 1)
        return;
    writer_free(atomic_load(&reputation->writer));
    reputation->kind->free(reputation->store);
    (void)pthread_mutex_destroy(&reputation->starting);
    trouble_end(&reputation->trouble);
    release(reputation);
}

bool reputation_same(const struct reputation_settings *a, const struct reputation_settings *b)
{
    return a->store == b->store && a->half_life == b->half_life && a->min_sample == b->min_sample &&
           a->max_names == b->max_names && strcmp(a->file, b->file) == 0 &&
           strcmp(a->redis, b->redis) == 0 &&
           strcmp(a->redis_password_file, b->redis_password_file) == 0;
}

static double half_life(const struct reputation *reputation)
{
    return (double)reputation->settings.half_life / (double)NANOSECONDS_PER_SECOND;
}

static struct reputation_reading read_score(const struct reputation *reputation, struct score score,
                                            int64_t now)
{
    struct rate rate;

    score = score_at(score, now, half_life(reputation));
    rate = score_rate(&score);
    return (struct reputation_reading){
        .known = rate.sample > 0 && rate.sample >= reputation->settings.min_sample,
        .rate = rate.rate,
        .low = rate.low,
        .high = rate.high,
        .sample = rate.sample,
    };
}

static const struct reputation_reading unknown = {.high = 1};

/* At most GROUP names. */
static int look_up(struct reputation *reputation, const struct reputation_name *names, size_t count,
                   int64_t now, struct reputation_reading *readings)
{
    struct store_key keys[GROUP];
    struct score scores[GROUP];
    size_t index[GROUP];
    size_t found = 0;
    int error = VOUCH_OK;

    for (size_t i = 0; i < count; i++) {
        readings[i] = unknown;
        if (store_key_make(names[i].kind, names[i].name, &keys[found]))
            index[found++] = i;
    }
    if (found > 0)
        error = reputation->kind->read(reputation->store, keys, found, scores);
    for (size_t i = 0; error == VOUCH_OK && i < found; i++)
        readings[index[i]] = read_score(reputation, scores[i], now);
    return error;
}

int reputation_lookup(struct reputation *reputation, const struct reputation_name *names,
                      size_t count, int64_t now, struct reputation_reading *readings)
{
    int error = VOUCH_OK;

    for (size_t i = 0; error == VOUCH_OK && i < count; i += GROUP)
        error = look_up(reputation, names + i, count - i < GROUP ? count - i : GROUP, now,
                        readings + i);
    for (size_t i = 0; error != VOUCH_OK && i < count; i++)
        readings[i] = unknown;
    return error;
}

int reputation_start(struct reputation *reputation)
{
    struct writer *writer = NULL;
    int error = VOUCH_OK;

    (void)pthread_mutex_lock(&reputation->starting);
    if (atomic_load(&reputation->writer) == NULL) {
        error = reputation->kind->start(reputation->store);
        if (error == VOUCH_OK) {
            error = writer_new(reputation->kind, reputation->store, &writer);
            if (error != VOUCH_OK)
                trouble_say(&reputation->trouble, "there is no thread to write with");
        }
        if (error == VOUCH_OK)
            atomic_store(&reputation->writer, writer);
    }
    (void)pthread_mutex_unlock(&reputation->starting);
    return error;
}

int reputation_observe(struct reputation *reputation, enum reputation_kind kind, const char *name,
                       bool bad, double weight, int64_t when)
{
    struct writer *writer = atomic_load(&reputation->writer);
    struct store_observation observation = {.bad = bad, .weight = weight, .when = when};

    if (writer == NULL)
        return VOUCH_ERROR_STATE;
    if (!store_key_make(kind, name, &observation.key) || !(weight > 0 && weight <= 1))
        return VOUCH_ERROR_RANGE;
    return writer_take(writer, &observation);
}

int reputation_flush(struct reputation *reputation, nanoseconds timeout)
{
    struct writer *writer = atomic_load(&reputation->writer);

    return writer != NULL ? writer_flush(writer, timeout) : VOUCH_ERROR_STATE;
}

/* NAME under every kind; NULL: none, which means all. */
static bool every_kind(const char *name, struct store_key keys[REPUTATION_KIND_COUNT],
                       size_t *count)
{
    *count = 0;
    if (name == NULL)
        return true;
    for (int kind = 0; kind < REPUTATION_KIND_COUNT; kind++)
        if (!store_key_make((enum reputation_kind)kind, name, &keys[(*count)++]))
            return false;
    return true;
}

struct visit {
    const struct reputation *reputation;
    int64_t now;
    reputation_visit_fn *function;
    void *context;
};

static bool visit_one(void *context, const struct store_key *key, const struct score *score)
{
    const struct visit *visit = context;
    struct score faded = score_at(*score, visit->now, half_life(visit->reputation));
    struct reputation_entry entry = {
        .kind = key->kind,
        .name = key->name,
        .good = faded.good,
        .bad = faded.bad,
        .last = score->updated,
        .reading = read_score(visit->reputation, *score, visit->now),
    };

    return visit->function(visit->context, &entry);
}

int reputation_list(struct reputation *reputation, const char *name, int64_t now,
                    reputation_visit_fn *visit, void *context)
{
    struct visit each = {reputation, now, visit, context};
    struct store_key keys[REPUTATION_KIND_COUNT];
    size_t count;

    if (!every_kind(name, keys, &count))
        return VOUCH_OK;
    return reputation->kind->list(reputation->store, keys, count, visit_one, &each);
}

int reputation_forget(struct reputation *reputation, const char *name, unsigned *count)
{
    struct store_key keys[REPUTATION_KIND_COUNT];
    size_t kinds;

    *count = 0;
    if (atomic_load(&reputation->writer) == NULL)
        return VOUCH_ERROR_STATE;
    if (!every_kind(name, keys, &kinds))
        return VOUCH_OK;
    return reputation->kind->forget(reputation->store, keys, kinds, count);
}

void reputation_status(struct reputation *reputation, struct reputation_status *status)
{
    struct writer *writer = atomic_load(&reputation->writer);
    unsigned long dropped = 0;

    *status = (struct reputation_status){.started = writer != NULL};
    status->away = trouble_tell(&reputation->trouble, status->trouble);
    if (writer != NULL) {
        struct writer_counts counts = writer_counts(writer);

        status->observed = counts.taken;
        status->written = counts.written;
        status->dropped = counts.dropped;
    }
    if (reputation->kind->journal != NULL)
        reputation->kind->journal(reputation->store, &status->undelivered, &dropped);
    status->dropped += dropped;
}
