/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "lib/dns/answer_new.h"
#include "lib/dns/cache.h"

#define SECONDS(n) ((n)*NANOSECONDS_PER_SECOND)

static const uint8_t secret[QUESTION_SECRET_SIZE] = "0123456789abcde";

static struct question question_of(const char *text, enum dns_type type)
{
    struct dns_name name;
    struct question question;

    assert_int_equal(dns_name_from_text(text, strlen(text), &name), 0);
    question_make(&name, type, secret, &question);
    return question;
}

static struct dns_answer *answer_of(enum dns_status status, uint32_t ttl, size_t octets)
{
    struct dns_name name;
    struct dns_record *records;
    uint8_t *data;
    struct dns_answer *answer;

    assert_int_equal(dns_name_from_text("a.example", 9, &name), 0);
    answer = dns_answer_new(&name, DNS_TXT, 1, octets, &records, &data);
    assert_non_null(answer);
    memset(data, 'x', octets);
    answer->status = status;
    answer->ttl = ttl;
    return answer;
}

static void put(struct cache *cache, const char *name, struct dns_answer *answer, nanoseconds now)
{
    struct question question = question_of(name, DNS_TXT);

    cache_put(cache, &question, answer, now);
    dns_answer_release(answer);
}

static bool has(struct cache *cache, const char *name, nanoseconds now)
{
    struct question question = question_of(name, DNS_TXT);
    struct dns_answer *answer = cache_get(cache, &question, now);

    dns_answer_release(answer);
    return answer != NULL;
}

static void the_ttl_is_kept(void **state)
{
    static const struct {
        enum dns_status status;
        uint32_t ttl;
        unsigned seconds; /* it is kept */
    } cases[] = {
        {DNS_RECORDS, 1, 1},         {DNS_RECORDS, 300, 300},
        {DNS_NODATA, 60, 60},        {DNS_NXDOMAIN, 60, 60},
        {DNS_RECORDS, 0, 0},         {DNS_FAILURE, 300, 0},
        {DNS_RECORDS, 90000, 86400}, {DNS_NXDOMAIN, 90000, 10800},
        {DNS_NODATA, 90000, 10800},  {DNS_RECORDS, INT32_MAX, 86400},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cache cache;

        cache_init(&cache, 10000);
        put(&cache, "a.example", answer_of(cases[i].status, cases[i].ttl, 0), SECONDS(100));
        assert_int_equal(has(&cache, "a.example", SECONDS(100)), cases[i].seconds > 0);
        if (cases[i].seconds > 0)
            assert_true(has(&cache, "a.example", SECONDS(100 + cases[i].seconds) - 1));
        assert_false(has(&cache, "a.example", SECONDS(100 + cases[i].seconds)));
        assert_int_equal(cache_count(&cache), 0);
        cache_clear(&cache);
    }
}

static void name_and_type_are_the_key(void **state)
{
    struct question lower = question_of("a.example", DNS_TXT);
    struct question upper = question_of("A.EXAMPLE", DNS_TXT);
    struct question type = question_of("a.example", DNS_A);
    struct question name = question_of("b.example", DNS_TXT);
    struct dns_answer *answer = answer_of(DNS_RECORDS, 60, 0);
    struct cache cache;

    (void)state;
    cache_init(&cache, 10000);
    cache_put(&cache, &lower, answer, 0);
    assert_ptr_equal(cache_get(&cache, &upper, 0), answer);
    assert_null(cache_get(&cache, &type, 0));
    assert_null(cache_get(&cache, &name, 0));
    dns_answer_release(answer);
    dns_answer_release(answer);
    cache_clear(&cache);
}

static void a_new_answer_replaces_the_old(void **state)
{
    struct cache cache;

    (void)state;
    cache_init(&cache, 10000);
    put(&cache, "a.example", answer_of(DNS_RECORDS, 60, 0), 0);
    put(&cache, "a.example", answer_of(DNS_RECORDS, 120, 0), SECONDS(10));
    assert_int_equal(cache_count(&cache), 1);
    assert_true(has(&cache, "a.example", SECONDS(129)));
    cache_clear(&cache);
    assert_int_equal(cache_bytes(&cache), 0);
}

/* An answer outlives its place in the cache. */
static void evicted_answers_stay_with_their_holders(void **state)
{
    struct question question = question_of("a.example", DNS_TXT);
    struct dns_answer *answer;
    struct cache cache;

    (void)state;
    cache_init(&cache, 10000);
    put(&cache, "a.example", answer_of(DNS_RECORDS, 60, 100), 0);
    answer = cache_get(&cache, &question, 0);
    assert_non_null(answer);
    cache_clear(&cache);
    assert_int_equal(answer->ttl, 60);
    dns_answer_release(answer);
}

static void the_least_recently_used_goes_first(void **state)
{
    struct cache cache;
    size_t one;

    (void)state;
    cache_init(&cache, SIZE_MAX);
    put(&cache, "a.example", answer_of(DNS_RECORDS, 60, 1000), 0);
    one = cache_bytes(&cache);
    cache_clear(&cache);
    cache_init(&cache, one * 3); /* the table's own size counts only once: room for three */
    put(&cache, "a.example", answer_of(DNS_RECORDS, 60, 1000), 0);
    put(&cache, "b.example", answer_of(DNS_RECORDS, 60, 1000), 0);
    put(&cache, "c.example", answer_of(DNS_RECORDS, 60, 1000), 0);
    assert_int_equal(cache_count(&cache), 3);
    assert_true(has(&cache, "a.example", 0));
    put(&cache, "d.example", answer_of(DNS_RECORDS, 60, 1000), 0);
    assert_true(has(&cache, "a.example", 0));
    assert_false(has(&cache, "b.example", 0));
    assert_true(has(&cache, "c.example", 0));
    assert_true(has(&cache, "d.example", 0));
    cache_clear(&cache);
}

static void the_bound_holds(void **state)
{
    enum { LIMIT = 100000 };
    struct cache cache;
    unsigned random = 1;

    (void)state;
    cache_init(&cache, LIMIT);
    for (unsigned i = 0; i < 20000; i++) {
        char name[40];

        random = random * 1664525 + 1013904223;
        (void)snprintf(name, sizeof name, "n%u.example", random >> 8);
        put(&cache, name, answer_of(DNS_RECORDS, 60, random >> 20), 0);
        assert_true(cache_bytes(&cache) <= LIMIT);
    }
    assert_true(cache_count(&cache) > 10);
    put(&cache, "big.example", answer_of(DNS_RECORDS, 60, LIMIT), 0);
    assert_false(has(&cache, "big.example", 0));
    assert_true(cache_count(&cache) > 10); /* which did not drive out everything else */
    cache_clear(&cache);
    assert_int_equal(cache_bytes(&cache), 0);
}

static void no_cache(void **state)
{
    struct cache cache;

    (void)state;
    cache_init(&cache, 0);
    put(&cache, "a.example", answer_of(DNS_RECORDS, 60, 0), 0);
    assert_int_equal(cache_count(&cache), 0);
    cache_clear(&cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ttl_is_kept),
        cmocka_unit_test(name_and_type_are_the_key),
        cmocka_unit_test(a_new_answer_replaces_the_old),
        cmocka_unit_test(evicted_answers_stay_with_their_holders),
        cmocka_unit_test(the_least_recently_used_goes_first),
        cmocka_unit_test(the_bound_holds),
        cmocka_unit_test(no_cache),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
