/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/redis_list.h"

#include <stdio.h>
#include <string.h>

enum { CURSOR_SIZE = 32 };

/* "helo:mail.example.org" */
static bool read_member(const redisReply *reply, struct store_key *key)
{
    char word[REDIS_MEMBER_SIZE];
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

static int visit_keys(struct redis_pool *pool, const struct store_key *keys, size_t count,
                      store_visit_fn *visit, void *context, bool *stop)
{
    const struct store_key *pointers[REDIS_SCORES_MAX];
    struct score scores[REDIS_SCORES_MAX] = {{0}};
    int error;

    for (size_t i = 0; i < count; i++)
        pointers[i] = &keys[i];
    error = count > 0 ? redis_scores_read(pool, pointers, count, scores) : VOUCH_OK;
    for (size_t i = 0; error == VOUCH_OK && i < count && !*stop; i++)
        if (scores[i].updated != 0)
            *stop = !visit(context, &keys[i], &scores[i]);
    return error;
}

/* MEMBERS are names and when they were seen, in turn. */
static int visit_members(struct redis_pool *pool, const redisReply *members, store_visit_fn *visit,
                         void *context, bool *stop)
{
    struct store_key keys[REDIS_SCORES_MAX];
    size_t count = 0;
    int error = VOUCH_OK;

    for (size_t i = 0; error == VOUCH_OK && !*stop && i < members->elements; i += 2) {
        count += read_member(members->element[i], &keys[count]) ? 1 : 0;
        if (count < REDIS_SCORES_MAX && i + 2 < members->elements)
            continue;
        error = visit_keys(pool, keys, count, visit, context, stop);
        count = 0;
    }
    return error;
}

/* One more piece of the list, from *CURSOR on. */
static int scan(struct redis_pool *pool, char cursor[CURSOR_SIZE], store_visit_fn *visit,
                void *context, bool *stop)
{
    const char *words[] = {"ZSCAN", REDIS_NAMES, cursor, "COUNT", "64"};
    const size_t lengths[] = {5, sizeof REDIS_NAMES - 1, strlen(cursor), 5, 2};
    const struct redis_command command = {5, words, lengths};
    redisReply *reply;
    int error = redis_pool_ask(pool, &command, 1, &reply);

    if (error != VOUCH_OK)
        return error;
    if (reply->type == REDIS_REPLY_ARRAY && reply->elements == 2 &&
        reply->element[0]->type == REDIS_REPLY_STRING &&
        reply->element[1]->type == REDIS_REPLY_ARRAY) {
        (void)snprintf(cursor, CURSOR_SIZE, "%s", reply->element[0]->str);
        error = visit_members(pool, reply->element[1], visit, context, stop);
    } else {
        redis_pool_complain(pool, reply);
        error = VOUCH_ERROR_SYSTEM;
    }
    freeReplyObject(reply);
    return error;
}

int redis_list(struct redis_pool *pool, const struct store_key *names, size_t count,
               store_visit_fn *visit, void *context)
{
    char cursor[CURSOR_SIZE] = "0";
    bool stop = false;
    int error;

    if (count > 0)
        return visit_keys(pool, names, count, visit, context, &stop);
    do
        error = scan(pool, cursor, visit, context, &stop);
    while (error == VOUCH_OK && !stop && strcmp(cursor, "0") != 0);
    return error;
}

int redis_forget(struct redis_pool *pool, const struct store_key *name, unsigned *forgotten)
{
    char key[REDIS_KEY_SIZE];
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
    int error = redis_pool_ask(pool, commands, 2, replies);

    if (error != VOUCH_OK)
        return error;
    if (replies[0]->type == REDIS_REPLY_INTEGER) {
        *forgotten += (unsigned)replies[0]->integer;
    } else {
        redis_pool_complain(pool, replies[0]);
        error = VOUCH_ERROR_SYSTEM;
    }
    freeReplyObject(replies[0]);
    freeReplyObject(replies[1]);
    return error;
}
