/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/redis_deliver.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_AT_ONCE = 128,
    FIXED_WORDS = 8, /* EVAL, the script, the number of keys, two keys, three numbers */
    WORDS_PER_ROW = 6,
    NUMBER_SIZE = 24,
    NUMBERS_PER_ROW = 4
};

/* So long at once: meanwhile nothing else is written, and who ends the process waits. */
static const nanoseconds AT_ONCE = 1 * NANOSECONDS_PER_SECOND;

/* What score_add() does, for several rows at once: Redis runs a script as one step.  Weights come
 * in thousandths of thousandths of thousandths, for no locale has a word in that.  Those already
 * counted are passed over; too many names: those not seen for longest go.  What a script has done
 * stays done when it fails, so a row is marked as counted before it is. */
static const char script[] =
    "local seen = tonumber(redis.call('GET', KEYS[1]) or 0)\n"
    "local now, half, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])\n"
    "local function fade(w, e) return e > 0 and w * 2 ^ (-e / half) or w end\n"
    "for i = 4, #ARGV, 6 do\n"
    "  local id = tonumber(ARGV[i])\n"
    "  if id > seen then\n"
    "    seen = id\n"
    "    redis.call('SET', KEYS[1], string.format('%.0f', seen))\n"
    "    local member = ARGV[i + 1] .. ':' .. ARGV[i + 2]\n"
    "    local key = '" REDIS_NAME "' .. member\n"
    "    local h = redis.pcall('HMGET', key, 'g', 'b', 't')\n"
    "    if h.err then redis.call('DEL', key); h = {} end\n"
    "    local g, b, t = tonumber(h[1] or 0) or 0, tonumber(h[2] or 0) or 0,\n"
    "                    tonumber(h[3] or 0) or 0\n"
    "    local when = math.min(tonumber(ARGV[i + 5]), now)\n"
    "    t = math.min(t, now)\n"
    "    if when > t then g = fade(g, when - t); b = fade(b, when - t); t = when end\n"
    "    local w = fade(tonumber(ARGV[i + 4]) / 1e9, t - when)\n"
    "    if ARGV[i + 3] == '1' then b = b + w else g = g + w end\n"
    "    redis.call('HSET', key, 'g', string.format('%.9f', g), 'b', string.format('%.9f', b),\n"
    "               't', string.format('%.0f', t))\n"
    "    redis.call('ZADD', KEYS[2], t, member)\n"
    "  end\n"
    "end\n"
    "local over = redis.call('ZCARD', KEYS[2]) - most\n"
    "if over > 0 then\n"
    "  local gone = redis.call('ZPOPMIN', KEYS[2], over)\n"
    "  for i = 1, #gone, 2 do redis.call('DEL', '" REDIS_NAME "' .. gone[i]) end\n"
    "end\n"
    "return 1\n";

struct delivery {
    const char *words[FIXED_WORDS + ROWS_AT_ONCE * WORDS_PER_ROW];
    size_t lengths[FIXED_WORDS + ROWS_AT_ONCE * WORDS_PER_ROW];
    int count;
    char numbers[3 + ROWS_AT_ONCE * NUMBERS_PER_ROW][NUMBER_SIZE];
    size_t number_count;
    char seen[sizeof REDIS_PREFIX "seen:" + JOURNAL_SOURCE_SIZE];
    struct journal_row rows[ROWS_AT_ONCE];
    size_t row_count;
};

static void add_word(struct delivery *delivery, const char *word, size_t length)
{
    delivery->words[delivery->count] = word;
    delivery->lengths[delivery->count++] = length;
}

static void add_string(struct delivery *delivery, const char *word)
{
    add_word(delivery, word, strlen(word));
}

static void add_number(struct delivery *delivery, int64_t number)
{
    char *text = delivery->numbers[delivery->number_count++];

    (void)snprintf(text, NUMBER_SIZE, "%" PRId64, number);
    add_string(delivery, text);
}

static void add_row(struct delivery *delivery, const struct journal_row *row)
{
    const struct store_observation *one = &row->observation;

    if (!(one->weight > 0))
        return;
    add_number(delivery, row->number);
    add_string(delivery, reputation_kind_word(one->key.kind));
    add_word(delivery, one->key.name, one->key.length);
    add_string(delivery, one->bad ? "1" : "0");
    add_number(delivery, (int64_t)(one->weight * 1e9));
    add_number(delivery, one->when);
}

static void compose(struct delivery *delivery, const char *source,
                    const struct reputation_settings *settings, int64_t now)
{
    delivery->count = 0;
    delivery->number_count = 0;
    (void)snprintf(delivery->seen, sizeof delivery->seen, REDIS_PREFIX "seen:%s", source);
    add_string(delivery, "EVAL");
    add_string(delivery, script);
    add_string(delivery, "2");
    add_string(delivery, delivery->seen);
    add_string(delivery, REDIS_NAMES);
    add_number(delivery, now);
    add_number(delivery, (int64_t)(settings->half_life / NANOSECONDS_PER_SECOND));
    add_number(delivery, settings->max_names);
    for (size_t i = 0; i < delivery->row_count; i++)
        add_row(delivery, &delivery->rows[i]);
}

static int send_rows(struct redis_pool *pool, struct delivery *delivery)
{
    struct redis_command command = {delivery->count, delivery->words, delivery->lengths};
    redisReply *reply;
    int error = redis_pool_try(pool, &command, 1, &reply);

    if (error != VOUCH_OK)
        return error;
    if (reply->type != REDIS_REPLY_INTEGER) {
        redis_pool_complain(pool, reply);
        error = VOUCH_ERROR_SYSTEM;
    }
    freeReplyObject(reply);
    return error;
}

/* The lock is held. */
static int deliver_all(struct redis_pool *pool, struct journal *journal, struct delivery *delivery,
                       const struct reputation_settings *settings, int64_t now)
{
    nanoseconds until = clock_now() + AT_ONCE;

    do {
        int error = journal_oldest(journal, delivery->rows, ROWS_AT_ONCE, &delivery->row_count);

        if (error != VOUCH_OK || delivery->row_count == 0)
            return error;
        compose(delivery, journal_source(journal), settings, now);
        error = send_rows(pool, delivery);
        if (error == VOUCH_OK)
            error = journal_remove(journal, delivery->rows[delivery->row_count - 1].number);
        if (error != VOUCH_OK)
            return error;
    } while (clock_now() < until);
    return VOUCH_OK;
}

int redis_deliver(struct redis_pool *pool, struct journal *journal,
                  const struct reputation_settings *settings, int64_t now)
{
    struct delivery *delivery;
    int error = VOUCH_ERROR_MEMORY;

    if (!journal_lock(journal))
        return VOUCH_OK; /* another process delivers it all */
    delivery = malloc(sizeof *delivery);
    if (delivery != NULL)
        error = deliver_all(pool, journal, delivery, settings, now);
    free(delivery);
    journal_unlock(journal);
    return error;
}
