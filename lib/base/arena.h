/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

/* arena.h - memory that is given back all at once.
 *
 * One arena per connection and one per message.  An arena has a byte limit, so what a stranger
 * sends never costs unbounded memory: beyond it allocation answers NULL, as it does when the system
 * has none left.  An arena belongs to one thread at a time. */

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* A new arena of at most LIMIT bytes, or NULL. */
struct arena *arena_new(size_t limit);

/* Free everything that came from ARENA, and ARENA.  NULL is fine. */
void arena_free(struct arena *arena);

/* SIZE zeroed bytes aligned for any type, or NULL. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((malloc, alloc_size(2)));

/* COUNT times SIZE zeroed bytes; NULL also on overflow. */
void *arena_calloc(struct arena *arena, size_t count, size_t size)
    __attribute__((malloc, alloc_size(2, 3)));

/* A NUL-terminated copy of the LENGTH octets at OCTETS, or NULL. */
char *arena_copy(struct arena *arena, const char *octets, size_t length);

/* A copy of STRING, or NULL. */
char *arena_string(struct arena *arena, const char *string);

/* printf into the arena, or NULL. */
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Bytes handed out so far. */
size_t arena_used(const struct arena *arena);

#endif
