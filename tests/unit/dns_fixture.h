/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef UNIT_DNS_FIXTURE_H
#define UNIT_DNS_FIXTURE_H

/* dns_fixture.h - a resolver whose backend answers when the test says so. */

#include <pthread.h>

#include "lib/dns/backend.h"

enum { HELD_MAX = 4096 };

/* Holds every question it is given. */
struct held_backend {
    struct backend backend; /* first */
    pthread_mutex_t lock;
    struct backend_question *questions[HELD_MAX]; /* in order, not answered yet */
    size_t count;
};

struct fixture {
    struct held_backend *held;
    struct resolver *resolver;
};

void fixture_set_up(struct fixture *fixture, unsigned max_in_flight, nanoseconds join_limit);
void fixture_tear_down(struct fixture *fixture);

/* Questions that wait for an answer. */
size_t fixture_waiting(struct fixture *fixture);

/* Answer all that wait: with the address 192.0.2.1 and TTL, or with FAILURE unless NONE. */
void fixture_answer_all(struct fixture *fixture, uint32_t ttl, enum dns_failure failure);
void fixture_answer_nxdomain(struct fixture *fixture);

struct vouch_counters fixture_counters(struct fixture *fixture);

/* Ask for the addresses of a name. */
const struct dns_answer *fixture_query(struct fixture *fixture, struct budget *budget,
                                       const char *name);
void fixture_prefetch(struct fixture *fixture, struct budget *budget, const char *name);

struct dns_name name_of(const char *text);
struct budget *budget_of(unsigned milliseconds, unsigned queries);

#endif
