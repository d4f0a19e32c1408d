/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* contrib/milter.conf and the lists of milter.conf(5) say what the option table says.
 *
 * Called with --sample or --mdoc it prints what they should hold: the whole sample, and the lists
 * with the comments that enclose them in the manual page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/options.h"
#include "lib/policy/profile.h"
#include "lib/vouch.h"
#include "tests/unit/config_problems.h"

enum { FILE_SIZE = 1 << 17, ARENA_SIZE = 1 << 22 };

#define SAMPLE "contrib/milter.conf"
#define MANUAL "man/milter.conf.5"

/* WORDS in lines of at most WIDTH octets, each led by LEAD. */
static void add_filled(struct text *text, const char *lead, const char *words, size_t width)
{
    size_t column = 0;

    while (*words != '\0') {
        size_t length = strcspn(words, " ");

        if (column > 0 && column + 1 + length > width) {
            text_add(text, "\n");
            column = 0;
        }
        text_add(text, column == 0 ? lead : " ");
        text_append(text, words, length);
        column += (column == 0 ? strlen(lead) : 1) + length;
        words += length;
        words += strspn(words, " ");
    }
    text_add(text, "\n");
}

/* "Values: 1 to 100." unless the type says it all. */
static void add_values(struct text *text, const char *lead, const struct option *option)
{
    struct text values = text_in(text->arena);

    if (option->type == OPTION_RULE || (option->type == OPTION_TEXT && option->words == NULL))
        return;
    text_add(&values, "Values: ");
    option_values(option, &values);
    text_add(&values, ".");
    add_filled(text, lead, text_string(&values), 78);
}

static void add_sample_section(struct text *text, const char *section)
{
    const char *indent = section[0] != '\0' ? "    " : "";
    const char *lead = section[0] != '\0' ? "    # " : "# ";

    text_add(text, "\n");
    if (section[0] != '\0')
        text_printf(text, "%s {\n", section);
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];

        if (strcmp(option->section, section) != 0)
            continue;
        add_filled(text, lead, option->meaning, 78);
        add_values(text, lead, option);
        text_printf(text, "%s#%s = %s\n", indent, option->name, option->standard);
        if (section[0] == '\0' && i + 1 < option_count && option_table[i + 1].section[0] == '\0')
            text_add(text, "\n");
    }
    if (section[0] != '\0')
        text_add(text, "}\n");
}

static void add_sample(struct text *text)
{
    text_add(text,
             "# Configuration of the mail filter vouch-milter; see milter.conf(5).\n"
             "#\n"
             "# Every option stands here with its default.  To change one, remove the '#' in\n"
             "# front of it; or leave this file alone and put the option into a file of its\n"
             "# own in milter.conf.d/ (NAME.conf).  An option may be set only once.\n"
             "#\n"
             "# Actions: continue accept annotate reject tempfail quarantine discard.\n"
             "# \"vouch-milter -n\" checks the configuration and names every mistake.\n");
    for (size_t s = 0; strcmp(option_sections[s], OPTION_DOMAIN_SECTION) != 0; s++)
        add_sample_section(text, option_sections[s]);
    text_add(text,
             "\n"
             "# Other actions for what one domain and its subdomains are responsible for:\n"
             "#domain \"bank.example\" {\n"
             "#    exact = no    # yes: subdomains are not meant\n"
             "#    spf { softfail = reject  none = reject }\n"
             "#    csa { none = reject }\n"
             "#}\n"
             "\n"
             "# Signatures for our own authors; \"vouch genkey\" makes the key:\n"
             "# sign \"example.org\" {\n"
             "#     selector = 2026a\n"
             "#     key = \"/etc/vouch/keys/2026a.example.org.key\"\n"
             "# }\n"
             "\n"
             "# Whom to ask whether a name is worth trusting, in this order; see ACCREDITATION in\n"
             "# milter.conf(5):\n"
             "#source \"accred.example.net\" { kind = dna }\n"
             "#source \"vouch.example.org\" { kind = vbr }\n"
             "#source \"list.example\" { kind = list  by = address  listed = refuse }\n");
}

/* A double quote would begin an argument. */
static void add_mdoc_argument(struct text *text, const char *value)
{
    for (; *value != '\0'; value++) {
        if (*value == '"')
            text_add(text, "\\(dq");
        else
            text_add_char(text, *value);
    }
}

static void add_mdoc_section(struct text *text, const char *section)
{
    text_printf(text, ".\\\" begin of the options of \"%s\"\n.Bl -tag -width Ds\n", section);
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];

        if (strcmp(option->section, section) != 0)
            continue;
        text_printf(text, ".It Cm %s No = ", option->name);
        add_mdoc_argument(text, option->standard);
        text_add(text, "\n");
        add_filled(text, "", option->meaning, 78);
        add_values(text, "", option);
    }
    text_printf(text, ".El\n.\\\" end of the options of \"%s\"\n", section);
}

static char *read_source(const char *name)
{
    const char *top = getenv("top_srcdir");
    char path[4096];
    char *content = calloc(1, FILE_SIZE);
    FILE *file;

    assert_non_null(content);
    (void)snprintf(path, sizeof path, "%s/%s", top != NULL ? top : ".", name);
    file = fopen(path, "r");
    if (file == NULL)
        fail_msg("%s cannot be read", path);
    assert_true(fread(content, 1, FILE_SIZE, file) < FILE_SIZE);
    assert_int_equal(fclose(file), 0);
    return content;
}

static void test_sample(void **state)
{
    struct arena *arena = arena_new(ARENA_SIZE);
    struct text sample = text_in(arena);
    char *file = read_source(SAMPLE);

    (void)state;
    add_sample(&sample);
    if (strcmp(file, text_string(&sample)) != 0)
        fail_msg("%s differs from the option table; see %s --sample", SAMPLE, "test_option_docs");
    free(file);
    arena_free(arena);
}

/* Remove the '#' in front of everything that is not a sentence. */
static void uncomment(char *text)
{
    for (char *line = text; line != NULL; line = strchr(line + 1, '\n')) {
        char *hash = line + strspn(line, "\n ");

        if (*hash == '#' && hash[1] != ' ' && hash[1] != '\n')
            *hash = ' ';
    }
    /* the lines within the commented-out domain are indented */
    for (char *line = strstr(text, "\n domain \""); line != NULL && line[2] != '}';
         line = strchr(line + 1, '\n'))
        if (line[0] == '\n' && line[1] == '#')
            line[1] = ' ';
}

/* The sample is a valid configuration as it stands and with every option in force. */
static void test_sample_loads(void **state)
{
    char *file = read_source(SAMPLE);

    (void)state;
    for (int round = 0; round < 2; round++) {
        struct problems problems = {.length = 0};
        struct vouch_config *config = NULL;

        if (vouch_config_load(NULL, file, problems_add, &problems, &config) != VOUCH_OK)
            fail_msg("%s", problems.text);
        vouch_config_release(config);
        uncomment(file);
        assert_non_null(strstr(file, "\n listen ="));
        assert_non_null(strstr(file, "\n domain \"bank.example\" {\n"));
    }
    free(file);
}

static void test_manual(void **state)
{
    char *file = read_source(MANUAL);

    (void)state;
    for (size_t s = 0; option_sections[s] != NULL; s++) {
        struct arena *arena = arena_new(ARENA_SIZE);
        struct text list = text_in(arena);

        add_mdoc_section(&list, option_sections[s]);
        if (strstr(file, text_string(&list)) == NULL)
            fail_msg("%s differs from the option table in section \"%s\"; see %s --mdoc", MANUAL,
                     option_sections[s], "test_option_docs");
        arena_free(arena);
    }
    free(file);
}

/* The manual page spells the profile out. */
static void test_profile(void **state)
{
    struct arena *arena = arena_new(ARENA_SIZE);
    struct text text = text_in(arena);
    char *file = read_source(MANUAL);

    (void)state;
    text_add(&text, "It is the same as\n.Bd -literal -offset indent\n");
    profile_text(PROFILE_STRICT, &text);
    text_add(&text, ".Ed\n");
    if (strstr(file, text_string(&text)) == NULL)
        fail_msg("%s differs from the profile strict", MANUAL);
    free(file);
    arena_free(arena);
}

/* Every example of the manual page is a valid configuration. */
static void test_examples(void **state)
{
    static const char begin[] = ".Bd -literal -offset indent\n";
    char *file = read_source(MANUAL);
    char *rest = file;
    unsigned count = 0;

    (void)state;
    for (char *at; (at = strstr(rest, begin)) != NULL; count++) {
        struct problems problems = {.length = 0};
        struct vouch_config *config = NULL;
        char *end = strstr(at, ".Ed\n");

        assert_non_null(end);
        *end = '\0';
        if (vouch_config_load(NULL, at + strlen(begin), problems_add, &problems, &config) !=
            VOUCH_OK)
            fail_msg("%s%s", at, problems.text);
        vouch_config_release(config);
        rest = end + 1;
    }
    assert_true(count >= 5);
    free(file);
}

/* Names must be found by those who look for them, and stand in a section that is listed. */
static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < option_count; i++) {
        const struct option *option = &option_table[i];
        bool listed = false;

        assert_ptr_equal(option_find(option->section, option->name), option);
        for (size_t s = 0; option_sections[s] != NULL; s++)
            listed = listed || strcmp(option_sections[s], option->section) == 0;
        assert_true(listed);
        assert_int_equal(option->meaning[strlen(option->meaning) - 1], '.');
    }
    assert_null(option_find("", "no-such-option"));
}

static int print(const char *what)
{
    struct arena *arena = arena_new(ARENA_SIZE);
    struct text text = text_in(arena);

    if (strcmp(what, "--sample") == 0)
        add_sample(&text);
    for (size_t s = 0; strcmp(what, "--mdoc") == 0 && option_sections[s] != NULL; s++)
        add_mdoc_section(&text, option_sections[s]);
    (void)fputs(text_string(&text), stdout);
    arena_free(arena);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sample), cmocka_unit_test(test_sample_loads),
        cmocka_unit_test(test_manual), cmocka_unit_test(test_examples),
        cmocka_unit_test(test_table),  cmocka_unit_test(test_profile),
    };

    if (argc > 1)
        return print(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
