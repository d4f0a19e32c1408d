/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/fuzz/written.h"

#include <jansson.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/report/record.h"
#include "tests/fuzz/fuzz.h"

enum { LINE_MAX_OCTETS = 998, REPLY_LINE_MAX = 980, REPLY_LINES_MAX = 32 };

void fuzz_check_field(const char *value)
{
    FUZZ_CHECK(fuzz_is_field_value(value));
    FUZZ_CHECK(*value != ' ' && *value != '\t' && *value != '\n');
    while (*value != '\0') {
        size_t length = strcspn(value, "\n");

        FUZZ_CHECK(length <= LINE_MAX_OCTETS);
        for (size_t i = 0; i < length; i++)
            FUZZ_CHECK(ascii_is_printable(value[i]) || value[i] == '\t');
        value += length + (value[length] == '\n');
    }
}

/* libmilter wants every '%' doubled. */
static size_t octets_sent(const char *line)
{
    size_t octets = strlen(line);

    for (; *line != '\0'; line++)
        octets += *line == '%';
    return octets;
}

void fuzz_check_reply(const struct vouch_reply *reply, enum vouch_action action)
{
    if (action == VOUCH_REJECT || action == VOUCH_TEMPFAIL) {
        char class = action == VOUCH_REJECT ? '5' : '4';

        FUZZ_CHECK(reply->code[0] == class && strlen(reply->code) == 3);
        FUZZ_CHECK(reply->enhanced[0] == class && reply->enhanced[1] == '.');
        FUZZ_CHECK(reply->line_count > 0);
    }
    FUZZ_CHECK(reply->line_count <= REPLY_LINES_MAX);
    for (size_t i = 0; i < reply->line_count; i++) {
        FUZZ_CHECK(fuzz_is_printable(reply->lines[i]) && reply->lines[i][0] != '\0');
        FUZZ_CHECK(octets_sent(reply->lines[i]) <= REPLY_LINE_MAX);
    }
}

void fuzz_check_record(const char *record)
{
    json_t *json = json_loads(record, JSON_REJECT_DUPLICATES, NULL);

    FUZZ_CHECK(fuzz_is_printable(record));
    FUZZ_CHECK(json_is_object(json));
    FUZZ_CHECK(json_is_string(json_object_get(json, "action")));
    FUZZ_CHECK(json_is_array(json_object_get(json, "outcomes")));
    json_decref(json);
}

void fuzz_check_log_line(const char *line)
{
    FUZZ_CHECK(fuzz_is_printable(line) && strlen(line) <= RECORD_LOG_MAX);
    FUZZ_CHECK(strstr(line, ": ") != NULL);
}

void fuzz_check_explanation(const char *explanation)
{
    for (; *explanation != '\0'; explanation++)
        FUZZ_CHECK(ascii_is_printable(*explanation) || *explanation == '\n');
}
