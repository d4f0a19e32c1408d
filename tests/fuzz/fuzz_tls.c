/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The names in certificates, and what comes of them.  The input is lines: HELO, then what the MTA
 * tells in the macros v, tls_version, cipher, cipher_bits, verify, cert_subject, cert_issuer,
 * cn_subject and cn_issuer, then a pattern of refused issuers. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/report/authres.h"
#include "lib/verify/helo_name.h"
#include "lib/verify/tls.h"
#include "lib/verify/tls_name.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/written.h"
#include "tests/unit/rfc8601.h"

enum { ARENA_LIMIT = 1024 * 1024, MEMORY_LEAST = 64, MEMORY_MOST = 16 * 1024 };
enum { SHORT = 10, KEPT_MAX = 255 };

static const enum vouch_fact facts_told[] = {
    VOUCH_FACT_MTA_VERSION, VOUCH_FACT_TLS_VERSION, VOUCH_FACT_TLS_CIPHER,
    VOUCH_FACT_TLS_BITS,    VOUCH_FACT_TLS_VERIFY,  VOUCH_FACT_CERT_SUBJECT,
    VOUCH_FACT_CERT_ISSUER, VOUCH_FACT_CN_SUBJECT,  VOUCH_FACT_CN_ISSUER,
};
enum { FACTS_TOLD = sizeof facts_told / sizeof facts_told[0] };

/* As Sendmail does. */
static const char *encode(struct arena *arena, const char *name)
{
    struct text text = text_in(arena);

    for (; *name != '\0'; name++) {
        if (ascii_is_printable(*name) && strchr("\\<>()\"+ ", *name) == NULL)
            text_add_char(&text, *name);
        else
            text_printf(&text, "+%02X", (unsigned char)*name);
    }
    return text_string(&text);
}

/* The obvious way, which takes for ever with many stars. */
static bool obviously_matches(const char *pattern, const char *name)
{
    if (*pattern == '\0')
        return *name == '\0';
    if (*pattern == '*')
        return obviously_matches(pattern + 1, name) ||
               (*name != '\0' && obviously_matches(pattern, name + 1));
    return ascii_lower(*pattern) == *name && *name != '\0' &&
           obviously_matches(pattern + 1, name + 1);
}

static void check_pattern(struct arena *arena, const char *pattern, const char *folded)
{
    const char *few = arena_copy(arena, pattern, strnlen(pattern, SHORT));
    const char *some = arena_copy(arena, folded, strnlen(folded, SHORT));

    FUZZ_CHECK(few != NULL && some != NULL);
    FUZZ_CHECK(tls_name_matches(few, some) == obviously_matches(few, some));
    FUZZ_CHECK(tls_name_matches(folded, folded) && tls_name_matches("*", folded));
    (void)tls_name_matches(pattern, folded);
}

static void check_name(struct arena *arena, const char *text, const char *pattern)
{
    const char *name, *again, *folded;

    if (tls_name_decode(arena, text, strlen(text), &name) != VOUCH_OK)
        return;
    FUZZ_CHECK(strlen(name) <= TLS_NAME_MAX);
    again = encode(arena, name);
    FUZZ_CHECK(tls_name_decode(arena, again, strlen(again), &again) == VOUCH_OK);
    FUZZ_CHECK(strcmp(name, again) == 0);
    folded = tls_name_fold(arena, name);
    FUZZ_CHECK(folded != NULL && strlen(folded) <= strlen(name));
    FUZZ_CHECK(strcmp(tls_name_fold(arena, folded), folded) == 0);
    check_pattern(arena, pattern, folded);
}

/* Whether the MTA has said that it verified the certificate. */
static bool is_vouched_for(const struct facts *facts)
{
    const char *verify = facts->mta[VOUCH_FACT_TLS_VERIFY];

    if (facts->mta[VOUCH_FACT_TLS_VERSION][0] == '\0')
        return false;
    if (verify[0] != '\0')
        return strcmp(verify, "OK") == 0;
    return strncmp(facts->mta[VOUCH_FACT_MTA_VERSION], "Postfix", strlen("Postfix")) == 0 &&
           (facts->mta[VOUCH_FACT_CERT_ISSUER][0] != '\0' ||
            facts->mta[VOUCH_FACT_CERT_SUBJECT][0] != '\0');
}

static void check_match(const struct facts *facts, const struct outcome *outcome)
{
    struct helo_name helo = helo_name_parse(facts->helo);
    bool matches = outcome->reason == REASON_TLS_MATCH;

    FUZZ_CHECK(matches == (outcome->domain[0] != '\0'));
    FUZZ_CHECK(tls_proves(outcome, &helo.name) == matches || helo.kind != HELO_DOMAIN);
    FUZZ_CHECK(!matches || (helo.kind == HELO_DOMAIN && outcome->result == VOUCH_PASS));
}

static void check_outcome(struct arena *arena, const struct facts *facts,
                          const struct outcome *outcome)
{
    bool verified = outcome->result == VOUCH_PASS || outcome->result == VOUCH_POLICY;
    const char *key = tls_issuer_key(arena, outcome);
    const char *values[AUTHRES_FIELDS_MAX];
    size_t count = 0;

    FUZZ_CHECK(!verified || is_vouched_for(facts));
    FUZZ_CHECK(key[0] == '\0' || outcome->result == VOUCH_PASS);
    FUZZ_CHECK(strlen(key) <= KEPT_MAX && fuzz_is_printable(key));
    for (const struct property *p = outcome->properties; p != NULL; p = p->next) {
        FUZZ_CHECK(strcmp(p->ptype, "policy") != 0 || (verified && fuzz_is_printable(p->value)));
        FUZZ_CHECK(strcmp(p->ptype, "policy") != 0 || strlen(p->value) < KEPT_MAX);
    }
    FUZZ_CHECK(fuzz_is_printable(outcome->detail));
    for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next)
        FUZZ_CHECK(fuzz_is_printable(step->rule));
    check_match(facts, outcome);
    FUZZ_CHECK(authres_write(arena, "mx.example.org", outcome, values, &count) == VOUCH_OK);
    FUZZ_CHECK(count == 2 && rfc8601_is_payload(values[1]));
    fuzz_check_field(values[1]);
}

static void verify(const struct facts *facts, const char *pattern)
{
    const char *const patterns[] = {pattern};
    const struct verify_settings settings = {.tls = {.refuse_issuers = {patterns, 1}}};
    struct check check = {.facts = facts, .settings = &settings};
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    const struct outcome *outcome;

    check.arena = arena;
    outcome = tls_verifier.check(&check);
    FUZZ_CHECK(outcome != NULL);
    check_outcome(arena, facts, outcome);
    for (size_t memory = MEMORY_LEAST; memory <= MEMORY_MOST; memory *= 2) {
        const struct outcome *in_little;

        check.arena = fuzz_arena(memory);
        in_little = tls_verifier.check(&check);
        FUZZ_CHECK(in_little == NULL ||
                   (in_little->result == outcome->result && in_little->reason == outcome->reason));
        arena_free(check.arena);
    }
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    char *helo = fuzz_string(fuzz_take_line(&rest));
    char *told[FACTS_TOLD], *pattern;
    struct facts facts = {.helo = helo};

    for (unsigned i = 0; i < VOUCH_FACT_COUNT; i++)
        facts.mta[i] = "";
    for (unsigned i = 0; i < FACTS_TOLD; i++)
        facts.mta[facts_told[i]] = told[i] = fuzz_string(fuzz_take_line(&rest));
    pattern = fuzz_string(fuzz_take_line(&rest));
    for (unsigned i = 0; i < FACTS_TOLD; i++)
        check_name(arena, told[i], pattern);
    verify(&facts, pattern);
    free(pattern);
    for (unsigned i = 0; i < FACTS_TOLD; i++)
        free(told[i]);
    free(helo);
    arena_free(arena);
    return 0;
}
