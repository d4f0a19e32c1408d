/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */

/* The resolver against a real server that does what servers do when they are unwell, with the
 * questions counted where they arrive. */

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/dns/resolver.h"
#include "tests/dnsd/dnsd_child.h"

enum {
    LONG_MS = 20000, /* enough for any answer that comes at all */
    SHORT_MS = 300,  /* for answers that do not come */
    BACK_MS = 10000, /* within which all is well again */
    HANG_SECONDS = 240
};

static const char zone[] =
    "example.com. 3600 IN SOA ns.example.com. host.example.com. 1 2 3 4 60\n"
    "example.com 77 TXT \"v=spf1 a \" \"-all\"\n"
    "mail.example.com 1000 A 192.0.2.1\n"
    "mail.example.com 1000 A 192.0.2.2\n"
    "mail.example.com AAAA 2001:db8::1\n"
    "_client._smtp.mail.example.com SRV 1 2 0 mail.example.com\n"
    "example.com MX 10 mail.example.com\n"
    "*.cold.example.com A 192.0.2.3\n"
    "! *.cold.example.com ANY delay 100\n"
    "*.slow.example.com A 192.0.2.4\n"
    "! *.slow.example.com ANY delay 800\n"
    "*.helo.example.com A 192.0.2.5\n"
    "*.helo.example.com TXT \"v=spf1 -all\"\n"
    "*.helo.example.com SRV 1 2 0 mail.example.com\n"
    "! *.helo.example.com ANY delay 400\n"
    "brief.example.com 1 A 192.0.2.6\n"
    "brief.example.net. 3600 SOA ns.example.com. host.example.com. 1 2 3 4 1\n"
    "one.example.com 500 CNAME two.example.com\n"
    "two.example.com 50 CNAME three.example.com\n"
    "three.example.com 5000 A 192.0.2.7\n"
    "lost.example.com CNAME gone.example.com\n"
    "bare.example.com CNAME example.com\n"
    "loop.example.com CNAME pool.example.com\n"
    "pool.example.com CNAME loop.example.com\n"
    "a\\046b.example.com A 192.0.2.8\n"
    "\\200\\000\\032\\\"\\255.example.com A 192.0.2.9\n"
    "1.2.3.10.in-addr.arpa PTR ten.example.com\n"
    "1.1.168.192.in-addr.arpa PTR lan.example.com\n"
    "1.2.0.192.in-addr.arpa PTR mail.example.com\n"
    "1.0.0.127.in-addr.arpa PTR loopback.example.com\n"
    "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa PTR six.example.com\n"
    "mail.test A 192.0.2.10\n"
    "mail.invalid A 192.0.2.11\n"
    "mail.onion A 192.0.2.12\n"
    "mail.home.arpa A 192.0.2.13\n"
    "mail.localhost A 192.0.2.14\n"
    "truncated.example.com A 192.0.2.15\n"
    "! truncated.example.com ANY truncate\n"
    "! servfail.example.com ANY servfail\n"
    "! refused.example.com ANY refused\n"
    "! formerr.example.com ANY formerr\n"
    "! malformed.example.com ANY malformed\n"
    "! garbage.example.com ANY garbage\n"
    "id.forged.example.com A 192.0.2.16\n"
    "name.forged.example.com A 192.0.2.16\n"
    "port.forged.example.com A 192.0.2.16\n"
    "! id.forged.example.com ANY wrong-id\n"
    "! name.forged.example.com ANY wrong-name\n"
    "! port.forged.example.com ANY wrong-port\n"
    "! silent.example.com ANY silent\n";

static struct dnsd_child *dns;
static struct resolver *resolver;

static struct resolver *new_resolver(const char *const *nameservers, size_t count,
                                     unsigned max_in_flight)
{
    struct resolver_settings settings = resolver_defaults();
    struct resolver *made = NULL;

    settings.nameservers = nameservers;
    settings.nameserver_count = count;
    if (max_in_flight > 0)
        settings.max_in_flight = max_in_flight;
    assert_int_equal(resolver_new(&settings, &made), VOUCH_OK);
    return made;
}

static int start(const char *address)
{
    const char *nameserver;

    dns = dnsd_child_start(address, zone);
    if (dns == NULL)
        return -1;
    nameserver = dnsd_child_address(dns);
    resolver = new_resolver(&nameserver, 1, 0);
    return 0;
}

static int setup(void **state)
{
    (void)state;
    return start("127.0.0.1");
}

static int setup_v6(void **state)
{
    (void)state;
    return start("::1");
}

static int teardown(void **state)
{
    (void)state;
    resolver_release(resolver);
    dnsd_child_stop(dns);
    resolver = NULL;
    dns = NULL;
    return 0;
}

static struct budget *new_budget(unsigned milliseconds)
{
    struct budget_limits limits = {.time = milliseconds * NANOSECONDS_PER_MILLISECOND,
                                   .max_queries = 1000};
    struct budget *budget = budget_new(&limits);

    assert_non_null(budget);
    budget_resume(budget);
    return budget;
}

static struct dns_name name_of(const char *text)
{
    struct dns_name name;

    assert_int_equal(dns_name_from_text(text, strlen(text), &name), VOUCH_OK);
    return name;
}

/* Ask in a transaction of its own; the answer is the caller's. */
static struct dns_answer *ask_name(const struct dns_name *name, enum dns_type type,
                                   unsigned milliseconds)
{
    struct budget *budget = new_budget(milliseconds);
    const struct dns_answer *answer = resolver_query(resolver, budget, name, type, NULL, NULL);
    struct dns_answer *held = dns_answer_hold((struct dns_answer *)(uintptr_t)answer);

    assert_int_equal(answer->status == DNS_FAILURE, answer->failure != DNS_FAILURE_NONE);
    budget_free(budget);
    return held;
}

static struct dns_answer *ask(const char *text, enum dns_type type, unsigned milliseconds)
{
    struct dns_name name = name_of(text);

    return ask_name(&name, type, milliseconds);
}

/* The one address of NAME, as text. */
static void assert_address(const struct dns_name *name, const char *address)
{
    struct dns_answer *answer = ask_name(name, DNS_A, LONG_MS);
    struct ip ip;

    assert_true(ip_parse(address, strlen(address), &ip));
    assert_int_equal(answer->status, DNS_RECORDS);
    assert_int_equal(answer->record_count, 1);
    assert_true(dns_answer_has_address(answer, &ip));
    dns_answer_release(answer);
}

static void assert_status(const char *name, enum dns_type type, enum dns_status status)
{
    struct dns_answer *answer = ask(name, type, LONG_MS);

    assert_int_equal(answer->status, status);
    dns_answer_release(answer);
}

static void assert_failure(const char *name, enum dns_failure failure, unsigned milliseconds)
{
    struct dns_answer *answer = ask(name, DNS_A, milliseconds);

    assert_int_equal(answer->status, DNS_FAILURE);
    assert_int_equal(answer->failure, failure);
    assert_int_equal(answer->record_count, 0);
    dns_answer_release(answer);
}

static void assert_ptr(const char *name, const char *target)
{
    struct dns_answer *answer = ask(name, DNS_PTR, LONG_MS);
    struct dns_name expected = name_of(target);

    assert_int_equal(answer->status, DNS_RECORDS);
    assert_int_equal(answer->record_count, 1);
    assert_true(dns_name_equal(&answer->records[0].ptr, &expected));
    dns_answer_release(answer);
}

static void command(const char *text)
{
    assert_true(dnsd_child_command(dns, text));
}

static unsigned count(const char *question)
{
    return dnsd_child_count(dns, NULL, question);
}

/* ---- records ------------------------------------------------------------------------------- */

static void test_every_type(void **state)
{
    struct dns_name mail = name_of("mail.example.com");
    struct dns_answer *answer;

    (void)state;
    answer = ask("example.com", DNS_TXT, LONG_MS);
    assert_int_equal(answer->status, DNS_RECORDS);
    assert_int_equal(answer->records[0].txt.length, strlen("v=spf1 a -all"));
    assert_memory_equal(answer->records[0].txt.octets, "v=spf1 a -all", strlen("v=spf1 a -all"));
    dns_answer_release(answer);
    answer = ask("example.com", DNS_MX, LONG_MS);
    assert_int_equal(answer->records[0].mx.preference, 10);
    assert_true(dns_name_equal(&answer->records[0].mx.exchange, &mail));
    dns_answer_release(answer);
    answer = ask("_client._smtp.mail.example.com", DNS_SRV, LONG_MS);
    assert_int_equal(answer->records[0].srv.priority, 1);
    assert_int_equal(answer->records[0].srv.weight, 2);
    assert_int_equal(answer->records[0].srv.port, 0);
    assert_true(dns_name_equal(&answer->records[0].srv.target, &mail));
    dns_answer_release(answer);
    answer = ask("mail.example.com", DNS_A, LONG_MS);
    assert_int_equal(answer->record_count, 2);
    dns_answer_release(answer);
    assert_status("mail.example.com", DNS_AAAA, DNS_RECORDS);
}

static void test_chains(void **state)
{
    struct dns_name one = name_of("one.example.com");
    struct dns_answer *answer;

    (void)state;
    assert_address(&one, "192.0.2.7");
    answer = ask("one.example.com", DNS_A, LONG_MS);
    assert_in_range(answer->ttl, 40, 50); /* the least of the chain */
    dns_answer_release(answer);
    assert_status("lost.example.com", DNS_A, DNS_NXDOMAIN);
    assert_status("bare.example.com", DNS_A, DNS_NODATA);
    assert_status("bare.example.com", DNS_TXT, DNS_RECORDS);
    assert_status("loop.example.com", DNS_A, DNS_FAILURE);
}

/* Names for which libunbound has an answer of its own, unless told otherwise. */
static void test_built_in_zones(void **state)
{
    static const struct {
        const char *name, *address;
    } hosts[] = {{"mail.test", "192.0.2.10"},
                 {"mail.invalid", "192.0.2.11"},
                 {"mail.onion", "192.0.2.12"},
                 {"mail.home.arpa", "192.0.2.13"},
                 {"mail.localhost", "192.0.2.14"}};

    (void)state;
    assert_ptr("1.2.3.10.in-addr.arpa", "ten.example.com");
    assert_ptr("1.1.168.192.in-addr.arpa", "lan.example.com");
    assert_ptr("1.2.0.192.in-addr.arpa", "mail.example.com");
    assert_ptr("1.0.0.127.in-addr.arpa", "loopback.example.com");
    assert_ptr("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
               "six.example.com");
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct dns_name name = name_of(hosts[i].name);

        assert_address(&name, hosts[i].address);
    }
}

static void test_labels_of_any_octet(void **state)
{
    static const uint8_t dotted[] = "\003a.b\007example\003com";
    static const uint8_t eight_bit[] = "\005\310\000 \"\377\007example\003com";
    struct dns_name name;

    (void)state;
    assert_int_equal(dns_name_from_wire(dotted, sizeof dotted, &name), VOUCH_OK);
    assert_address(&name, "192.0.2.8");
    assert_int_equal(count("a\\.b.example.com A"), 1);
    assert_status("a.b.example.com", DNS_A, DNS_NXDOMAIN);
    assert_int_equal(dns_name_from_wire(eight_bit, sizeof eight_bit, &name), VOUCH_OK);
    assert_address(&name, "192.0.2.9");
}

static void test_over_ipv6(void **state)
{
    (void)state;
    assert_status("mail.example.com", DNS_A, DNS_RECORDS);
    assert_int_equal(count("mail.example.com A"), 1);
}

/* ---- time to live -------------------------------------------------------------------------- */

static void test_ttl(void **state)
{
    struct dns_answer *answer;

    (void)state;
    answer = ask("mail.example.com", DNS_A, LONG_MS);
    assert_in_range(answer->ttl, 990, 1000);
    dns_answer_release(answer);
    answer = ask("absent.example.com", DNS_A, LONG_MS);
    assert_int_equal(answer->status, DNS_NXDOMAIN);
    assert_true(answer->has_soa);
    assert_in_range(answer->ttl, 50, 60); /* RFC 2308 5: the SOA's minimum */
    dns_answer_release(answer);
    answer = ask("mail.example.com", DNS_TXT, LONG_MS);
    assert_int_equal(answer->status, DNS_NODATA);
    assert_in_range(answer->ttl, 50, 60);
    dns_answer_release(answer);
    answer = ask("absent.example.org", DNS_A, LONG_MS);
    assert_int_equal(answer->status, DNS_NXDOMAIN);
    assert_false(answer->has_soa);
    assert_in_range(answer->ttl, 0, 5);
    dns_answer_release(answer);
}

static void test_asked_twice(void **state)
{
    struct dns_name loud = name_of("MAIL.Example.COM");

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        struct dns_answer *answer = ask_name(&loud, DNS_A, LONG_MS);

        assert_int_equal(answer->record_count, 2);
        dns_answer_release(answer);
        assert_status("mail.example.com", DNS_A, DNS_RECORDS);
        assert_status("absent.example.com", DNS_A, DNS_NXDOMAIN);
        assert_status("example.com", DNS_A, DNS_NODATA);
    }
    assert_int_equal(count("mail.example.com A"), 1);
    assert_int_equal(count("absent.example.com A"), 1);
    assert_int_equal(count("example.com A"), 1);
}

/* Answers of one second, positive and negative, are asked again after it, and change. */
static void test_expiry(void **state)
{
    nanoseconds end = clock_now() + BACK_MS * NANOSECONDS_PER_MILLISECOND;

    (void)state;
    while (count("brief.example.com A") < 2 || count("absent.brief.example.net A") < 2) {
        assert_status("brief.example.com", DNS_A, DNS_RECORDS);
        assert_status("absent.brief.example.net", DNS_A, DNS_NXDOMAIN);
        assert_true(clock_now() < end);
        usleep(20000);
    }
}

/* ---- one question for all -------------------------------------------------------------------- */

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
    session->answer = resolver_query(resolver, session->budget, session->name, DNS_A, NULL, NULL);
    return NULL;
}

static void test_coalescing(void **state)
{
    struct dns_name name = name_of("all.cold.example.com");
    struct session sessions[SESSIONS];
    struct vouch_counters counters;

    (void)state;
    assert_int_equal(pthread_barrier_init(&all_there, NULL, SESSIONS), 0);
    for (unsigned i = 0; i < SESSIONS; i++) {
        struct session *session = &sessions[i];

        *session = (struct session){.budget = new_budget(LONG_MS), .name = &name};
        assert_int_equal(pthread_create(&session->thread, NULL, run_session, session), 0);
    }
    for (unsigned i = 0; i < SESSIONS; i++) {
        assert_int_equal(pthread_join(sessions[i].thread, NULL), 0);
        assert_int_equal(sessions[i].answer->status, DNS_RECORDS);
        assert_int_equal(sessions[i].answer->record_count, 1);
        budget_free(sessions[i].budget);
    }
    pthread_barrier_destroy(&all_there);
    assert_int_equal(count("all.cold.example.com A"), 1);
    resolver_counters(resolver, &counters);
    assert_int_equal(counters.queries, SESSIONS);
    assert_int_equal(counters.upstream, 1);
    assert_int_equal(counters.hits + counters.joined, SESSIONS - 1);
    assert_int_equal(counters.in_flight, 0);
}

/* What a HELO raises: all three questions are there before the first is answered. */
static void test_prefetch(void **state)
{
    static const enum dns_type types[] = {DNS_SRV, DNS_A, DNS_TXT};
    struct dns_name name = name_of("mail.helo.example.com");
    struct budget *budget = new_budget(LONG_MS);

    (void)state;
    for (size_t i = 0; i < 3; i++)
        resolver_prefetch(resolver, budget, &name, types[i]);
    for (size_t i = 0; i < 3; i++) {
        nanoseconds took;

        assert_int_equal(resolver_query(resolver, budget, &name, types[i], NULL, &took)->status,
                         DNS_RECORDS);
        assert_true(took > 0);
    }
    assert_int_equal(dnsd_child_peak(dns, "mail.helo.example.com"), 3);
    assert_int_equal(count("mail.helo.example.com A") + count("mail.helo.example.com SRV") +
                         count("mail.helo.example.com TXT"),
                     3);
    assert_int_equal(budget_use(budget).queries, 3);
    budget_free(budget);
}

/* More at once than libunbound's own default of 16. */
static void test_many_in_flight(void **state)
{
    enum { NAMES = 300 };
    struct budget *budget = new_budget(LONG_MS);
    struct dns_name names[NAMES];

    (void)state;
    for (unsigned i = 0; i < NAMES; i++) {
        char text[64];

        snprintf(text, sizeof text, "n%u.slow.example.com", i);
        names[i] = name_of(text);
        resolver_prefetch(resolver, budget, &names[i], DNS_A);
    }
    for (unsigned i = 0; i < NAMES; i++)
        assert_int_equal(resolver_query(resolver, budget, &names[i], DNS_A, NULL, NULL)->status,
                         DNS_RECORDS);
    assert_in_range(dnsd_child_peak(dns, ".slow.example.com"), NAMES / 2, NAMES);
    budget_free(budget);
}

/* ---- trouble ----------------------------------------------------------------------------------
 */

static void test_truncated(void **state)
{
    struct dns_name name = name_of("truncated.example.com");

    (void)state;
    assert_address(&name, "192.0.2.15");
    assert_int_equal(dnsd_child_count(dns, "udp", "truncated.example.com A"), 1);
    assert_int_equal(dnsd_child_count(dns, "tcp", "truncated.example.com A"), 1);
}

static void test_error_codes(void **state)
{
    (void)state;
    assert_failure("servfail.example.com", DNS_FAILURE_SERVFAIL, LONG_MS);
    assert_failure("refused.example.com", DNS_FAILURE_SERVFAIL, LONG_MS);
    assert_failure("formerr.example.com", DNS_FAILURE_SERVFAIL, LONG_MS);
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
        assert_failure(cases[i].name, cases[i].failure, cases[i].milliseconds);
        assert_status("mail.example.com", DNS_A, DNS_RECORDS);
        assert_status(cases[i].name + 1, DNS_A, DNS_NXDOMAIN);
    }
}

/* Ask NAME until the answer is RECORDS. */
static void assert_back(const char *name, nanoseconds end)
{
    enum dns_status status = DNS_FAILURE;

    while (status != DNS_RECORDS) {
        struct dns_answer *answer = ask(name, DNS_A, SHORT_MS);

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
    command("silent");
    assert_failure("mail.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    assert_failure("three.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    assert_failure("mail.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    assert_true(count("mail.example.com A") >= 1);
    command("normal");
    end = clock_now() + BACK_MS * NANOSECONDS_PER_MILLISECOND;
    assert_back("brief.example.com", end); /* never asked before */
    assert_back("mail.example.com", end);
    assert_back("three.example.com", end);
}

static void test_budget_is_kept(void **state)
{
    struct dns_name name = name_of("silent.example.com");
    struct budget *budget = new_budget(SHORT_MS);

    (void)state;
    assert_int_equal(resolver_query(resolver, budget, &name, DNS_A, NULL, NULL)->failure,
                     DNS_FAILURE_TIMEOUT);
    assert_true(budget_is_spent(budget));
    assert_true(budget_use(budget).time >= SHORT_MS * NANOSECONDS_PER_MILLISECOND);
    name = name_of("mail.example.com");
    assert_int_equal(resolver_query(resolver, budget, &name, DNS_A, NULL, NULL)->failure,
                     DNS_FAILURE_TIMEOUT);
    assert_int_equal(count("mail.example.com A"), 0);
    budget_free(budget);
}

/* Who asked has left; the answer is there for the next. */
static void test_late_answer(void **state)
{
    (void)state;
    assert_failure("late.slow.example.com", DNS_FAILURE_TIMEOUT, SHORT_MS);
    assert_status("late.slow.example.com", DNS_A, DNS_RECORDS);
    assert_status("late.slow.example.com", DNS_A, DNS_RECORDS);
    assert_int_equal(count("late.slow.example.com A"), 1);
}

static void test_overload(void **state)
{
    const char *nameserver = dnsd_child_address(dns);
    struct budget *budget = new_budget(LONG_MS);
    struct vouch_counters counters;

    (void)state;
    resolver_release(resolver);
    resolver = new_resolver(&nameserver, 1, 10);
    command("silent");
    for (unsigned i = 0; i < 10; i++) {
        char text[64];
        struct dns_name name;

        snprintf(text, sizeof text, "n%u.example.com", i);
        name = name_of(text);
        resolver_prefetch(resolver, budget, &name, DNS_A);
    }
    assert_failure("mail.example.com", DNS_FAILURE_OVERLOAD, SHORT_MS);
    resolver_counters(resolver, &counters);
    assert_int_equal(counters.in_flight, 10);
    assert_true(counters.overloads >= 1);
    command("normal");
    assert_back("mail.example.com", clock_now() + BACK_MS * NANOSECONDS_PER_MILLISECOND);
    budget_free(budget);
}

/* One of two servers is not there. */
static void test_second_nameserver(void **state)
{
    struct dnsd_child *other = dnsd_child_start("127.0.0.1", "! * ANY silent\n");
    const char *nameservers[2];

    (void)state;
    assert_non_null(other);
    nameservers[0] = dnsd_child_address(other);
    nameservers[1] = dnsd_child_address(dns);
    resolver_release(resolver);
    resolver = new_resolver(nameservers, 2, 0);
    assert_status("mail.example.com", DNS_A, DNS_RECORDS);
    assert_status("three.example.com", DNS_A, DNS_RECORDS);
    dnsd_child_stop(other);
}

/* The last reference goes while questions are in flight. */
static void test_release_in_flight(void **state)
{
    struct dns_name name = name_of("silent.example.com");
    struct budget *budget = new_budget(LONG_MS);

    (void)state;
    resolver_prefetch(resolver, budget, &name, DNS_A);
    name = name_of("x.slow.example.com");
    resolver_prefetch(resolver, budget, &name, DNS_A);
    resolver_release(resolver);
    resolver = NULL;
    budget_free(budget);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_type, setup, teardown),
        cmocka_unit_test_setup_teardown(test_chains, setup, teardown),
        cmocka_unit_test_setup_teardown(test_built_in_zones, setup, teardown),
        cmocka_unit_test_setup_teardown(test_labels_of_any_octet, setup, teardown),
        cmocka_unit_test_setup_teardown(test_over_ipv6, setup_v6, teardown),
        cmocka_unit_test_setup_teardown(test_ttl, setup, teardown),
        cmocka_unit_test_setup_teardown(test_asked_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(test_expiry, setup, teardown),
        cmocka_unit_test_setup_teardown(test_coalescing, setup, teardown),
        cmocka_unit_test_setup_teardown(test_prefetch, setup, teardown),
        cmocka_unit_test_setup_teardown(test_many_in_flight, setup, teardown),
        cmocka_unit_test_setup_teardown(test_truncated, setup, teardown),
        cmocka_unit_test_setup_teardown(test_error_codes, setup, teardown),
        cmocka_unit_test_setup_teardown(test_no_answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dns_dead_and_back, setup, teardown),
        cmocka_unit_test_setup_teardown(test_budget_is_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(test_late_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_overload, setup, teardown),
        cmocka_unit_test_setup_teardown(test_second_nameserver, setup, teardown),
        cmocka_unit_test_setup_teardown(test_release_in_flight, setup, teardown)};

    alarm(HANG_SECONDS); /* a hang is a failure too */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
