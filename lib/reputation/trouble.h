/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPUTATION_TROUBLE_H
#define REPUTATION_TROUBLE_H

/* trouble.h - whether a store is away, and in which words; any thread may say or ask. */

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { TROUBLE_SIZE = 200 };

struct trouble {
    pthread_mutex_t lock;
    _Atomic bool away;
    char words[TROUBLE_SIZE]; /* the latest, kept when it is over */
};

bool trouble_init(struct trouble *trouble);
void trouble_end(struct trouble *trouble);

/* The store is away; what is not printable ASCII in the words becomes '?'. */
void trouble_say(struct trouble *trouble, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* It is back. */
void trouble_over(struct trouble *trouble);

bool trouble_tell(struct trouble *trouble, char words[TROUBLE_SIZE]);

#endif
