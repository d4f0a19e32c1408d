/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_QUEUE_H
#define DNSD_QUEUE_H

/* queue.h - replies that wait for their time, earliest first, equal times in order of arrival. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "lib/base/clock.h"
#include "tests/dnsd/reply.h"

/* Where a reply goes to. */
struct peer {
    int socket;          /* UDP: the socket the query came to */
    uint64_t connection; /* TCP: the connection; 0: UDP */
    struct sockaddr_storage address;
    socklen_t address_length;
};

struct waiting {
    nanoseconds due;
    uint64_t order;
    struct peer peer;
    struct reply reply;
};

struct queue {
    struct waiting **heap;
    size_t count, capacity;
    uint64_t order;
};

/* Takes over REPLY's memory.  False: the queue is full or memory is out; REPLY is freed. */
bool queue_add(struct queue *queue, nanoseconds due, const struct peer *peer, struct reply *reply);

/* The first entry if it is due at NOW, out of the queue; NULL: none.  The caller frees it with
 * waiting_free. */
struct waiting *queue_take(struct queue *queue, nanoseconds now);

/* Milliseconds from NOW until the first is due, rounded up; -1: the queue is empty. */
int queue_wait(const struct queue *queue, nanoseconds now);

void waiting_free(struct waiting *waiting);
void queue_free(struct queue *queue);

#endif
