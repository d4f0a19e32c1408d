/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_WRITER_H
#define REPUTATION_WRITER_H

/* writer.h - the one thread that writes to a store, behind a bounded queue. */

#include "lib/reputation/store.h"

struct writer;

struct writer_counts {
    unsigned long taken, written, dropped;
};

/* A thread that writes to STORE, which has been started.  VOUCH_ERROR_MEMORY, VOUCH_ERROR_SYSTEM.
 */
int writer_new(const struct store_kind *kind, void *store, struct writer **writer);

/* End the thread when it has written what it has, or cannot.  NULL is fine. */
void writer_free(struct writer *writer);

/* VOUCH_ERROR_LIMIT: the queue is full. */
int writer_take(struct writer *writer, const struct store_observation *observation);

/* VOUCH_ERROR_LIMIT: not everything was written within TIMEOUT. */
int writer_flush(struct writer *writer, nanoseconds timeout);

struct writer_counts writer_counts(struct writer *writer);

#endif
