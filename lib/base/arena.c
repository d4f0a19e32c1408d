/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 4096 - 64 };

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) unsigned char data[];
};

struct arena {
    struct block *blocks; /* the first is the one being filled */
    size_t limit;
    size_t used;
};

struct arena *arena_new(size_t limit)
{
    struct arena *arena = calloc(1, sizeof *arena);

    if (arena != NULL)
        arena->limit = limit;
    return arena;
}

void arena_free(struct arena *arena)
{
    if (arena == NULL)
        return;
    while (arena->blocks != NULL) {
        struct block *block = arena->blocks;

        arena->blocks = block->next;
        free(block);
    }
    free(arena);
}

/* A block with room for SIZE; a large one goes behind the current one, which may still have room.
 */
static struct block *add_block(struct arena *arena, size_t size)
{
    size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
    struct block *block = malloc(sizeof *block + room);

    if (block == NULL)
        return NULL;
    block->size = room;
    block->used = 0;
    if (arena->blocks != NULL && size > BLOCK_SIZE) {
        block->next = arena->blocks->next;
        arena->blocks->next = block;
    } else {
        block->next = arena->blocks;
        arena->blocks = block;
    }
    return block;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    struct block *block = arena->blocks;
    size_t need;
    void *memory;

    if (size == 0)
        size = 1;
    if (size > arena->limit || size > SIZE_MAX - alignof(max_align_t))
        return NULL;
    need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    if (need > arena->limit - arena->used)
        return NULL;
    if (block == NULL || block->size - block->used < need)
        block = add_block(arena, need);
    if (block == NULL)
        return NULL;
    memory = block->data + block->used;
    block->used += need;
    arena->used += need;
    return memset(memory, 0, need);
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    size_t total;

    if (__builtin_mul_overflow(count, size, &total))
        return NULL;
    return arena_alloc(arena, total);
}

char *arena_copy(struct arena *arena, const char *octets, size_t length)
{
    char *copy = length < SIZE_MAX ? arena_alloc(arena, length + 1) : NULL;

    if (copy != NULL && length > 0)
        memcpy(copy, octets, length);
    return copy;
}

char *arena_string(struct arena *arena, const char *string)
{
    return arena_copy(arena, string, strlen(string));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list arguments;
    char *string = NULL;
    int length;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length >= 0)
        string = arena_alloc(arena, (size_t)length + 1);
    if (string != NULL) {
        va_start(arguments, format);
        (void)vsnprintf(string, (size_t)length + 1, format, arguments);
        va_end(arguments);
    }
    return string;
}

size_t arena_used(const struct arena *arena)
{
    return arena->used;
}
