/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/unit/dns_fixture.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dns/answer_new.h"

static void hold(struct backend *backend, struct backend_question *question)
{
    struct held_backend *held = (struct held_backend *)backend;

    pthread_mutex_lock(&held->lock);
    if (held->count < HELD_MAX)
        held->questions[held->count++] = question;
    pthread_mutex_unlock(&held->lock);
}

static void stop(struct backend *backend)
{
    struct held_backend *held = (struct held_backend *)backend;

    pthread_mutex_destroy(&held->lock);
    free(held);
}

void fixture_set_up(struct fixture *fixture, unsigned max_in_flight, nanoseconds join_limit)
{
    struct resolver_settings settings = resolver_defaults();
    const struct resolver_tuning tuning = {.join_limit = join_limit};

    settings.max_in_flight = max_in_flight;
    fixture->held = calloc(1, sizeof *fixture->held);
    assert_non_null(fixture->held);
    fixture->held->backend = (struct backend){.start = hold, .stop = stop};
    pthread_mutex_init(&fixture->held->lock, NULL);
    assert_int_equal(
        resolver_new_over(&settings, &tuning, &fixture->held->backend, &fixture->resolver), 0);
}

void fixture_tear_down(struct fixture *fixture)
{
    resolver_release(fixture->resolver);
}

size_t fixture_waiting(struct fixture *fixture)
{
    size_t count;

    pthread_mutex_lock(&fixture->held->lock);
    count = fixture->held->count;
    pthread_mutex_unlock(&fixture->held->lock);
    return count;
}

/* Take the last question out. */
static struct backend_question *take(struct held_backend *held)
{
    struct backend_question *question = NULL;

    pthread_mutex_lock(&held->lock);
    if (held->count > 0)
        question = held->questions[--held->count];
    pthread_mutex_unlock(&held->lock);
    return question;
}

void fixture_answer_all(struct fixture *fixture, uint32_t ttl, enum dns_failure failure)
{
    struct backend_question *question;

    while ((question = take(fixture->held)) != NULL) {
        struct dns_record *records;
        uint8_t *data;
        struct dns_answer *answer;

        if (failure != DNS_FAILURE_NONE) {
            question->done(question, dns_answer_failure(&question->name, question->type, failure));
            continue;
        }
        answer = dns_answer_new(&question->name, question->type, 1, 0, &records, &data);
        assert_non_null(answer);
        answer->status = DNS_RECORDS;
        answer->ttl = ttl;
        assert_true(ip_parse("192.0.2.1", 9, &records[0].address));
        question->done(question, answer);
    }
}

void fixture_answer_nxdomain(struct fixture *fixture)
{
    struct backend_question *question;

    while ((question = take(fixture->held)) != NULL) {
        struct dns_record *records;
        uint8_t *data;
        struct dns_answer *answer =
            dns_answer_new(&question->name, question->type, 0, 0, &records, &data);

        assert_non_null(answer);
        answer->status = DNS_NXDOMAIN;
        answer->ttl = 60;
        question->done(question, answer);
    }
}

struct vouch_counters fixture_counters(struct fixture *fixture)
{
    struct vouch_counters counters;

    resolver_counters(fixture->resolver, &counters);
    return counters;
}

struct dns_name name_of(const char *text)
{
    struct dns_name name;

    assert_int_equal(dns_name_from_text(text, strlen(text), &name), 0);
    return name;
}

const struct dns_answer *fixture_query(struct fixture *fixture, struct budget *budget,
                                       const char *name)
{
    struct dns_name asked = name_of(name);

    return resolver_query(fixture->resolver, budget, &asked, DNS_A, NULL, NULL);
}

void fixture_prefetch(struct fixture *fixture, struct budget *budget, const char *name)
{
    struct dns_name asked = name_of(name);

    resolver_prefetch(fixture->resolver, budget, &asked, DNS_A);
}

struct budget *budget_of(unsigned milliseconds, unsigned queries)
{
    const struct budget_limits limits = {.time = milliseconds * NANOSECONDS_PER_MILLISECOND,
                                         .max_queries = queries};
    struct budget *budget = budget_new(&limits);

    assert_non_null(budget);
    return budget;
}
