/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/writer.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUEUE_LENGTH = 8192 };

static const nanoseconds LINGER = 100 * NANOSECONDS_PER_MILLISECOND; /* for a batch to grow */
static const nanoseconds IDLE = 1 * NANOSECONDS_PER_SECOND; /* between two tries, or two looks */

struct writer {
    const struct store_kind *kind;
    void *store;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake; /* the writer: there is something to do */
    pthread_cond_t done; /* those who flush */
    struct store_observation *queue, *batch;
    size_t count; /* in the queue */
    struct writer_counts counts;
    unsigned flushing; /* how many wait for it */
    bool stop;
};

/* The lock is held. */
static void sleep_until(struct writer *writer, nanoseconds when)
{
    struct timespec time = clock_timespec(when);

    (void)pthread_cond_timedwait(&writer->wake, &writer->lock, &time);
}

static bool is_urgent(const struct writer *writer)
{
    return writer->stop || writer->flushing > 0 || writer->count >= QUEUE_LENGTH / 4;
}

/* Wait for something to write, and then a little for more.  The lock is held. */
static void wait_for_batch(struct writer *writer)
{
    nanoseconds until = clock_now() + IDLE;

    while (writer->count == 0 && !writer->stop && clock_now() < until)
        sleep_until(writer, until);
    until = clock_now() + LINGER;
    while (writer->count > 0 && !is_urgent(writer) && clock_now() < until)
        sleep_until(writer, until);
}

/* Take over what is in the queue. The lock is held. */
static size_t take_batch(struct writer *writer)
{
    struct store_observation *batch = writer->queue;
    size_t count = writer->count;

    writer->queue = writer->batch;
    writer->batch = batch;
    writer->count = 0;
    return count;
}

/* Write the batch, however long that takes; at the end it is tried once.  The lock is held, but not
 * while writing. */
static void write_batch(struct writer *writer, size_t count)
{
    int error;

    for (;;) {
        bool last = writer->stop;

        (void)pthread_mutex_unlock(&writer->lock);
        error = writer->kind->write(writer->store, writer->batch, count, (int64_t)time(NULL));
        (void)pthread_mutex_lock(&writer->lock);
        if (error == VOUCH_OK || last)
            break;
        if (!writer->stop)
            sleep_until(writer, clock_now() + IDLE);
    }
    if (error == VOUCH_OK)
        writer->counts.written += count;
    else
        writer->counts.dropped += count;
    (void)pthread_cond_broadcast(&writer->done);
}

/* The lock is held, but not meanwhile. */
static void look_after_store(struct writer *writer)
{
    (void)pthread_mutex_unlock(&writer->lock);
    if (writer->kind->idle != NULL)
        writer->kind->idle(writer->store);
    (void)pthread_mutex_lock(&writer->lock);
}

static void *run(void *argument)
{
    struct writer *writer = argument;
    bool stop = false;

    (void)pthread_mutex_lock(&writer->lock);
    look_after_store(writer);
    while (!stop) {
        size_t count;

        wait_for_batch(writer);
        stop = writer->stop;
        count = take_batch(writer);
        if (count > 0)
            write_batch(writer, count);
        look_after_store(writer);
    }
    (void)pthread_mutex_unlock(&writer->lock);
    return NULL;
}

static bool make_conditions(struct writer *writer)
{
    pthread_condattr_t attributes;
    bool made;

    if (pthread_condattr_init(&attributes) != 0)
        return false;
    made = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
           pthread_cond_init(&writer->wake, &attributes) == 0 &&
           pthread_cond_init(&writer->done, &attributes) == 0 &&
           pthread_mutex_init(&writer->lock, NULL) == 0;
    (void)pthread_condattr_destroy(&attributes);
    return made;
}

/* Signals are the business of others. */
static bool start_thread(struct writer *writer)
{
    sigset_t all, before;
    bool started;

    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    started = pthread_create(&writer->thread, NULL, run, writer) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return started;
}

static void release(struct writer *writer)
{
    free(writer->queue);
    free(writer->batch);
    free(writer);
}

int writer_new(const struct store_kind *kind, void *store, struct writer **writer)
{
    struct writer *new = calloc(1, sizeof *new);

    if (new == NULL)
        return VOUCH_ERROR_MEMORY;
    new->kind = kind;
    new->store = store;
    new->queue = malloc(QUEUE_LENGTH * sizeof *new->queue);
    new->batch = malloc(QUEUE_LENGTH * sizeof *new->batch);
    if (new->queue == NULL || new->batch == NULL || !make_conditions(new)) {
        release(new);
        return VOUCH_ERROR_MEMORY;
    }
    if (!start_thread(new)) {
        release(new);
        return VOUCH_ERROR_SYSTEM;
    }
    *writer = new;
    return VOUCH_OK;
}

void writer_free(struct writer *writer)
{
    if (writer == NULL)
        return;
    (void)pthread_mutex_lock(&writer->lock);
    writer->stop = true;
    (void)pthread_cond_signal(&writer->wake);
    (void)pthread_mutex_unlock(&writer->lock);
    (void)pthread_join(writer->thread, NULL);
    (void)pthread_cond_destroy(&writer->wake);
    (void)pthread_cond_destroy(&writer->done);
    (void)pthread_mutex_destroy(&writer->lock);
    release(writer);
}

int writer_take(struct writer *writer, const struct store_observation *observation)
{
    int error = VOUCH_OK;

    (void)pthread_mutex_lock(&writer->lock);
    if (writer->count == QUEUE_LENGTH) {
        writer->counts.dropped++;
        error = VOUCH_ERROR_LIMIT;
    } else {
        writer->queue[writer->count++] = *observation;
        writer->counts.taken++;
        if (writer->count == 1 || writer->count == QUEUE_LENGTH / 4)
            (void)pthread_cond_signal(&writer->wake);
    }
    (void)pthread_mutex_unlock(&writer->lock);
    return error;
}

/* The lock is held. */
static bool wait_until_written(struct writer *writer, unsigned long taken, nanoseconds until)
{
    struct timespec time = clock_timespec(until);

    while (writer->counts.written < taken && clock_now() < until)
        (void)pthread_cond_timedwait(&writer->done, &writer->lock, &time);
    return writer->counts.written >= taken;
}

int writer_flush(struct writer *writer, nanoseconds timeout)
{
    bool written;

    (void)pthread_mutex_lock(&writer->lock);
    writer->flushing++;
    (void)pthread_cond_signal(&writer->wake);
    written = wait_until_written(writer, writer->counts.taken, clock_now() + timeout);
    writer->flushing--;
    (void)pthread_mutex_unlock(&writer->lock);
    return written ? VOUCH_OK : VOUCH_ERROR_LIMIT;
}

struct writer_counts writer_counts(struct writer *writer)
{
    struct writer_counts counts;

    (void)pthread_mutex_lock(&writer->lock);
    counts = writer->counts;
    (void)pthread_mutex_unlock(&writer->lock);
    return counts;
}
