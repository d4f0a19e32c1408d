/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/base/ascii.h"
#include "lib/report/reply.h"

static struct facts facts_of(const char *client, const char *name, const char *helo)
{
    struct facts facts = {
        .client_name = name,
        .helo = helo,
        .authserv_id = "mx.example.org",
        .has_mail = true,
        .reverse_path = {.raw = "a@example.com", .local = "a", .domain = "example.com"},
        .queue_id = "",
    };

    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        facts.mta[i] = "";
    if (client[0] != '\0')
        assert_true(ip_parse(client, strlen(client), &facts.client));
    return facts;
}

static struct decision decision_of(enum vouch_action action, const struct outcome *outcome)
{
    return (struct decision){
        .action = action,
        .wanted = action,
        .outcome = outcome,
        .reasons = {outcome},
        .failures = outcome != NULL,
        .code = action == VOUCH_TEMPFAIL ? "451"
                : action == VOUCH_REJECT ? "550"
                                         : "",
        .enhanced = action == VOUCH_TEMPFAIL ? "4.7.24"
                    : action == VOUCH_REJECT ? "5.7.1"
                                             : "",
    };
}

/* The promise of struct vouch_reply. */
static void assert_clean(const struct vouch_reply *reply)
{
    assert_in_range(reply->line_count, 0, 32);
    for (size_t i = 0; i < reply->line_count; i++) {
        size_t octets = 0;

        for (const char *p = reply->lines[i]; *p != '\0'; p++) {
            assert_true(ascii_is_printable(*p));
            octets += *p == '%' ? 2 : 1;
        }
        assert_in_range(octets, 1, 980);
    }
}

static const struct {
    enum method method;
    enum identity identity;
    enum vouch_result result;
    enum reason reason;
    const char *domain, *detail;
    enum vouch_action action;
    const char *line;
} cases[] = {
    {METHOD_CSA, IDENTITY_NONE, VOUCH_FAIL, REASON_CSA_MISMATCH, "mail.example.com", "",
     VOUCH_REJECT,
     "host.example.net [192.0.2.9] is not authorized to send mail as mail.example.com: client "
     "address mismatch (CSA)"},
    {METHOD_CSA, IDENTITY_NONE, VOUCH_FAIL, REASON_CSA_EXPLICIT, "x.example.com", "by example.com",
     VOUCH_REJECT,
     "host.example.net [192.0.2.9] is not authorized to send mail as x.example.com: explicit "
     "authorization required by example.com (CSA)"},
    {METHOD_CSA, IDENTITY_NONE, VOUCH_FAIL, REASON_CSA_NOT_AUTHORIZED, "mail.example.com", "",
     VOUCH_TEMPFAIL,
     "host.example.net [192.0.2.9] is not authorized to send mail as mail.example.com: host name "
     "not authorized (CSA); please try again later"},
    {METHOD_CSA, IDENTITY_NONE, VOUCH_TEMPERROR, REASON_CSA_DEFER_SRV, "mail.example.com", "",
     VOUCH_TEMPFAIL,
     "CSA for mail.example.com could not be checked: deferred (SRV lookup failed); please try "
     "again later"},
    {METHOD_CSA, IDENTITY_NONE, VOUCH_TEMPERROR, REASON_MEMORY, "", "", VOUCH_TEMPFAIL,
     "CSA for helo.example could not be checked: trouble on our side; please try again later"},
    {METHOD_CSA, IDENTITY_NONE, VOUCH_NONE, REASON_CSA_UNKNOWN, "mail.example.com", "",
     VOUCH_REJECT, "CSA none: mail.example.com: no CSA record and no assertion by a parent"},
    {METHOD_CSA, IDENTITY_NONE, VOUCH_PASS, REASON_CSA_OK, "mail.example.com", "", VOUCH_REJECT,
     "mail from mail.example.com is not accepted here (CSA pass)"},
    {METHOD_HELO, IDENTITY_NONE, VOUCH_FAIL, REASON_HELO_ADDRESS_MISMATCH, "helo.example", "",
     VOUCH_REJECT, "HELO fail: helo.example: HELO name does not resolve to the client"},
    {METHOD_HELO, IDENTITY_NONE, VOUCH_NONE, REASON_HELO_LITERAL, "", "", VOUCH_REJECT,
     "HELO none: helo.example: HELO is an address literal"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_FAIL, REASON_SPF_MATCH, "example.com", "-all",
     VOUCH_REJECT, "SPF fail: example.com does not permit 192.0.2.9 to send its mail (-all)"},
    {METHOD_SPF, IDENTITY_HELO, VOUCH_FAIL, REASON_SPF_MATCH, "helo.example", "-all", VOUCH_REJECT,
     "SPF fail: helo.example does not permit 192.0.2.9 to use its name in HELO (-all)"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_SOFTFAIL, REASON_SPF_MATCH, "example.com", "~all",
     VOUCH_REJECT,
     "SPF softfail: example.com says that it probably does not permit 192.0.2.9 to send its mail "
     "(~all)"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_TEMPERROR, REASON_SPF_TIMEOUT, "example.com", "",
     VOUCH_TEMPFAIL,
     "SPF for example.com could not be checked: DNS did not answer in time; please try again "
     "later"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_TEMPERROR, REASON_SPF_DNS, "example.com", "SERVFAIL",
     VOUCH_REJECT, "SPF for example.com could not be checked: a DNS lookup failed: SERVFAIL"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_PERMERROR, REASON_SPF_SYNTAX, "example.com", "ip4:x",
     VOUCH_REJECT, "SPF permerror: example.com: syntax error in the SPF record: ip4:x"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_NEUTRAL, REASON_SPF_MATCH, "example.com", "?all",
     VOUCH_REJECT, "SPF neutral: example.com: ?all matched"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_NEUTRAL, REASON_SPF_DEFAULT, "example.com", "default",
     VOUCH_REJECT, "SPF neutral: example.com: no mechanism matched"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_NONE, REASON_SPF_NO_DOMAIN, "", "", VOUCH_REJECT,
     "SPF none: a@example.com: no domain to check"},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_POLICY, REASON_NONE, "example.com", "", VOUCH_QUARANTINE,
     "SPF policy: example.com"},
};

static void lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct facts facts = facts_of("192.0.2.9", "host.example.net", "helo.example");
        struct outcome *outcome =
            outcome_new(arena, cases[i].method, cases[i].identity, VOUCH_STAGE_MAIL);
        struct decision decision = decision_of(cases[i].action, outcome);
        struct vouch_reply reply;

        outcome_set(outcome, cases[i].result, cases[i].reason);
        outcome->domain = cases[i].domain;
        outcome->detail = cases[i].detail;
        assert_int_equal(reply_make(arena, &facts, &decision, &reply), VOUCH_OK);
        assert_clean(&reply);
        assert_int_equal(reply.line_count, 1);
        assert_string_equal(reply.lines[0], cases[i].line);
        assert_string_equal(reply.code, decision.code);
        assert_string_equal(reply.enhanced, decision.enhanced);
        arena_free(arena);
    }
}

static void clients(void **state)
{
    static const struct {
        const char *client, *name, *begin;
    } rows[] = {
        {"192.0.2.9", "", "192.0.2.9 is not"},
        {"192.0.2.9", "unknown", "192.0.2.9 is not"},
        {"192.0.2.9", "[192.0.2.9]", "192.0.2.9 is not"},
        {"2001:db8::9", "h.example", "h.example [2001:db8::9] is not"},
        {"", "h.example", "this client is not"},
        {"192.0.2.9", "h\nx", "h\\x0Ax [192.0.2.9] is not"},
    };
    struct arena *arena = arena_new(1 << 16);
    struct outcome *outcome = outcome_new(arena, METHOD_CSA, IDENTITY_NONE, VOUCH_STAGE_HELO);
    struct decision decision = decision_of(VOUCH_REJECT, outcome);

    (void)state;
    outcome_set(outcome, VOUCH_FAIL, REASON_CSA_MISMATCH);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct facts facts = facts_of(rows[i].client, rows[i].name, "helo.example");
        struct vouch_reply reply;

        assert_int_equal(reply_make(arena, &facts, &decision, &reply), VOUCH_OK);
        assert_clean(&reply);
        assert_memory_equal(reply.lines[0], rows[i].begin, strlen(rows[i].begin));
    }
    arena_free(arena);
}

static void several_reasons(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct facts facts = facts_of("192.0.2.9", "", "helo.example");
    struct outcome *csa = outcome_new(arena, METHOD_CSA, IDENTITY_NONE, VOUCH_STAGE_HELO);
    struct outcome *spf = outcome_new(arena, METHOD_SPF, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);
    struct decision decision = decision_of(VOUCH_REJECT, csa);
    struct vouch_reply reply;

    (void)state;
    outcome_set(csa, VOUCH_FAIL, REASON_CSA_MISMATCH);
    csa->domain = "helo.example";
    outcome_set(spf, VOUCH_FAIL, REASON_SPF_MATCH);
    spf->domain = "example.com";
    spf->detail = "-all";
    spf->explanation = "see\r\n250 http://example.com/why?a=100%\x80";
    decision.reasons[1] = spf;
    assert_int_equal(reply_make(arena, &facts, &decision, &reply), VOUCH_OK);
    assert_clean(&reply);
    assert_int_equal(reply.line_count, 3);
    assert_string_equal(reply.lines[0], "192.0.2.9 is not authorized to send mail as helo.example: "
                                        "client address mismatch (CSA)");
    assert_string_equal(reply.lines[1],
                        "SPF fail: example.com does not permit 192.0.2.9 to send its mail (-all)");
    assert_string_equal(reply.lines[2], "The domain example.com explains: "
                                        "see\\x0D\\x0A250 http://example.com/why?a=100%\\x80");
    for (size_t i = 0; i < DECISION_REASONS; i++)
        decision.reasons[i] = spf;
    assert_int_equal(reply_make(arena, &facts, &decision, &reply), VOUCH_OK);
    assert_clean(&reply);
    assert_int_equal(reply.line_count, 2 * DECISION_REASONS);
    arena_free(arena);
}

/* An explanation is for a fail alone (RFC 7208 6.2). */
static void explanation_of_other_results(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct facts facts = facts_of("192.0.2.9", "", "helo.example");
    struct outcome *spf = outcome_new(arena, METHOD_SPF, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);
    struct decision decision = decision_of(VOUCH_REJECT, spf);
    struct vouch_reply reply;

    (void)state;
    outcome_set(spf, VOUCH_SOFTFAIL, REASON_SPF_MATCH);
    spf->explanation = "because";
    assert_int_equal(reply_make(arena, &facts, &decision, &reply), VOUCH_OK);
    assert_int_equal(reply.line_count, 1);
    arena_free(arena);
}

static void actions(void **state)
{
    static const struct {
        enum vouch_action action;
        const char *code, *line;
    } rows[] = {
        {VOUCH_CONTINUE, "", NULL},
        {VOUCH_ACCEPT, "", NULL},
        {VOUCH_DISCARD, "", NULL},
        {VOUCH_QUARANTINE, "", "held by local policy"},
        {VOUCH_TEMPFAIL, "451", "not accepted now; please try again later"},
        {VOUCH_REJECT, "550", "refused by local policy"},
    };
    struct arena *arena = arena_new(1 << 16);
    struct facts facts = facts_of("192.0.2.9", "", "helo.example");
    struct outcome *outcome = outcome_new(arena, METHOD_CSA, IDENTITY_NONE, VOUCH_STAGE_HELO);

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decision decision = decision_of(rows[i].action, NULL);
        struct vouch_reply reply;

        assert_int_equal(reply_make(arena, &facts, &decision, &reply), VOUCH_OK);
        assert_string_equal(reply.code, rows[i].code);
        assert_int_equal(reply.line_count, rows[i].line != NULL);
        if (rows[i].line != NULL)
            assert_string_equal(reply.lines[0], rows[i].line);

        decision = decision_of(rows[i].action, outcome);
        assert_int_equal(reply_make(arena, &facts, &decision, &reply), VOUCH_OK);
        assert_int_equal(reply.line_count, rows[i].line != NULL);
    }
    arena_free(arena);
}

/* What strangers say, in every place where it is said again. */
static void hostile(const struct facts *facts, struct arena *arena, const char *octets)
{
    for (unsigned method = 0; method < METHOD_COUNT; method++) {
        for (unsigned result = 0; result < VOUCH_RESULT_COUNT; result++) {
            struct outcome *outcome =
                outcome_new(arena, (enum method)method, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);
            struct decision decision = decision_of(VOUCH_REJECT, outcome);
            struct vouch_reply reply;

            outcome_set(outcome, (enum vouch_result)result, REASON_SPF_SYNTAX);
            outcome->domain = octets;
            outcome->detail = octets;
            outcome->explanation = octets;
            assert_int_equal(reply_make(arena, facts, &decision, &reply), VOUCH_OK);
            assert_clean(&reply);
            outcome->domain = "";
            assert_int_equal(reply_make(arena, facts, &decision, &reply), VOUCH_OK);
            assert_clean(&reply);
        }
    }
}

static void every_octet(void **state)
{
    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        enum { LENGTH = 2000 };
        struct arena *arena = arena_new(1 << 20);
        char *octets = arena_alloc(arena, LENGTH + 1);
        struct facts facts = facts_of("192.0.2.9", octets, octets);

        facts.reverse_path.raw = octets;
        octets[0] = (char)octet;
        hostile(&facts, arena, octets);
        memset(octets, (int)octet, LENGTH);
        hostile(&facts, arena, octets);
        arena_free(arena);
    }
}

static void out_of_memory(void **state)
{
    struct arena *source = arena_new(1 << 16);
    struct facts facts = facts_of("192.0.2.9", "", "helo.example");
    struct outcome *spf = outcome_new(source, METHOD_SPF, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);
    struct decision decision = decision_of(VOUCH_TEMPFAIL, spf);
    int error = VOUCH_ERROR_MEMORY;

    (void)state;
    outcome_set(spf, VOUCH_FAIL, REASON_SPF_MATCH);
    spf->domain = "example.com";
    spf->explanation = "because";
    for (size_t limit = 0; error != VOUCH_OK; limit += 16) {
        struct arena *arena = arena_new(limit);
        struct vouch_reply reply;

        error = reply_make(arena, &facts, &decision, &reply);
        assert_clean(&reply);
        assert_string_equal(reply.code, "451");
        assert_string_equal(reply.enhanced, "4.7.24");
        if (error != VOUCH_OK) {
            assert_int_equal(error, VOUCH_ERROR_MEMORY);
            assert_int_equal(reply.line_count, 1);
        }
        assert_in_range(limit, 0, 4096);
        arena_free(arena);
    }
    arena_free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines),           cmocka_unit_test(clients),
        cmocka_unit_test(several_reasons), cmocka_unit_test(explanation_of_other_results),
        cmocka_unit_test(actions),         cmocka_unit_test(every_octet),
        cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
