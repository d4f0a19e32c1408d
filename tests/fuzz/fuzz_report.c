/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Everything that is written for others: header fields, reply, record, log line, explanation.  The
 * input is lines: client, its name, HELO, reverse-path, recipient, our authserv-id, queue id,
 * authenticated name; then five for each outcome: "METHOD RESULT REASON IDENTITY", its domain,
 * detail, explanation and the value of its property. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/text.h"
#include "lib/mail/authres.h"
#include "lib/mail/domain.h"
#include "lib/report/authres.h"
#include "lib/report/received_spf.h"
#include "lib/report/record.h"
#include "lib/report/reply.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/written.h"
#include "tests/unit/rfc8601.h"

enum { ARENA_LIMIT = 16 * 1024 * 1024, OUTCOMES_MAX = 6, DETAIL_MAX = 300 };
enum { MEMORY_LEAST = 64, MEMORY_MOST = 16 * 1024 };

/* No outcome is passed over in silence: each decides something. */
static const char configuration[] =
    "csa { none = continue fail = reject temperror = tempfail permerror = quarantine }\n"
    "helo { none = quarantine fail = reject pass = continue temperror = tempfail }\n"
    "spf { none = quarantine fail = reject softfail = reject neutral = tempfail\n"
    "      temperror = tempfail permerror = reject helo-fail = reject helo-permerror = reject }\n"
    "tls { enabled = yes require = matching-certificate neutral = quarantine }\n"
    "sender-id { fail = reject permerror = reject temperror = tempfail pass = reject }\n"
    "domain \"example.com\" { spf { fail = discard } csa { fail = accept } }\n";

static void no_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    fuzz_broken(text, file, (int)line);
}

static const struct vouch_config *config(void)
{
    static struct vouch_config *loaded;

    if (loaded == NULL)
        FUZZ_CHECK(vouch_config_load(NULL, configuration, no_problem, NULL, &loaded) == VOUCH_OK);
    return loaded;
}

static const char *take_string(struct arena *arena, struct fuzz_span *rest)
{
    struct fuzz_span line = fuzz_take_line(rest);
    const char *string = arena_copy(arena, line.octets, line.length);

    return string != NULL ? string : "";
}

static struct facts take_facts(struct arena *arena, struct fuzz_span *rest, const char **recipient)
{
    struct fuzz_span client = fuzz_take_line(rest);
    struct facts facts = {.has_mail = true, .recipients = recipient, .recipient_count = 1};

    (void)ip_parse(client.octets, client.length, &facts.client);
    facts.client_name = take_string(arena, rest);
    facts.helo = take_string(arena, rest);
    FUZZ_CHECK(path_parse(arena, take_string(arena, rest), &facts.reverse_path) == VOUCH_OK);
    *recipient = take_string(arena, rest);
    facts.authserv_id = take_string(arena, rest);
    facts.queue_id = take_string(arena, rest);
    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        facts.mta[i] = "";
    facts.mta[VOUCH_FACT_AUTH_AUTHEN] = take_string(arena, rest);
    return facts;
}

/* The next word of LINE. */
static struct fuzz_span take_word(struct fuzz_span *line)
{
    struct fuzz_span word = *line;
    const char *end = memchr(line->octets, ' ', line->length);

    if (end != NULL)
        word.length = (size_t)(end - line->octets);
    line->octets += word.length + (end != NULL);
    line->length -= word.length + (end != NULL);
    return word;
}

static bool is_word(struct fuzz_span span, const char *word)
{
    return span.length == strlen(word) && memcmp(span.octets, word, span.length) == 0;
}

static enum vouch_result result_of(struct fuzz_span word)
{
    for (unsigned result = 0; result < VOUCH_RESULT_COUNT; result++)
        if (is_word(word, vouch_result_word((enum vouch_result)result)))
            return (enum vouch_result)result;
    return VOUCH_NONE;
}

static enum reason reason_of(struct fuzz_span word)
{
    for (unsigned reason = 0; reason < REASON_COUNT; reason++)
        if (is_word(word, reason_code((enum reason)reason)))
            return (enum reason)reason;
    return REASON_NONE;
}

/* As verifiers make a detail: safe text. */
static const char *safe(struct arena *arena, struct fuzz_span span)
{
    struct text text = text_in(arena);

    text_add_safe(&text, span.octets, span.length, DETAIL_MAX);
    return text_string(&text) != NULL ? text_string(&text) : "";
}

static const char *domain_of(struct arena *arena, struct fuzz_span span)
{
    char text[DNS_NAME_TEXT_SIZE];
    struct dns_name name;

    if (dns_name_from_text(span.octets, span.length, &name) != VOUCH_OK || dns_name_is_root(&name))
        return "";
    return arena_string(arena, dns_name_format(&name, text));
}

static enum identity identity_of(struct fuzz_span word)
{
    static const enum identity identities[] = {IDENTITY_HELO, IDENTITY_MAILFROM, IDENTITY_PRA};

    for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++)
        if (is_word(word, identity_name(identities[i])))
            return identities[i];
    return IDENTITY_NONE;
}

static enum vouch_stage stage_of(struct fuzz_span identity)
{
    switch (identity_of(identity)) {
    case IDENTITY_PRA:
        return VOUCH_STAGE_EOH;
    case IDENTITY_MAILFROM:
        return VOUCH_STAGE_MAIL;
    default:
        return VOUCH_STAGE_HELO;
    }
}

static struct outcome *take_outcome(struct arena *arena, struct fuzz_span *rest)
{
    struct fuzz_span line = fuzz_take_line(rest);
    struct fuzz_span method = take_word(&line), result = take_word(&line);
    struct fuzz_span reason = take_word(&line);
    enum method found = METHOD_SPF;
    struct outcome *outcome;

    (void)method_from_name(method.octets, method.length, &found);
    outcome = outcome_new(arena, found, identity_of(line), stage_of(line));
    FUZZ_CHECK(outcome != NULL);
    outcome_set(outcome, result_of(result), reason_of(reason));
    outcome->domain = domain_of(arena, fuzz_take_line(rest));
    outcome->detail = safe(arena, fuzz_take_line(rest));
    outcome->explanation = take_string(arena, rest);
    outcome_property(outcome, "smtp", outcome->identity == IDENTITY_MAILFROM ? "mailfrom" : "helo",
                     take_string(arena, rest));
    (void)outcome_trace(outcome, outcome->domain, outcome->detail, "RFC 7208 5.1");
    return outcome;
}

static void write_authres(struct arena *arena, const char *id, const struct outcome *outcomes)
{
    const char *values[AUTHRES_FIELDS_MAX];
    struct authres_head head;
    size_t count = 0;

    FUZZ_CHECK(authres_write(arena, id, outcomes, values, &count) == VOUCH_OK);
    FUZZ_CHECK(count > 0 && count <= AUTHRES_FIELDS_MAX);
    for (size_t i = 0; i < count; i++) {
        fuzz_check_field(values[i]);
        FUZZ_CHECK(rfc8601_is_payload(values[i]));
        FUZZ_CHECK(authres_parse_head(values[i], strlen(values[i]), &head) == VOUCH_OK ||
                   !domain_is_name(id, strlen(id)));
        FUZZ_CHECK(!domain_is_name(id, strlen(id)) || authres_id_equal(head.authserv_id, id));
    }
}

static void write_rest(struct arena *arena, const struct facts *facts,
                       const struct outcome *outcomes, enum vouch_stage stage)
{
    struct decision decision = decide(facts, outcomes, config(), stage);
    struct vouch_reply reply;
    struct report_view view = {
        .facts = facts, .outcomes = outcomes, .decision = &decision, .reply = &reply};
    const char *value;

    FUZZ_CHECK(reply_make(arena, facts, &decision, &reply) == VOUCH_OK);
    fuzz_check_reply(&reply, decision.action);
    FUZZ_CHECK(received_spf_write(arena, facts, outcomes, &value) == VOUCH_OK);
    if (value != NULL)
        fuzz_check_field(value);
    fuzz_check_record(record_json(arena, &view, true));
    fuzz_check_record(record_json(arena, &view, false));
    fuzz_check_log_line(record_log_line(arena, &view));
    fuzz_check_explanation(record_explanation(arena, &view));
}

/* With too little memory a writer says so, and a reply still has its codes. */
static void write_in_little_memory(const struct facts *facts, const struct outcome *outcomes,
                                   size_t memory)
{
    struct arena *arena = fuzz_arena(memory);
    struct decision decision = decide(facts, outcomes, config(), VOUCH_STAGE_EOM);
    const char *values[AUTHRES_FIELDS_MAX], *value;
    struct vouch_reply reply;
    struct report_view view = {
        .facts = facts, .outcomes = outcomes, .decision = &decision, .reply = &reply};
    size_t count = 0;
    int error = reply_make(arena, facts, &decision, &reply);

    FUZZ_CHECK(error == VOUCH_OK || error == VOUCH_ERROR_MEMORY);
    fuzz_check_reply(&reply, decision.action);
    if (authres_write(arena, facts->authserv_id, outcomes, values, &count) == VOUCH_OK)
        fuzz_check_field(values[0]);
    if (received_spf_write(arena, facts, outcomes, &value) == VOUCH_OK && value != NULL)
        fuzz_check_field(value);
    if ((value = record_json(arena, &view, true)) != NULL)
        fuzz_check_record(value);
    if ((value = record_log_line(arena, &view)) != NULL)
        fuzz_check_log_line(value);
    if ((value = record_explanation(arena, &view)) != NULL)
        fuzz_check_explanation(value);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    const char *recipient;
    struct facts facts = take_facts(arena, &rest, &recipient);
    struct outcome *outcomes = NULL, **end = &outcomes;

    for (unsigned i = 0; i < OUTCOMES_MAX && rest.length > 0; i++) {
        *end = take_outcome(arena, &rest);
        end = &(*end)->next;
    }
    write_authres(arena, facts.authserv_id, outcomes);
    write_rest(arena, &facts, outcomes, VOUCH_STAGE_MAIL);
    write_rest(arena, &facts, outcomes, VOUCH_STAGE_EOM);
    for (size_t memory = MEMORY_LEAST; memory <= MEMORY_MOST; memory *= 4)
        write_in_little_memory(&facts, outcomes, memory);
    arena_free(arena);
    return 0;
}
