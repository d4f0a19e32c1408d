/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */

/* Many at once, and a server that does what servers do when they are unwell; the questions are
 * counted where they arrive. */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/dns/backend.h"
#include "tests/dnsd/resolver_fixture.h"

enum { SESSIONS = 200 };

struct session {
    pthread_t thread;
    struct budget *budget;
    const struct dns_name *name;
    const struct dns_answer *answer;
};

static pthread_barrier_t all_there;

static void *run_session(void *argument)
{
    struct session *session = argument;

    pthread_barrier_wait(&all_there);
    session->answer =
        resolver_query(fixture_resolver, session->budget, session->name, DNS_A, NULL, NULL);
    return NULL;
}

static void test_coalescing(void **state)
{
    struct dns_name name = fixture_name("all.cold.example.com");
    struct session sessions[SESSIONS];
    struct vouch_counters counters;

    (void)state;
    assert_int_equal(pthread_barrier_init(&all_there, NULL, SESSIONS), 0);
    for (unsigned i = 0; i < SESSIONS; i++) {
        struct session *session = &sessions[i];

        *session = (struct session){.budget = fixture_new_budget(LONG_MS), .name = &name};
        assert_int_equal(pthread_create(&session->thread, NULL, run_session, session), 0);
    }
    for (unsigned i = 0; i < SESSIONS; i++) {
        assert_int_equal(pthread_join(sessions[i].thread, NULL), 0);
        assert_int_equal(sessions[i].answer->status, DNS_RECORDS);
        assert_int_equal(sessions[i].answer->record_count, 1);
        budget_free(sessions[i].budget);
    }
    pthread_barrier_destroy(&all_there);
    assert_int_equal(fixture_count("all.cold.example.com A"), 1);
    resolver_counters(fixture_resolver, &counters);
    assert_int_equal(counters.queries, SESSIONS);
    assert_int_equal(counters.upstream, 1);
    assert_int_equal(counters.hits + counters.joined, SESSIONS - 1);
    assert_int_equal(counters.in_flight, 0);
}

/* What a HELO raises: all three questions are there before the first is answered. */
static void test_prefetch(void **state)
{
    static const enum dns_type types[] = {DNS_SRV, DNS_A, DNS_TXT};
    struct dns_name name = fixture_name("mail.helo.example.com");
    struct budget *budget = fixture_new_budget(LONG_MS);

    (void)state;
    for (size_t i = 0; i < 3; i++)
        resolver_prefetch(fixture_resolver, budget, &name, types[i]);
    for (size_t i = 0; i < 3; i++) {
        nanoseconds took;

        assert_int_equal(
            resolver_query(fixture_resolver, budget, &name, types[i], NULL, &took)->status,
            DNS_RECORDS);
        assert_true(took > 0);
    }
    assert_int_equal(dnsd_child_peak(fixture_dns, "mail.helo.example.com"), 3);
    assert_int_equal(fixture_count("mail.helo.example.com A") +
                         fixture_count("mail.helo.example.com SRV") +
                         fixture_count("mail.helo.example.com TXT"),
                     3);
    assert_int_equal(budget_use(budget).queries, 3);
    budget_free(budget);
}

/* More at once than libunbound's own default of 16. */
static void test_many_in_flight(void **state)
{
    enum { NAMES = 300 };
    struct budget *budget = fixture_new_budget(LONG_MS);
    struct dns_name names[NAMES];

    (void)state;
    for (unsigned i = 0; i < NAMES; i++) {
        char text[64];

        snprintf(text, sizeof text, "n%u.slow.example.com", i);
        names[i] = fixture_name(text);
        resolver_prefetch(fixture_resolver, budget, &names[i], DNS_A);
    }
    for (unsigned i = 0; i < NAMES; i++)
        assert_int_equal(
            resolver_query(fixture_resolver, budget, &names[i], DNS_A, NULL, NULL)->status,
            DNS_RECORDS);
    assert_in_range(dnsd_child_peak(fixture_dns, ".slow.example.com"), NAMES / 2, NAMES);
    budget_free(budget);
}

static void test_truncated(void **state)
{
    struct dns_name name = fixture_name("truncated.example.com");

    (void)state;
    fixture_expect_address(&name, "192.0.2.15");
    assert_int_equal(dnsd_child_count(fixture_dns, "udp", "truncated.example.com A"), 1);
    assert_int_equal(dnsd_child_count(fixture_dns, "tcp", "truncated.example.com A"), 1);
}

static void test_error_codes(void **state)
{
    (void)state;
    fixture_expect_failure("servfail.example.com", DNS_FAILURE_SERVFAIL, LONG_MS);
    fixture_expect_failure("refused.example.com", DNS_FAILURE_SERVFAIL, LONG_MS);
    fixture_expect_failure("formerr.example.com", DNS_FAILURE_SERVFAIL, LONG_MS);
}

/* Octets that are no answer are never taken for one: what bears the question's id is asked again
 * and at last given up, what does not is not even seen.  And no name's trouble is another's. */
static void test_no_answers(void **state)
{
    static const struct {
        const char *name;
        enum dns_failure failure;
        unsigned milliseconds;
    } cases[] = {{"malformed.example.com", DNS_FAILURE_SERVFAIL, LONG_MS},
                 {"name.forged.example.com", DNS_FAILURE_SERVFAIL, LONG_MS},
                 {"garbage.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS},
                 {"id.forged.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS},
                 {"port.forged.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS},
                 {"silent.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture_expect_failure(cases[i].name, cases[i].failure, cases[i].milliseconds);
        fixture_expect_status("mail.example.com", DNS_A, DNS_RECORDS);
        fixture_expect_status(cases[i].name + 1, DNS_A, DNS_NXDOMAIN);
    }
}

/* Ask NAME until the answer is RECORDS. */
static void assert_back(const char *name, nanoseconds end)
{
    enum dns_status status = DNS_FAILURE;

    while (status != DNS_RECORDS) {
        struct dns_answer *answer = fixture_ask(name, DNS_A, SHORT_MS);

        status = answer->status;
        dns_answer_release(answer);
        assert_true(status == DNS_FAILURE || status == DNS_RECORDS);
        assert_true(clock_now() < end);
    }
}

static void test_dns_dead_and_back(void **state)
{
    nanoseconds end;

    (void)state;
    fixture_command("silent");
    fixture_expect_failure("mail.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    fixture_expect_failure("three.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    fixture_expect_failure("mail.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    assert_true(fixture_count("mail.example.com A") >= 1);
    fixture_command("normal");
    end = clock_now() + BACK_MS * NANOSECONDS_PER_MILLISECOND;
    assert_back("brief.example.com", end); /* never asked before */
    assert_back("mail.example.com", end);
    assert_back("three.example.com", end);
}

static void test_budget_is_kept(void **state)
{
    struct dns_name name = fixture_name("silent.example.com");
    struct budget *budget = fixture_new_budget(SHORT_MS);

    (void)state;
    assert_int_equal(resolver_query(fixture_resolver, budget, &name, DNS_A, NULL, NULL)->failure,
                     DNS_FAILURE_TIMEOUT);
    assert_true(budget_is_spent(budget));
    assert_true(budget_use(budget).time >= SHORT_MS * NANOSECONDS_PER_MILLISECOND);
    name = fixture_name("mail.example.com");
    assert_int_equal(resolver_query(fixture_resolver, budget, &name, DNS_A, NULL, NULL)->failure,
                     DNS_FAILURE_TIMEOUT);
    assert_int_equal(fixture_count("mail.example.com A"), 0);
    budget_free(budget);
}

/* Who asked has left; the answer is there for the next. */
static void test_late_answer(void **state)
{
    (void)state;
    fixture_expect_failure("late.slow.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    fixture_expect_status("late.slow.example.com", DNS_A, DNS_RECORDS);
    fixture_expect_status("late.slow.example.com", DNS_A, DNS_RECORDS);
    assert_int_equal(fixture_count("late.slow.example.com A"), 1);
}

static void test_overload(void **state)
{
    const char *nameserver = dnsd_child_address(fixture_dns);
    struct vouch_counters counters;

    (void)state;
    resolver_release(fixture_resolver);
    fixture_resolver = fixture_new_resolver(&nameserver, 1, 10);
    fixture_command("silent");
    for (unsigned i = 0; i < 10; i++) {
        char text[64];

        snprintf(text, sizeof text, "n%u.example.com", i);
        dns_answer_release(fixture_ask(text, DNS_A, 1));
    }
    fixture_expect_failure("mail.example.com", DNS_FAILURE_OVERLOAD, SHORT_MS);
    resolver_counters(fixture_resolver, &counters);
    assert_int_equal(counters.in_flight, 10);
    assert_true(counters.overloads >= 1);
    fixture_command("normal");
    assert_back("mail.example.com", clock_now() + BACK_MS * NANOSECONDS_PER_MILLISECOND);
}

/* One of two servers is not there. */
static void test_second_nameserver(void **state)
{
    struct dnsd_child *other = dnsd_child_start("127.0.0.1", "! * ANY silent\n");
    const char *nameservers[2];

    (void)state;
    assert_non_null(other);
    nameservers[0] = dnsd_child_address(other);
    nameservers[1] = dnsd_child_address(fixture_dns);
    resolver_release(fixture_resolver);
    fixture_resolver = fixture_new_resolver(nameservers, 2, 0);
    fixture_expect_status("mail.example.com", DNS_A, DNS_RECORDS);
    fixture_expect_status("three.example.com", DNS_A, DNS_RECORDS);
    dnsd_child_stop(other);
}

/* The last reference goes while questions are in flight. */
static void test_release_in_flight(void **state)
{
    struct dns_name name = fixture_name("silent.example.com");
    struct budget *budget = fixture_new_budget(LONG_MS);

    (void)state;
    resolver_prefetch(fixture_resolver, budget, &name, DNS_A);
    name = fixture_name("x.slow.example.com");
    resolver_prefetch(fixture_resolver, budget, &name, DNS_A);
    resolver_release(fixture_resolver);
    fixture_resolver = NULL;
    budget_free(budget);
}

/* libunbound forgets some questions; what it says of one that we gave up must not reach anybody. */
static void test_lost_question(void **state)
{
    const char *nameserver = dnsd_child_address(fixture_dns);
    struct resolver_settings settings = resolver_defaults();
    struct resolver_tuning tuning = resolver_tuning_defaults();
    nanoseconds end = clock_now() + 20 * NANOSECONDS_PER_SECOND;
    struct vouch_counters counters;
    struct backend *backend = NULL;

    (void)state;
    resolver_release(fixture_resolver);
    settings.nameservers = &nameserver;
    settings.nameserver_count = 1;
    tuning.lost_after = 400 * NANOSECONDS_PER_MILLISECOND;
    assert_int_equal(backend_unbound_new(&settings, &tuning, &backend), VOUCH_OK);
    assert_int_equal(resolver_new_over(&settings, &tuning, backend, &fixture_resolver), VOUCH_OK);
    dns_answer_release(fixture_ask("x.slow.example.com", DNS_A, 1));
    fixture_expect_failure("silent.example.com", DNS_FAILURE_TIMEOUT, LONG_MS);
    do {
        (void)usleep(5000);
        resolver_counters(fixture_resolver, &counters);
    } while (counters.in_flight > 0 && clock_now() < end);
    assert_int_equal(counters.in_flight, 0);
    fixture_expect_status("mail.example.com", DNS_A, DNS_RECORDS);
}

enum { ASKERS = 8, NAMES_EACH = 1500 };

/* Names that nobody asked before; counts what came to nothing. */
static void *ask_cold_names(void *argument)
{
    unsigned *failures = argument;
    unsigned asker = *failures;

    *failures = 0;
    for (unsigned i = 0; i < NAMES_EACH; i++) {
        char text[64];
        struct dns_answer *answer;

        (void)snprintf(text, sizeof text, "c%u-%u.example.com", asker, i);
        answer = fixture_ask(text, DNS_A, LONG_MS);
        *failures += answer->status == DNS_FAILURE;
        dns_answer_release(answer);
    }
    return NULL;
}

/* A question asked while the lost ones are looked for is not one of them. */
static void test_new_questions_are_not_lost(void **state)
{
    pthread_t threads[ASKERS];
    unsigned failures[ASKERS];

    (void)state;
    for (unsigned i = 0; i < ASKERS; i++) {
        failures[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, ask_cold_names, &failures[i]), 0);
    }
    for (unsigned i = 0; i < ASKERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (unsigned i = 0; i < ASKERS; i++)
        assert_int_equal(failures[i], 0);
}

enum { CHANGERS = 4, CHANGES = 6 };

/* A resolver of its own, a question in flight, and gone again. */
static void *change_resolvers(void *argument)
{
    struct dns_name name = fixture_name("x.slow.example.com");
    const char *nameserver = dnsd_child_address(fixture_dns);

    (void)argument;
    pthread_barrier_wait(&all_there);
    for (unsigned i = 0; i < CHANGES; i++) {
        struct resolver *resolver = fixture_new_resolver(&nameserver, 1, 0);
        struct budget *budget = fixture_new_budget(LONG_MS);

        resolver_prefetch(resolver, budget, &name, DNS_A);
        resolver_release(resolver);
        budget_free(budget);
    }
    return NULL;
}

/* What reloads of the dns section do under load: one resolver begins while another ends. */
static void test_resolvers_come_and_go(void **state)
{
    pthread_t threads[CHANGERS];

    (void)state;
    assert_int_equal(pthread_barrier_init(&all_there, NULL, CHANGERS), 0);
    for (unsigned i = 0; i < CHANGERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, change_resolvers, NULL), 0);
    for (unsigned i = 0; i < CHANGERS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    pthread_barrier_destroy(&all_there);
    fixture_expect_status("mail.example.com", DNS_A, DNS_RECORDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_coalescing, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_prefetch, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_many_in_flight, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_truncated, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_error_codes, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_no_answers, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_dns_dead_and_back, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_budget_is_kept, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_late_answer, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_overload, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_second_nameserver, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_lost_question, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_new_questions_are_not_lost, fixture_setup,
                                        fixture_teardown),
        cmocka_unit_test_setup_teardown(test_release_in_flight, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(test_resolvers_come_and_go, fixture_setup,
                                        fixture_teardown)};

    alarm(HANG_SECONDS); /* a hang is a failure too */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
