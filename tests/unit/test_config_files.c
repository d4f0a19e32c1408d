/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Files, drop-ins and the command line over them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "lib/policy/config.h"
#include "tests/unit/config_problems.h"

enum { PATH_SIZE = 128 };

/* A folder of its own, and the configuration in it. */
struct place {
    char folder[PATH_SIZE];
    char config[PATH_SIZE];
};

static void write_octets(const char *path, const void *octets, size_t length)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(octets, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static void write_file(const struct place *place, const char *name, const char *text)
{
    char path[2 * PATH_SIZE];

    (void)snprintf(path, sizeof path, "%s/%s", place->folder, name);
    write_octets(path, text, strlen(text));
}

static int set_up(void **state)
{
    struct place *place = calloc(1, sizeof *place);
    char drop_ins[2 * PATH_SIZE];

    if (place == NULL)
        return -1;
    (void)snprintf(place->folder, sizeof place->folder, "/tmp/vouch-test-XXXXXX");
    if (mkdtemp(place->folder) == NULL)
        return -1;
    (void)snprintf(place->config, sizeof place->config, "%.100s/milter.conf", place->folder);
    (void)snprintf(drop_ins, sizeof drop_ins, "%s.d", place->config);
    *state = place;
    return mkdir(drop_ins, 0700);
}

static int tear_down(void **state)
{
    struct place *place = *state;
    char command[2 * PATH_SIZE];

    (void)snprintf(command, sizeof command, "rm -rf '%s'", place->folder);
    free(*state);
    return system(command);
}

/* Load and compare what is complained of; the configuration when there is nothing. */
static struct vouch_config *load(const struct place *place, const char *overrides, int expected,
                                 const char *complaints)
{
    struct problems problems = {.length = 0};
    struct vouch_config *config = NULL;
    int error = vouch_config_load(place->config, overrides, problems_add, &problems, &config);

    assert_string_equal(problems.text, complaints);
    assert_int_equal(error, expected);
    return config;
}

static void test_five_mistakes(void **state)
{
    struct place *place = *state;

    write_file(place, "milter.conf",
               "# The filter of mx.example.org\n"
               "listen = \"inet:8890@127.0.0.1\"  # fine\n"
               "\n"
               "/* a comment\n"
               "   of two lines */ spf {\n"
               "    fail     = refuse\n"
               "    softfail = continue\n"
               "}\n"
               "dns { timeout = 90s }\n"
               "exempt {\n"
               "    clients = {\n"
               "        \"127.0.0.0/8\",  # ourselves\n"
               "        \"192.0.2.1/24\"\n"
               "    }\n"
               "}\n"
               "domain \"b\xc3\xbc"
               "cher..example\" { csa { fail = discard } }\n"
               "csa { fial = reject }\n"
               "mode = off\n");
    assert_null(load(place, NULL, VOUCH_ERROR_CONFIG,
                     "milter.conf:6: spf.fail: 'refuse' is not an action; use one of continue "
                     "accept annotate reject tempfail quarantine discard\n"
                     "milter.conf:9: dns.timeout: '90s' is out of range; use 100ms to 1m\n"
                     "milter.conf:13: exempt.clients: '192.0.2.1/24' has bits set behind its "
                     "prefix\n"
                     "milter.conf:16: domain 'b\\xC3\\xBCcher..example' is not a domain name\n"
                     "milter.conf:17: unknown option 'fial' in section 'csa'; did you mean "
                     "'fail'?\n"));
}

static void test_drop_ins_in_order(void **state)
{
    struct place *place = *state;
    struct vouch_config *config;
    const struct config_rule *rule;

    write_file(place, "milter.conf", "mode = monitor\nspf { fail = tempfail }\n");
    write_file(place, "milter.conf.d/20-more.conf",
               "\nspf { softfail = quarantine }\nexempt { clients += {\"192.0.2.0/24\"} }\n");
    write_file(place, "milter.conf.d/10-clients.conf", "exempt { clients = {\"10.0.0.0/8\"} }\n");
    write_file(place, "milter.conf.d/30-empty.conf", "");
    write_file(place, "milter.conf.d/README", "not = read\n");
    write_file(place, "milter.conf.d/.hidden.conf", "not = read\n");
    write_file(place, "milter.conf.d/old.conf~", "not = read\n");
    config = load(place, NULL, VOUCH_OK, "");
    assert_true(config->process.monitor);
    assert_int_equal(config->exempt.client_count, 2);
    assert_int_equal(config->exempt.clients[0].bits, 8);
    assert_int_equal(config->exempt.clients[1].bits, 24);
    assert_non_null(strstr(config->exempt.clients_rule.origin.file, "/10-clients.conf"));
    rule = &config->rules.rule[METHOD_SPF][RULE_SCOPE_MAIN][VOUCH_SOFTFAIL];
    assert_int_equal(rule->action, VOUCH_QUARANTINE);
    assert_int_equal(rule->origin.line, 2);
    assert_non_null(strstr(rule->origin.file, "milter.conf.d/20-more.conf"));
    vouch_config_release(config);
}

static void test_twice_across_files(void **state)
{
    struct place *place = *state;
    char expected[1024];

    write_file(place, "milter.conf",
               "mode = monitor\nspf { fail = reject }\n"
               "domain a.example { csa { fail = accept } }\n");
    write_file(place, "milter.conf.d/a.conf",
               "spf {\n fail = tempfail }\nmode = enforce\n"
               "domain a.example { spf { fail = accept } }\n");
    (void)snprintf(expected, sizeof expected,
                   "a.conf:2: spf.fail is set twice; first at %s:2\n"
                   "a.conf:3: mode is set twice; first at %s:1\n"
                   "a.conf:4: domain 'a.example' is given twice; first at %s:3\n",
                   place->config, place->config, place->config);
    assert_null(load(place, NULL, VOUCH_ERROR_CONFIG, expected));
}

static void test_command_line_wins(void **state)
{
    struct place *place = *state;
    struct vouch_config *config;

    write_file(place, "milter.conf",
               "mode = monitor spf { fail = tempfail softfail = tempfail }\n"
               "domain a.example { exact = yes csa { fail = accept none = reject } }\n"
               "domain b.example { }\n");
    config = load(place,
                  "mode = enforce spf { fail = continue }\n"
                  "domain A.example { csa { fail = discard } } exempt { clients += {10.0.0.0/8} }",
                  VOUCH_OK, "");
    assert_false(config->process.monitor);
    assert_int_equal(config->rules.rule[METHOD_SPF][0][VOUCH_FAIL].action, VOUCH_CONTINUE);
    assert_string_equal(config->rules.rule[METHOD_SPF][0][VOUCH_FAIL].origin.file, "command line");
    assert_int_equal(config->rules.rule[METHOD_SPF][0][VOUCH_SOFTFAIL].action, VOUCH_TEMPFAIL);
    assert_int_equal(config->exempt.client_count, 3);
    assert_int_equal(config->domain_count, 2);
    assert_string_equal(config->domains[0].text, "a.example");
    assert_true(config->domains[0].exact);
    assert_int_equal(config->domains[0].rules.rule[METHOD_CSA][0][VOUCH_FAIL].action,
                     VOUCH_DISCARD);
    assert_int_equal(config->domains[0].rules.rule[METHOD_CSA][0][VOUCH_NONE].action, VOUCH_REJECT);
    vouch_config_release(config);
}

/* Mistakes in one file do not hide those in the next. */
static void test_every_file_is_read(void **state)
{
    struct place *place = *state;

    write_file(place, "milter.conf", "spf {\n");
    write_file(place, "milter.conf.d/a.conf", "mode = \"monitor\n");
    write_file(place, "milter.conf.d/b.conf", "mode = off\n");
    write_file(place, "milter.conf.d/c.conf", "mode\n");
    assert_null(load(place, "mode = on", VOUCH_ERROR_CONFIG,
                     "milter.conf:1: '{' begins here that is never closed with '}'\n"
                     "a.conf:1: a quoted text begins here that is never closed\n"
                     "b.conf:1: mode: 'off' is not known here; use enforce or monitor\n"
                     "c.conf:1: syntax error: missing equal sign after option 'mode'\n"
                     "command line:1: mode: 'on' is not known here; use enforce or monitor\n"));
}

static void test_missing(void **state)
{
    assert_null(
        load(*state, NULL, VOUCH_ERROR_SYSTEM, "milter.conf:0: No such file or directory\n"));
}

static void test_directory(void **state)
{
    struct place *place = *state;

    assert_int_equal(mkdir(place->config, 0700), 0);
    assert_null(load(place, NULL, VOUCH_ERROR_SYSTEM, "milter.conf:0: not a regular file\n"));
}

static void test_fifo(void **state)
{
    struct place *place = *state;

    assert_int_equal(mkfifo(place->config, 0600), 0);
    assert_null(load(place, NULL, VOUCH_ERROR_SYSTEM, "milter.conf:0: not a regular file\n"));
}

static void test_bad_drop_ins(void **state)
{
    struct place *place = *state;
    char path[2 * PATH_SIZE];

    write_file(place, "milter.conf", "");
    (void)snprintf(path, sizeof path, "%s.d/a.conf", place->config);
    assert_int_equal(symlink("nowhere", path), 0);
    (void)snprintf(path, sizeof path, "%s.d/b.conf", place->config);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_null(load(place, NULL, VOUCH_ERROR_SYSTEM,
                     "a.conf:0: No such file or directory\nb.conf:0: not a regular file\n"));
}

static void test_no_drop_in_folder(void **state)
{
    struct place *place = *state;
    char path[2 * PATH_SIZE];

    write_file(place, "milter.conf", "mode = monitor");
    (void)snprintf(path, sizeof path, "%s.d", place->config);
    assert_int_equal(rmdir(path), 0);
    vouch_config_release(load(place, NULL, VOUCH_OK, ""));
    write_octets(path, "", 0);
    assert_null(load(place, NULL, VOUCH_ERROR_SYSTEM, "milter.conf.d:0: Not a directory\n"));
}

static void test_not_text(void **state)
{
    struct place *place = *state;
    static const char nul[] = "mode = enforce\n\0mode = x\n";
    static const char latin1[] = "mode = enforce\n\n# f\xfcr alle\n";

    write_octets(place->config, nul, sizeof nul - 1);
    assert_null(
        load(place, NULL, VOUCH_ERROR_CONFIG, "milter.conf:2: not a text file: NUL octet\n"));
    write_octets(place->config, latin1, sizeof latin1 - 1);
    assert_null(load(place, NULL, VOUCH_ERROR_CONFIG,
                     "milter.conf:3: not a text file: an octet is not UTF-8\n"));
}

static void test_size(void **state)
{
    struct place *place = *state;
    size_t size = 10 << 20;
    char *octets = malloc(size);

    assert_non_null(octets);
    memset(octets, '\n', size);
    write_octets(place->config, octets, size);
    assert_null(
        load(place, NULL, VOUCH_ERROR_CONFIG, "milter.conf:0: larger than 1048576 octets\n"));
    write_octets(place->config, octets, 1 << 20);
    vouch_config_release(load(place, NULL, VOUCH_OK, ""));
    free(octets);
}

static void test_many_domains(void **state)
{
    struct place *place = *state;
    FILE *file = fopen(place->config, "w");
    struct vouch_config *config;

    assert_non_null(file);
    for (unsigned i = 0; i < 10000; i++)
        assert_true(fprintf(file, "domain d%u.example { spf { fail = accept } }\n", i) > 0);
    assert_int_equal(fclose(file), 0);
    config = load(place, NULL, VOUCH_OK, "");
    assert_int_equal(config->domain_count, 10000);
    vouch_config_release(config);
    assert_null(load(place, "domain one.more { }", VOUCH_ERROR_CONFIG,
                     "command line:1: more than 10000 domain sections\n"));
}

int main(void)
{
#define FILE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        FILE_TEST(test_five_mistakes),      FILE_TEST(test_drop_ins_in_order),
        FILE_TEST(test_twice_across_files), FILE_TEST(test_command_line_wins),
        FILE_TEST(test_every_file_is_read), FILE_TEST(test_missing),
        FILE_TEST(test_directory),          FILE_TEST(test_fifo),
        FILE_TEST(test_bad_drop_ins),       FILE_TEST(test_no_drop_in_folder),
        FILE_TEST(test_not_text),           FILE_TEST(test_size),
        FILE_TEST(test_many_domains),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
