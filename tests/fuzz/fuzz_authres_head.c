/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The head of an Authentication-Results field.  The input is the field's value. */
#include <stdlib.h>
#include <string.h>

#include "lib/mail/authres.h"
#include "lib/vouch.h"
#include "tests/fuzz/fuzz.h"

enum { VALUE_MAX = 8 * 1024 }; /* well within what the parser looks at */

static void expect_head(const char *value, size_t length, const struct authres_head *expected)
{
    struct authres_head head;

    FUZZ_CHECK(authres_parse_head(value, length, &head) == VOUCH_OK);
    FUZZ_CHECK(strcmp(head.authserv_id, expected->authserv_id) == 0);
    FUZZ_CHECK(head.version == expected->version);
}

/* White space and comments in front change nothing, nor does a result behind. */
static void check_dressed_up(struct fuzz_span value, const struct authres_head *head)
{
    static const char comment[] = " (a (nested \\) one) comment)\r\n\t";
    static const char behind[] = ";spf=pass \"(";
    size_t length = sizeof comment - 1 + value.length;
    char *dressed = malloc(length + sizeof behind);

    FUZZ_CHECK(dressed != NULL);
    memcpy(dressed, comment, sizeof comment - 1);
    memcpy(dressed + sizeof comment - 1, value.octets, value.length);
    memcpy(dressed + length, behind, sizeof behind);
    expect_head(dressed, length, head);
    expect_head(dressed, length + sizeof behind - 1, head);
    free(dressed);
}

/* The id as a quoted string is the same id. */
static void check_quoted(const char *id)
{
    char quoted[2 * AUTHRES_ID_MAX + 3];
    struct authres_head head;
    size_t length = 0;

    quoted[length++] = '"';
    for (const char *at = id; *at != '\0'; at++) {
        quoted[length++] = '\\';
        quoted[length++] = *at;
    }
    quoted[length++] = '"';
    FUZZ_CHECK(authres_parse_head(quoted, length, &head) == VOUCH_OK);
    FUZZ_CHECK(strcmp(head.authserv_id, id) == 0 && head.version == 1);
}

/* The id in other letters, and with a final dot, is the same id. */
static void check_equal(const char *id)
{
    char other[AUTHRES_ID_MAX + 2];
    size_t length = strlen(id);

    for (size_t i = 0; i <= length; i++)
        other[i] = id[i] >= 'a' && id[i] <= 'z' ? (char)(id[i] - 'a' + 'A') : id[i];
    FUZZ_CHECK(authres_id_equal(id, id));
    FUZZ_CHECK(authres_id_equal(id, other) && authres_id_equal(other, id));
    if (id[length - 1] != '.') {
        other[length] = '.';
        other[length + 1] = '\0';
        FUZZ_CHECK(authres_id_equal(id, other) && authres_id_equal(other, id));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span value = fuzz_span(data, size);
    struct authres_head head;

    if (authres_parse_head(value.octets, value.length, &head) != VOUCH_OK)
        return 0;
    FUZZ_CHECK(head.authserv_id[0] != '\0');
    FUZZ_CHECK(strlen(head.authserv_id) <= AUTHRES_ID_MAX);
    if (value.length <= VALUE_MAX)
        check_dressed_up(value, &head);
    check_quoted(head.authserv_id);
    check_equal(head.authserv_id);
    return 0;
}
