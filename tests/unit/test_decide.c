/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Outcomes and rules to one decision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/decide.h"

enum { OUTCOMES_MAX = 10 };

struct given {
    enum method method;
    enum identity identity;
    enum vouch_result result;
    const char *domain;
    enum vouch_stage stage;
};

#define CSA(result)      METHOD_CSA, IDENTITY_NONE, VOUCH_##result, "mx.a.example", VOUCH_STAGE_HELO
#define HELO(result)     METHOD_HELO, IDENTITY_NONE, VOUCH_##result, "mx.a.example", VOUCH_STAGE_HELO
#define SPF(result)      METHOD_SPF, IDENTITY_MAILFROM, VOUCH_##result, "b.example", VOUCH_STAGE_MAIL
#define SPF_HELO(result) METHOD_SPF, IDENTITY_HELO, VOUCH_##result, "mx.a.example", VOUCH_STAGE_HELO

#define DKIM(result)   METHOD_DKIM, IDENTITY_NONE, VOUCH_##result, "", VOUCH_STAGE_EOM
#define AUTHOR(result) METHOD_DKIM, IDENTITY_AUTHOR, VOUCH_##result, "a.b.example", VOUCH_STAGE_EOM
#define TLS(result)    METHOD_TLS, IDENTITY_NONE, VOUCH_##result, "", VOUCH_STAGE_HELO
#define IPREV(result)  METHOD_IPREV, IDENTITY_NONE, VOUCH_##result, "", VOUCH_STAGE_HELO
#define SENDER(result)                                                                             \
    METHOD_SENDER, IDENTITY_MAILFROM, VOUCH_##result, "b.example", VOUCH_STAGE_MAIL
#define BANK "domain b.example { dkim { none = reject } }"

#define TLS_CERTIFICATE "tls { enabled = yes require = certificate "

/* What is given, and what is wanted of it. */
static const struct {
    const char *config;
    struct given outcomes[OUTCOMES_MAX];
    size_t count;
    enum vouch_action wanted;
    const char *code, *enhanced;
    int decided; /* index, -1: none */
    unsigned failures;
} cases[] = {
    /* defaults */
    {"", {{CSA(NONE)}}, 0, VOUCH_CONTINUE, "", "", -1, 0},
    {"", {{CSA(PASS)}, {HELO(FAIL)}, {SPF(PASS)}}, 3, VOUCH_CONTINUE, "", "", -1, 0},
    {"", {{CSA(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"", {{CSA(PASS)}, {SPF(FAIL)}}, 2, VOUCH_REJECT, "550", "5.7.23", 1, 1},
    {"", {{SPF_HELO(FAIL)}}, 1, VOUCH_CONTINUE, "", "", -1, 0},
    {"",
     {{SPF(SOFTFAIL)}, {CSA(TEMPERROR)}, {SPF_HELO(PERMERROR)}},
     3,
     VOUCH_CONTINUE,
     "",
     "",
     -1,
     0},
    {"", {{CSA(FAIL)}, {SPF(FAIL)}}, 2, VOUCH_REJECT, "550", "5.7.26", 0, 2},
    /* codes */
    {"spf { temperror = tempfail }", {{SPF(TEMPERROR)}}, 1, VOUCH_TEMPFAIL, "451", "4.7.24", 0, 1},
    {"spf { temperror = reject }", {{SPF(TEMPERROR)}}, 1, VOUCH_REJECT, "550", "5.7.24", 0, 1},
    {"spf { permerror = reject }", {{SPF(PERMERROR)}}, 1, VOUCH_REJECT, "550", "5.7.24", 0, 1},
    {"spf { permerror = tempfail }", {{SPF(PERMERROR)}}, 1, VOUCH_TEMPFAIL, "451", "4.7.24", 0, 1},
    {"spf { fail = tempfail }", {{SPF(FAIL)}}, 1, VOUCH_TEMPFAIL, "451", "4.7.23", 0, 1},
    {"spf { softfail = reject }", {{SPF(SOFTFAIL)}}, 1, VOUCH_REJECT, "550", "5.7.23", 0, 1},
    {"spf { none = reject }", {{SPF(NONE)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"spf { neutral = reject }", {{SPF(NEUTRAL)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"csa { fail = tempfail }", {{CSA(FAIL)}}, 1, VOUCH_TEMPFAIL, "451", "4.7.1", 0, 1},
    {"csa { none = reject }", {{CSA(NONE)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"csa { temperror = tempfail }", {{CSA(TEMPERROR)}}, 1, VOUCH_TEMPFAIL, "451", "4.4.3", 0, 1},
    {"csa { temperror = reject }", {{CSA(TEMPERROR)}}, 1, VOUCH_REJECT, "550", "5.4.3", 0, 1},
    {"csa { permerror = reject }", {{CSA(PERMERROR)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"helo { fail = reject }", {{HELO(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"helo { temperror = tempfail }", {{HELO(TEMPERROR)}}, 1, VOUCH_TEMPFAIL, "451", "4.4.3", 0, 1},
    {"csa { temperror = tempfail } spf { temperror = tempfail }",
     {{CSA(TEMPERROR)}, {SPF(TEMPERROR)}},
     2,
     VOUCH_TEMPFAIL,
     "451",
     "4.4.3",
     0,
     2},
    {"csa { fail = tempfail } spf { temperror = tempfail }",
     {{CSA(FAIL)}, {SPF(TEMPERROR)}},
     2,
     VOUCH_TEMPFAIL,
     "451",
     "4.7.26",
     0,
     2},
    {"spf { helo-fail = reject }",
     {{SPF_HELO(FAIL)}, {SPF(FAIL)}},
     2,
     VOUCH_REJECT,
     "550",
     "5.7.23",
     0,
     2},
    {"spf { helo-fail = reject }", {{SPF_HELO(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.23", 0, 1},
    {"spf { fail = quarantine }", {{SPF(FAIL)}}, 1, VOUCH_QUARANTINE, "", "", 0, 1},
    {"spf { fail = discard }", {{SPF(FAIL)}}, 1, VOUCH_DISCARD, "", "", 0, 1},
    {"iprev { fail = reject }", {{IPREV(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.25", 0, 1},
    {"iprev { permerror = reject }", {{IPREV(PERMERROR)}}, 1, VOUCH_REJECT, "550", "5.7.25", 0, 1},
    {"iprev { fail = tempfail }", {{IPREV(FAIL)}}, 1, VOUCH_TEMPFAIL, "451", "4.7.25", 0, 1},
    {"iprev { temperror = tempfail }",
     {{IPREV(TEMPERROR)}},
     1,
     VOUCH_TEMPFAIL,
     "451",
     "4.4.3",
     0,
     1},
    {"iprev { pass = reject }", {{IPREV(PASS)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"", {{IPREV(FAIL)}, {SENDER(NONE)}}, 2, VOUCH_CONTINUE, "", "", -1, 0},
    {"", {{SENDER(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.27", 0, 1},
    {"sender { null-mx = tempfail }", {{SENDER(FAIL)}}, 1, VOUCH_TEMPFAIL, "451", "4.7.27", 0, 1},
    {"sender { no-mx = reject }", {{SENDER(NONE)}}, 1, VOUCH_REJECT, "550", "5.1.8", 0, 1},
    {"sender { no-mx = tempfail }", {{SENDER(NONE)}}, 1, VOUCH_TEMPFAIL, "451", "4.1.8", 0, 1},
    {"sender { address-literal = reject }",
     {{SENDER(PERMERROR)}},
     1,
     VOUCH_REJECT,
     "553",
     "5.1.7",
     0,
     1},
    {"sender { address-literal = tempfail }",
     {{SENDER(PERMERROR)}},
     1,
     VOUCH_TEMPFAIL,
     "451",
     "4.1.7",
     0,
     1},
    {"sender { address-literal = reject } spf { none = reject }",
     {{SENDER(PERMERROR)}, {SPF(NONE)}},
     2,
     VOUCH_REJECT,
     "550",
     "5.7.26",
     0,
     2},
    {"sender { temperror = tempfail }",
     {{SENDER(TEMPERROR)}},
     1,
     VOUCH_TEMPFAIL,
     "451",
     "4.4.3",
     0,
     1},
    {"sender { pass = reject }", {{SENDER(PASS)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"sender { no-mx = reject } domain b.example { sender { no-mx = quarantine } }",
     {{SENDER(NONE)}},
     1,
     VOUCH_QUARANTINE,
     "",
     "",
     0,
     1},
    {"dkim { fail = reject }", {{DKIM(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.20", 0, 1},
    {"dkim { none = tempfail }", {{DKIM(NONE)}}, 1, VOUCH_TEMPFAIL, "451", "4.7.20", 0, 1},
    {"dkim { policy = reject }", {{DKIM(POLICY)}}, 1, VOUCH_REJECT, "550", "5.7.21", 0, 1},
    {"dkim { permerror = reject }", {{DKIM(PERMERROR)}}, 1, VOUCH_REJECT, "550", "5.7.20", 0, 1},
    {"dkim { temperror = tempfail }", {{DKIM(TEMPERROR)}}, 1, VOUCH_TEMPFAIL, "451", "4.4.3", 0, 1},
    {"dkim { pass = reject }", {{DKIM(PASS)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    /* TLS: a requirement counts beside the rules, and the severest action wins */
    {"tls { enabled = yes }", {{TLS(NONE)}}, 1, VOUCH_CONTINUE, "", "", -1, 0},
    {"tls { enabled = yes }", {{TLS(POLICY)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {"tls { fail = reject }", {{TLS(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {TLS_CERTIFICATE "}", {{TLS(NEUTRAL)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {TLS_CERTIFICATE "}", {{TLS(FAIL)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {TLS_CERTIFICATE "}", {{TLS(PERMERROR)}}, 1, VOUCH_REJECT, "550", "5.7.1", 0, 1},
    {TLS_CERTIFICATE "}", {{TLS(TEMPERROR)}}, 1, VOUCH_TEMPFAIL, "451", "4.4.3", 0, 1},
    {TLS_CERTIFICATE "}", {{TLS(PASS)}}, 1, VOUCH_CONTINUE, "", "", -1, 0},
    {TLS_CERTIFICATE "unmet = discard }",
     {{TLS(TEMPERROR)}},
     1,
     VOUCH_TEMPFAIL,
     "451",
     "4.4.3",
     0,
     1},
    {TLS_CERTIFICATE "unmet = quarantine }", {{TLS(FAIL)}}, 1, VOUCH_QUARANTINE, "", "", 0, 1},
    {TLS_CERTIFICATE "unmet = tempfail neutral = reject }",
     {{TLS(NEUTRAL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.1",
     0,
     1},
    {TLS_CERTIFICATE "neutral = accept }",
     {{TLS(NEUTRAL)}, {SPF(FAIL)}},
     2,
     VOUCH_ACCEPT,
     "",
     "",
     0,
     1},
    {TLS_CERTIFICATE "}", {{TLS(NEUTRAL)}, {CSA(FAIL)}}, 2, VOUCH_REJECT, "550", "5.7.26", 0, 2},
    {TLS_CERTIFICATE "}", {{CSA(PASS)}, {TLS(NEUTRAL)}}, 2, VOUCH_REJECT, "550", "5.7.1", 1, 1},
    /* an author's domain: only `domain` sections speak of it, and `none` is whatever is worth
     * nothing and has no rule of its own */
    {"dkim { none = reject }", {{DKIM(PASS)}, {AUTHOR(NONE)}}, 2, VOUCH_CONTINUE, "", "", -1, 0},
    {BANK, {{DKIM(PASS)}, {AUTHOR(PASS)}}, 2, VOUCH_CONTINUE, "", "", -1, 0},
    {BANK, {{DKIM(PASS)}, {AUTHOR(NONE)}}, 2, VOUCH_REJECT, "550", "5.7.22", 1, 1},
    {BANK, {{DKIM(FAIL)}, {AUTHOR(FAIL)}}, 2, VOUCH_REJECT, "550", "5.7.22", 1, 1},
    {BANK, {{DKIM(POLICY)}, {AUTHOR(POLICY)}}, 2, VOUCH_REJECT, "550", "5.7.22", 1, 1},
    {BANK, {{DKIM(NEUTRAL)}, {AUTHOR(PERMERROR)}}, 2, VOUCH_REJECT, "550", "5.7.22", 1, 1},
    {BANK, {{DKIM(TEMPERROR)}, {AUTHOR(TEMPERROR)}}, 2, VOUCH_CONTINUE, "", "", -1, 0},
    {"domain b.example { dkim { none = reject fail = continue } }",
     {{AUTHOR(FAIL)}},
     1,
     VOUCH_CONTINUE,
     "",
     "",
     -1,
     0},
    {"domain b.example { dkim { none = reject fail = quarantine temperror = tempfail } }",
     {{AUTHOR(FAIL)}, {AUTHOR(TEMPERROR)}},
     2,
     VOUCH_TEMPFAIL,
     "451",
     "4.4.3",
     1,
     1},
    {"domain a.b.example { dkim { fail = continue } } " BANK,
     {{AUTHOR(FAIL)}},
     1,
     VOUCH_CONTINUE,
     "",
     "",
     -1,
     0},
    {"domain b.example { dkim { pass = accept } } csa { fail = reject }",
     {{CSA(FAIL)}, {AUTHOR(PASS)}},
     2,
     VOUCH_ACCEPT,
     "",
     "",
     1,
     1},
    {BANK, {{DKIM(NONE)}}, 1, VOUCH_CONTINUE, "", "", -1, 0},
    /* severity: discard, reject, tempfail, quarantine */
    {"csa { fail = quarantine } spf { fail = tempfail }",
     {{CSA(FAIL)}, {SPF(FAIL)}},
     2,
     VOUCH_TEMPFAIL,
     "451",
     "4.7.23",
     1,
     1},
    {"csa { fail = tempfail } spf { fail = reject }",
     {{CSA(FAIL)}, {SPF(FAIL)}},
     2,
     VOUCH_REJECT,
     "550",
     "5.7.23",
     1,
     1},
    {"csa { fail = reject } spf { fail = tempfail }",
     {{CSA(FAIL)}, {SPF(FAIL)}},
     2,
     VOUCH_REJECT,
     "550",
     "5.7.1",
     0,
     1},
    {"csa { fail = reject } spf { fail = discard }",
     {{CSA(FAIL)}, {SPF(FAIL)}},
     2,
     VOUCH_DISCARD,
     "",
     "",
     1,
     1},
    {"csa { fail = discard } spf { fail = reject }",
     {{CSA(FAIL)}, {SPF(FAIL)}},
     2,
     VOUCH_DISCARD,
     "",
     "",
     0,
     1},
    /* accept goes before all of them, but only when its result is there */
    {"csa { pass = accept }", {{CSA(PASS)}, {SPF(FAIL)}}, 2, VOUCH_ACCEPT, "", "", 0, 1},
    {"csa { pass = accept } spf { fail = discard }",
     {{SPF(FAIL)}, {CSA(PASS)}},
     2,
     VOUCH_ACCEPT,
     "",
     "",
     1,
     1},
    {"csa { pass = accept }", {{CSA(NONE)}, {SPF(FAIL)}}, 2, VOUCH_REJECT, "550", "5.7.23", 1, 1},
    /* domains */
    {"domain b.example { spf { fail = continue } }",
     {{SPF(FAIL)}},
     1,
     VOUCH_CONTINUE,
     "",
     "",
     -1,
     0},
    {"domain b.example { spf { softfail = reject } }",
     {{SPF(SOFTFAIL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.23",
     0,
     1},
    {"domain b.example { spf { softfail = reject } }",
     {{SPF(FAIL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.23",
     0,
     1},
    {"domain c.example { spf { fail = accept } }",
     {{SPF(FAIL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.23",
     0,
     1},
    {"domain a.example { csa { fail = tempfail } }",
     {{CSA(FAIL)}},
     1,
     VOUCH_TEMPFAIL,
     "451",
     "4.7.1",
     0,
     1},
    {"domain a.example { exact = yes csa { fail = tempfail } }",
     {{CSA(FAIL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.1",
     0,
     1},
    {"domain MX.a.example. { exact = yes csa { fail = tempfail } }",
     {{CSA(FAIL)}},
     1,
     VOUCH_TEMPFAIL,
     "451",
     "4.7.1",
     0,
     1},
    {"domain example { csa { fail = discard } } domain a.example { csa { fail = tempfail } }",
     {{CSA(FAIL)}},
     1,
     VOUCH_TEMPFAIL,
     "451",
     "4.7.1",
     0,
     1},
    {"domain example { csa { fail = discard } } domain a.example { csa { none = tempfail } }",
     {{CSA(FAIL)}},
     1,
     VOUCH_DISCARD,
     "",
     "",
     0,
     1},
    {"domain x.mx.a.example { csa { fail = discard } }",
     {{CSA(FAIL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.1",
     0,
     1},
    {"domain a.example { spf { helo-fail = reject fail = discard } }",
     {{SPF_HELO(FAIL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.23",
     0,
     1},
    {"domain ample { csa { fail = discard } }",
     {{CSA(FAIL)}},
     1,
     VOUCH_REJECT,
     "550",
     "5.7.1",
     0,
     1},
};

static struct vouch_config *load(const char *text)
{
    struct vouch_config *config = NULL;

    if (vouch_config_load(NULL, text, NULL, NULL, &config) != VOUCH_OK)
        fail_msg("%s", text);
    return config;
}

static struct facts make_facts(const char *client)
{
    struct facts facts = {
        .client_name = "",
        .helo = "mx.a.example",
        .authserv_id = "mx.example.org",
        .has_mail = true,
        .reverse_path = {.raw = "u@b.example", .local = "u", .domain = "b.example"},
        .queue_id = "",
    };

    for (int i = 0; i < VOUCH_FACT_COUNT; i++)
        facts.mta[i] = "";
    assert_true(ip_parse(client, strlen(client), &facts.client));
    return facts;
}

static void link_outcomes(const struct given *given, size_t count, struct outcome *outcomes)
{
    memset(outcomes, 0, OUTCOMES_MAX * sizeof *outcomes);
    for (size_t i = 0; i < count; i++)
        outcomes[i] = (struct outcome){
            .method = given[i].method,
            .identity = given[i].identity,
            .stage = given[i].stage,
            .result = given[i].result,
            .domain = given[i].domain,
            .detail = "",
            .explanation = "",
            .next = i + 1 < count ? &outcomes[i + 1] : NULL,
        };
}

static void check_case(size_t at, const struct decision *decision, const struct outcome *outcomes)
{
    const struct outcome *decided = cases[at].decided >= 0 ? &outcomes[cases[at].decided] : NULL;

    if (decision->wanted != cases[at].wanted || decision->outcome != decided ||
        decision->failures != cases[at].failures || strcmp(decision->code, cases[at].code) != 0 ||
        strcmp(decision->enhanced, cases[at].enhanced) != 0)
        fail_msg("case %zu (%s): %s %s %s failures %u", at, cases[at].config,
                 vouch_action_word(decision->wanted), decision->code, decision->enhanced,
                 decision->failures);
    assert_ptr_equal(decision->reasons[0], decided);
    for (unsigned i = 0; i < DECISION_REASONS; i++)
        assert_int_equal(decision->reasons[i] != NULL, i < decision->failures);
    assert_int_equal(decision->rule != NULL, decided != NULL);
    assert_int_equal(decision->exemption, EXEMPT_NO);
}

static void test_cases(void **state)
{
    struct facts facts = make_facts("192.0.2.1");
    struct outcome outcomes[OUTCOMES_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vouch_config *config = load(cases[i].config);
        struct decision decision, again;

        link_outcomes(cases[i].outcomes, cases[i].count, outcomes);
        decision = decide(&facts, cases[i].count > 0 ? outcomes : NULL, config, VOUCH_STAGE_EOM);
        again = decide(&facts, cases[i].count > 0 ? outcomes : NULL, config, VOUCH_STAGE_EOM);
        check_case(i, &decision, outcomes);
        check_case(i, &again, outcomes);
        assert_int_equal(decision.action, decision.wanted);
        vouch_config_release(config);
    }
}

/* Monitor mode changes what is done, and nothing else. */
static void test_monitor(void **state)
{
    struct facts facts = make_facts("192.0.2.1");
    struct outcome outcomes[OUTCOMES_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[512];
        struct vouch_config *config;
        struct decision decision;

        (void)snprintf(text, sizeof text, "mode = monitor %s", cases[i].config);
        config = load(text);
        link_outcomes(cases[i].outcomes, cases[i].count, outcomes);
        decision = decide(&facts, cases[i].count > 0 ? outcomes : NULL, config, VOUCH_STAGE_EOM);
        check_case(i, &decision, outcomes);
        assert_int_equal(decision.action, VOUCH_CONTINUE);
        vouch_config_release(config);
    }
}

static void test_stages(void **state)
{
    static const struct given given[] = {{SPF(FAIL)}, {CSA(FAIL)}};
    struct facts facts = make_facts("192.0.2.1");
    struct vouch_config *config = load("csa { fail = tempfail }");
    struct outcome outcomes[OUTCOMES_MAX];
    struct decision decision;

    (void)state;
    link_outcomes(given, 2, outcomes);
    decision = decide(&facts, outcomes, config, VOUCH_STAGE_HELO);
    assert_int_equal(decision.wanted, VOUCH_TEMPFAIL);
    assert_int_equal(decision.stage, VOUCH_STAGE_HELO);
    decision = decide(&facts, outcomes, config, VOUCH_STAGE_MAIL);
    assert_int_equal(decision.wanted, VOUCH_REJECT);
    assert_int_equal(decision.stage, VOUCH_STAGE_MAIL);
    decision = decide(&facts, outcomes, config, VOUCH_STAGE_EOM);
    assert_int_equal(decision.stage, VOUCH_STAGE_MAIL);
    decision = decide(&facts, NULL, config, VOUCH_STAGE_EOH);
    assert_int_equal(decision.stage, VOUCH_STAGE_EOH);
    vouch_config_release(config);
}

static void test_rule_and_domain(void **state)
{
    static const struct given given[] = {{CSA(FAIL)}};
    struct facts facts = make_facts("192.0.2.1");
    struct vouch_config *config =
        load("spf { fail = reject }\n\ndomain a.example {\n csa { fail = reject } }");
    struct outcome outcomes[OUTCOMES_MAX];
    struct decision decision;

    (void)state;
    link_outcomes(given, 1, outcomes);
    decision = decide(&facts, outcomes, config, VOUCH_STAGE_MAIL);
    assert_string_equal(decision.domain->text, "a.example");
    assert_string_equal(decision.rule->origin.file, "command line");
    assert_int_equal(decision.rule->origin.line, 4);
    outcomes[0].domain = "elsewhere.example";
    decision = decide(&facts, outcomes, config, VOUCH_STAGE_MAIL);
    assert_null(decision.domain);
    assert_string_equal(decision.rule->origin.file, "default");
    vouch_config_release(config);
}

/* Domains that a stranger can make an outcome speak of. */
static void test_odd_domains(void **state)
{
    static const char *const domains[] = {"", ".", "..", "a..example", "\\000.a.example", "\xff"};
    struct given given[] = {{CSA(FAIL)}};
    struct facts facts = make_facts("192.0.2.1");
    struct vouch_config *config = load("domain b.example { csa { fail = accept } }");
    struct outcome outcomes[OUTCOMES_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof domains / sizeof domains[0]; i++) {
        given[0].domain = domains[i];
        link_outcomes(given, 1, outcomes);
        assert_int_equal(decide(&facts, outcomes, config, VOUCH_STAGE_MAIL).wanted, VOUCH_REJECT);
    }
    vouch_config_release(config);
}

static void test_exempt(void **state)
{
    static const struct {
        const char *config, *client, *user;
        enum exemption exemption;
    } clients[] = {
        {"", "127.0.0.1", "", EXEMPT_CLIENT},
        {"", "127.255.0.1", "", EXEMPT_CLIENT},
        {"", "::1", "", EXEMPT_CLIENT},
        {"", "::ffff:127.0.0.1", "", EXEMPT_CLIENT},
        {"", "192.0.2.1", "", EXEMPT_NO},
        {"", "192.0.2.1", "alice", EXEMPT_AUTHENTICATED},
        {"", "127.0.0.1", "alice", EXEMPT_CLIENT},
        {"exempt { authenticated = no }", "192.0.2.1", "alice", EXEMPT_NO},
        {"exempt { clients = {} }", "127.0.0.1", "", EXEMPT_NO},
        {"exempt { clients += {192.0.2.0/31} }", "192.0.2.1", "", EXEMPT_CLIENT},
        {"exempt { clients += {192.0.2.0/31} }", "192.0.2.2", "", EXEMPT_NO},
        {"exempt { clients = {\"::/0\"} }", "192.0.2.2", "", EXEMPT_NO},
    };
    static const struct given given[] = {{SPF(FAIL)}};
    struct outcome outcomes[OUTCOMES_MAX];

    (void)state;
    link_outcomes(given, 1, outcomes);
    for (size_t i = 0; i < sizeof clients / sizeof clients[0]; i++) {
        struct vouch_config *config = load(clients[i].config);
        struct facts facts = make_facts(clients[i].client);
        struct decision decision;

        facts.mta[VOUCH_FACT_AUTH_AUTHEN] = clients[i].user;
        decision = decide(&facts, outcomes, config, VOUCH_STAGE_EOM);
        assert_int_equal(decision.exemption, clients[i].exemption);
        assert_int_equal(exemption_of(&facts, config), clients[i].exemption);
        if (clients[i].exemption == EXEMPT_NO) {
            assert_int_equal(decision.action, VOUCH_REJECT);
        } else {
            assert_int_equal(decision.action, VOUCH_ACCEPT);
            assert_int_equal(decision.stage, VOUCH_STAGE_MAIL);
            assert_null(decision.outcome);
            assert_non_null(decision.rule);
            assert_non_null(decision.rule->origin.file);
            assert_string_equal(decision.code, "");
        }
        vouch_config_release(config);
    }
}

static void test_unknown_client(void **state)
{
    struct facts facts = make_facts("127.0.0.1");
    struct vouch_config *config = load("");

    (void)state;
    facts.client = (struct ip){.family = IP_NONE};
    assert_int_equal(exemption_of(&facts, config), EXEMPT_NO);
    vouch_config_release(config);
}

/* A bounce is not refused because nobody published SPF for it. */
static void test_bounces(void **state)
{
    static const struct {
        const char *config;
        struct given outcome;
        enum vouch_action on_null, on_other;
    } bounces[] = {
        {"spf { none = reject }", {SPF(NONE)}, VOUCH_CONTINUE, VOUCH_REJECT},
        {"spf { none = discard }", {SPF(NONE)}, VOUCH_CONTINUE, VOUCH_DISCARD},
        {"spf { none = accept }", {SPF(NONE)}, VOUCH_ACCEPT, VOUCH_ACCEPT},
        {"spf { helo-none = reject }", {SPF_HELO(NONE)}, VOUCH_CONTINUE, VOUCH_REJECT},
        {"spf { neutral = reject }", {SPF(NEUTRAL)}, VOUCH_REJECT, VOUCH_REJECT},
        {"", {SPF(FAIL)}, VOUCH_REJECT, VOUCH_REJECT},
        {"csa { none = reject }", {CSA(NONE)}, VOUCH_REJECT, VOUCH_REJECT},
    };
    struct outcome outcomes[OUTCOMES_MAX];

    (void)state;
    for (size_t i = 0; i < sizeof bounces / sizeof bounces[0]; i++) {
        struct vouch_config *config = load(bounces[i].config);
        struct facts facts = make_facts("192.0.2.1");

        link_outcomes(&bounces[i].outcome, 1, outcomes);
        assert_int_equal(decide(&facts, outcomes, config, VOUCH_STAGE_MAIL).wanted,
                         bounces[i].on_other);
        facts.reverse_path = (struct path){.raw = "", .null = true, .local = "", .domain = ""};
        assert_int_equal(decide(&facts, outcomes, config, VOUCH_STAGE_MAIL).wanted,
                         bounces[i].on_null);
        vouch_config_release(config);
    }
}

/* Parts are summed up by another outcome, and decide nothing themselves. */
static void test_parts(void **state)
{
    static const struct given given[] = {{SPF(SOFTFAIL)}, {SPF(FAIL)}, {SPF(PASS)}};
    struct facts facts = make_facts("192.0.2.1");
    struct vouch_config *config = load("spf { pass = accept softfail = quarantine }");
    struct outcome outcomes[OUTCOMES_MAX];
    struct decision decision;

    (void)state;
    link_outcomes(given, 3, outcomes);
    outcomes[1].is_part = outcomes[2].is_part = true;
    decision = decide(&facts, outcomes, config, VOUCH_STAGE_EOM);
    assert_int_equal(decision.wanted, VOUCH_QUARANTINE);
    assert_ptr_equal(decision.outcome, &outcomes[0]);
    assert_int_equal(decision.failures, 1);
    outcomes[0].result = VOUCH_NEUTRAL;
    assert_int_equal(decide(&facts, outcomes, config, VOUCH_STAGE_EOM).wanted, VOUCH_CONTINUE);
    vouch_config_release(config);
}

/* More outcomes than are kept as reasons. */
static void test_many_reasons(void **state)
{
    struct given given[OUTCOMES_MAX] = {{CSA(FAIL)}};
    struct facts facts = make_facts("192.0.2.1");
    struct vouch_config *config = load("");
    struct outcome outcomes[OUTCOMES_MAX];
    struct decision decision;

    (void)state;
    for (size_t i = 1; i < OUTCOMES_MAX; i++)
        given[i] = given[0];
    link_outcomes(given, OUTCOMES_MAX, outcomes);
    decision = decide(&facts, outcomes, config, VOUCH_STAGE_MAIL);
    assert_int_equal(decision.failures, OUTCOMES_MAX);
    for (size_t i = 0; i < DECISION_REASONS; i++)
        assert_ptr_equal(decision.reasons[i], &outcomes[i]);
    vouch_config_release(config);
}

static void test_recipients(void **state)
{
    static const struct {
        const char *config, *client, *recipient;
        enum vouch_action action, wanted;
        const char *code, *enhanced;
    } rows[] = {
        {"", "192.0.2.1", "a@[192.0.2.1]", VOUCH_CONTINUE, VOUCH_CONTINUE, "", ""},
        {"recipient { address-literal = reject }", "192.0.2.1", "a@[192.0.2.1]", VOUCH_REJECT,
         VOUCH_REJECT, "553", "5.1.3"},
        {"recipient { address-literal = tempfail }", "192.0.2.1", "a@[192.0.2.1]", VOUCH_TEMPFAIL,
         VOUCH_TEMPFAIL, "451", "4.1.3"},
        {"recipient { address-literal = reject }", "192.0.2.1", "a@b.example", VOUCH_CONTINUE,
         VOUCH_CONTINUE, "", ""},
        {"recipient { address-literal = reject }", "192.0.2.1", "postmaster", VOUCH_CONTINUE,
         VOUCH_CONTINUE, "", ""},
        {"recipient { address-literal = reject }", "127.0.0.1", "a@[192.0.2.1]", VOUCH_CONTINUE,
         VOUCH_CONTINUE, "", ""},
        {"recipient { address-literal = reject }", "", "a@[192.0.2.1]", VOUCH_CONTINUE,
         VOUCH_CONTINUE, "", ""},
        {"mode = monitor recipient { address-literal = reject }", "192.0.2.1", "a@[192.0.2.1]",
         VOUCH_CONTINUE, VOUCH_REJECT, "553", "5.1.3"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct arena *arena = arena_new(4096);
        struct vouch_config *config = load(rows[i].config);
        struct facts facts = make_facts("192.0.2.1");
        struct decision decision;
        struct path path;

        facts.client.family = IP_NONE;
        (void)ip_parse(rows[i].client, strlen(rows[i].client), &facts.client);
        assert_int_equal(path_parse(arena, rows[i].recipient, &path), VOUCH_OK);
        decision = decide_recipient(&facts, &path, config);
        assert_int_equal(decision.action, rows[i].action);
        assert_int_equal(decision.wanted, rows[i].wanted);
        assert_string_equal(decision.code, rows[i].code);
        assert_string_equal(decision.enhanced, rows[i].enhanced);
        assert_ptr_equal(decision.recipient, &path);
        assert_true((decision.rule != NULL) == (rows[i].wanted != VOUCH_CONTINUE));
        assert_true(decide_wants_recipients(config) == (i > 0));
        vouch_config_release(config);
        arena_free(arena);
    }
}

/* A HELO literal has a rule of its own beside that for HELOs that cannot be looked up. */
static void test_helo_literal(void **state)
{
    static const struct {
        const char *config;
        enum vouch_action literal, other; /* what a literal gets, and another HELO without a name */
        const char *name;                 /* of the rule for the literal */
    } rows[] = {
        {"", VOUCH_CONTINUE, VOUCH_CONTINUE, "none"},
        {"helo { address-literal = reject }", VOUCH_REJECT, VOUCH_CONTINUE, "address-literal"},
        {"helo { none = reject }", VOUCH_REJECT, VOUCH_REJECT, "none"},
        {"helo { none = reject address-literal = continue }", VOUCH_REJECT, VOUCH_REJECT, "none"},
        {"helo { none = reject address-literal = annotate }", VOUCH_ANNOTATE, VOUCH_REJECT,
         "address-literal"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct vouch_config *config = load(rows[i].config);
        struct outcome outcome = {
            .method = METHOD_HELO, .reason = REASON_HELO_LITERAL, .domain = ""};
        const struct config_rule *rule = config_rule_for(config, &outcome, NULL);

        assert_int_equal(rule->action, rows[i].literal);
        assert_string_equal(rule->name, rows[i].name);
        outcome.reason = REASON_HELO_SINGLE_LABEL;
        assert_int_equal(config_rule_for(config, &outcome, NULL)->action, rows[i].other);
        vouch_config_release(config);
    }
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(exemption_text(EXEMPT_NO), "");
    assert_string_equal(exemption_text(EXEMPT_CLIENT), "listed client");
    assert_string_equal(exemption_text(EXEMPT_AUTHENTICATED), "authenticated client");
    assert_string_equal(config_section_name(METHOD_SPF), "spf");
}

static void test_scopes(void **state)
{
    static const struct {
        struct outcome outcome;
        enum rule_scope scope;
    } scopes[] = {
        {{.method = METHOD_SPF, .identity = IDENTITY_HELO, .domain = "a.b"}, RULE_SCOPE_HELO},
        {{.method = METHOD_SPF, .identity = IDENTITY_MAILFROM, .domain = "a.b"}, RULE_SCOPE_MAIN},
        {{.method = METHOD_DKIM, .identity = IDENTITY_AUTHOR, .domain = "a.b"}, RULE_SCOPE_AUTHOR},
        {{.method = METHOD_DKIM, .identity = IDENTITY_NONE, .domain = ""}, RULE_SCOPE_MAIN},
        {{.method = METHOD_CSA, .identity = IDENTITY_NONE, .domain = "a.b"}, RULE_SCOPE_MAIN},
        {{.method = METHOD_SENDER_ID,
          .identity = IDENTITY_PRA,
          .result = VOUCH_PERMERROR,
          .domain = ""},
         RULE_SCOPE_MISSING},
        {{.method = METHOD_SENDER_ID,
          .identity = IDENTITY_PRA,
          .result = VOUCH_PERMERROR,
          .domain = "a.b"},
         RULE_SCOPE_MAIN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++)
        assert_int_equal(config_rule_scope(&scopes[i].outcome), scopes[i].scope);
}

/* spec/senderid.md 1.4: PRA across, reverse-path down; what each mode says of each pair. */
static const char *const modes[] = {"never",
                                    "both-fail",
                                    "either-fails",
                                    "neither-passes",
                                    "either-does-not-pass",
                                    "one-fails-other-does-not-pass"};
static const struct {
    enum vouch_result pra, mailfrom;
    bool applies[6]; /* by mode */
} pairs[] = {
    {VOUCH_PASS, VOUCH_PASS, {0, 0, 0, 0, 0, 0}},
    {VOUCH_PASS, VOUCH_FAIL, {0, 0, 1, 0, 1, 0}},
    {VOUCH_PASS, VOUCH_NEUTRAL, {0, 0, 0, 0, 1, 0}},
    {VOUCH_FAIL, VOUCH_PASS, {0, 0, 1, 0, 1, 0}},
    {VOUCH_FAIL, VOUCH_FAIL, {0, 1, 1, 1, 1, 1}},
    {VOUCH_FAIL, VOUCH_SOFTFAIL, {0, 0, 1, 1, 1, 1}},
    {VOUCH_NONE, VOUCH_PASS, {0, 0, 0, 0, 1, 0}},
    {VOUCH_NONE, VOUCH_FAIL, {0, 0, 1, 1, 1, 1}},
    {VOUCH_NONE, VOUCH_NONE, {0, 0, 0, 1, 1, 0}},
    {VOUCH_PERMERROR, VOUCH_SOFTFAIL, {0, 0, 0, 1, 1, 0}},
    {VOUCH_FAIL, VOUCH_TEMPERROR, {0, 0, 0, 0, 0, 0}}, /* DNS trouble is never a reason */
    {VOUCH_TEMPERROR, VOUCH_FAIL, {0, 0, 0, 0, 0, 0}},
};

static struct outcome outcome_for(enum method method, enum identity identity,
                                  enum vouch_result result)
{
    return (struct outcome){
        .method = method,
        .identity = identity,
        .stage = identity == IDENTITY_PRA ? VOUCH_STAGE_EOH : VOUCH_STAGE_MAIL,
        .result = result,
        .domain = "a.example",
        .detail = "",
        .explanation = "",
    };
}

static struct vouch_config *config_for_mode(size_t mode, const char *more)
{
    char text[200];

    (void)snprintf(text, sizeof text, "spf { fail = continue } sender-id { refuse-when = %s %s }",
                   modes[mode], more);
    return load(text);
}

static void test_combination(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        for (size_t mode = 0; mode < 6; mode++) {
            struct vouch_config *config = config_for_mode(mode, "");
            struct outcome spf = outcome_for(METHOD_SPF, IDENTITY_MAILFROM, pairs[i].mailfrom);
            struct outcome pra = outcome_for(METHOD_SENDER_ID, IDENTITY_PRA, pairs[i].pra);
            struct facts facts = {.has_mail = true};
            struct decision decision;

            for (unsigned f = 0; f < VOUCH_FACT_COUNT; f++)
                facts.mta[f] = "";
            spf.next = &pra;
            decision = decide(&facts, &spf, config, VOUCH_STAGE_EOH);
            if ((decision.wanted == VOUCH_REJECT) != pairs[i].applies[mode])
                fail_msg("%s, %s: %s", modes[mode], vouch_result_word(pairs[i].pra),
                         vouch_result_word(pairs[i].mailfrom));
            assert_int_equal(decide(&facts, &spf, config, VOUCH_STAGE_MAIL).wanted, VOUCH_CONTINUE);
            if (pairs[i].applies[mode]) {
                assert_string_equal(decision.enhanced, "5.7.26");
                assert_ptr_equal(decision.outcome, &pra);
                assert_ptr_equal(decision.reasons[1], &spf);
                assert_int_equal(decision.combination, mode);
                assert_int_equal(decision.rule->origin.line, 1);
            }
            vouch_config_release(config);
        }
    }
}

/* A result that is only told is none that counts; and the action can be milder. */
static void test_combination_of_spf1(void **state)
{
    struct outcome spf = outcome_for(METHOD_SPF, IDENTITY_MAILFROM, VOUCH_FAIL);
    struct outcome pra = outcome_for(METHOD_SENDER_ID, IDENTITY_PRA, VOUCH_FAIL);
    struct vouch_config *config = config_for_mode(1, "refuse-action = quarantine");
    struct facts facts = {.has_mail = true};

    (void)state;
    for (unsigned f = 0; f < VOUCH_FACT_COUNT; f++)
        facts.mta[f] = "";
    spf.next = &pra;
    assert_int_equal(decide(&facts, &spf, config, VOUCH_STAGE_EOH).wanted, VOUCH_QUARANTINE);
    pra.reason = REASON_SENDER_ID_SPF1;
    assert_int_equal(decide(&facts, &spf, config, VOUCH_STAGE_EOH).wanted, VOUCH_CONTINUE);
    vouch_config_release(config);
}

/* An annotation goes with whatever else is done. */
static void test_annotate(void **state)
{
    struct outcome spf = outcome_for(METHOD_SPF, IDENTITY_MAILFROM, VOUCH_SOFTFAIL);
    struct outcome csa = outcome_for(METHOD_CSA, IDENTITY_NONE, VOUCH_FAIL);
    struct vouch_config *config = load("spf { softfail = annotate } csa { fail = quarantine }");
    struct facts facts = {.has_mail = true};

    (void)state;
    for (unsigned f = 0; f < VOUCH_FACT_COUNT; f++)
        facts.mta[f] = "";
    assert_int_equal(decide(&facts, &spf, config, VOUCH_STAGE_MAIL).wanted, VOUCH_ANNOTATE);
    assert_int_equal(decide_wish(&facts, &spf, config), VOUCH_ANNOTATE);
    spf.next = &csa;
    assert_int_equal(decide(&facts, &spf, config, VOUCH_STAGE_MAIL).wanted, VOUCH_QUARANTINE);
    vouch_config_release(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),          cmocka_unit_test(test_monitor),
        cmocka_unit_test(test_stages),         cmocka_unit_test(test_rule_and_domain),
        cmocka_unit_test(test_odd_domains),    cmocka_unit_test(test_exempt),
        cmocka_unit_test(test_unknown_client), cmocka_unit_test(test_bounces),
        cmocka_unit_test(test_parts),          cmocka_unit_test(test_many_reasons),
        cmocka_unit_test(test_recipients),     cmocka_unit_test(test_helo_literal),
        cmocka_unit_test(test_words),          cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_combination),    cmocka_unit_test(test_combination_of_spf1),
        cmocka_unit_test(test_annotate),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
