/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lib/base/ascii.h"
#include "lib/reputation/lookup_cache.h"
#include "lib/reputation/redis_deliver.h"

enum {
    KEYS_AT_ONCE = 64,
    MEMBER_SIZE = REPUTATION_NAME_MAX + 16,
    KEY_SIZE = MEMBER_SIZE + sizeof REDIS_NAME,
    CURSOR_SIZE = 32
};

struct redis_store {
    const struct reputation_settings *settings;
    struct trouble *trouble;
    struct redis_pool *pool;
    struct lookup_cache *cache;
    struct journal *journal; /* the writer's */
    atomic_ulong undelivered, dropped;
};

static void release(void *argument)
{
    struct redis_store *store = argument;

    journal_close(store->journal);
    lookup_cache_free(store->cache);
    redis_pool_free(store->pool);
    free(store);
}

static void *make(const struct reputation_settings *settings, struct trouble *trouble)
{
    struct redis_store *store = calloc(1, sizeof *store);

    if (store == NULL)
        return NULL;
    store->settings = settings;
    store->trouble = trouble;
    store->pool = redis_pool_new(settings, trouble);
    store->cache = lookup_cache_new();
    if (store->pool == NULL || store->cache == NULL) {
        release(store);
        return NULL;
    }
    return store;
}

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
static bool read_reply(struct redis_store *store, const redisReply *reply, struct score *score)
{
    double updated;

    if (reply->type != REDIS_REPLY_ARRAY || reply->elements != 3) {
        redis_pool_complain(store->pool, reply);
        return false;
    }
    updated = read_number(reply->element[2]);
    *score = store_score(read_number(reply->element[0]), read_number(reply->element[1]),
                         updated < 1e15 ? (int64_t)updated : 0);
    return true;
}

/* One HMGET for a name. */
struct question {
    char key[KEY_SIZE];
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

/* At most KEYS_AT_ONCE. */
static int ask_redis(struct redis_store *store, const struct store_key *const *keys, size_t count,
                     struct score *scores)
{
    struct question questions[KEYS_AT_ONCE];
    struct redis_command commands[KEYS_AT_ONCE];
    redisReply *replies[KEYS_AT_ONCE];
    bool good = true;
    int error;

    for (size_t i = 0; i < count; i++)
        commands[i] = compose(&questions[i], keys[i]);
    error = redis_pool_ask(store->pool, commands, count, replies);
    if (error != VOUCH_OK)
        return error;
    for (size_t i = 0; i < count; i++) {
        good = good && read_reply(store, replies[i], &scores[i]);
        freeReplyObject(replies[i]);
    }
    return good ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

static int read_some(struct redis_store *store, const struct store_key *keys, size_t count,
                     struct score *scores)
{
    const struct store_key *missing[KEYS_AT_ONCE];
    struct score found[KEYS_AT_ONCE] = {{0}};
    size_t index[KEYS_AT_ONCE];
    size_t missing_count = 0;
    nanoseconds now = clock_now();
    int error = VOUCH_OK;

    for (size_t i = 0; i < count; i++) {
        if (lookup_cache_find(store->cache, &keys[i], now, &scores[i]))
            continue;
        index[missing_count] = i;
        missing[missing_count++] = &keys[i];
    }
    if (missing_count > 0)
        error = ask_redis(store, missing, missing_count, found);
    for (size_t i = 0; error == VOUCH_OK && i < missing_count; i++) {
        scores[index[i]] = found[i];
        lookup_cache_keep(store->cache, missing[i], now, &found[i]);
    }
    return error;
}

static int read_scores(void *argument, const struct store_key *keys, size_t count,
                       struct score *scores)
{
    int error = VOUCH_OK;

    for (size_t i = 0; error == VOUCH_OK && i < count; i += KEYS_AT_ONCE)
        error = read_some(argument, keys + i, count - i < KEYS_AT_ONCE ? count - i : KEYS_AT_ONCE,
                          scores + i);
    return error;
}

static void count_undelivered(struct redis_store *store)
{
    size_t count;

    if (journal_count(store->journal, &count) == VOUCH_OK)
        store->undelivered = count;
}

/* Redis itself may be away. */
static int start(void *argument)
{
    struct redis_store *store = argument;
    int error = journal_open(store->settings->file, store->trouble, &store->journal);

    if (error == VOUCH_OK)
        count_undelivered(store);
    return error;
}

static int write_batch(void *argument, const struct store_observation *batch, size_t count,
                       int64_t now)
{
    struct redis_store *store = argument;
    size_t dropped;
    int error = journal_append(store->journal, batch, count, &dropped);

    (void)now;
    if (error != VOUCH_OK)
        return error;
    store->dropped += dropped;
    count_undelivered(store);
    return VOUCH_OK;
}

/* Whether Redis is back. */
static void look_for_redis(struct redis_store *store)
{
    const char *words[] = {"PING"};
    const size_t lengths[] = {4};
    const struct redis_command ping = {1, words, lengths};
    redisReply *reply;

    if (redis_pool_try(store->pool, &ping, 1, &reply) == VOUCH_OK)
        freeReplyObject(reply);
}

static void idle(void *argument)
{
    struct redis_store *store = argument;

    count_undelivered(store);
    if (store->undelivered > 0) {
        (void)redis_deliver(store->pool, store->journal, store->settings, (int64_t)time(NULL));
        count_undelivered(store);
    } else if (store->trouble->away) {
        look_for_redis(store);
    }
}

/* "helo:mail.example.org" */
static bool read_member(const redisReply *reply, struct store_key *key)
{
    char word[MEMBER_SIZE];
    enum reputation_kind kind;
    size_t length;

    if (reply->type != REDIS_REPLY_STRING || reply->len >= sizeof word ||
        memchr(reply->str, '\0', reply->len) != NULL)
        return false;
    memcpy(word, reply->str, reply->len + 1);
    length = strcspn(word, ":");
    if (word[length] != ':')
        return false;
    word[length] = '\0';
    return reputation_kind_from_word(word, &kind) && store_key_make(kind, word + length + 1, key);
}

static int visit_keys(struct redis_store *store, const struct store_key *keys, size_t count,
                      store_visit_fn *visit, void *context, bool *stop)
{
    const struct store_key *pointers[KEYS_AT_ONCE];
    struct score scores[KEYS_AT_ONCE] = {{0}};
    int error;

    for (size_t i = 0; i < count; i++)
        pointers[i] = &keys[i];
    error = count > 0 ? ask_redis(store, pointers, count, scores) : VOUCH_OK;
    for (size_t i = 0; error == VOUCH_OK && i < count && !*stop; i++)
        if (scores[i].updated != 0)
            *stop = !visit(context, &keys[i], &scores[i]);
    return error;
}

/* MEMBERS are names and when they were seen, in turn. */
static int visit_members(struct redis_store *store, const redisReply *members,
                         store_visit_fn *visit, void *context, bool *stop)
{
    struct store_key keys[KEYS_AT_ONCE];
    size_t count = 0;
    int error = VOUCH_OK;

    for (size_t i = 0; error == VOUCH_OK && !*stop && i < members->elements; i += 2) {
        count += read_member(members->element[i], &keys[count]) ? 1 : 0;
        if (count < KEYS_AT_ONCE && i + 2 < members->elements)
            continue;
        error = visit_keys(store, keys, count, visit, context, stop);
        count = 0;
    }
    return error;
}

/* One more piece of the list, from *CURSOR on. */
static int scan(struct redis_store *store, char cursor[CURSOR_SIZE], store_visit_fn *visit,
                void *context, bool *stop)
{
    const char *words[] = {"ZSCAN", REDIS_NAMES, cursor, "COUNT", "64"};
    const size_t lengths[] = {5, sizeof REDIS_NAMES - 1, strlen(cursor), 5, 2};
    const struct redis_command command = {5, words, lengths};
    redisReply *reply;
    int error = redis_pool_ask(store->pool, &command, 1, &reply);

    if (error != VOUCH_OK)
        return error;
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
        reply->element[0]->type == REDIS_REPLY_STRING &&
        reply->element[1]->type == REDIS_REPLY_ARRAY) {
        (void)snprintf(cursor, CURSOR_SIZE, "%s", reply->element[0]->str);
        error = visit_members(store, reply->element[1], visit, context, stop);
    } else {
        redis_pool_complain(store->pool, reply);
        error = VOUCH_ERROR_SYSTEM;
    }
    freeReplyObject(reply);
    return error;
}

static int list(void *argument, const struct store_key *names, size_t count, store_visit_fn *visit,
                void *context)
{
    struct redis_store *store = argument;
    char cursor[CURSOR_SIZE] = "0";
    bool stop = false;
    int error;

    if (count > 0)
        return visit_keys(store, names, count, visit, context, &stop);
    do
        error = scan(store, cursor, visit, context, &stop);
    while (error == VOUCH_OK && !stop && strcmp(cursor, "0") != 0);
    return error;
}

/* What is in the journal is forgotten as well: it would bring the name back. */
static int forget_in_journal(struct redis_store *store, const struct store_key *names, size_t count)
{
    struct journal *journal;
    int error = journal_open(store->settings->file, store->trouble, &journal);

    if (error != VOUCH_OK)
        return error;
    for (size_t i = 0; error == VOUCH_OK && i < count; i++)
        error = journal_forget(journal, &names[i]);
    journal_close(journal);
    return error;
}

static int forget_one(struct redis_store *store, const struct store_key *name, unsigned *forgotten)
{
    char key[KEY_SIZE];
    int length =
        snprintf(key, sizeof key, REDIS_NAME "%s:%s", reputation_kind_word(name->kind), name->name);
    const size_t prefix = sizeof REDIS_NAME - 1;
    const char *delete[] = {"DEL", key};
    const size_t delete_lengths[] = {3, (size_t)length};
    const char *remove[] = {"ZREM", REDIS_NAMES, key + prefix};
    const size_t remove_lengths[] = {4, sizeof REDIS_NAMES - 1, (size_t)length - prefix};
    const struct redis_command commands[] = {{2, delete, delete_lengths},
                                             {3, remove, remove_lengths}};
    redisReply *replies[2];
    int error = redis_pool_ask(store->pool, commands, 2, replies);

    if (error != VOUCH_OK)
        return error;
    if (replies[0]->type == REDIS_REPLY_INTEGER) {
        *forgotten += (unsigned)replies[0]->integer;
    } else {
        redis_pool_complain(store->pool, replies[0]);
        error = VOUCH_ERROR_SYSTEM;
    }
    freeReplyObject(replies[0]);
    freeReplyObject(replies[1]);
    return error;
}

static int forget(void *argument, const struct store_key *names, size_t count, unsigned *forgotten)
{
    struct redis_store *store = argument;
    int error = forget_in_journal(store, names, count);

    for (size_t i = 0; error == VOUCH_OK && i < count; i++)
        error = forget_one(store, &names[i], forgotten);
    return error;
}

static void journal(void *argument, unsigned long *undelivered, unsigned long *dropped)
{
    struct redis_store *store = argument;

    *undelivered = store->undelivered;
    *dropped = store->dropped;
}

static const struct store_kind redis = {
    .make = make,
    .free = release,
    .read = read_scores,
    .start = start,
    .write = write_batch,
    .idle = idle,
    .list = list,
    .forget = forget,
    .journal = journal,
};

const struct store_kind *const store_redis = &redis;
