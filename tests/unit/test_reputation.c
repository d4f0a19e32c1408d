/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Reputation in the engine: who is remembered for what, and what is said of whom. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "lib/engine/engine.h"
#include "lib/engine/transaction.h"
#include "lib/verify/identities.h"
#include "lib/verify/reputation.h"

static const char zone[] = "example.com. TXT \"v=spf1 ip4:192.0.2.10 -all\"\n"
                           "strict.example. TXT \"v=spf1 -all\"\n"
                           "mail.example.com. A 192.0.2.10\n"
                           "_client._smtp.mail.example.com. SRV 1 2 0 mail.example.com.\n";

static const nanoseconds PATIENCE = 60 * NANOSECONDS_PER_SECOND;

static char directory[64];

static int set_up(void **state)
{
    (void)state;
    (void)snprintf(directory, sizeof directory, "/tmp/vouch-reputation-XXXXXX");
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    char file[96];

    (void)state;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        (void)snprintf(file, sizeof file, "%s/r.db%s", directory, endings[i]);
        (void)unlink(file);
    }
    return rmdir(directory);
}

static void expect_no_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    fail_msg("%s:%u: %s", file, line, text);
}

static struct vouch_config *load(const char *options)
{
    struct vouch_config *config = NULL;
    char text[1000];

    (void)snprintf(text, sizeof text,
                   "reputation { enabled = yes  file = \"%s/r.db\"  min-sample = 3  %s }",
                   directory, options);
    assert_int_equal(vouch_config_load(NULL, text, expect_no_problem, NULL, &config), VOUCH_OK);
    return config;
}

static struct vouch_engine *engine_for(const char *options)
{
    struct vouch_config *config = load(options);
    struct resolver_settings settings = resolver_defaults();
    struct vouch_engine *engine = NULL;
    struct resolver *resolver = NULL;
    unsigned line = 0;

    assert_int_equal(resolver_new_zone(&settings, zone, &resolver, &line), VOUCH_OK);
    assert_int_equal(engine_new_with(config, resolver, &engine), VOUCH_OK);
    resolver_release(resolver);
    vouch_config_release(config);
    return engine;
}

/* With OPTIONS of the section. */
static struct vouch_engine *engine_with(const char *options)
{
    struct vouch_engine *engine = engine_for(options);

    assert_int_equal(vouch_engine_remember(engine), VOUCH_OK);
    return engine;
}

static struct vouch_session *session_of(struct vouch_engine *engine, const char *client)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    struct vouch_session *session = NULL;

    assert_int_equal(inet_pton(AF_INET, client, &address.sin_addr), 1);
    assert_int_equal(vouch_session_new(engine, (const struct sockaddr *)&address, NULL, &session),
                     VOUCH_OK);
    assert_int_equal(vouch_session_helo(session, "mail.example.com"), VOUCH_OK);
    return session;
}

static struct vouch_message *message_from(struct vouch_session *session, const char *reverse_path)
{
    struct vouch_message *message = NULL;

    assert_int_equal(vouch_message_new(session, reverse_path, &message), VOUCH_OK);
    return message;
}

static struct reputation_reading look(struct vouch_engine *engine, enum reputation_kind kind,
                                      const char *name)
{
    const struct reputation_name names[] = {{kind, name}};
    struct reputation_reading reading;

    assert_int_equal(reputation_flush(engine->reputation, PATIENCE), VOUCH_OK);
    assert_int_equal(reputation_lookup(engine->reputation, names, 1, (int64_t)time(NULL), &reading),
                     VOUCH_OK);
    return reading;
}

/* What one message leaves behind. */
static const struct {
    const char *options;
    const char *client;
    const char *from;
    const char *field, *value;
    unsigned known, unknown; /* recipients */
    const char *status;      /* of those unknown */
    bool given_up;
    double helo_good, helo_bad; /* of mail.example.com */
    double from_good, from_bad; /* of example.com */
} fates[] = {
    {"", "192.0.2.10", "a@example.com", NULL, NULL, 1, 0, "", false, 0.2, 0, 0.2, 0},
    {"accepted-weight = 0", "192.0.2.10", "a@example.com", NULL, NULL, 1, 0, "", false, 0, 0, 0, 0},
    {"accepted-weight = 1", "192.0.2.10", "a@other.example", NULL, NULL, 1, 0, "", false, 1, 0, 0,
     0},
    /* refused later: the HELO name was proven, the reverse-path was not */
    {"", "192.0.2.10", "a@strict.example", NULL, NULL, 0, 0, "", false, 0, 1, 0, 0},
    /* nothing was proven */
    {"", "192.0.2.99", "a@other.example", NULL, NULL, 1, 0, "", false, 0, 0, 0, 0},
    /* a content filter */
    {"spam-header = \"X-Spam-Flag: YES\"", "192.0.2.10", "a@example.com", "x-spam-flag", " yes", 1,
     0, "", false, 0, 1, 0, 1},
    {"spam-header = \"X-Spam-Status: Yes\"", "192.0.2.10", "a@example.com", "X-Spam-Status",
     "\r\n Yes, score=7", 1, 0, "", false, 0, 1, 0, 1},
    {"spam-header = \"X-Spam-Status: Yes\"", "192.0.2.10", "a@example.com", "X-Spam-Status",
     " Yesterday", 1, 0, "", false, 0.2, 0, 0.2, 0},
    {"ham-header = \"X-Spam-Status: No\"", "192.0.2.10", "a@example.com", "X-Spam-Status",
     " No, score=0", 1, 0, "", false, 1, 0, 1, 0},
    /* unknown users: more of them than others */
    {"", "192.0.2.10", "a@example.com", NULL, NULL, 1, 2, "5.1.1", false, 0, 1, 0, 1},
    {"", "192.0.2.10", "a@example.com", NULL, NULL, 1, 1, "5.1.1", false, 0.2, 0, 0.2, 0},
    {"} limits { recipients = 0", "192.0.2.10", "a@example.com", NULL, NULL, 2, 1, "5.1.1", false,
     0.2, 0, 0.2, 0},
    {"", "192.0.2.10", "a@example.com", NULL, NULL, 0, 3, "4.2.0", false, 0.2, 0, 0.2, 0},
    {"", "192.0.2.10", "a@example.com", NULL, NULL, 0, 1, "5.1.1", true, 0, 1, 0, 1},
    {"", "192.0.2.10", "a@example.com", NULL, NULL, 1, 0, "", true, 0, 0, 0, 0},
};

static void test_fates(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++) {
        struct vouch_engine *engine;
        struct vouch_session *session;
        struct vouch_message *message;
        struct reputation_reading helo, from;

        if (i > 0)
            assert_int_equal(set_up(NULL), 0);
        engine = engine_with(fates[i].options);
        session = session_of(engine, fates[i].client);
        message = message_from(session, fates[i].from);
        (void)vouch_message_decide(message, VOUCH_STAGE_MAIL);
        for (unsigned k = 0; k < fates[i].known; k++)
            assert_true(vouch_message_recipient(message, "<b@example.org>") != VOUCH_ERROR_MEMORY);
        for (unsigned k = 0; k < fates[i].unknown; k++)
            vouch_message_refused_recipient(message, fates[i].status);
        if (fates[i].field != NULL)
            assert_int_equal(vouch_message_header(message, fates[i].field, fates[i].value,
                                                  strlen(fates[i].value)),
                             VOUCH_OK);
        if (fates[i].given_up)
            vouch_message_give_up(message, false);
        else
            (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
        vouch_message_remember(message);
        vouch_message_remember(message); /* once is enough */
        helo = look(engine, REPUTATION_HELO, "mail.example.com");
        from = look(engine, REPUTATION_MAILFROM, "example.com");
        if (fabs(helo.sample - fates[i].helo_good - fates[i].helo_bad) > 1e-4 ||
            fabs(helo.rate * helo.sample - fates[i].helo_bad) > 1e-4 ||
            fabs(from.sample - fates[i].from_good - fates[i].from_bad) > 1e-4 ||
            fabs(from.rate * from.sample - fates[i].from_bad) > 1e-4)
            fail_msg("case %zu: helo %f of %f, from %f of %f", i, helo.rate, helo.sample, from.rate,
                     from.sample);
        vouch_message_free(message);
        vouch_session_free(session);
        vouch_engine_release(engine);
        if (i + 1 < sizeof fates / sizeof fates[0])
            assert_int_equal(tear_down(NULL), 0);
    }
}

static void observe(struct vouch_engine *engine, enum reputation_kind kind, const char *name,
                    bool bad, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        assert_int_equal(
            reputation_observe(engine->reputation, kind, name, bad, 1, (int64_t)time(NULL)),
            VOUCH_OK);
    assert_int_equal(reputation_flush(engine->reputation, PATIENCE), VOUCH_OK);
}

static const char *record_of(struct vouch_engine *engine, char *record, size_t size)
{
    struct vouch_session *session = session_of(engine, "192.0.2.10");
    struct vouch_message *message = message_from(session, "a@example.com");

    (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
    (void)snprintf(record, size, "%s", vouch_message_log_line(message));
    vouch_message_free(message);
    vouch_session_free(session);
    return record;
}

static void test_results(void **state)
{
    struct vouch_engine *engine = engine_with("");
    char record[4000];

    (void)state;
    observe(engine, REPUTATION_HELO, "mail.example.com", true, 2);
    assert_non_null(
        strstr(record_of(engine, record, sizeof record), "reputation=none helo=mail.example.com"));
    observe(engine, REPUTATION_HELO, "mail.example.com", true, 20);
    assert_non_null(strstr(record_of(engine, record, sizeof record), "reputation=neutral"));
    observe(engine, REPUTATION_HELO, "mail.example.com", true, 20);
    assert_non_null(strstr(record_of(engine, record, sizeof record), "reputation=fail"));
    observe(engine, REPUTATION_MAILFROM, "example.com", false, 80);
    assert_non_null(
        strstr(record_of(engine, record, sizeof record), "reputation=pass mailfrom=example.com"));
    vouch_engine_release(engine);
}

/* What refuses a name does not count against it again. */
static void test_refusal(void **state)
{
    struct vouch_engine *engine = engine_with("fail = reject");
    const struct vouch_decision *decision;
    struct vouch_session *session;
    struct vouch_message *message;

    (void)state;
    observe(engine, REPUTATION_HELO, "mail.example.com", true, 50);
    session = session_of(engine, "192.0.2.10");
    message = message_from(session, "a@example.com");
    decision = vouch_message_decide(message, VOUCH_STAGE_MAIL);
    assert_int_equal(decision->action, VOUCH_REJECT);
    assert_string_equal(decision->reply.enhanced, "5.7.1");
    assert_string_equal(decision->reply.lines[0],
                        "Reputation fail: mail.example.com: too much of its mail was unwanted "
                        "here");
    vouch_message_remember(message);
    assert_true(fabs(look(engine, REPUTATION_HELO, "mail.example.com").sample - 50) < 1e-3);
    vouch_message_free(message);
    vouch_session_free(session);

    /* who does not prove the name is not it */
    session = session_of(engine, "192.0.2.11");
    message = message_from(session, "a@other.example");
    vouch_message_free(message);
    vouch_session_free(session);
    vouch_engine_release(engine);
}

/* A client that cannot prove the HELO name neither suffers nor profits from its reputation. */
static void test_unproven(void **state)
{
    struct vouch_engine *engine = engine_with("fail = reject");
    struct vouch_session *session;
    struct vouch_message *message;
    struct outcome *outcome;

    (void)state;
    observe(engine, REPUTATION_HELO, "mail.example.com", true, 50);
    session = session_of(engine, "192.0.2.11");
    message = message_from(session, "a@other.example");
    (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
    for (outcome = message->outcomes; outcome != NULL; outcome = outcome->next)
        assert_int_not_equal(outcome->method, METHOD_REPUTATION);
    vouch_message_remember(message);
    assert_true(fabs(look(engine, REPUTATION_HELO, "mail.example.com").sample - 50) < 1e-3);
    vouch_message_free(message);
    vouch_session_free(session);
    vouch_engine_release(engine);
}

/* A store that cannot be opened: nothing is known, and mail goes on. */
static void test_store_away(void **state)
{
    struct vouch_engine *engine;
    struct vouch_memory memory;
    char record[4000], path[96];
    FILE *file;

    (void)state;
    (void)snprintf(path, sizeof path, "%s/r.db", directory);
    file = fopen(path, "w");
    assert_non_null(file);
    for (unsigned i = 0; i < 1000; i++)
        (void)fputs("this is no database\n", file);
    (void)fclose(file);
    engine = engine_for("fail = reject");
    assert_int_equal(vouch_engine_remember(engine), VOUCH_ERROR_SYSTEM);
    vouch_engine_memory(engine, &memory);
    assert_true(memory.enabled && memory.away);
    assert_non_null(strstr(memory.trouble, "not a database"));
    assert_non_null(strstr(record_of(engine, record, sizeof record), "reputation=none"));
    vouch_engine_release(engine);
}

static struct outcome *proven(struct arena *arena, enum method method, enum identity identity,
                              const char *domain, bool is_part)
{
    struct outcome *outcome = outcome_new(arena, method, identity, VOUCH_STAGE_EOM);

    assert_non_null(outcome);
    outcome->result = VOUCH_PASS;
    outcome->domain = domain;
    outcome->is_part = is_part;
    return outcome;
}

/* Anybody can send on what another has signed: against the signer counts only what is thought of
 * the content, not to whom and from where it was sent. */
static const struct {
    const char *options;
    const char *from;
    const char *values[2]; /* of X-Spam-Flag */
    unsigned unknown;      /* recipients, beside one that is known */
    double helo_bad;       /* of mail.example.com */
    double good, bad;      /* of signer.example */
} sent_on[] = {
    {"", "a@example.com", {NULL, NULL}, 0, 0, 0.2, 0},
    {"", "a@example.com", {NULL, NULL}, 2, 1, 0, 0},
    {"", "a@strict.example", {NULL, NULL}, 0, 1, 0, 0},
    {"} spf { fail = quarantine", "a@strict.example", {NULL, NULL}, 0, 1, 0, 0},
    {"spam-header = \"X-Spam-Flag: YES\"", "a@example.com", {" YES", NULL}, 0, 1, 0, 1},
    {"spam-header = \"X-Spam-Flag: YES\"", "a@example.com", {" YES", NULL}, 2, 1, 0, 1},
    /* the filter wrote one of them, and somebody on the way the other */
    {"spam-header = \"X-Spam-Flag: YES\"", "a@example.com", {" NO", " YES"}, 0, 1, 0, 0},
};

static void test_sent_on(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sent_on / sizeof sent_on[0]; i++) {
        struct reputation_reading helo, signer;
        struct vouch_engine *engine;
        struct vouch_session *session;
        struct vouch_message *message;

        if (i > 0)
            assert_int_equal(set_up(NULL), 0);
        engine = engine_with(sent_on[i].options);
        session = session_of(engine, "192.0.2.10");
        message = message_from(session, sent_on[i].from);
        (void)vouch_message_decide(message, VOUCH_STAGE_MAIL);
        assert_int_equal(vouch_message_recipient(message, "<b@example.org>"), VOUCH_OK);
        for (unsigned k = 0; k < sent_on[i].unknown; k++)
            vouch_message_refused_recipient(message, "5.1.1");
        for (unsigned k = 0; k < 2 && sent_on[i].values[k] != NULL; k++)
            assert_int_equal(vouch_message_header(message, "X-Spam-Flag", sent_on[i].values[k],
                                                  strlen(sent_on[i].values[k])),
                             VOUCH_OK);
        (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
        *message->outcomes_end =
            proven(message->arena, METHOD_DKIM, IDENTITY_NONE, "signer.example", true);
        vouch_message_remember(message);
        helo = look(engine, REPUTATION_HELO, "mail.example.com");
        signer = look(engine, REPUTATION_SIGNER, "signer.example");
        if (fabs(helo.rate * helo.sample - sent_on[i].helo_bad) > 1e-4 ||
            fabs(signer.sample - sent_on[i].good - sent_on[i].bad) > 1e-4 ||
            fabs(signer.rate * signer.sample - sent_on[i].bad) > 1e-4)
            fail_msg("case %zu: helo %f of %f, signer %f of %f", i, helo.rate, helo.sample,
                     signer.rate, signer.sample);
        vouch_message_free(message);
        vouch_session_free(session);
        vouch_engine_release(engine);
        if (i + 1 < sizeof sent_on / sizeof sent_on[0])
            assert_int_equal(tear_down(NULL), 0);
    }
}

/* Several signers: the bad one counts, whatever stands beside it. */
static void test_several_names(void **state)
{
    struct vouch_engine *engine = engine_with("");
    struct arena *arena = arena_new(1 << 20);
    struct outcome *good = proven(arena, METHOD_DKIM, IDENTITY_NONE, "good.example", true);
    struct outcome *bad = proven(arena, METHOD_DOMAINKEYS, IDENTITY_NONE, "bad.example", true);
    struct outcome *again = proven(arena, METHOD_DKIM, IDENTITY_NONE, "BAD.example", true);
    struct outcome *failed = proven(arena, METHOD_DKIM, IDENTITY_NONE, "other.example", true);
    const struct check check = {.settings = &engine->config->verify,
                                .reputation = engine->reputation,
                                .arena = arena,
                                .outcomes = good};
    const struct outcome *found;
    unsigned parts = 0;

    (void)state;
    good->next = bad;
    bad->next = again;
    again->next = failed;
    failed->result = VOUCH_FAIL;
    observe(engine, REPUTATION_SIGNER, "good.example", false, 100);
    observe(engine, REPUTATION_SIGNER, "bad.example", true, 100);
    observe(engine, REPUTATION_SIGNER, "other.example", true, 100);
    assert_false(reputation_helo_verifier.applies(&check));
    assert_false(reputation_mail_verifier.applies(&check));
    assert_true(reputation_message_verifier.applies(&check));
    found = reputation_message_verifier.check(&check);
    assert_int_equal(found->result, VOUCH_FAIL);
    assert_string_equal(found->domain, "bad.example");
    for (const struct outcome *part = found->next; part != NULL; part = part->next)
        parts += part->is_part && outcome_has_parts(part, found) ? 1 : 0;
    assert_int_equal(parts, 2);
    arena_free(arena);
    vouch_engine_release(engine);
}

/* Only what passed proves a name, and only under a method that proves names. */
static void test_identities(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct reputation_name name;
    static const struct {
        enum method method;
        enum identity identity;
        bool is_part;
        bool proves;
        enum reputation_kind kind;
    } cases[] = {
        {METHOD_CSA, IDENTITY_NONE, false, true, REPUTATION_HELO},
        {METHOD_SPF, IDENTITY_HELO, false, true, REPUTATION_HELO},
        {METHOD_SPF, IDENTITY_MAILFROM, false, true, REPUTATION_MAILFROM},
        {METHOD_SENDER_ID, IDENTITY_PRA, false, true, REPUTATION_PRA},
        {METHOD_SENDER_ID, IDENTITY_MAILFROM, false, false, REPUTATION_PRA},
        {METHOD_DKIM, IDENTITY_NONE, true, true, REPUTATION_SIGNER},
        {METHOD_DKIM, IDENTITY_NONE, false, false, REPUTATION_SIGNER},
        {METHOD_DKIM, IDENTITY_AUTHOR, false, false, REPUTATION_SIGNER},
        {METHOD_DOMAINKEYS, IDENTITY_NONE, true, true, REPUTATION_SIGNER},
        {METHOD_TLS, IDENTITY_NONE, false, false, REPUTATION_ISSUER}, /* without certificate */
        {METHOD_HELO, IDENTITY_HELO, false, false, REPUTATION_HELO},
        {METHOD_IPREV, IDENTITY_NONE, false, false, REPUTATION_HELO},
        {METHOD_REPUTATION, IDENTITY_HELO, false, false, REPUTATION_HELO},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct outcome *outcome =
            proven(arena, cases[i].method, cases[i].identity, "a.example", cases[i].is_part);

        assert_int_equal(identities_proven(arena, outcome, &name), cases[i].proves);
        if (cases[i].proves)
            assert_int_equal(name.kind, cases[i].kind);
        for (int result = 0; result < VOUCH_RESULT_COUNT; result++) {
            outcome->result = (enum vouch_result)result;
            if (result != VOUCH_PASS)
                assert_false(identities_proven(arena, outcome, &name));
        }
    }
    arena_free(arena);
}

/* An issuer counts under the key that tls gives it. */
static void test_issuer(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct outcome *outcome = proven(arena, METHOD_TLS, IDENTITY_NONE, "", false);
    struct reputation_name name;

    (void)state;
    outcome_property(outcome, "policy", "cert-issuer", "Example CA");
    outcome_property(outcome, "policy", "mta", "postfix");
    assert_true(identities_proven(arena, outcome, &name));
    assert_int_equal(name.kind, REPUTATION_ISSUER);
    assert_string_equal(name.name, "postfix:example ca");
    arena_free(arena);
}

/* The verifier in too little memory: no outcome or the right one. */
static void test_memory_runs_out(void **state)
{
    struct vouch_engine *engine = engine_with("");
    bool complete = false;

    (void)state;
    observe(engine, REPUTATION_SIGNER, "bad.example", true, 100);
    for (size_t limit = 0; limit < 16384; limit += 32) {
        struct arena *names = arena_new(1 << 16);
        struct arena *arena = arena_new(limit);
        struct outcome *one = proven(names, METHOD_DKIM, IDENTITY_NONE, "bad.example", true);
        const struct outcome *found = NULL;

        one->next = proven(names, METHOD_DKIM, IDENTITY_NONE, "new.example", true);
        if (arena != NULL) {
            const struct check check = {.settings = &engine->config->verify,
                                        .reputation = engine->reputation,
                                        .arena = arena,
                                        .outcomes = one};

            found = reputation_message_verifier.check(&check);
        }
        if (found != NULL)
            assert_int_equal(found->result, VOUCH_FAIL);
        complete = found != NULL;
        arena_free(arena);
        arena_free(names);
    }
    assert_true(complete);
    vouch_engine_release(engine);
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_fates),
        TEST(test_results),
        TEST(test_refusal),
        TEST(test_unproven),
        TEST(test_store_away),
        TEST(test_sent_on),
        TEST(test_several_names),
        cmocka_unit_test(test_identities),
        cmocka_unit_test(test_issuer),
        TEST(test_memory_runs_out),
    };

    return cmocka_run_group_tests_name("reputation", tests, NULL, NULL);
}
