/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
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

#include "lib/dns/trust_anchor.h"

#define KEY                                                                                        \
    "AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixHlFlExOLAJr5emLvN"
#define DS "20326 8 2 E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"

static char path[] = "/tmp/vouch-anchor-XXXXXX";

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");

    assert_non_null(file);
    assert_true(fputs(text, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static const struct {
    const char *text;
    const char *owner; /* NULL: not a trust anchor */
} files[] = {
    {". IN DNSKEY 257 3 8 " KEY " ; keytag 20326\n", "."},
    {". IN DS " DS "\n", "."},
    {"; a comment\n\nexample.org. 3600 IN DS " DS "\n. IN DS " DS "\n", "example.org"},
    {"$ORIGIN example.org.\n$TTL 300\n@ IN DS " DS "\n", "example.org"},
    {"example.org. IN DS " DS, "example.org"},
    {"", NULL},
    {"; only a comment\n", NULL},
    {"example.org. IN A 192.0.2.1\n", NULL},
    {". IN DS " DS "\nexample.org. IN TXT \"x\"\n", NULL},
    {". IN DS 20326 8 2 XYZ\n", NULL},
    {"trusted-keys { \".\" 257 3 8 \"" KEY "\"; };\n", NULL},
    {"\001\002\003", NULL},
};

static void test_files(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char text[DNS_NAME_TEXT_SIZE];
        const char *problem = NULL;
        struct dns_name owner;
        int error;

        write_file(files[i].text);
        error = trust_anchor_read(path, &owner, &problem);
        if (files[i].owner == NULL) {
            assert_int_equal(error, VOUCH_ERROR_SYNTAX);
            assert_non_null(problem);
        } else {
            assert_int_equal(error, VOUCH_OK);
            assert_string_equal(dns_name_format(&owner, text), files[i].owner);
        }
    }
}

static void test_no_file(void **state)
{
    const char *problem = NULL;
    struct dns_name owner;

    (void)state;
    assert_int_equal(trust_anchor_read("/nonexistent/anchor", &owner, &problem),
                     VOUCH_ERROR_SYSTEM);
    assert_string_equal(problem, "cannot be read");
    assert_int_equal(trust_anchor_read("/tmp", &owner, &problem), VOUCH_ERROR_SYSTEM);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(trust_anchor_read(path, &owner, &problem), VOUCH_ERROR_SYSTEM);
}

static int set_up(void **state)
{
    int descriptor = mkstemp(path);

    (void)state;
    return descriptor < 0 ? -1 : close(descriptor);
}

static int tear_down(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_no_file),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
