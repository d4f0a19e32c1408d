/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* A whole check of DKIM, then of DomainKeys.  The input is a zone, an empty line and a message,
 * whose lines end in LF. */
#include <stdlib.h>
#include <string.h>

#include "lib/verify/dkim.h"
#include "lib/verify/domainkeys.h"
#include "tests/fuzz/dns.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/message.h"

enum {
    ARENA_LIMIT = 4 * 1024 * 1024,
    HEADER_LIMIT = 64 * 1024,
    SIGNATURES_LIMIT = 4,
    MEMORY_PARTS = 5
};

static const struct verify_settings settings = {
    .dkim = {.minimum_key_bits = 1024, .max_signatures = SIGNATURES_LIMIT},
    .domainkeys = {.minimum_key_bits = 1024},
};

struct message {
    const struct verifier *verifier;
    struct facts facts;
    struct fuzz_message content;
};

/* A run of the verifier, and what it lives on. */
struct run {
    struct resolver *resolver;
    struct budget *budget;
    struct arena *arena;
    const struct outcome *outcomes;
};

/* The body in pieces of STEP octets, each without anything behind it. */
static void give_body(void *content, const struct message *message, size_t step)
{
    for (size_t at = 0; at < message->content.body_length; at += step) {
        size_t left = message->content.body_length - at;
        struct fuzz_span piece = {message->content.body + at, left < step ? left : step};
        char *copy = fuzz_copy(piece);

        message->verifier->content->body(content, copy, piece.length);
        free(copy);
    }
}

static struct run run_over(const struct message *message, struct fuzz_dns *dns, size_t step,
                           size_t memory)
{
    const struct budget_limits limits = budget_defaults();
    struct run run = {.resolver = fuzz_dns_resolver(dns), .budget = budget_new(&limits)};
    struct check check = {.facts = &message->facts,
                          .settings = &settings,
                          .resolver = run.resolver,
                          .budget = run.budget,
                          .began = clock_now()};

    FUZZ_CHECK(run.budget != NULL);
    run.arena = check.arena = fuzz_arena(memory);
    if (message->verifier->content->begin(&check, &check.content)) {
        if (check.content != NULL)
            give_body(check.content, message, step);
        run.outcomes = message->verifier->check(&check);
        if (check.content != NULL)
            message->verifier->content->end(check.content);
    }
    FUZZ_CHECK(run.outcomes != NULL || memory < ARENA_LIMIT);
    return run;
}

static void end_run(struct run *run)
{
    arena_free(run->arena);
    budget_free(run->budget);
    resolver_release(run->resolver);
}

static void check_outcomes(const struct outcome *outcome)
{
    FUZZ_CHECK(!outcome->is_part && outcome->identity == IDENTITY_NONE);
    for (; outcome != NULL; outcome = outcome->next) {
        FUZZ_CHECK((int)outcome->result < VOUCH_RESULT_COUNT && outcome->reason < REASON_COUNT);
        FUZZ_CHECK(!outcome->is_part || outcome->result != VOUCH_NONE);
        FUZZ_CHECK(fuzz_is_printable(outcome->domain) && fuzz_is_printable(outcome->detail));
        for (const struct trace_step *step = outcome->trace; step != NULL; step = step->next)
            FUZZ_CHECK(fuzz_is_printable(step->asked) && fuzz_is_printable(step->answer) &&
                       fuzz_is_printable(step->rule));
    }
}

/* However the body is cut. */
static void check_same(const struct outcome *a, const struct outcome *b)
{
    for (; a != NULL && b != NULL; a = a->next, b = b->next)
        FUZZ_CHECK(a->identity == b->identity && a->result == b->result && a->reason == b->reason &&
                   strcmp(a->detail, b->detail) == 0);
    FUZZ_CHECK(a == NULL && b == NULL);
}

/* Nothing is said for or against a signature without its key. */
static void check_without_dns(const struct message *message, struct fuzz_dns *dns)
{
    struct run run;

    dns->fails = true;
    run = run_over(message, dns, SIZE_MAX / 2, ARENA_LIMIT);
    for (const struct outcome *outcome = run.outcomes; outcome != NULL; outcome = outcome->next)
        FUZZ_CHECK(outcome->result != VOUCH_PASS && outcome->result != VOUCH_FAIL &&
                   (outcome->result != VOUCH_POLICY || outcome->reason == REASON_DKIM_TOO_MANY));
    end_run(&run);
    dns->fails = false;
}

static void check_in_little_memory(const struct message *message, struct fuzz_dns *dns,
                                   const struct run *clean)
{
    size_t used = arena_used(clean->arena);

    for (size_t part = 0; part < MEMORY_PARTS; part++) {
        struct run run = run_over(message, dns, SIZE_MAX / 2, used * part / MEMORY_PARTS);
        const struct outcome *expected = clean->outcomes;

        for (const struct outcome *o = run.outcomes; o != NULL; o = o->next) {
            FUZZ_CHECK(expected != NULL);
            FUZZ_CHECK(o->result != VOUCH_PASS || expected->result == VOUCH_PASS);
            FUZZ_CHECK(o->result != VOUCH_FAIL || expected->result == VOUCH_FAIL);
            expected = expected->next;
        }
        end_run(&run);
    }
}

static void verify(const struct message *message, struct fuzz_dns *dns)
{
    struct run clean = run_over(message, dns, SIZE_MAX / 2, ARENA_LIMIT);
    struct run cut = run_over(message, dns, 1, ARENA_LIMIT);

    check_outcomes(clean.outcomes);
    check_same(clean.outcomes, cut.outcomes);
    end_run(&cut);
    check_without_dns(message, dns);
    check_in_little_memory(message, dns, &clean);
    end_run(&clean);
}

static struct fuzz_span take_zone(struct fuzz_span *rest)
{
    struct fuzz_span zone = {rest->octets, 0};
    struct fuzz_span line;

    do {
        line = fuzz_take_line(rest);
        zone.length = (size_t)(line.octets - zone.octets);
    } while (line.length > 0);
    return zone;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct fuzz_span head = take_zone(&rest);
    char *zone = fuzz_string(head);
    struct message message = {.verifier = NULL};
    struct fuzz_dns dns;

    message.facts = (struct facts){.client_name = "", .helo = "", .authserv_id = "mx.example.org"};
    message.content = fuzz_message_begin(rest, HEADER_LIMIT);
    message.facts.headers = message.content.headers;
    if (fuzz_dns_begin(&dns, zone)) {
        message.verifier = &dkim_verifier;
        verify(&message, &dns);
        message.verifier = &domainkeys_verifier;
        verify(&message, &dns);
    }
    fuzz_dns_end(&dns);
    fuzz_message_end(&message.content);
    free(zone);
    return 0;
}
