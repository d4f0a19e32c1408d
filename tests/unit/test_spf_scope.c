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

#include "lib/verify/spf_scope.h"

#define NONE SPF_FIT_NONE
#define SPF1 SPF_FIT_SPF1
#define SPF2 SPF_FIT_SPF2

/* The text of a record, and what it is to SPF and to the scopes mfrom and pra. */
static const struct {
    const char *text;
    enum spf_fit spf, mfrom, pra;
} cases[] = {
    {"v=spf1", SPF1, SPF1, SPF1},
    {"v=spf1 -all", SPF1, SPF1, SPF1},
    {"V=SPF1 -all", SPF1, SPF1, SPF1},
    {"v=spf1\t-all", NONE, NONE, NONE},
    {"v=spf10 -all", NONE, NONE, NONE},
    {"v=spf", NONE, NONE, NONE},
    {" v=spf1", NONE, NONE, NONE},
    {"", NONE, NONE, NONE},
    {" ", NONE, NONE, NONE},
    {"v=spf1/pra -all", NONE, NONE, NONE},
    {"spf2.0/pra", NONE, NONE, SPF2},
    {"spf2.0/pra -all", NONE, NONE, SPF2},
    {"spf2.0/mfrom -all", NONE, SPF2, NONE},
    {"spf2.0/mfrom,pra -all", NONE, SPF2, SPF2},
    {"spf2.0/pra,mfrom -all", NONE, SPF2, SPF2},
    {"SPF2.0/Mfrom,PRA -all", NONE, SPF2, SPF2},
    {"spf2.1/pra", NONE, NONE, SPF2},
    {"spf2.00000000000000000000000017/pra", NONE, NONE, SPF2},
    {"spf2.0/pra,pra", NONE, NONE, SPF2},
    {"spf2.0/mfrom,prattle", NONE, SPF2, NONE},
    {"spf2.0/mfrom,pra,fubar", NONE, SPF2, SPF2},
    {"spf2.0/x-1_y.z,pra", NONE, NONE, SPF2},
    {"spf2.0/xpra,prax,mpra", NONE, NONE, NONE},
    {"spf2.0/other", NONE, NONE, NONE},
    {"spf2./pra", NONE, NONE, NONE},
    {"spf2/pra", NONE, NONE, NONE},
    {"spf2.x/pra", NONE, NONE, NONE},
    {"spf2.0x/pra", NONE, NONE, NONE},
    {"spf2.-1/pra", NONE, NONE, NONE},
    {"spf2.0", NONE, NONE, NONE},
    {"spf2.0 pra", NONE, NONE, NONE},
    {"spf2.0/", NONE, NONE, NONE},
    {"spf2.0/ pra", NONE, NONE, NONE},
    {"spf2.0/,pra", NONE, NONE, NONE},
    {"spf2.0/pra,", NONE, NONE, NONE},
    {"spf2.0/pra,,mfrom", NONE, NONE, NONE},
    {"spf2.0/pra, mfrom", NONE, NONE, NONE},
    {"spf2.0/pra,1st", NONE, NONE, NONE},
    {"spf2.0/pra;mfrom", NONE, NONE, NONE},
    {"spf2.0/pra/mfrom", NONE, NONE, NONE},
    {"spf2.0/pra\xc3\xa9", NONE, NONE, NONE},
    {"spf3.0/pra", NONE, NONE, NONE},
    {"spf12.0/pra", NONE, NONE, NONE},
    {"xspf2.0/pra", NONE, NONE, NONE},
};

/* A copy on the heap without terminator: reading beyond it is caught. */
static enum spf_fit fit(enum spf_scope scope, const char *text, size_t length)
{
    char *copy = malloc(length > 0 ? length : 1);
    enum spf_fit found;

    assert_non_null(copy);
    memcpy(copy, text, length);
    found = spf_scope_fit(scope, copy, length);
    free(copy);
    return found;
}

static void records_and_scopes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *text = cases[i].text;
        size_t length = strlen(text);

        if (fit(SPF_SCOPE_SPF, text, length) != cases[i].spf ||
            fit(SPF_SCOPE_MFROM, text, length) != cases[i].mfrom ||
            fit(SPF_SCOPE_PRA, text, length) != cases[i].pra)
            fail_msg("%s", text);
    }
}

static void a_nul_is_no_end(void **state)
{
    (void)state;
    assert_int_equal(fit(SPF_SCOPE_SPF, "v=spf1\0", 7), SPF_FIT_NONE);
    assert_int_equal(fit(SPF_SCOPE_PRA, "spf2.0/pra\0", 11), SPF_FIT_NONE);
    assert_int_equal(fit(SPF_SCOPE_PRA, "spf2.0/pra\0,mfrom", 17), SPF_FIT_NONE);
    assert_int_equal(fit(SPF_SCOPE_PRA, "spf2.0\0/pra", 11), SPF_FIT_NONE);
    assert_int_equal(fit(SPF_SCOPE_PRA, "spf2.0/pra \0", 12), SPF_FIT_SPF2);
}

static void version_ends_at_the_first_space(void **state)
{
    (void)state;
    assert_int_equal(spf_version_length("v=spf1 -all", 11), 6);
    assert_int_equal(spf_version_length("spf2.0/pra", 10), 10);
    assert_int_equal(spf_version_length(" x", 2), 0);
    assert_int_equal(spf_version_length("", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_and_scopes),
        cmocka_unit_test(a_nul_is_no_end),
        cmocka_unit_test(version_ends_at_the_first_space),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
