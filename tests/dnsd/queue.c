/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/queue.h"

#include <stdlib.h>

enum { QUEUE_MAX = 20000 };

static bool earlier(const struct waiting *a, const struct waiting *b)
{
    return a->due != b->due ? a->due < b->due : a->order < b->order;
}

static bool queue_grow(struct queue *queue)
{
    size_t capacity = queue->capacity == 0 ? 64 : 2 * queue->capacity;
    struct waiting **heap;

    if (queue->count < queue->capacity)
        return true;
    if (queue->count >= QUEUE_MAX)
        return false;
    heap = realloc(queue->heap, capacity * sizeof *heap);
    if (heap == NULL)
        return false;
    queue->heap = heap;
    queue->capacity = capacity;
    return true;
}

bool queue_add(struct queue *queue, nanoseconds due, const struct peer *peer, struct reply *reply)
{
    struct waiting *waiting = queue_grow(queue) ? malloc(sizeof *waiting) : NULL;
    size_t at = queue->count;

    if (waiting == NULL) {
        free(reply->wire);
        return false;
    }
    *waiting =
        (struct waiting){.due = due, .order = queue->order++, .peer = *peer, .reply = *reply};
    queue->count++;
    for (; at > 0 && earlier(waiting, queue->heap[(at - 1) / 2]); at = (at - 1) / 2)
        queue->heap[at] = queue->heap[(at - 1) / 2];
    queue->heap[at] = waiting;
    return true;
}

/* Put WAITING at the top of the heap, where a place is free, and let it sink. */
static void sink(struct queue *queue, struct waiting *waiting)
{
    size_t at = 0, child;

    while ((child = 2 * at + 1) < queue->count) {
        if (child + 1 < queue->count && earlier(queue->heap[child + 1], queue->heap[child]))
            child++;
        if (!earlier(queue->heap[child], waiting))
            break;
        queue->heap[at] = queue->heap[child];
        at = child;
    }
    queue->heap[at] = waiting;
}

struct waiting *queue_take(struct queue *queue, nanoseconds now)
{
    struct waiting *first = queue->count > 0 ? queue->heap[0] : NULL;

    if (first == NULL || first->due > now)
        return NULL;
    queue->count--;
    if (queue->count > 0)
        sink(queue, queue->heap[queue->count]);
    return first;
}

int queue_wait(const struct queue *queue, nanoseconds now)
{
    nanoseconds left;

    if (queue->count == 0)
        return -1;
    left = queue->heap[0]->due > now ? queue->heap[0]->due - now : 0;
    return (int)((left + NANOSECONDS_PER_MILLISECOND - 1) / NANOSECONDS_PER_MILLISECOND);
}

void waiting_free(struct waiting *waiting)
{
    if (waiting != NULL)
        free(waiting->reply.wire);
    free(waiting);
}

void queue_free(struct queue *queue)
{
    for (size_t i = 0; i < queue->count; i++)
        waiting_free(queue->heap[i]);
    free(queue->heap);
}
