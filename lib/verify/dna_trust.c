/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna_trust.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Who gives no answer for so long is silent. */
#define SILENCE_LEAST (500 * NANOSECONDS_PER_MILLISECOND)

static size_t index_of(const struct check *check, const struct dna_source *source)
{
    return (size_t)(source - check->settings->dna.sources);
}

enum dns_type dna_question_type(const struct dna_source *source)
{
    return dna_source_format(source) == DNA_FORMAT_CODES ? DNS_A : DNS_TXT;
}

/* What a source must know, and what it must not (RFC 5782 5). */
struct test {
    const char *listed; /* NULL: nobody agreed on something to know */
    const char *unlisted;
    struct dna_subject listed_subject, unlisted_subject;
};

/* ::ffff:7f00:LAST, or 127.0.0.LAST. */
static struct dna_subject test_address(bool ipv6, uint8_t last)
{
    static const uint8_t v6[16] = {[10] = 0xff, [11] = 0xff, [12] = 127};
    struct ip ip = {.family = ipv6 ? IP_V6 : IP_V4};
    struct dna_subject subject = {.ipv6 = ipv6};

    if (ipv6)
        memcpy(ip.octets, v6, sizeof v6);
    else
        ip.octets[0] = 127;
    ip.octets[ipv6 ? 15 : 3] = last;
    (void)dna_subject_of_ip(&ip, &subject);
    return subject;
}

static struct test test_by_address(const struct dna_source *source, bool ipv6)
{
    struct test test = {
        .listed = ipv6 ? "::ffff:7f00:2" : "127.0.0.2",
        .unlisted = ipv6 ? "::ffff:7f00:1" : "127.0.0.1",
        .listed_subject = test_address(ipv6, 2),
        .unlisted_subject = test_address(ipv6, 1),
    };

    if (source->test_ip.family == (ipv6 ? IP_V6 : IP_V4)) {
        test.listed = source->test_text;
        (void)dna_subject_of_ip(&source->test_ip, &test.listed_subject);
    }
    return test;
}

static struct test test_by_name(const struct dna_source *source)
{
    struct test test = {.unlisted = "INVALID", .unlisted_subject = {.text = "invalid"}};

    if (dna_question_type(source) != DNS_A)
        return test;
    test.listed = source->test_text[0] != '\0' ? source->test_text : "TEST";
    (void)snprintf(test.listed_subject.text, sizeof test.listed_subject.text, "%s", test.listed);
    return test;
}

static struct test test_of(const struct dna_source *source, bool ipv6)
{
    return source->by == DNA_BY_ADDRESS ? test_by_address(source, ipv6) : test_by_name(source);
}

static void prefetch(const struct check *check, const struct dna_source *source,
                     const struct dna_subject *subject)
{
    struct dns_name name;

    if (dna_source_question(source, subject->text, &name) == VOUCH_OK)
        check_prefetch(check, &name, dna_question_type(source));
}

void dna_ask_prefetch(const struct check *check, const struct dna_source *source,
                      const struct dna_subject *subject)
{
    struct dna_finding found =
        dna_health_find(check->health, index_of(check, source), subject->ipv6, clock_now());
    struct test test = test_of(source, subject->ipv6);

    if (found.condition == DNA_DEAD || found.condition == DNA_LYING)
        return;
    prefetch(check, source, subject);
    if (found.condition == DNA_HEALTHY || !source->health_check)
        return;
    prefetch(check, source, &test.unlisted_subject);
    if (test.listed != NULL)
        prefetch(check, source, &test.listed_subject);
}

__attribute__((format(printf, 3, 4))) static void
set_trouble(struct dna_finding *trouble, enum dna_condition condition, const char *format, ...)
{
    va_list arguments;

    trouble->condition = condition;
    va_start(arguments, format);
    (void)vsnprintf(trouble->trouble, sizeof trouble->trouble, format, arguments);
    va_end(arguments);
}

/* Whether no answer in time tells of the source: not where others had used up the time. */
static bool is_own_silence(const struct check *check, nanoseconds waited)
{
    return waited >= check->settings->dna.timeout / 2 || waited >= SILENCE_LEAST;
}

static void take_failure(const struct check *check, nanoseconds waited,
                         struct dna_exchange *exchange)
{
    enum dns_failure failure = exchange->answer->failure;

    exchange->is_ours = failure == DNS_FAILURE_BUDGET || failure == DNS_FAILURE_OVERLOAD ||
                        failure == DNS_FAILURE_SYSTEM ||
                        (failure == DNS_FAILURE_TIMEOUT && !is_own_silence(check, waited));
    if (failure == DNS_FAILURE_REFUSED)
        set_trouble(&exchange->trouble, DNA_LYING, "it refuses our questions");
    else if (failure == DNS_FAILURE_TIMEOUT)
        set_trouble(&exchange->trouble, DNA_DEAD, "it does not answer");
    else
        set_trouble(&exchange->trouble, DNA_DEAD, "questions to it fail: %s",
                    dns_failure_text(failure));
}

struct dna_exchange dna_exchange(const struct check *check, struct outcome *outcome,
                                 const struct dna_source *source, const char *subject)
{
    struct dna_exchange exchange = {.answer = NULL};
    nanoseconds began = clock_now();
    char code[IP_TEXT_SIZE];
    struct dns_name name;

    if (dna_source_question(source, subject, &name) != VOUCH_OK)
        return exchange;
    exchange.answer = check_query(check, outcome, &name, dna_question_type(source), NULL);
    if (exchange.answer->status == DNS_FAILURE)
        take_failure(check, clock_now() - began, &exchange);
    if (dna_question_type(source) != DNS_A || exchange.answer->status != DNS_RECORDS)
        return exchange;
    exchange.codes = dna_codes_read(exchange.answer);
    if (exchange.codes.quota.family != IP_NONE)
        set_trouble(&exchange.trouble, DNA_LYING,
                    "it answers %s, which means that it does not serve us",
                    ip_format(&exchange.codes.quota, code));
    return exchange;
}

/* Whether the answer is a listing, or as good as one. */
static bool is_listing(const struct dna_source *source, const struct dna_exchange *exchange)
{
    if (exchange->answer == NULL || exchange->answer->status != DNS_RECORDS)
        return false;
    return dna_question_type(source) != DNS_A || exchange->codes.count > 0;
}

static void shorten_ttl(nanoseconds *ttl, const struct dna_exchange *exchange)
{
    nanoseconds of_answer =
        exchange->answer != NULL ? exchange->answer->ttl * NANOSECONDS_PER_SECOND : 0;

    if (of_answer < *ttl)
        *ttl = of_answer;
}

/* Test SOURCE; EXCHANGE is the last question of the test, and its trouble what is wrong. */
static void run_test(const struct check *check, struct outcome *outcome,
                     const struct dna_source *source, bool ipv6, struct dna_exchange *exchange,
                     nanoseconds *ttl)
{
    struct test test = test_of(source, ipv6);

    *exchange = dna_exchange(check, outcome, source, test.unlisted_subject.text);
    shorten_ttl(ttl, exchange);
    if (exchange->trouble.condition == DNA_UNTESTED && is_listing(source, exchange))
        set_trouble(&exchange->trouble, DNA_LYING, "it has an entry for %s, so for everything",
                    test.unlisted);
    if (exchange->trouble.condition != DNA_UNTESTED || test.listed == NULL)
        return;
    *exchange = dna_exchange(check, outcome, source, test.listed_subject.text);
    shorten_ttl(ttl, exchange);
    if (exchange->trouble.condition == DNA_UNTESTED && !is_listing(source, exchange))
        set_trouble(&exchange->trouble, DNA_LYING, "it does not list %s, as every list does",
                    test.listed);
}

/* SOURCE is in trouble: say so. */
static void ignore(const struct check *check, struct outcome *outcome,
                   const struct dna_source *source, const struct dna_finding *trouble,
                   struct dna_reply *reply)
{
    const char *copy = arena_string(check->arena, trouble->trouble);

    reply->answer = DNA_UNKNOWN;
    reply->trouble = copy != NULL ? copy : "it is in trouble";
    reply->transient = trouble->condition == DNA_DEAD;
    check_rule(outcome, "source '%s' is ignored: %s", source->name, reply->trouble);
}

bool dna_is_trusted(const struct check *check, struct outcome *outcome,
                    const struct dna_source *source, bool ipv6, struct dna_reply *reply)
{
    size_t index = index_of(check, source);
    struct dna_finding found = dna_health_find(check->health, index, ipv6, clock_now());
    nanoseconds ttl = DNA_HEALTHY_LONGEST;
    struct dna_exchange exchange;

    if (found.condition == DNA_DEAD || found.condition == DNA_LYING) {
        ignore(check, outcome, source, &found, reply);
        return false;
    }
    if (found.condition == DNA_HEALTHY || !source->health_check)
        return true;
    run_test(check, outcome, source, ipv6, &exchange, &ttl);
    found = exchange.trouble;
    if (found.condition == DNA_UNTESTED)
        found.condition = DNA_HEALTHY;
    if (!exchange.is_ours)
        dna_health_keep(check->health, index, ipv6, &found, ttl, clock_now());
    if (found.condition == DNA_HEALTHY) {
        check_rule(outcome, "RFC 5782 5: source '%s' passes its test", source->name);
        return true;
    }
    ignore(check, outcome, source, &found, reply);
    return false;
}

void dna_distrust(const struct check *check, struct outcome *outcome,
                  const struct dna_source *source, bool ipv6, const struct dna_exchange *exchange,
                  struct dna_reply *reply)
{
    if (!exchange->is_ours)
        dna_health_keep(check->health, index_of(check, source), ipv6, &exchange->trouble, 0,
                        clock_now());
    ignore(check, outcome, source, &exchange->trouble, reply);
}

void dna_believe(const struct check *check, const struct dna_source *source, bool ipv6)
{
    static const struct dna_finding healthy = {.condition = DNA_HEALTHY};

    if (!source->health_check)
        dna_health_keep(check->health, index_of(check, source), ipv6, &healthy, 0, clock_now());
}
