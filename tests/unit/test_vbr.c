/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* VBR-Info fields, the answers of vouching services, and which domains are authenticated. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/verify/vbr.h"
#include "lib/verify/vbr_info.h"
#include "lib/verify/vbr_record.h"

enum { ARENA_SIZE = 1 << 20 };

/* A copy whose end is the end of the memory. */
static char *heap_copy(const char *text)
{
    size_t length = strlen(text);
    char *copy = malloc(length > 0 ? length : 1);

    assert_non_null(copy);
    memcpy(copy, text, length);
    return copy;
}

static const struct {
    const char *text;
    const char *content;
    enum vbr_record expected;
} records[] = {
    {"all", "list", VBR_RECORD_VOUCHES},
    {"list", "list", VBR_RECORD_VOUCHES},
    {"list", "LIST", VBR_RECORD_VOUCHES},
    {"transaction list", "list", VBR_RECORD_VOUCHES},
    {"transaction all", "list", VBR_RECORD_VOUCHES},
    {"transaction", "list", VBR_RECORD_OTHER},
    {"lists", "list", VBR_RECORD_OTHER},
    {"lis", "list", VBR_RECORD_OTHER},
    {"all", "", VBR_RECORD_VOUCHES},
    {"list", "", VBR_RECORD_OTHER},
    {"", "list", VBR_RECORD_MALFORMED},
    {" all", "list", VBR_RECORD_MALFORMED},
    {"all ", "list", VBR_RECORD_MALFORMED},
    {"all  list", "list", VBR_RECORD_MALFORMED},
    {"ALL", "list", VBR_RECORD_MALFORMED},
    {"all,list", "list", VBR_RECORD_MALFORMED},
    {"all\tlist", "list", VBR_RECORD_MALFORMED},
    {"all 1", "list", VBR_RECORD_MALFORMED},
    {"v=spf1 -all", "list", VBR_RECORD_MALFORMED},
    {"all \xff", "list", VBR_RECORD_MALFORMED},
};

static void test_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof records / sizeof records[0]; i++) {
        char *copy = heap_copy(records[i].text);

        assert_int_equal(vbr_record_read(copy, strlen(records[i].text), records[i].content),
                         records[i].expected);
        free(copy);
    }
}

static const struct {
    const char *value;
    const char *domain; /* NULL: malformed */
    const char *content;
    unsigned vouchers;
} fields[] = {
    {"md=example.com; mc=list; mv=a.example;", "example.com", "list", 1},
    {" md=example.com; mc=list; mv=a.example:b.example", "example.com", "list", 2},
    {"MV = a.example ; MC = TRANSACTION ;\r\n\tmd=Example.COM.", "example.com", "transaction", 1},
    {"x=1; md=example.com; mc=all; y=; mv=a.example", "example.com", "all", 1},
    {"md=example.com; mc=list; mv=a.example: \r\n b.example :c.example", "example.com", "list", 3},
    {"md=e.com;mc=x;mv=a:b:c:d:e:f:g:h:i:j:k:l", "e.com", "x", VBR_VOUCHERS_MAX},
    {"", NULL, NULL, 0},
    {"md=example.com", NULL, NULL, 0},
    {"md=example.com; mc=list", NULL, NULL, 0},
    {"md=example.com; mv=a.example", NULL, NULL, 0},
    {"mc=list; mv=a.example", NULL, NULL, 0},
    {"md=; mc=list; mv=a.example", NULL, NULL, 0},
    {"md=example.com; mc=; mv=a.example", NULL, NULL, 0},
    {"md=example.com; mc=list; mv=", NULL, NULL, 0},
    {"md=example.com; mc=list; mv=a.example::b.example", NULL, NULL, 0},
    {"md=example.com; mc=list; mv=a example", NULL, NULL, 0},
    {"md=exam ple.com; mc=list; mv=a.example", NULL, NULL, 0},
    {"md=example.com; mc=li st; mv=a.example", NULL, NULL, 0},
    {"md=example.com; mc=li-st; mv=a.example", NULL, NULL, 0},
    {"md=example.com; Md=example.com; mc=list; mv=a.example", NULL, NULL, 0},
    {"md=[192.0.2.1]; mc=list; mv=a.example", NULL, NULL, 0},
    {"md=\xc3\xa4.example; mc=list; mv=a.example", NULL, NULL, 0},
    {"md=example..com; mc=list; mv=a.example", NULL, NULL, 0},
    {"md=example.com; mc=aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg; mv=a",
     NULL, NULL, 0},
};

static void test_info(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        struct arena *arena = arena_new(ARENA_SIZE);
        char *copy = heap_copy(fields[i].value);
        char text[DNS_NAME_TEXT_SIZE];
        struct vbr_info info;
        int error = vbr_info_read(arena, copy, strlen(fields[i].value), &info);

        assert_int_equal(error, fields[i].domain != NULL ? VOUCH_OK : VOUCH_ERROR_SYNTAX);
        if (error == VOUCH_OK) {
            assert_string_equal(dns_name_format(&info.domain, text), fields[i].domain);
            assert_string_equal(info.content, fields[i].content);
            assert_int_equal(info.voucher_count, fields[i].vouchers);
        }
        free(copy);
        arena_free(arena);
    }
}

static const char zone[] = "example.com._vouch.x.example. TXT \"all\"\n"
                           "sub.example.com._vouch.x.example. TXT \"all\"\n";

/* What a verifier before it may have said. */
static const struct {
    enum method method;
    enum identity identity;
    enum vouch_result result;
    bool is_part;
    const char *domain;
    const char *i; /* header.i, or NULL */
    enum reason expected;
} earlier[] = {
    {METHOD_DKIM, IDENTITY_NONE, VOUCH_PASS, true, "example.com", NULL, REASON_VBR_VOUCHED},
    {METHOD_DKIM, IDENTITY_NONE, VOUCH_PASS, true, "example.com", "@example.com",
     REASON_VBR_VOUCHED},
    {METHOD_DKIM, IDENTITY_NONE, VOUCH_PASS, true, "com", "a@b@Example.com", REASON_VBR_VOUCHED},
    {METHOD_DKIM, IDENTITY_NONE, VOUCH_PASS, true, "example.com", "a@sub.example.com",
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_DKIM, IDENTITY_NONE, VOUCH_FAIL, true, "example.com", NULL, REASON_VBR_UNAUTHENTICATED},
    {METHOD_DKIM, IDENTITY_NONE, VOUCH_POLICY, true, "example.com", NULL,
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_DKIM, IDENTITY_NONE, VOUCH_PASS, false, "example.com", NULL,
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_DKIM, IDENTITY_AUTHOR, VOUCH_PASS, false, "example.com", NULL,
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_DOMAINKEYS, IDENTITY_NONE, VOUCH_PASS, true, "example.com", NULL, REASON_VBR_VOUCHED},
    {METHOD_DOMAINKEYS, IDENTITY_NONE, VOUCH_NEUTRAL, true, "example.com", NULL,
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_DOMAINKEYS, IDENTITY_NONE, VOUCH_PASS, false, "example.com", NULL,
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_PASS, false, "example.com", NULL, REASON_VBR_VOUCHED},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_SOFTFAIL, false, "example.com", NULL,
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_SPF, IDENTITY_HELO, VOUCH_PASS, false, "example.com", NULL, REASON_VBR_UNAUTHENTICATED},
    {METHOD_SENDER_ID, IDENTITY_PRA, VOUCH_PASS, false, "example.com", NULL, REASON_VBR_VOUCHED},
    {METHOD_SENDER_ID, IDENTITY_MAILFROM, VOUCH_PASS, false, "example.com", NULL,
     REASON_VBR_UNAUTHENTICATED},
    {METHOD_CSA, IDENTITY_NONE, VOUCH_PASS, false, "example.com", NULL, REASON_VBR_UNAUTHENTICATED},
    {METHOD_SPF, IDENTITY_MAILFROM, VOUCH_PASS, false, "", NULL, REASON_VBR_UNAUTHENTICATED},
};

struct bench {
    struct facts facts;
    struct verify_settings settings;
    struct dna_source source;
    struct check check;
};

static void bench_begin(struct bench *bench, size_t arena_limit, struct arena *held)
{
    static const char info[] = "md=example.com; mc=list; mv=x.example";
    struct resolver_settings settings = resolver_defaults();
    struct budget_limits limits = budget_defaults();
    struct text complaint = text_in(held);
    unsigned line;

    *bench = (struct bench){.facts = {.helo = ""}};
    bench->source = (struct dna_source){.name = "x.example",
                                        .kind = DNA_KIND_VBR,
                                        .service_text = "",
                                        .query = "",
                                        .map_text = "",
                                        .test_text = "",
                                        .content = "all",
                                        .health_check = true};
    assert_int_equal(dna_source_read(&bench->source, held, &complaint), VOUCH_OK);
    bench->settings.dna = (struct dna_settings){
        .timeout = NANOSECONDS_PER_SECOND, .sources = &bench->source, .source_count = 1};
    bench->facts.headers = header_list_in(held, ARENA_SIZE / 2);
    assert_int_equal(header_list_add(&bench->facts.headers, "VBR-Info", info, sizeof info - 1),
                     VOUCH_OK);
    bench->check = (struct check){.facts = &bench->facts,
                                  .settings = &bench->settings,
                                  .budget = budget_new(&limits),
                                  .arena = arena_new(arena_limit)};
    assert_int_equal(resolver_new_zone(&settings, zone, &bench->check.resolver, &line), VOUCH_OK);
}

static void bench_end(struct bench *bench)
{
    budget_free(bench->check.budget);
    arena_free(bench->check.arena);
    resolver_release(bench->check.resolver);
}

static void test_authenticated(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof earlier / sizeof earlier[0]; i++) {
        struct arena *held = arena_new(ARENA_SIZE);
        struct outcome *before =
            outcome_new(held, earlier[i].method, earlier[i].identity, VOUCH_STAGE_EOM);
        const struct outcome *outcome;
        struct bench bench;

        bench_begin(&bench, ARENA_SIZE, held);
        before->result = earlier[i].result;
        before->is_part = earlier[i].is_part;
        before->domain = earlier[i].domain;
        if (earlier[i].i != NULL)
            outcome_property(before, "header", "i", earlier[i].i);
        bench.check.outcomes = before;
        outcome = vbr_verifier.check(&bench.check);
        assert_non_null(outcome);
        assert_int_equal(outcome->reason, earlier[i].expected);
        bench_end(&bench);
        arena_free(held);
    }
}

/* With too little memory there is no outcome, temperror, or the same with less to tell. */
static void test_memory_runs_out(void **state)
{
    bool complete = false;

    (void)state;
    for (size_t limit = 0; limit <= 65536; limit += limit < 4096 ? 64 : 512) {
        struct arena *held = arena_new(ARENA_SIZE);
        struct outcome *before = outcome_new(held, METHOD_SPF, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);
        const struct outcome *outcome;
        struct bench bench;

        bench_begin(&bench, limit, held);
        before->result = VOUCH_PASS;
        before->domain = "example.com";
        bench.check.outcomes = before;
        outcome = vbr_verifier.check(&bench.check);
        if (outcome != NULL && outcome->reason != REASON_MEMORY) {
            assert_int_equal(outcome->reason, REASON_VBR_VOUCHED);
            complete = true;
        } else {
            assert_false(complete);
        }
        bench_end(&bench);
        arena_free(held);
    }
    assert_true(complete);
}

static void test_wanted(void **state)
{
    struct arena *held = arena_new(ARENA_SIZE);
    struct bench bench;

    (void)state;
    bench_begin(&bench, ARENA_SIZE, held);
    assert_true(vbr_verifier.wanted(&bench.settings));
    bench.source.kind = DNA_KIND_DNA;
    assert_false(vbr_verifier.wanted(&bench.settings));
    bench_end(&bench);
    arena_free(held);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_record),        cmocka_unit_test(test_info),
        cmocka_unit_test(test_authenticated), cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_wanted),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
