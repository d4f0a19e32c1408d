/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "lib/engine/engine.h"

static const char zone[] = "example.com. SOA ns.example.com. admin.example.com. 1 2 3 4 60\n"
                           "example.com. TXT \"v=spf1 ip4:192.0.2.10 -all\"\n"
                           "mail.example.com. A 192.0.2.10\n"
                           "_client._smtp.mail.example.com. SRV 1 2 0 mail.example.com.\n"
                           "_client._smtp.bad.example.com. SRV 1 1 0 bad.example.com.\n"
                           "! dead.example.com ANY servfail\n";

static void expect_no_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    fail_msg("%s:%u: %s", file, line, text);
}

static struct vouch_engine *engine_with(const char *configuration)
{
    struct resolver_settings settings = resolver_defaults();
    struct vouch_engine *engine = NULL;
    struct vouch_config *config = NULL;
    struct resolver *resolver = NULL;
    unsigned line = 0;

    assert_int_equal(vouch_config_load(NULL, configuration, expect_no_problem, NULL, &config),
                     VOUCH_OK);
    assert_int_equal(resolver_new_zone(&settings, zone, &resolver, &line), VOUCH_OK);
    assert_int_equal(engine_new_with(config, resolver, &engine), VOUCH_OK);
    resolver_release(resolver);
    vouch_config_release(config);
    return engine;
}

/* A session that keeps the only reference to its engine. */
static struct vouch_session *session_with(const char *configuration, const char *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct vouch_engine *engine = engine_with(configuration);
    struct vouch_session *session = NULL;

    assert_int_equal(inet_pton(AF_INET, client, &address.sin_addr), 1);
    assert_int_equal(vouch_session_new(engine, (const struct sockaddr *)&address, NULL, &session),
                     VOUCH_OK);
    assert_int_equal(vouch_session_fact(session, VOUCH_FACT_MTA_NAME, "mx.example.org"), VOUCH_OK);
    vouch_engine_release(engine);
    return session;
}

static struct vouch_message *message_from(struct vouch_session *session, const char *reverse_path)
{
    struct vouch_message *message = NULL;

    assert_int_equal(vouch_message_new(session, reverse_path, &message), VOUCH_OK);
    return message;
}

static void give_header(struct vouch_message *message, const char *name, const char *value)
{
    assert_int_equal(vouch_message_header(message, name, value, strlen(value)), VOUCH_OK);
}

static void the_last_helo_counts(void **state)
{
    struct vouch_session *session = session_with(NULL, "192.0.2.10");
    const struct vouch_decision *decision;
    struct vouch_message *message;

    (void)state;
    assert_int_equal(vouch_session_helo(session, "mail.example.com"), VOUCH_OK);
    assert_int_equal(vouch_session_helo(session, "bad.example.com"), VOUCH_OK);
    message = message_from(session, "a@example.com");
    decision = vouch_message_decide(message, VOUCH_STAGE_MAIL);
    assert_int_equal(decision->action, VOUCH_REJECT);
    assert_int_equal(decision->stage, VOUCH_STAGE_HELO);
    assert_string_equal(decision->method, "csa");
    assert_string_equal(decision->reply.code, "550");
    assert_string_equal(decision->reply.enhanced, "5.7.1");
    assert_non_null(strstr(decision->rule, "csa { fail = reject }"));
    vouch_message_free(message);

    assert_int_equal(vouch_session_helo(session, "mail.example.com"), VOUCH_OK);
    message = message_from(session, "<a@example.com>");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_MAIL)->action, VOUCH_CONTINUE);
    vouch_message_free(message);
    vouch_session_free(session);
}

static void messages_share_what_their_helo_is_worth(void **state)
{
    struct vouch_session *session = session_with(NULL, "192.0.2.10");

    (void)state;
    assert_int_equal(vouch_session_helo(session, "mail.example.com"), VOUCH_OK);
    for (int i = 0; i < 3; i++) {
        struct vouch_message *message = message_from(session, "a@example.com");

        (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
        assert_non_null(strstr(vouch_message_record(message, false), "\"csa-ok\""));
        vouch_message_free(message);
    }
    vouch_session_free(session);
}

static void a_message_outlives_its_helo(void **state)
{
    struct vouch_session *session = session_with(NULL, "192.0.2.10");
    struct vouch_message *message;

    (void)state;
    assert_int_equal(vouch_session_helo(session, "mail.example.com"), VOUCH_OK);
    message = message_from(session, "a@example.com");
    (void)vouch_message_decide(message, VOUCH_STAGE_MAIL);
    assert_int_equal(vouch_session_helo(session, "bad.example.com"), VOUCH_OK);
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_EOM)->action, VOUCH_CONTINUE);
    assert_non_null(strstr(vouch_message_log_line(message), "mail.example.com"));
    vouch_message_free(message);
    vouch_session_free(session);
}

static void a_refusal_stays(void **state)
{
    struct vouch_session *session = session_with(NULL, "192.0.2.99");
    struct vouch_message *message = message_from(session, "a@example.com");
    const struct vouch_decision *decision = vouch_message_decide(message, VOUCH_STAGE_EOM);

    (void)state;
    assert_int_equal(decision->action, VOUCH_REJECT);
    assert_int_equal(decision->wanted, VOUCH_REJECT);
    assert_int_equal(decision->stage, VOUCH_STAGE_MAIL);
    assert_string_equal(decision->reply.enhanced, "5.7.23");
    assert_ptr_equal(vouch_message_decide(message, VOUCH_STAGE_MAIL), decision);
    assert_int_equal(decision->action, VOUCH_REJECT);
    vouch_message_free(message);
    vouch_session_free(session);
}

static void monitor_mode_never_refuses(void **state)
{
    struct vouch_session *session = session_with("mode = monitor", "192.0.2.99");
    struct vouch_message *message = message_from(session, "a@example.com");
    const struct vouch_decision *decision = vouch_message_decide(message, VOUCH_STAGE_EOM);
    const struct vouch_edit *edits;
    size_t count;

    (void)state;
    assert_int_equal(decision->action, VOUCH_CONTINUE);
    assert_int_equal(decision->wanted, VOUCH_REJECT);
    assert_string_equal(decision->reply.code, "550");
    assert_string_equal(decision->reply.enhanced, "5.7.23");
    assert_non_null(strstr(decision->reply.lines[0], "does not permit 192.0.2.99"));
    assert_non_null(
        strstr(vouch_message_record(message, false), "\"reply\":\"550 5.7.23 SPF fail"));
    assert_int_equal(vouch_message_edits(message, &edits, &count), VOUCH_OK);
    assert_non_null(strstr(edits[count - 1].value, "spf=fail"));
    vouch_message_free(message);
    vouch_session_free(session);
}

/* What could not be judged for want of memory is never taken for judged. */
static void a_helo_without_memory_is_a_temperror_each_time(void **state)
{
    enum { LENGTH = (1 << 20) - 100 }; /* the memory of a HELO, but for a hundred octets */
    struct vouch_session *session = session_with(NULL, "192.0.2.10");
    char *helo = malloc(LENGTH + 1);

    (void)state;
    assert_non_null(helo);
    memset(helo, 'h', LENGTH);
    helo[LENGTH] = '\0';
    assert_int_equal(vouch_session_helo(session, helo), VOUCH_OK);
    for (unsigned i = 0; i < 2; i++) {
        struct vouch_message *message = message_from(session, "a@example.com");

        (void)vouch_message_decide(message, VOUCH_STAGE_MAIL);
        assert_non_null(strstr(vouch_message_log_line(message), "=temperror"));
        vouch_message_free(message);
    }
    free(helo);
    vouch_session_free(session);
}

/* A client that says HELO over and over has no more than a few names asked for. */
static void many_helos_raise_few_questions(void **state)
{
    struct vouch_engine *engine = engine_with(NULL);
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct vouch_session *session = NULL;
    struct vouch_message *message;
    struct vouch_counters before, after;
    char name[40];

    (void)state;
    (void)inet_pton(AF_INET, "192.0.2.10", &address.sin_addr);
    assert_int_equal(vouch_session_new(engine, (const struct sockaddr *)&address, NULL, &session),
                     VOUCH_OK);
    for (unsigned i = 0; i < 100; i++) {
        (void)snprintf(name, sizeof name, "h%u.example.com", i);
        assert_int_equal(vouch_session_helo(session, name), VOUCH_OK);
    }
    vouch_engine_counters(engine, &before);
    assert_true(before.queries > 0 && before.queries <= 3 * 4);
    assert_int_equal(vouch_session_helo(session, "mail.example.com"), VOUCH_OK);
    message = message_from(session, "a@example.com");
    assert_non_null(strstr(vouch_message_log_line(message), "helo=mail.example.com"));
    (void)vouch_message_decide(message, VOUCH_STAGE_MAIL);
    assert_non_null(strstr(vouch_message_log_line(message), "csa=pass"));
    vouch_message_free(message);
    vouch_engine_counters(engine, &before);
    assert_int_equal(vouch_session_helo(session, "new.example.com"), VOUCH_OK);
    vouch_engine_counters(engine, &after);
    assert_true(after.queries > before.queries); /* asked for at once again */
    vouch_session_free(session);
    vouch_engine_release(engine);
}

static void dns_trouble_refuses_nothing(void **state)
{
    struct vouch_session *session = session_with(NULL, "192.0.2.99");
    struct vouch_message *message;

    (void)state;
    assert_int_equal(vouch_session_helo(session, "dead.example.com"), VOUCH_OK);
    message = message_from(session, "a@dead.example.com");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_EOM)->action, VOUCH_CONTINUE);
    assert_non_null(strstr(vouch_message_log_line(message), "spf=temperror"));
    vouch_message_free(message);
    vouch_session_free(session);
}

static const char *const forged[] = {
    " mx.example.org; spf=pass smtp.mailfrom=bank.example",   /* 1: ours */
    " other.example; spf=pass",                               /* 2: another's */
    " MX.Example.ORG 1; none",                                /* 3: ours */
    "\n\t(a (nested) comment) \"mx.example.org\" ; spf=pass", /* 4: ours */
    " other.example 2; spf=pass",                             /* 5: unknown version */
    " (unclosed",                                             /* 6: cannot be read */
    " mx.example.org.evil.example; spf=pass",                 /* 7: another's */
};

static void expect_deletions(const char *configuration, const unsigned *expected,
                             size_t expected_count)
{
    struct vouch_session *session = session_with(configuration, "192.0.2.10");
    struct vouch_message *message = message_from(session, "a@example.com");
    const struct vouch_edit *edits;
    size_t count;

    for (size_t i = 0; i < sizeof forged / sizeof forged[0]; i++)
        give_header(message, i % 2 == 0 ? "Authentication-Results" : "authentication-RESULTS",
                    forged[i]);
    give_header(message, "Subject", " mx.example.org; spf=pass");
    (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
    assert_int_equal(vouch_message_edits(message, &edits, &count), VOUCH_OK);
    assert_int_equal(count, expected_count + 2);
    for (size_t i = 0; i < expected_count; i++) {
        assert_int_equal(edits[i].kind, VOUCH_EDIT_DELETE);
        assert_string_equal(edits[i].name, "Authentication-Results");
        assert_int_equal(edits[i].index, expected[i]);
    }
    for (size_t i = expected_count; i < count; i++) {
        assert_int_equal(edits[i].kind, VOUCH_EDIT_INSERT);
        assert_int_equal(edits[i].index, 0);
        assert_memory_equal(edits[i].value, "mx.example.org;", 15);
    }
    assert_non_null(strstr(edits[count - 2].value, "x-csa="));
    assert_non_null(strstr(edits[count - 1].value, "spf=pass"));
    vouch_message_free(message);
    vouch_session_free(session);
}

static void forged_results_go_highest_first(void **state)
{
    static const unsigned ours[] = {6, 5, 4, 3, 1};
    static const unsigned all[] = {7, 6, 5, 4, 3, 2, 1};

    (void)state;
    expect_deletions(NULL, ours, 5);
    expect_deletions("authentication-results { strip = all }", all, 7);
    expect_deletions("authentication-results { trusted-peers = {\"192.0.2.0/24\"} }", NULL, 0);
}

/* Each removal has the MTA look through the whole header. */
static void too_many_forged_fields_are_refused(void **state)
{
    static const struct {
        const char *configuration;
        unsigned fields;
        enum vouch_action action, wanted;
        unsigned deletions;
    } cases[] = {
        {NULL, 100, VOUCH_CONTINUE, VOUCH_CONTINUE, 100},
        {NULL, 101, VOUCH_REJECT, VOUCH_REJECT, 100},
        {"limits { forged-fields = 3 }", 4, VOUCH_REJECT, VOUCH_REJECT, 3},
        {"limits { forged-fields = 3 } mode = monitor", 4, VOUCH_CONTINUE, VOUCH_REJECT, 3},
        {"limits { forged-fields = 3 } exempt { clients = {\"192.0.2.0/24\"} }", 4, VOUCH_REJECT,
         VOUCH_REJECT, 3},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vouch_session *session = session_with(cases[i].configuration, "192.0.2.10");
        struct vouch_message *message = message_from(session, "a@example.com");
        const struct vouch_decision *decision;
        const struct vouch_edit *edits;
        size_t count;

        for (unsigned field = 0; field < cases[i].fields; field++)
            give_header(message, "Authentication-Results", forged[0]);
        assert_int_not_equal(vouch_message_decide(message, VOUCH_STAGE_MAIL)->wanted, VOUCH_REJECT);
        decision = vouch_message_decide(message, VOUCH_STAGE_EOH);
        assert_int_equal(decision->action, cases[i].action);
        assert_int_equal(decision->wanted, cases[i].wanted);
        if (cases[i].wanted == VOUCH_REJECT) {
            assert_int_equal(decision->stage, VOUCH_STAGE_EOH);
            assert_string_equal(decision->rule, "limits { forged-fields = ... }");
            assert_true(decision->rule_file[0] != '\0');
        }
        if (cases[i].action == VOUCH_REJECT) {
            assert_string_equal(decision->reply.code, "550");
            assert_string_equal(decision->reply.enhanced, "5.7.1");
            assert_non_null(strstr(decision->reply.lines[0], "Authentication-Results"));
        }
        assert_non_null(vouch_message_record(message, true));
        assert_non_null(vouch_message_explanation(message));
        assert_non_null(vouch_message_log_line(message));
        assert_int_equal(vouch_message_edits(message, &edits, &count), VOUCH_OK);
        assert_true(count > cases[i].deletions);
        assert_int_equal(edits[cases[i].deletions - 1].index, 1);
        vouch_message_free(message);
        vouch_session_free(session);
    }
}

static void an_exempt_client_is_annotated_too(void **state)
{
    struct vouch_session *session = session_with(NULL, "127.0.0.1");
    struct vouch_message *message;
    const struct vouch_edit *edits;
    size_t count;

    (void)state;
    assert_int_equal(vouch_session_helo(session, "bad.example.com"), VOUCH_OK);
    message = message_from(session, "a@example.com");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_MAIL)->action, VOUCH_ACCEPT);
    give_header(message, "Authentication-Results", "mx.example.org; none");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_EOM)->action, VOUCH_ACCEPT);
    assert_int_equal(vouch_message_edits(message, &edits, &count), VOUCH_OK);
    assert_int_equal(count, 2);
    assert_int_equal(edits[0].kind, VOUCH_EDIT_DELETE);
    assert_string_equal(edits[1].value, "mx.example.org; none");
    vouch_message_free(message);
    vouch_session_free(session);
}

static void authentication_counts_for_the_messages_after_it(void **state)
{
    struct vouch_session *session = session_with(NULL, "192.0.2.99");
    struct vouch_message *message;

    (void)state;
    assert_int_equal(vouch_session_helo(session, "bad.example.com"), VOUCH_OK);
    message = message_from(session, "a@example.com");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_MAIL)->action, VOUCH_REJECT);
    vouch_message_free(message);
    assert_int_equal(vouch_session_fact(session, VOUCH_FACT_AUTH_AUTHEN, "alice"), VOUCH_OK);
    message = message_from(session, "a@example.com");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_MAIL)->action, VOUCH_ACCEPT);
    vouch_message_free(message);
    assert_int_equal(vouch_session_fact(session, VOUCH_FACT_AUTH_AUTHEN, NULL), VOUCH_OK);
    message = message_from(session, "a@example.com");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_MAIL)->action, VOUCH_REJECT);
    vouch_message_free(message);
    vouch_session_free(session);
}

static void what_is_beyond_the_bounds_is_still_searched_for_forgeries(void **state)
{
    struct vouch_session *session =
        session_with("limits { header-size = 64k recipients = 2 }", "192.0.2.10");
    struct vouch_message *message = message_from(session, "a@example.com");
    char *large = malloc(1 << 20);
    const struct vouch_edit *edits;
    unsigned kept = 0;
    size_t count;

    (void)state;
    assert_non_null(large);
    memset(large, 'x', 1 << 20);
    assert_int_equal(vouch_message_header(message, "X-Large", large, 1 << 20), VOUCH_ERROR_LIMIT);
    for (int i = 0; i < 5000; i++)
        kept += vouch_message_header(message, "X-Many", "0123456789012345", 16) == VOUCH_OK;
    assert_in_range(kept, 100, 4900);
    assert_int_equal(
        vouch_message_header(message, "Authentication-Results", "mx.example.org; x", 17),
        VOUCH_ERROR_LIMIT);
    assert_int_equal(vouch_message_recipient(message, "1@example.org"), VOUCH_OK);
    assert_int_equal(vouch_message_recipient(message, "2@example.org"), VOUCH_OK);
    assert_int_equal(vouch_message_recipient(message, "3@example.org"), VOUCH_ERROR_LIMIT);
    (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
    assert_int_equal(vouch_message_edits(message, &edits, &count), VOUCH_OK);
    assert_int_equal(edits[0].kind, VOUCH_EDIT_DELETE);
    assert_int_equal(edits[0].index, 1);
    free(large);
    vouch_message_free(message);
    vouch_session_free(session);
}

static void log_line_and_record_carry_the_queue_id(void **state)
{
    struct vouch_session *session = session_with(NULL, "192.0.2.10");
    struct vouch_message *message = message_from(session, "<>");

    (void)state;
    (void)vouch_message_decide(message, VOUCH_STAGE_MAIL);
    assert_memory_equal(vouch_message_log_line(message), "NOQUEUE: ", 9);
    assert_int_equal(vouch_message_queue_id(message, "4XyzAB"), VOUCH_OK);
    assert_memory_equal(vouch_message_log_line(message), "4XyzAB: ", 8);
    assert_non_null(strstr(vouch_message_record(message, true), "\"4XyzAB\""));
    assert_non_null(strstr(vouch_message_explanation(message), "spf"));
    vouch_message_free(message);
    vouch_session_free(session);
}

static void a_client_without_address_is_never_refused(void **state)
{
    struct vouch_engine *engine = engine_with(NULL);
    struct vouch_session *session = NULL;
    struct vouch_message *message;

    (void)state;
    assert_int_equal(vouch_session_new(engine, NULL, NULL, &session), VOUCH_OK);
    assert_int_equal(vouch_session_helo(session, "mail.example.com"), VOUCH_OK);
    message = message_from(session, "a@example.com");
    assert_int_equal(vouch_message_decide(message, VOUCH_STAGE_EOM)->action, VOUCH_CONTINUE);
    vouch_message_free(message);
    vouch_session_free(session);
    vouch_engine_release(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_helo_counts),
        cmocka_unit_test(messages_share_what_their_helo_is_worth),
        cmocka_unit_test(a_message_outlives_its_helo),
        cmocka_unit_test(a_refusal_stays),
        cmocka_unit_test(monitor_mode_never_refuses),
        cmocka_unit_test(a_helo_without_memory_is_a_temperror_each_time),
        cmocka_unit_test(many_helos_raise_few_questions),
        cmocka_unit_test(dns_trouble_refuses_nothing),
        cmocka_unit_test(forged_results_go_highest_first),
        cmocka_unit_test(too_many_forged_fields_are_refused),
        cmocka_unit_test(an_exempt_client_is_annotated_too),
        cmocka_unit_test(authentication_counts_for_the_messages_after_it),
        cmocka_unit_test(what_is_beyond_the_bounds_is_still_searched_for_forgeries),
        cmocka_unit_test(log_line_and_record_carry_the_queue_id),
        cmocka_unit_test(a_client_without_address_is_never_refused),
    };

    return cmocka_run_group_tests_name("engine", tests, NULL, NULL);
}
