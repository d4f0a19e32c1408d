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
#include <jansson.h>

#include "lib/base/ascii.h"
#include "lib/report/record.h"
#include "lib/report/reply.h"

/* One message, with everything a record tells. */
struct fixture {
    struct arena *arena;
    const char *recipients[2];
    struct facts facts;
    struct outcome *csa, *helo, *spf;
    struct config_rule rule;
    struct config_domain domain;
    struct decision decision;
    struct vouch_reply reply;
    struct report_view view;
};

static void make_outcomes(struct fixture *f)
{
    struct trace_step *step;

    f->csa = outcome_new(f->arena, METHOD_CSA, IDENTITY_NONE, VOUCH_STAGE_HELO);
    outcome_set(f->csa, VOUCH_FAIL, REASON_CSA_MISMATCH);
    f->csa->domain = "mail.example.com";
    outcome_property(f->csa, "smtp", "helo", "mail.example.com");
    step = outcome_trace(f->csa, "SRV _client._smtp.mail.example.com", "1 2 0 mail.example.com",
                         "csv 2.1: weight 2, authorized");
    step->asked_us = 100;
    step->took_us = 12345;
    outcome_trace(f->csa, "A mail.example.com", "192.0.2.1", NULL);
    outcome_trace(f->csa, NULL, NULL, "csv 3: the client is not among the target's addresses");

    f->helo = outcome_new(f->arena, METHOD_HELO, IDENTITY_NONE, VOUCH_STAGE_HELO);
    outcome_set(f->helo, VOUCH_PASS, REASON_HELO_ADDRESS_MATCH);
    f->helo->domain = "mail.example.com";

    f->spf = outcome_new(f->arena, METHOD_SPF, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);
    outcome_set(f->spf, VOUCH_PASS, REASON_SPF_MATCH);
    f->spf->domain = "example.com";
    f->spf->detail = "ip4:192.0.2.0/24";
    outcome_property(f->spf, "smtp", "mailfrom", "example.com");

    f->csa->next = f->helo;
    f->helo->next = f->spf;
}

static void set_up(struct fixture *f)
{
    *f = (struct fixture){
        .arena = arena_new(1 << 20),
        .recipients = {"b@example.org", "c@example.org"},
        .rule = {.set = true,
                 .action = VOUCH_REJECT,
                 .name = "fail",
                 .origin = {.file = "default"}},
    };
    make_outcomes(f);
    f->facts = (struct facts){
        .client_name = "host.example.net",
        .helo = "mail.example.com",
        .authserv_id = "mx.example.org",
        .has_mail = true,
        .reverse_path = {.raw = "a@example.com", .local = "a", .domain = "example.com"},
        .queue_id = "4Xyz",
        .recipients = f->recipients,
        .recipient_count = 2,
    };
    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        f->facts.mta[i] = "";
    assert_true(ip_parse("192.0.2.9", 9, &f->facts.client));
    f->decision = (struct decision){
        .action = VOUCH_REJECT,
        .wanted = VOUCH_REJECT,
        .stage = VOUCH_STAGE_HELO,
        .outcome = f->csa,
        .rule = &f->rule,
        .reasons = {f->csa},
        .failures = 1,
        .code = "550",
        .enhanced = "5.7.1",
    };
    f->view = (struct report_view){
        .facts = &f->facts,
        .outcomes = f->csa,
        .decision = &f->decision,
        .reply = &f->reply,
        .dns = {.queries = 4, .voids = 1, .time = 12345 * NANOSECONDS_PER_MICROSECOND},
    };
    assert_int_equal(reply_make(f->arena, &f->facts, &f->decision, &f->reply), VOUCH_OK);
}

static void set_exempt(struct fixture *f)
{
    f->facts.mta[VOUCH_FACT_AUTH_AUTHEN] = "user one";
    f->decision = (struct decision){
        .action = VOUCH_ACCEPT,
        .wanted = VOUCH_ACCEPT,
        .stage = VOUCH_STAGE_MAIL,
        .exemption = EXEMPT_AUTHENTICATED,
        .code = "",
        .enhanced = "",
    };
    f->reply = (struct vouch_reply){.code = "", .enhanced = ""};
    f->view.outcomes = NULL;
    f->view.dns = (struct budget_use){.queries = 0};
}

static void rule_texts(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    assert_string_equal(record_rule_text(f.arena, &f.decision), "csa { fail = reject }");
    f.domain = (struct config_domain){.text = "pay\"pal.example"};
    f.decision.domain = &f.domain;
    f.spf->identity = IDENTITY_HELO;
    f.decision.outcome = f.spf;
    f.rule.action = VOUCH_ACCEPT;
    f.rule.name = "helo-pass";
    assert_string_equal(record_rule_text(f.arena, &f.decision),
                        "domain \"pay\\\"pal.example\" { spf { helo-pass = accept } }");
    f.spf->method = METHOD_DKIM;
    f.spf->identity = IDENTITY_AUTHOR;
    f.spf->result = VOUCH_FAIL;
    f.rule.action = VOUCH_REJECT;
    f.rule.name = "none"; /* which stands for `fail` there, config_domain_result() */
    assert_string_equal(record_rule_text(f.arena, &f.decision),
                        "domain \"pay\\\"pal.example\" { dkim { none = reject } }");
    f.decision.rule = NULL;
    assert_string_equal(record_rule_text(f.arena, &f.decision), "");
    f.decision.exemption = EXEMPT_CLIENT;
    assert_string_equal(record_rule_text(f.arena, &f.decision), "exempt { clients = ... }");
    f.decision.exemption = EXEMPT_AUTHENTICATED;
    assert_string_equal(record_rule_text(f.arena, &f.decision), "exempt { authenticated = yes }");
    arena_free(f.arena);
}

static void log_lines(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    assert_string_equal(
        record_log_line(f.arena, &f.view),
        "4Xyz: reject mail: csa=fail (client address mismatch) helo=mail.example.com; helo=pass "
        "mail.example.com; spf=pass mailfrom=example.com; client=192.0.2.9 name=host.example.net "
        "from=<a@example.com> to=2 rule=\"csa { fail = reject }\" (default) dns=4/12ms");

    f.decision.action = VOUCH_CONTINUE; /* monitor */
    f.rule.origin = (struct config_origin){.file = "/etc/vouch/milter.conf", .line = 12};
    f.facts.queue_id = "";
    f.facts.client_name = "unknown";
    f.view.forged_authres = 2;
    assert_string_equal(
        record_log_line(f.arena, &f.view),
        "NOQUEUE: monitor: would reject mail: csa=fail (client address mismatch) "
        "helo=mail.example.com; helo=pass mail.example.com; spf=pass mailfrom=example.com; "
        "client=192.0.2.9 from=<a@example.com> to=2 rule=\"csa { fail = reject }\" "
        "(/etc/vouch/milter.conf:12) dns=4/12ms forged=2");

    f.view.given_up = GIVEN_UP_BY_CLIENT;
    assert_non_null(strstr(record_log_line(f.arena, &f.view),
                           "NOQUEUE: monitor: would reject mail: given up before its end: csa="));
    f.view.given_up = GIVEN_UP_IN_TROUBLE;
    assert_non_null(strstr(record_log_line(f.arena, &f.view), ": ended by trouble of our own: "));
    f.view.given_up = GIVEN_UP_NOT;

    set_exempt(&f);
    assert_string_equal(record_log_line(f.arena, &f.view),
                        "NOQUEUE: exempt (authenticated client): client=192.0.2.9 "
                        "helo=mail.example.com auth=user\\x20one from=<a@example.com> to=2 "
                        "rule=\"exempt { authenticated = yes }\" dns=0/0ms forged=2");

    f.decision.exemption = EXEMPT_NO;
    f.decision.action = f.decision.wanted = VOUCH_CONTINUE;
    f.facts.mta[VOUCH_FACT_AUTH_AUTHEN] = "";
    f.facts.reverse_path = (struct path){.raw = "", .null = true, .local = "", .domain = ""};
    f.view.outcomes = f.spf;
    f.view.forged_authres = 0;
    f.spf->result = VOUCH_SOFTFAIL;
    f.spf->detail = "~all";
    assert_string_equal(record_log_line(f.arena, &f.view),
                        "NOQUEUE: continue: spf=softfail (~all matched) mailfrom=example.com; "
                        "client=192.0.2.9 helo=mail.example.com from=<> to=2 dns=0/0ms");
    arena_free(f.arena);
}

/* What is said of one recipient. */
static void recipient_lines(void **state)
{
    struct path recipient = {.raw = "b@[192.0.2.1]", .local = "b", .domain = "[192.0.2.1]"};
    struct fixture f;

    (void)state;
    set_up(&f);
    f.facts.recipient_count = 1;
    f.rule.origin = (struct config_origin){.file = "/etc/vouch/milter.conf", .line = 12};
    f.decision = (struct decision){.action = VOUCH_REJECT,
                                   .wanted = VOUCH_REJECT,
                                   .recipient = &recipient,
                                   .rule = &f.rule,
                                   .code = "553",
                                   .enhanced = "5.1.3"};
    f.view = (struct report_view){.facts = &f.facts, .decision = &f.decision};
    assert_string_equal(
        record_recipient_line(f.arena, &f.view),
        "4Xyz: reject rcpt: recipient=<b@[192.0.2.1]>; client=192.0.2.9 name=host.example.net "
        "helo=mail.example.com from=<a@example.com> to=1 "
        "rule=\"recipient { address-literal = reject }\" (/etc/vouch/milter.conf:12)");
    assert_int_equal(reply_make(f.arena, &f.facts, &f.decision, &f.reply), VOUCH_OK);
    assert_string_equal(f.reply.code, "553");
    assert_string_equal(f.reply.enhanced, "5.1.3");
    assert_int_equal(f.reply.line_count, 1);
    assert_string_equal(f.reply.lines[0],
                        "Recipient address rejected: b@[192.0.2.1]: an address literal");
    recipient.raw = "\"> rule=\"\r\n\xff@[1]";
    assert_non_null(strstr(record_recipient_line(f.arena, &f.view),
                           "recipient=<\\x22\\x3E\\x20rule=\\x22\\x0D\\x0A\\xFF@[1]>; client="));
    assert_int_equal(reply_make(f.arena, &f.facts, &f.decision, &f.reply), VOUCH_OK);
    for (const char *p = f.reply.lines[0]; *p != '\0'; p++)
        assert_true(ascii_is_printable(*p));
    arena_free(f.arena);
}

/* Whatever a stranger says, the line stays one line and its marks stay ours. */
static void log_is_not_forged(void **state)
{
    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        struct fixture f;
        char text[] = "aXb; X=pass";
        const char *line;
        unsigned quotes = 0;

        set_up(&f);
        text[1] = text[5] = (char)octet;
        f.facts.client_name = f.facts.queue_id = f.facts.reverse_path.raw = text;
        f.facts.mta[VOUCH_FACT_AUTH_AUTHEN] = text;
        f.csa->domain = f.helo->domain = f.spf->domain = f.csa->detail = text;
        line = record_log_line(f.arena, &f.view);
        assert_non_null(line);
        for (const char *p = line; *p != '\0'; p++) {
            assert_true(ascii_is_printable(*p));
            quotes += *p == '"';
        }
        assert_int_equal(quotes, 2);
        assert_null(strstr(line, "b; "));
        assert_in_range(strlen(line), 1, RECORD_LOG_MAX);
        arena_free(f.arena);
    }
}

static void log_reason_stays_closed(void **state)
{
    struct fixture f;
    const char *line;

    (void)state;
    set_up(&f);
    f.csa->reason = REASON_CSA_DEFER_SRV;
    f.csa->detail = "a) spf=pass mailfrom=x; \\x0A(b";
    line = record_log_line(f.arena, &f.view);
    assert_non_null(strstr(line, "csa=fail (deferred (SRV lookup failed): "
                                 "a\\x29 spf=pass mailfrom=x\\x3B \\x0A\\x28b) helo="));
    arena_free(f.arena);
}

static void log_is_short(void **state)
{
    enum { LENGTH = 10000 };
    struct fixture f;
    char *octets;

    (void)state;
    set_up(&f);
    octets = arena_alloc(f.arena, LENGTH + 1);
    for (const char *c = "a\xff\\"; *c != '\0'; c++) {
        memset(octets, *c, LENGTH);
        f.facts.client_name = f.facts.queue_id = f.facts.reverse_path.raw = octets;
        f.csa->domain = f.helo->domain = f.spf->domain = f.csa->detail = octets;
        f.domain.text = octets;
        f.decision.domain = &f.domain;
        f.spf->result = VOUCH_PERMERROR;
        f.spf->detail = octets;
        f.helo->result = VOUCH_FAIL;
        assert_in_range(strlen(record_log_line(f.arena, &f.view)), 500, RECORD_LOG_MAX);
        assert_non_null(strstr(record_log_line(f.arena, &f.view), "...: reject mail: csa=fail ("));
    }
    arena_free(f.arena);
}

static const char *text_at(json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));

    assert_non_null(text);
    return text;
}

static long long number_at(json_t *object, const char *key)
{
    assert_true(json_is_integer(json_object_get(object, key)));
    return json_integer_value(json_object_get(object, key));
}

static json_t *parsed(const char *line)
{
    json_error_t error;
    json_t *object;

    assert_non_null(line);
    for (const char *p = line; *p != '\0'; p++)
        assert_true(ascii_is_printable(*p));
    object = json_loads(line, JSON_REJECT_DUPLICATES, &error);
    assert_non_null(object);
    return object;
}

static void json_of_a_reject(void **state)
{
    struct fixture f;
    json_t *object, *outcome, *part;

    (void)state;
    set_up(&f);
    f.spf->explanation = "because";
    object = parsed(record_json(f.arena, &f.view, true));
    assert_string_equal(text_at(object, "id"), "4Xyz");
    assert_string_equal(text_at(object, "client"), "192.0.2.9");
    assert_string_equal(text_at(object, "client_name"), "host.example.net");
    assert_string_equal(text_at(object, "helo"), "mail.example.com");
    assert_string_equal(text_at(object, "mail_from"), "a@example.com");
    assert_int_equal(json_array_size(json_object_get(object, "rcpt")), 2);
    assert_true(json_is_false(json_object_get(object, "authenticated")));
    assert_true(json_is_null(json_object_get(object, "exempt")));
    assert_string_equal(text_at(object, "action"), "reject");
    assert_string_equal(text_at(object, "wanted"), "reject");
    assert_string_equal(text_at(object, "reply"),
                        "550 5.7.1 host.example.net [192.0.2.9] is not authorized to send mail as "
                        "mail.example.com: client address mismatch (CSA)");
    assert_string_equal(text_at(object, "stage"), "helo");
    assert_int_equal(number_at(object, "forged_authres"), 0);
    assert_true(json_is_null(json_object_get(object, "given_up")));
    part = json_object_get(object, "rule");
    assert_string_equal(text_at(part, "text"), "csa { fail = reject }");
    assert_string_equal(text_at(part, "file"), "default");
    assert_int_equal(number_at(part, "line"), 0);
    part = json_object_get(object, "dns");
    assert_int_equal(number_at(part, "queries"), 4);
    assert_int_equal(number_at(part, "voids"), 1);
    assert_float_equal(json_real_value(json_object_get(part, "ms")), 12.3, 0.001);

    assert_int_equal(json_array_size(json_object_get(object, "outcomes")), 3);
    outcome = json_array_get(json_object_get(object, "outcomes"), 0);
    assert_string_equal(text_at(outcome, "method"), "csa");
    assert_null(json_object_get(outcome, "identity"));
    assert_null(json_object_get(outcome, "explanation"));
    assert_string_equal(text_at(outcome, "result"), "fail");
    assert_string_equal(text_at(outcome, "reason"), "csa-address-mismatch");
    assert_string_equal(text_at(outcome, "reason_text"), "client address mismatch");
    assert_string_equal(text_at(outcome, "domain"), "mail.example.com");
    assert_string_equal(text_at(outcome, "detail"), "");
    part = json_object_get(outcome, "properties");
    assert_string_equal(text_at(part, "smtp.helo"), "mail.example.com");
    part = json_object_get(outcome, "trace");
    assert_int_equal(json_array_size(part), 3);
    part = json_array_get(part, 0);
    assert_string_equal(text_at(part, "asked"), "SRV _client._smtp.mail.example.com");
    assert_string_equal(text_at(part, "answer"), "1 2 0 mail.example.com");
    assert_string_equal(text_at(part, "rule"), "csv 2.1: weight 2, authorized");
    assert_int_equal(number_at(part, "asked_us"), 100);
    assert_int_equal(number_at(part, "took_us"), 12345);

    outcome = json_array_get(json_object_get(object, "outcomes"), 2);
    assert_string_equal(text_at(outcome, "identity"), "mailfrom");
    assert_string_equal(text_at(outcome, "explanation"), "because");
    json_decref(object);
    arena_free(f.arena);
}

static void json_of_little(void **state)
{
    struct fixture f;
    json_t *object;

    (void)state;
    set_up(&f);
    set_exempt(&f);
    f.facts.queue_id = f.facts.client_name = f.facts.helo = "";
    f.facts.client = (struct ip){.family = IP_NONE};
    f.facts.has_mail = false;
    f.facts.recipient_count = 0;
    object = parsed(record_json(f.arena, &f.view, false));
    assert_true(json_is_null(json_object_get(object, "id")));
    assert_true(json_is_null(json_object_get(object, "client")));
    assert_true(json_is_null(json_object_get(object, "client_name")));
    assert_true(json_is_null(json_object_get(object, "helo")));
    assert_true(json_is_null(json_object_get(object, "mail_from")));
    assert_true(json_is_null(json_object_get(object, "reply")));
    assert_true(json_is_true(json_object_get(object, "authenticated")));
    assert_string_equal(text_at(object, "exempt"), "authenticated client");
    assert_string_equal(text_at(json_object_get(object, "rule"), "text"),
                        "exempt { authenticated = yes }");
    assert_true(json_is_null(json_object_get(json_object_get(object, "rule"), "file")));
    assert_int_equal(json_array_size(json_object_get(object, "outcomes")), 0);
    json_decref(object);

    f.decision.exemption = EXEMPT_NO;
    f.facts.has_mail = true;
    f.facts.reverse_path.raw = "";
    f.view.outcomes = f.spf;
    object = parsed(record_json(f.arena, &f.view, false));
    assert_true(json_is_null(json_object_get(object, "rule")));
    assert_string_equal(text_at(object, "mail_from"), "");
    assert_null(json_object_get(json_array_get(json_object_get(object, "outcomes"), 0), "trace"));
    json_decref(object);
    arena_free(f.arena);
}

static void json_of_several_lines(void **state)
{
    static const char *const lines[] = {"one", "two"};
    struct fixture f;
    json_t *object;

    (void)state;
    set_up(&f);
    f.reply.lines = lines;
    f.reply.line_count = 2;
    object = parsed(record_json(f.arena, &f.view, false));
    assert_string_equal(text_at(object, "reply"), "550 5.7.1 one\ntwo");
    json_decref(object);
    f.reply.code = f.reply.enhanced = ""; /* quarantine */
    object = parsed(record_json(f.arena, &f.view, false));
    assert_string_equal(text_at(object, "reply"), "one\ntwo");
    json_decref(object);
    arena_free(f.arena);
}

static void json_of_octets(void **state)
{
    static const struct {
        const char *helo, *text;
    } cases[] = {
        {"b\xc3\xbc"
         "cher",
         "b\xc3\xbc"
         "cher"},
        {"b\xfc"
         "cher",
         "b\\xFCcher"},
        {"\xe2\x82", "\\xE2\\x82"},
        {"\xed\xa0\x80", "\\xED\\xA0\\x80"},
        {"a\x7f\x1b\n\"\\", "a\\x7F\x1b\n\"\\"},
        {"\xf0\x9f\x98\x80\xff", "\xf0\x9f\x98\x80\\xFF"},
        {"\xef\xbf\xbe", "\xef\xbf\xbe"},
    };
    struct fixture f;

    (void)state;
    set_up(&f);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *object;

        f.facts.helo = cases[i].helo;
        object = parsed(record_json(f.arena, &f.view, true));
        assert_string_equal(text_at(object, "helo"), cases[i].text);
        json_decref(object);
    }
    arena_free(f.arena);
}

static void json_of_every_octet(void **state)
{
    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        struct fixture f;
        char text[] = "aXb";

        set_up(&f);
        text[1] = (char)octet;
        f.facts.client_name = f.facts.queue_id = f.facts.helo = f.facts.reverse_path.raw = text;
        f.recipients[0] = f.csa->domain = f.csa->detail = text;
        outcome_property(f.csa, "smtp", "helo", text);
        outcome_trace(f.csa, text, text, text);
        json_decref(parsed(record_json(f.arena, &f.view, true)));
        arena_free(f.arena);
    }
}

static void properties_twice(void **state)
{
    struct fixture f;
    json_t *object, *outcome;

    (void)state;
    set_up(&f);
    outcome_property(f.csa, "smtp", "helo", "b");
    outcome_property(f.csa, "smtp", "helo", "c");
    object = parsed(record_json(f.arena, &f.view, false));
    outcome = json_array_get(json_object_get(object, "outcomes"), 0);
    assert_string_equal(text_at(json_object_get(outcome, "properties"), "smtp.helo"),
                        "mail.example.com, b, c");
    json_decref(object);
    arena_free(f.arena);
}

static void explanations(void **state)
{
    struct fixture f;

    (void)state;
    set_up(&f);
    f.spf->explanation = "our\nwords";
    f.view.forged_authres = 1;
    assert_string_equal(
        record_explanation(f.arena, &f.view),
        "Decision: reject at MAIL\n"
        "  reply       550 5.7.1 host.example.net [192.0.2.9] is not authorized to send mail as "
        "mail.example.com: client address mismatch (CSA)\n"
        "  decided by  csa { fail = reject }  (default)\n"
        "  client      host.example.net [192.0.2.9]\n"
        "  HELO        mail.example.com\n"
        "  MAIL FROM   <a@example.com>\n"
        "  DNS         4 questions, 1 without an answer, 12.3 ms\n"
        "  removed     1 Authentication-Results field\n"
        "\n"
        "csa: fail (client address mismatch)  [helo mail.example.com]\n"
        "  asked       SRV _client._smtp.mail.example.com                    12.3 ms\n"
        "  answered    1 2 0 mail.example.com\n"
        "  so          csv 2.1: weight 2, authorized\n"
        "  asked       A mail.example.com                                     cached\n"
        "  answered    192.0.2.1\n"
        "  so          csv 3: the client is not among the target's addresses\n"
        "\n"
        "helo: pass (HELO name resolves to the client)  [helo mail.example.com]\n"
        "\n"
        "spf: pass (ip4:192.0.2.0/24 matched)  [mailfrom example.com]\n"
        "  explains    \"our\\x0Awords\"\n");

    f.decision.action = VOUCH_CONTINUE; /* monitor */
    f.reply = (struct vouch_reply){.code = "", .enhanced = ""};
    f.rule.origin = (struct config_origin){.file = "/etc/vouch/milter.conf", .line = 12};
    f.view.outcomes = NULL;
    assert_non_null(strstr(record_explanation(f.arena, &f.view),
                           "Decision: continue (monitor mode; would reject) at MAIL\n"
                           "  decided by  csa { fail = reject }  (/etc/vouch/milter.conf:12)\n"));
    set_exempt(&f);
    assert_non_null(strstr(record_explanation(f.arena, &f.view),
                           "Decision: accept (exempt: authenticated client)\n"
                           "  decided by  exempt { authenticated = yes }\n"));
    assert_non_null(strstr(record_explanation(f.arena, &f.view), "  AUTH        user one\n"));
    f.decision.exemption = EXEMPT_NO;
    f.decision.action = f.decision.wanted = VOUCH_CONTINUE;
    assert_non_null(strstr(record_explanation(f.arena, &f.view),
                           "Decision: continue\n"
                           "  decided by  no rule: nothing speaks against it\n"));
    arena_free(f.arena);
}

/* One of several signatures: told everywhere but in the log, which has the summary. */
static void parts(void **state)
{
    struct fixture f;
    json_t *object, *outcomes;

    (void)state;
    set_up(&f);
    f.view.outcomes = f.csa;
    f.csa->next = f.helo;
    f.helo->method = METHOD_CSA;
    f.helo->is_part = true;
    f.helo->next = NULL;
    assert_non_null(strstr(record_log_line(f.arena, &f.view),
                           "csa=fail (client address mismatch) helo=mail.example.com; client="));
    assert_non_null(strstr(record_explanation(f.arena, &f.view),
                           "\ncsa signature: pass (HELO name resolves to the client)  "
                           "[by mail.example.com]\n"));
    object = parsed(record_json(f.arena, &f.view, false));
    outcomes = json_object_get(object, "outcomes");
    assert_int_equal(json_array_size(outcomes), 2);
    assert_null(json_object_get(json_array_get(outcomes, 0), "part"));
    assert_true(json_is_true(json_object_get(json_array_get(outcomes, 1), "part")));
    json_decref(object);
    arena_free(f.arena);
}

static void explanation_is_safe(void **state)
{
    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        struct fixture f;
        char text[] = "aXb";
        unsigned lines = 0;

        set_up(&f);
        text[1] = (char)octet;
        f.facts.client_name = f.facts.helo = f.facts.reverse_path.raw = text;
        f.csa->domain = f.csa->detail = f.csa->explanation = text;
        outcome_trace(f.csa, text, text, text);
        for (const char *p = record_explanation(f.arena, &f.view); *p != '\0'; p++) {
            assert_true(*p == '\n' || ascii_is_printable(*p));
            lines += *p == '\n';
        }
        assert_int_equal(lines, 23);
        arena_free(f.arena);
    }
}

typedef const char *tell_fn(struct arena *arena, const struct report_view *view);

static const char *tell_json(struct arena *arena, const struct report_view *view)
{
    return record_json(arena, view, true);
}

static const char *tell_rule(struct arena *arena, const struct report_view *view)
{
    return record_rule_text(arena, view->decision);
}

static void out_of_memory(void **state)
{
    static tell_fn *const tells[] = {tell_json, tell_rule, record_log_line, record_explanation};
    struct fixture f;

    (void)state;
    set_up(&f);
    for (size_t i = 0; i < sizeof tells / sizeof tells[0]; i++) {
        const char *expected = tells[i](f.arena, &f.view);
        bool done = false;

        for (size_t limit = 0; !done; limit += 64) {
            struct arena *arena = arena_new(limit);
            const char *told = tells[i](arena, &f.view);

            done = told != NULL;
            if (done)
                assert_string_equal(told, expected);
            assert_in_range(limit, 0, 1 << 16);
            arena_free(arena);
        }
    }
    arena_free(f.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rule_texts),
        cmocka_unit_test(recipient_lines),
        cmocka_unit_test(log_lines),
        cmocka_unit_test(log_is_not_forged),
        cmocka_unit_test(log_reason_stays_closed),
        cmocka_unit_test(log_is_short),
        cmocka_unit_test(json_of_a_reject),
        cmocka_unit_test(json_of_little),
        cmocka_unit_test(json_of_several_lines),
        cmocka_unit_test(json_of_octets),
        cmocka_unit_test(json_of_every_octet),
        cmocka_unit_test(properties_twice),
        cmocka_unit_test(explanations),
        cmocka_unit_test(parts),
        cmocka_unit_test(explanation_is_safe),
        cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
