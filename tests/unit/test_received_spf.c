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

#include "lib/report/received_spf.h"
#include "lib/vouch.h"

enum { MEMORY = 1 << 20 };

static struct facts facts_of(struct arena *arena, const char *client, const char *helo,
                             const char *from)
{
    struct facts facts = {.client_name = "", .helo = helo, .authserv_id = "mx.example.net"};

    if (client != NULL)
        assert_true(ip_parse(client, strlen(client), &facts.client));
    if (from != NULL) {
        facts.has_mail = true;
        assert_int_equal(path_parse(arena, from, &facts.reverse_path), VOUCH_OK);
    }
    return facts;
}

static struct outcome *spf(struct arena *arena, enum identity identity, enum vouch_result result,
                           enum reason reason, const char *detail)
{
    struct outcome *outcome = outcome_new(arena, METHOD_SPF, identity, VOUCH_STAGE_MAIL);

    assert_non_null(outcome);
    outcome_set(outcome, result, reason);
    outcome->detail = detail;
    return outcome;
}

static const char *write_one(struct arena *arena, const struct facts *facts,
                             const struct outcome *outcomes)
{
    const char *value;

    assert_int_equal(received_spf_write(arena, facts, outcomes, &value), VOUCH_OK);
    return value;
}

/* What RFC 7208 9.1 allows after the result: a comment, then key=value pairs, each with ";". */
static bool skip_quoted(const char **at, char end)
{
    for ((*at)++; **at != end; (*at)++) {
        if (**at == '\\')
            (*at)++;
        if (**at < 0x20 || **at > 0x7e || (end == ')' && **at == '(' && (*at)[-1] != '\\'))
            return false;
    }
    (*at)++;
    return true;
}

static bool skip_pair(const char **at)
{
    *at += strspn(*at, "abcdefghijklmnopqrstuvwxyz-");
    if (*(*at)++ != '=')
        return false;
    if (**at == '"') {
        if (!skip_quoted(at, '"'))
            return false;
    } else {
        size_t length = strcspn(*at, "\"@:;()<>[],\\ \t\n");

        if (length == 0)
            return false;
        *at += length;
    }
    return *(*at)++ == ';';
}

static bool is_field(const char *at)
{
    at += strspn(at, "abcdefghijklmnopqrstuvwxyz");
    if (strncmp(at, " (", 2) == 0) {
        at++;
        if (!skip_quoted(&at, ')'))
            return false;
    }
    while (strncmp(at, "\n\t", 2) == 0) {
        if (strcspn(at + 1, "\n") > 998)
            return false;
        at += 2;
        if (!skip_pair(&at))
            return false;
    }
    return *at == '\0';
}

static void judge(void **state)
{
    (void)state;
    assert_true(is_field("pass (a \\( b)\n\thelo=a.b;\n\tx=\"a\\\"b:\";"));
    assert_false(is_field("pass (a ( b)\n\thelo=a.b;"));
    assert_false(is_field("pass\n\thelo=a@b;"));
    assert_false(is_field("pass\n\thelo=;"));
    assert_false(is_field("pass\n\thelo=\"a\nb\";"));
    assert_false(is_field("pass\nX-Other: a"));
}

static void fields(void **state)
{
    static const struct {
        const char *client, *helo, *from;
        enum identity identity;
        enum vouch_result result;
        enum reason reason;
        const char *detail, *want;
    } cases[] = {
        {"192.0.2.1", "foo.example.org", "a@example.com", IDENTITY_MAILFROM, VOUCH_FAIL,
         REASON_SPF_MATCH, "-all",
         "fail (domain of a@example.com does not designate 192.0.2.1 as permitted sender)"
         "\n\tidentity=mailfrom;\n\tclient-ip=192.0.2.1;\n\tenvelope-from=\"a@example.com\";"
         "\n\thelo=foo.example.org;\n\treceiver=mx.example.net;\n\tmechanism=-all;"},
        {"2001:db8::1", "foo.example.org", "<>", IDENTITY_MAILFROM, VOUCH_PASS, REASON_SPF_MATCH,
         "ip6:2001:db8::/32",
         "pass (domain of foo.example.org designates 2001:db8::1 as permitted sender)"
         "\n\tidentity=mailfrom;\n\tclient-ip=\"2001:db8::1\";\n\tenvelope-from=\"\";"
         "\n\thelo=foo.example.org;\n\treceiver=mx.example.net;"
         "\n\tmechanism=\"ip6:2001:db8::/32\";"},
        {"192.0.2.1", "foo.example.org", "a@example.com", IDENTITY_HELO, VOUCH_NEUTRAL,
         REASON_SPF_DEFAULT, "default",
         "neutral (domain of foo.example.org neither permits nor denies 192.0.2.1 as sender)"
         "\n\tidentity=helo;\n\tclient-ip=192.0.2.1;\n\thelo=foo.example.org;"
         "\n\treceiver=mx.example.net;\n\tmechanism=default;"},
        {"192.0.2.1", "[192.0.2.1]", "a@example.com", IDENTITY_MAILFROM, VOUCH_PERMERROR,
         REASON_SPF_SYNTAX, "ip4:x",
         "permerror (SPF record in error for a@example.com and 192.0.2.1)"
         "\n\tidentity=mailfrom;\n\tclient-ip=192.0.2.1;\n\tenvelope-from=\"a@example.com\";"
         "\n\thelo=\"[192.0.2.1]\";\n\treceiver=mx.example.net;"
         "\n\tproblem=\"syntax error in the SPF record: ip4:x\";"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct arena *arena = arena_new(MEMORY);
        struct facts facts = facts_of(arena, cases[i].client, cases[i].helo, cases[i].from);
        struct outcome *outcome =
            spf(arena, cases[i].identity, cases[i].result, cases[i].reason, cases[i].detail);

        assert_string_equal(write_one(arena, &facts, outcome), cases[i].want);
        assert_true(is_field(cases[i].want));
        arena_free(arena);
    }
}

/* Every octet, alone and in front of what could end a value, in HELO and in the reverse-path. */
static void hostile(void **state)
{
    static const char *const tails[] = {"", "\"; x=y", ") (", "\\", "\r\nX-Evil: 1", "@[:;"};

    (void)state;
    for (unsigned octet = 1; octet < 256; octet++) {
        for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
            struct arena *arena = arena_new(MEMORY);
            const char *evil = arena_printf(arena, "%c%s", (int)octet, tails[i]);
            struct facts facts = facts_of(arena, "192.0.2.1", evil, evil);
            const char *value;

            facts.authserv_id = evil;
            for (int result = 0; result < VOUCH_RESULT_COUNT; result++) {
                value = write_one(arena, &facts,
                                  spf(arena, IDENTITY_MAILFROM, (enum vouch_result)result,
                                      REASON_SPF_SYNTAX, evil));
                if (!is_field(value))
                    print_message("# %s\n", value);
                assert_true(is_field(value));
            }
            arena_free(arena);
        }
    }
}

static void long_values(void **state)
{
    struct arena *arena = arena_new(MEMORY);
    char *evil = arena_alloc(arena, 5000);
    struct facts facts;

    (void)state;
    memset(evil, '"', 4999);
    evil[4999] = '\0';
    facts = facts_of(arena, "192.0.2.1", evil, evil);
    assert_true(is_field(write_one(
        arena, &facts, spf(arena, IDENTITY_MAILFROM, VOUCH_TEMPERROR, REASON_SPF_DNS, evil))));
    arena_free(arena);
}

static void which_outcome(void **state)
{
    struct arena *arena = arena_new(MEMORY);
    struct facts facts = facts_of(arena, "192.0.2.1", "h.example", "a@example.com");
    struct facts local = facts_of(arena, NULL, "h.example", "a@example.com");
    struct outcome *helo = spf(arena, IDENTITY_HELO, VOUCH_PASS, REASON_SPF_MATCH, "a");
    struct outcome *from = spf(arena, IDENTITY_MAILFROM, VOUCH_FAIL, REASON_SPF_MATCH, "-all");
    struct outcome *csa = outcome_new(arena, METHOD_CSA, IDENTITY_NONE, VOUCH_STAGE_HELO);

    (void)state;
    csa->next = helo;
    assert_non_null(strstr(write_one(arena, &facts, csa), "identity=helo;"));
    helo->next = from;
    assert_non_null(strstr(write_one(arena, &facts, csa), "identity=mailfrom;"));
    assert_null(write_one(arena, &local, csa));
    csa->next = NULL;
    assert_null(write_one(arena, &facts, csa));
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(judge),       cmocka_unit_test(fields),        cmocka_unit_test(hostile),
        cmocka_unit_test(long_values), cmocka_unit_test(which_outcome),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
