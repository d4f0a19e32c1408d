/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Profiles: what they set, what wins over them, and where that can be seen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/profile.h"
#include "tests/unit/config_problems.h"

enum { TEXT_SIZE = 4096 };

static struct vouch_config *load(const char *text)
{
    struct problems problems = {.length = 0};
    struct vouch_config *config = NULL;

    if (vouch_config_load(NULL, text, problems_add, &problems, &config) != VOUCH_OK)
        fail_msg("%s: %s", text, problems.text);
    return config;
}

static void add_line(void *context, const char *line)
{
    char *lines = context;

    assert_true(strlen(lines) + strlen(line) + 2 < TEXT_SIZE);
    strncat(lines, line, TEXT_SIZE - strlen(lines) - 2);
    strncat(lines, "\n", 2);
}

static const char *described(const struct vouch_config *config, char lines[TEXT_SIZE])
{
    lines[0] = '\0';
    assert_int_equal(vouch_config_describe(config, add_line, lines), VOUCH_OK);
    return lines;
}

/* The profile's settings, written out, give the same configuration. */
static void test_same_as_written_out(void **state)
{
    struct arena *arena = arena_new(65536);
    struct text text = text_in(arena);
    struct vouch_config *profile = load("profile = strict"), *written;

    (void)state;
    profile_text(PROFILE_STRICT, &text);
    written = load(text_string(&text));
    for (int method = 0; method < METHOD_COUNT; method++) {
        assert_int_equal(profile->enabled[method], written->enabled[method]);
        for (int scope = 0; scope < RULE_SCOPE_COUNT; scope++)
            for (int result = 0; result < VOUCH_RESULT_COUNT; result++) {
                const struct config_rule *rule = &profile->rules.rule[method][scope][result];

                assert_int_equal(rule->action, written->rules.rule[method][scope][result].action);
            }
    }
    assert_int_equal(profile->recipient_literal.action, written->recipient_literal.action);
    assert_int_equal(profile->tls_require, written->tls_require);
    assert_int_equal(profile->tls_unmet.action, written->tls_unmet.action);
    vouch_config_release(profile);
    vouch_config_release(written);
    arena_free(arena);
}

/* The rules of the proposal. */
static void test_strict(void **state)
{
    struct vouch_config *config = load("profile = strict");
    const struct config_rule *spf = config->rules.rule[METHOD_SPF][RULE_SCOPE_MAIN];
    const struct config_rule *sender = config->rules.rule[METHOD_SENDER][RULE_SCOPE_MAIN];

    (void)state;
    assert_true(config->enabled[METHOD_SENDER] && config->enabled[METHOD_TLS]);
    assert_int_equal(sender[VOUCH_FAIL].action, VOUCH_REJECT);
    assert_int_equal(sender[VOUCH_NONE].action, VOUCH_REJECT);
    assert_int_equal(sender[VOUCH_PERMERROR].action, VOUCH_REJECT);
    assert_int_equal(config->recipient_literal.action, VOUCH_REJECT);
    assert_int_equal(config->rules.rule[METHOD_HELO][RULE_SCOPE_LITERAL][VOUCH_NONE].action,
                     VOUCH_REJECT);
    for (int result = 0; result < VOUCH_RESULT_COUNT; result++)
        if (result != VOUCH_PASS && result != VOUCH_TEMPERROR && result != VOUCH_POLICY)
            assert_int_equal(spf[result].action, VOUCH_REJECT);
    assert_int_equal(spf[VOUCH_PASS].action, VOUCH_CONTINUE);
    assert_int_equal(config->tls_require, TLS_REQUIRE_CERTIFICATE);
    assert_string_equal(spf[VOUCH_NONE].origin.file, "profile strict");
    assert_int_equal(spf[VOUCH_NONE].origin.line, 0);
    assert_string_equal(config->recipient_literal.origin.file, "profile strict");
    assert_string_equal(config->tls_unmet.origin.file, "profile strict");
    assert_string_equal(spf[VOUCH_FAIL].origin.file, "default");
    vouch_config_release(config);
}

/* Another value than the profile's, one that the option takes. */
static const char *other_value(const struct profile_setting *setting)
{
    if (strcmp(setting->name, "enabled") == 0 || strcmp(setting->name, "require") == 0)
        return "no";
    return "continue";
}

/* Whatever a line says wins, wherever `profile` stands; and of the rest the profile's holds. */
static void test_explicit_wins(void **state)
{
    (void)state;
    for (const struct profile_setting *at = profile_settings(PROFILE_STRICT); at->section != NULL;
         at++) {
        size_t index = (size_t)(option_find(at->section, at->name) - option_table);

        for (int before = 0; before < 2; before++) {
            char text[256];
            struct vouch_config *config;

            (void)snprintf(text, sizeof text, "%s\n%s { %s = %s }\n%s\n",
                           before ? "" : "profile = strict", at->section, at->name, other_value(at),
                           before ? "profile = strict" : "");
            config = load(text);
            assert_string_equal(config->given[index].value, other_value(at));
            assert_string_equal(config->given[index].origin.file, "command line");
            assert_int_equal(config->given[index].origin.line, 2);
            for (const struct profile_setting *of = profile_settings(PROFILE_STRICT);
                 of->section != NULL; of++) {
                const struct config_given *given =
                    &config->given[option_find(of->section, of->name) - option_table];
                bool off =
                    strcmp(at->name, "enabled") == 0 && strcmp(at->section, of->section) == 0;

                if (of == at)
                    continue;
                if (off) /* a method that is turned off is left alone */
                    assert_null(given->origin.file);
                else
                    assert_string_equal(given->origin.file, "profile strict");
            }
            vouch_config_release(config);
        }
    }
}

/* A rule that was set keeps its value, not only its line. */
static void test_explicit_rule(void **state)
{
    struct vouch_config *config =
        load("profile = strict spf { softfail = quarantine } tls { require = encryption }");
    const struct config_rule *rule =
        &config->rules.rule[METHOD_SPF][RULE_SCOPE_MAIN][VOUCH_SOFTFAIL];

    (void)state;
    assert_int_equal(rule->action, VOUCH_QUARANTINE);
    assert_string_equal(rule->origin.file, "command line");
    assert_int_equal(config->tls_require, TLS_REQUIRE_ENCRYPTION);
    assert_true(config->enabled[METHOD_TLS]);
    vouch_config_release(config);
}

static void test_described(void **state)
{
    static const struct {
        const char *text, *lines;
    } cases[] = {
        {"", ""},
        {"profile = standard", "profile = standard  # command line:1\n"},
        {"spf { fail = continue }", "spf { fail = continue }  # command line:1\n"},
        {"\nlisten = \"local:/a b\\\"\\\\\"\n",
         "listen = \"local:/a b\\\"\\\\\"  # command line:2\n"},
        {"authserv-id = \"\"", "authserv-id = \"\"  # command line:1\n"},
        {"exempt { clients = {} }", "exempt { clients = {} }  # command line:1\n"},
        {"exempt { clients = {\"192.0.2.1\", \"::1\"} }",
         "exempt { clients = {\"192.0.2.1\", \"::1\"} }  # command line:1\n"},
        {"exempt { clients += {\"192.0.2.1\"}\nclients += {\"192.0.2.2\"} }",
         "exempt { clients += {\"192.0.2.1\", \"192.0.2.2\"} }  # command line:1\n"},
        {"dns { timeout = 5s }\nmode = monitor",
         "mode = monitor  # command line:2\ndns { timeout = 5s }  # command line:1\n"},
        {"domain \"b.example\" { spf { none = reject\nfail = continue } exact = yes }",
         "domain \"b.example\" { exact = yes }\n"
         "domain \"b.example\" { spf { none = reject } }  # command line:1\n"
         "domain \"b.example\" { spf { fail = continue } }  # command line:2\n"},
        {"source \"list.example\" { kind = vbr }",
         "source \"list.example\" { ... }  # command line:1\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct vouch_config *config = load(cases[i].text);
        char lines[TEXT_SIZE];

        assert_string_equal(described(config, lines), cases[i].lines);
        vouch_config_release(config);
    }
}

/* What is told is a configuration, too: the same. */
static void test_described_is_configuration(void **state)
{
    struct vouch_config *config = load("profile = strict spf { softfail = continue } exempt { "
                                       "clients = {\"192.0.2.0/24\"} } domain \"b.example\" { "
                                       "sender { no-mx = continue } }");
    char first[TEXT_SIZE], second[TEXT_SIZE];
    char *at;

    (void)state;
    assert_non_null(strstr(described(config, first), "spf { none = reject }  # profile strict\n"));
    assert_non_null(strstr(first, "spf { softfail = continue }  # command line:1\n"));
    vouch_config_release(config);
    config = load(first);
    (void)described(config, second);
    vouch_config_release(config);
    for (char *line = first; *line != '\0'; line = at + 1) {
        at = strchr(line, '\n');
        *strstr(line, "  # ") = '\0';
        assert_non_null(strstr(second, line));
    }
}

static void test_mistakes(void **state)
{
    static const struct {
        const char *text, *problems;
    } cases[] = {
        {"profile = lax",
         "command line:1: profile: 'lax' is not known here; use standard or strict\n"},
        {"profile = strict\nprofile = standard",
         "command line:2: profile is set twice; first at command line:1\n"},
        {"profile = strict\nspf { none = explode }",
         "command line:2: spf.none: 'explode' is not an action; use one of continue accept "
         "annotate reject tempfail quarantine discard\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct problems problems = {.length = 0};
        struct vouch_config *config = NULL;

        assert_int_equal(vouch_config_load(NULL, cases[i].text, problems_add, &problems, &config),
                         VOUCH_ERROR_CONFIG);
        assert_string_equal(problems.text, cases[i].problems);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_as_written_out),
        cmocka_unit_test(test_strict),
        cmocka_unit_test(test_explicit_wins),
        cmocka_unit_test(test_explicit_rule),
        cmocka_unit_test(test_described),
        cmocka_unit_test(test_described_is_configuration),
        cmocka_unit_test(test_mistakes),
    };

    return cmocka_run_group_tests_name("profile", tests, NULL, NULL);
}
