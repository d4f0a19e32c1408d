/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/redis_scores.h"

#include <stdio.h>
#include <string.h>

#include "lib/base/ascii.h"

/* "12.500000000", as the script writes it, whatever the locale. */
static double read_number(const redisReply *reply)
{
    double number = 0;
    double place = 1;
    const char *at = reply->str;

    if (reply->type != REDIS_REPLY_STRING)
        return 0;
    for (; ascii_is_digit(*at); at++)
        number = number * 10 + (*at - '0');
    if (*at == '.')
        for (at++; ascii_is_digit(*at); at++)
            number += (*at - '0') * (place /= 10);
    return number;
}

/* False: Redis did not answer as it should. */
static bool read_reply(struct redis_pool *pool, const redisReply *reply, struct score *score)
{
    double updated;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) {
        redis_pool_complain(pool, reply);
        return false;
    }
    updated = read_number(reply->element[2]);
    *score = store_score(read_number(reply->element[0]), read_number(reply->element[1]),
                         updated < 1e15 ? (int64_t)updated : 0);
    return true;
}

/* One HMGET for a name. */
struct question {
    char key[REDIS_KEY_SIZE];
    const char *words[5];
    size_t lengths[5];
};

static struct redis_command compose(struct question *question, const struct store_key *key)
{
    static const char *const fields[] = {"g", "b", "t"};
    int length = snprintf(question->key, sizeof question->key, REDIS_NAME "%s:%s",
                          reputation_kind_word(key->kind), key->name);

    question->words[0] = "HMGET";
    question->lengths[0] = strlen("HMGET");
    question->words[1] = question->key;
    question->lengths[1] = (size_t)length;
    for (size_t i = 0; i < 3; i++) {
        question->words[2 + i] = fields[i];
        question->lengths[2 + i] = 1;
    }
    return (struct redis_command){5, question->words, question->lengths};
}

int redis_scores_read(struct redis_pool *pool, const struct store_key *const *keys, size_t count,
                      struct score *scores)
{
    struct question questions[REDIS_SCORES_MAX];
    struct redis_command commands[REDIS_SCORES_MAX] = {{0}};
    redisReply *replies[REDIS_SCORES_MAX];
    bool good = true;
    int error;

    for (size_t i = 0; i < count; i++)
        commands[i] = compose(&questions[i], keys[i]);
    error = redis_pool_ask(pool, commands, count, replies);
    if (error != VOUCH_OK)
        return error;
    for (size_t i = 0; i < count; i++) {
        good = good && read_reply(pool, replies[i], &scores[i]);
        freeReplyObject(replies[i]);
    }
    return good ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}
