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

#include "lib/base/text.h"
#include "lib/mail/authres.h"
#include "lib/report/authres.h"
#include "lib/vouch.h"
#include "tests/unit/rfc8601.h"

static const char *values[AUTHRES_FIELDS_MAX];
static size_t count;

static struct outcome *chain(struct outcome *first, struct outcome *second)
{
    first->next = second;
    return first;
}

static struct outcome *spf(struct arena *arena, enum vouch_result result, enum reason reason,
                           const char *detail, const char *domain)
{
    struct outcome *outcome = outcome_new(arena, METHOD_SPF, IDENTITY_MAILFROM, VOUCH_STAGE_MAIL);

    outcome_set(outcome, result, reason);
    outcome->detail = detail;
    outcome_property(outcome, "smtp", "mailfrom", domain);
    return outcome;
}

static struct outcome *csa(struct arena *arena, enum vouch_result result, enum reason reason,
                           const char *helo)
{
    struct outcome *outcome = outcome_new(arena, METHOD_CSA, IDENTITY_NONE, VOUCH_STAGE_HELO);

    outcome_set(outcome, result, reason);
    outcome_property(outcome, "smtp", "helo", helo);
    return outcome;
}

static size_t longest_line(const char *value)
{
    size_t longest = strcspn(value, "\n") + strlen("Authentication-Results: ");

    for (value = strchr(value, '\n'); value != NULL; value = strchr(value, '\n')) {
        size_t length = strcspn(++value, "\n");

        longest = length > longest ? length : longest;
    }
    return longest;
}

static void write_checked(struct arena *arena, const char *id, const struct outcome *outcomes)
{
    assert_int_equal(authres_write(arena, id, outcomes, values, &count), VOUCH_OK);
    assert_in_range(count, 1, AUTHRES_FIELDS_MAX);
    for (size_t i = 0; i < count; i++) {
        struct authres_head head;

        if (!rfc8601_is_payload(values[i]))
            print_message("# %s\n", values[i]);
        assert_true(rfc8601_is_payload(values[i]));
        assert_in_range(longest_line(values[i]), 1, 998);
        assert_null(strchr(values[i], '\r'));
        if (id[0] != '\0' && id[0] != ' ' && strcmp(id, "/") != 0)
            assert_int_equal(authres_parse_head(values[i], strlen(values[i]), &head), VOUCH_OK);
    }
}

/* The reader that judges the writer: what it takes and what it does not. */
static void reader(void **state)
{
    static const char *const good[] = {
        "example.org; none",
        "example.org 1; none",
        "example.org;none",
        "\"example.org\"; none (x)",
        "(a(b)c) example.org (x) 1 (y) ; (z) none",
        "example.org; spf=pass smtp.mailfrom=example.net",
        "example.org; spf=fail reason=\"a \\\"b\\\"\" smtp.mailfrom=example.net",
        "example.org;\n\tspf=fail reason=x\n\tsmtp.mailfrom=a.b@example.net;\n\tdkim=none",
        "e; x-csa=pass (a \\) b) smtp.helo=x policy.ip=\"2001:db8::1\"",
        "e; a=b c.d=@e.f",
        "e; a=b c.d=\"x y\"@e.f",
    };
    static const char *const bad[] = {
        "",
        ";",
        "example.org",
        "example.org;",
        "example.org; ",
        "example.org; spf",
        "example.org; spf=pass;",
        "example.org; none;",
        "example.org; spf=pass smtp.mailfrom=",
        "example.org; spf=pass smtp.mailfrom=a/b",
        "example.org; spf=pass smtp.mailfrom=a@b@c",
        "example.org; spf=pass smtp.mailfrom=a@-b",
        "example.org; spf=pass smtp.mailfrom",
        "example.org; spf=fail reason=a b",
        "example.org; spf=fail reason=\"a",
        "example.org; spf=fail reason=\"\xc3\xbc\"",
        "example.org; spf=fail (a",
        "example.org; spf=fail a)",
        "example.org;\nspf=fail",
        "example.org;\r\n\tspf=fail",
        "example.org;\n\t\n\tspf=fail",
        "example.org; x-=pass",
        "exa(mple.org; none",
        "a b; none",
    };

    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        assert_true(rfc8601_is_payload(good[i]));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_false(rfc8601_is_payload(bad[i]));
}

static void fields(void **state)
{
    struct arena *arena = arena_new(1 << 20);

    (void)state;
    write_checked(arena, "mx.example.org", NULL);
    assert_int_equal(count, 1);
    assert_string_equal(values[0], "mx.example.org; none");

    write_checked(arena, "mx.example.org",
                  spf(arena, VOUCH_PASS, REASON_SPF_MATCH, "ip4:192.0.2.0/24", "example.net"));
    assert_int_equal(count, 1);
    assert_string_equal(values[0], "mx.example.org;\n"
                                   "\tspf=pass (ip4:192.0.2.0/24 matched) "
                                   "smtp.mailfrom=example.net");

    write_checked(arena, "mx.example.org",
                  chain(csa(arena, VOUCH_FAIL, REASON_CSA_MISMATCH, "mail.example.com"),
                        spf(arena, VOUCH_FAIL, REASON_SPF_MATCH, "-all", "example.net")));
    assert_int_equal(count, 2);
    assert_string_equal(values[0], "mx.example.org;\n"
                                   "\tspf=fail reason=\"-all matched\" smtp.mailfrom=example.net");
    assert_string_equal(values[1], "mx.example.org;\n"
                                   "\tx-csa=fail reason=\"client address mismatch\" "
                                   "smtp.helo=mail.example.com");

    write_checked(arena, "mx.example.org",
                  csa(arena, VOUCH_PASS, REASON_CSA_OK, "mail.example.com"));
    assert_int_equal(count, 2);
    assert_string_equal(values[0], "mx.example.org; none");
    assert_string_equal(values[1], "mx.example.org;\n"
                                   "\tx-csa=pass smtp.helo=mail.example.com");

    write_checked(arena, "mx.example.org",
                  chain(spf(arena, VOUCH_NONE, REASON_SPF_NO_RECORD, "", "a.example"),
                        spf(arena, VOUCH_PERMERROR, REASON_SPF_SYNTAX, "ip4:x", "b.example")));
    assert_int_equal(count, 1);
    assert_string_equal(values[0],
                        "mx.example.org;\n"
                        "\tspf=none reason=\"the domain publishes no SPF record\" "
                        "smtp.mailfrom=a.example;\n"
                        "\tspf=permerror reason=\"syntax error in the SPF record: ip4:x\"\n"
                        "\tsmtp.mailfrom=b.example");
    arena_free(arena);
}

/* Each signature has a result of its own, and then the summary has none. */
static void parts(void **state)
{
    struct arena *arena = arena_new(1 << 20);
    struct outcome *summary = spf(arena, VOUCH_PASS, REASON_NONE, "", "sum.example");
    struct outcome *first = spf(arena, VOUCH_FAIL, REASON_NONE, "", "a.example");
    struct outcome *second = spf(arena, VOUCH_PASS, REASON_NONE, "", "b.example");

    (void)state;
    write_checked(arena, "mx.example.org", summary);
    assert_string_equal(values[0], "mx.example.org;\n\tspf=pass smtp.mailfrom=sum.example");
    first->is_part = second->is_part = true;
    write_checked(arena, "mx.example.org", chain(summary, chain(first, second)));
    assert_string_equal(values[0], "mx.example.org;\n\tspf=fail smtp.mailfrom=a.example;\n"
                                   "\tspf=pass smtp.mailfrom=b.example");
    /* those of another identity are not the summary's */
    first->identity = second->identity = IDENTITY_HELO;
    write_checked(arena, "mx.example.org", summary);
    assert_string_equal(values[0], "mx.example.org;\n\tspf=pass smtp.mailfrom=sum.example;\n"
                                   "\tspf=fail smtp.mailfrom=a.example;\n"
                                   "\tspf=pass smtp.mailfrom=b.example");
    /* what a domain section asks for is no result of its own */
    second->identity = IDENTITY_AUTHOR;
    second->is_part = false;
    write_checked(arena, "mx.example.org", second);
    assert_string_equal(values[0], "mx.example.org; none");
    arena_free(arena);
}

static void property_values(void **state)
{
    static const struct {
        const char *ptype, *name, *value, *written;
    } cases[] = {
        {"smtp", "helo", "mail.example.com", "smtp.helo=mail.example.com"},
        {"smtp", "helo", "", "smtp.helo=\"\""},
        {"smtp", "helo", "[192.0.2.1]", "smtp.helo=\"[192.0.2.1]\""},
        {"smtp", "helo", "a b", "smtp.helo=\"a b\""},
        {"smtp", "helo", "a\"b\\c", "smtp.helo=\"a\\\"b\\\\c\""},
        {"smtp", "helo", "a;b=c", "smtp.helo=\"a;b=c\""},
        {"smtp", "helo", "(a", "smtp.helo=\"(a\""},
        {"smtp", "helo", "a\r\nX: y", "smtp.helo=\"a??X: y\""},
        {"smtp", "helo",
         "b\xc3\xbc"
         "cher",
         "smtp.helo=\"b??cher\""},
        {"policy", "iprev", "2001:db8::1", "policy.iprev=\"2001:db8::1\""},
        {"policy", "iprev", "192.0.2.1", "policy.iprev=192.0.2.1"},
        {"header", "from", "a.b+c@example.com", "header.from=a.b+c@example.com"},
        {"header", "from", "a/b=c@example.com", "header.from=a/b=c@example.com"},
        {"header", "from", "@example.com", "header.from=@example.com"},
        {"header", "from", "a..b@example.com", "header.from=\"a..b@example.com\""},
        {"header", "from", "a@b@example.com", "header.from=\"a@b@example.com\""},
        {"header", "from", "a@example-.com", "header.from=\"a@example-.com\""},
        {"header", "from", "a@example.com.", "header.from=\"a@example.com.\""},
        {"header", "from", "a b@example.com", "header.from=\"a b@example.com\""},
        {"header", "b", "AbC/dEf+", "header.b=\"AbC/dEf+\""},
        /* the domain alone */
        {"smtp", "mailfrom", "user@example.com", "smtp.mailfrom=example.com"},
        {"smtp", "mailfrom", "\"a@b\"@example.com", "smtp.mailfrom=example.com"},
        {"smtp", "mailfrom", "user@", "smtp.mailfrom=\"\""},
        /* not keywords: left out */
        {"smtp", "he lo", "x", NULL},
        {"smtp", "helo-", "x", NULL},
        {"", "helo", "x", NULL},
        {"smtp", "", "x", NULL},
        {"smtp.", "helo", "x", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(1 << 16);
        struct outcome *outcome = outcome_new(arena, METHOD_SPF, IDENTITY_HELO, VOUCH_STAGE_HELO);
        const char *expected = cases[i].written != NULL
                                   ? arena_printf(arena, "e;\n\tspf=none %s", cases[i].written)
                                   : "e;\n\tspf=none";

        outcome_property(outcome, cases[i].ptype, cases[i].name, cases[i].value);
        write_checked(arena, "e", outcome);
        assert_string_equal(values[0], expected);
        arena_free(arena);
    }
}

static void authserv_ids(void **state)
{
    static const struct {
        const char *id, *written;
    } cases[] = {
        {"mx.example.org", "mx.example.org; none"},
        {"", "\"\"; none"},
        {"a b", "\"a b\"; none"},
        {"a;b", "\"a;b\"; none"},
        {"[192.0.2.1]", "\"[192.0.2.1]\"; none"},
        {"a\nb", "\"a?b\"; none"},
    };
    struct arena *arena = arena_new(1 << 16);

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        write_checked(arena, cases[i].id, NULL);
        assert_string_equal(values[0], cases[i].written);
    }
    arena_free(arena);
}

/* Any octet in any place yields fields of the grammar. */
static void every_octet(void **state)
{
    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        static const char *const frames[] = {"X", "aXb", "Xab", "abX", "XX"};

        for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
            struct arena *arena = arena_new(1 << 16);
            struct text text = text_in(arena);
            struct outcome *outcome;

            for (const char *p = frames[i]; *p != '\0'; p++)
                text_add_char(&text, *p == 'X' ? (char)octet : *p);
            outcome = chain(spf(arena, VOUCH_PASS, REASON_SPF_MATCH, text.data, text.data),
                            csa(arena, VOUCH_FAIL, REASON_CSA_MISMATCH, text.data));
            outcome->next->detail = text.data;
            outcome_property(outcome, "header", "from", arena_printf(arena, "%s@x.y", text.data));
            outcome_property(outcome, "header", "from", arena_printf(arena, "x@%s", text.data));
            outcome_property(outcome, text.data, text.data, "x");
            write_checked(arena, text.data, outcome);
            assert_int_equal(count, 2);
            arena_free(arena);
        }
    }
}

/* Deterministic octets, never NUL. */
static char next_octet(uint32_t *seed)
{
    *seed = *seed * 1664525U + 1013904223U;
    return (char)((*seed >> 16) % 255 + 1);
}

static void random_octets(void **state)
{
    uint32_t seed = 1;

    (void)state;
    for (unsigned round = 0; round < 3000; round++) {
        struct arena *arena = arena_new(1 << 18);
        size_t length = round % 700 + 1;
        char *octets = arena_alloc(arena, length + 1);
        struct outcome *outcome;

        for (size_t i = 0; i < length; i++)
            octets[i] = next_octet(&seed);
        outcome = spf(arena, round % 2 ? VOUCH_PASS : VOUCH_FAIL, REASON_SPF_MATCH, octets, octets);
        for (unsigned i = 0; i < 4; i++)
            outcome_property(outcome, "policy", "x", octets + length / 5 * i);
        write_checked(arena, octets, outcome);
        arena_free(arena);
    }
}

static void huge(void **state)
{
    enum { SIZE = 1 << 18 };
    struct arena *arena = arena_new(64 * SIZE);
    char *octets = arena_alloc(arena, SIZE + 1);
    struct outcome *outcome;

    (void)state;
    for (const char *c = "a\"(. \xff"; *c != '\0'; c++) {
        memset(octets, *c, SIZE);
        outcome = spf(arena, VOUCH_PASS, REASON_SPF_MATCH, octets, octets);
        for (unsigned i = 0; i < 5; i++)
            outcome_property(outcome, "smtp", "helo", octets);
        write_checked(arena, octets, outcome);
        assert_in_range(strlen(values[0]), 1, 6000);
    }
    arena_free(arena);
}

static void lines_are_short(void **state)
{
    struct arena *arena = arena_new(1 << 16);
    struct outcome *outcome =
        spf(arena, VOUCH_FAIL, REASON_SPF_MATCH, "include:_spf.example.net", "example.net");

    (void)state;
    for (unsigned i = 0; i < 20; i++)
        outcome_property(outcome, "policy", "x", &"abcdefghijklmnopqrstuvwxyz"[i]);
    write_checked(arena, "mx.example.org", outcome);
    assert_in_range(longest_line(values[0]), 60, 77);
    arena_free(arena);
}

static void out_of_memory(void **state)
{
    struct arena *source = arena_new(1 << 16);
    struct outcome *outcomes =
        chain(csa(source, VOUCH_FAIL, REASON_CSA_MISMATCH, "mail.example.com"),
              spf(source, VOUCH_FAIL, REASON_SPF_MATCH, "-all", "example.net"));
    int error = VOUCH_ERROR_MEMORY;

    (void)state;
    for (size_t limit = 0; error != VOUCH_OK; limit += 16) {
        struct arena *arena = arena_new(limit);

        count = 99;
        error = authres_write(arena, "mx.example.org", outcomes, values, &count);
        if (error != VOUCH_OK) {
            assert_int_equal(error, VOUCH_ERROR_MEMORY);
            assert_int_equal(count, 99);
        }
        assert_in_range(limit, 0, 4096);
        arena_free(arena);
    }
    assert_int_equal(count, 2);
    arena_free(source);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reader),          cmocka_unit_test(fields),
        cmocka_unit_test(parts),           cmocka_unit_test(property_values),
        cmocka_unit_test(authserv_ids),    cmocka_unit_test(every_octet),
        cmocka_unit_test(random_octets),   cmocka_unit_test(huge),
        cmocka_unit_test(lines_are_short), cmocka_unit_test(out_of_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
