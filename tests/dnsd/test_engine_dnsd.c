/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */

/* Whole sessions through the public interface, with DNS as it may be: cold, dead, back again. */

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/base/clock.h"
#include "lib/vouch.h"
#include "tests/dnsd/dnsd_child.h"

enum { SESSIONS = 200, BACK_MS = 10000, HANG_SECONDS = 120 };

static const char zone[] = "example.com. 3600 SOA ns.example.com. host.example.com. 1 2 3 4 60\n"
                           "mail.example.com A 192.0.2.1\n"
                           "mail.example.com TXT \"v=spf1 a -all\"\n"
                           "_client._smtp.mail.example.com SRV 1 2 0 mail.example.com\n"
                           "slow.example.com A 192.0.2.1\n"
                           "slow.example.com TXT \"v=spf1 a -all\"\n"
                           "_client._smtp.slow.example.com SRV 1 2 0 slow.example.com\n"
                           "! slow.example.com ANY delay 400\n"
                           "! _client._smtp.slow.example.com ANY delay 400\n";

static struct dnsd_child *dns;
static struct vouch_engine *engine;

static struct vouch_engine *new_engine(const char *timeout)
{
    struct vouch_config *config;
    struct vouch_engine *made;
    char text[256];

    snprintf(text, sizeof text, "dns { nameservers = {\"%s\"} timeout = %s }\n",
             dnsd_child_address(dns), timeout);
    assert_int_equal(vouch_config_load(NULL, text, NULL, NULL, &config), VOUCH_OK);
    assert_int_equal(vouch_engine_new(config, NULL, &made), VOUCH_OK);
    vouch_config_release(config);
    return made;
}

static int setup(void **state)
{
    (void)state;
    dns = dnsd_child_start("127.0.0.1", zone);
    if (dns == NULL)
        return -1;
    engine = new_engine("8s");
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    vouch_engine_release(engine);
    dnsd_child_stop(dns);
    return 0;
}

/* What a session of 192.0.2.1 gets at MAIL. */
struct visit {
    pthread_t thread;
    const char *helo;
    enum vouch_action action;
    char log_line[1024]; /* empty: the session could not be made */
};

static pthread_barrier_t all_there;

static void visit(struct visit *visit)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(UINT32_C(0xc0000201))};
    struct vouch_session *session = NULL;
    struct vouch_message *message = NULL;
    const char *line;

    visit->log_line[0] = '\0';
    if (vouch_session_new(engine, (struct sockaddr *)&address, NULL, &session) == VOUCH_OK &&
        vouch_session_helo(session, visit->helo) == VOUCH_OK &&
        vouch_message_new(session, "", &message) == VOUCH_OK) {
        visit->action = vouch_message_decide(message, VOUCH_STAGE_MAIL)->action;
        line = vouch_message_log_line(message);
        snprintf(visit->log_line, sizeof visit->log_line, "%s", line == NULL ? "" : line);
    }
    vouch_message_free(message);
    vouch_session_free(session);
}

static void *visit_together(void *argument)
{
    pthread_barrier_wait(&all_there);
    visit(argument);
    return NULL;
}

static bool has(const struct visit *visit, const char *words)
{
    return strstr(visit->log_line, words) != NULL;
}

static unsigned count(const char *question)
{
    return dnsd_child_count(dns, NULL, question);
}

/* All three questions are asked once, and all are there before the first is answered. */
static void test_one_cold_name(void **state)
{
    static struct visit visits[SESSIONS];

    (void)state;
    assert_int_equal(pthread_barrier_init(&all_there, NULL, SESSIONS), 0);
    for (unsigned i = 0; i < SESSIONS; i++) {
        visits[i].helo = "slow.example.com";
        assert_int_equal(pthread_create(&visits[i].thread, NULL, visit_together, &visits[i]), 0);
    }
    for (unsigned i = 0; i < SESSIONS; i++) {
        assert_int_equal(pthread_join(visits[i].thread, NULL), 0);
        assert_int_equal(visits[i].action, VOUCH_CONTINUE);
        assert_true(has(&visits[i], "csa=pass"));
        assert_true(has(&visits[i], "spf=pass"));
    }
    pthread_barrier_destroy(&all_there);
    assert_int_equal(count("_client._smtp.slow.example.com SRV"), 1);
    assert_int_equal(count("slow.example.com A"), 1);
    assert_int_equal(count("slow.example.com TXT"), 1);
    assert_int_equal(dnsd_child_peak(dns, "slow.example.com"), 3);
}

static void test_dns_dead_and_back(void **state)
{
    struct visit guest = {.helo = "mail.example.com"};
    nanoseconds end;

    (void)state;
    vouch_engine_release(engine);
    engine = new_engine("1s");
    assert_true(dnsd_child_command(dns, "silent"));
    visit(&guest);
    assert_int_equal(guest.action, VOUCH_CONTINUE);
    assert_true(has(&guest, "csa=temperror"));
    assert_true(has(&guest, "spf=temperror"));
    assert_true(dnsd_child_command(dns, "normal"));
    end = clock_now() + BACK_MS * NANOSECONDS_PER_MILLISECOND;
    while (!has(&guest, "csa=pass") || !has(&guest, "spf=pass")) {
        visit(&guest);
        assert_true(has(&guest, "csa=pass") || has(&guest, "csa=temperror"));
        assert_true(has(&guest, "spf=pass") || has(&guest, "spf=temperror"));
        assert_true(clock_now() < end);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_one_cold_name, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dns_dead_and_back, setup, teardown)};

    alarm(HANG_SECONDS); /* a hang is a failure too */
    return cmocka_run_group_tests(tests, NULL, NULL);
}
