/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The text of milter.conf.  The input is the text. */
#include <stdlib.h>
#include <string.h>

#include "lib/policy/scan.h"
#include "lib/vouch.h"
#include "tests/fuzz/fuzz.h"

struct problems {
    unsigned count;
    unsigned lines;
};

static unsigned count_lines(struct fuzz_span text)
{
    unsigned count = 1;

    for (size_t i = 0; i < text.length; i++)
        count += text.octets[i] == '\n';
    return count;
}

static void note(void *context, const char *file, unsigned line, const char *text)
{
    struct problems *problems = context;

    FUZZ_CHECK(file != NULL && text[0] != '\0' && fuzz_is_printable(text));
    FUZZ_CHECK(line <= problems->lines);
    problems->count++;
}

/* The look at a text before libconfuse gets it moves no line. */
static void check_scan(struct fuzz_span text)
{
    char *prepared = fuzz_copy(text);
    struct scan scan;

    if (scan_is_text(prepared, text.length, &scan))
        scan_prepare(prepared, text.length, &scan);
    for (size_t i = 0; i < text.length; i++)
        FUZZ_CHECK((prepared[i] == '\n') == (text.octets[i] == '\n'));
    free(prepared);
}

/* A configuration is loaded, or there is a problem with it. */
static void check_load(struct fuzz_span text)
{
    struct problems problems = {.lines = count_lines(text)};
    char *copy = fuzz_string(text);
    struct vouch_config *config = NULL;
    int error = vouch_config_load(NULL, copy, note, &problems, &config);

    FUZZ_CHECK((error == VOUCH_OK) == (config != NULL));
    FUZZ_CHECK((error == VOUCH_OK) == (problems.count == 0) || error == VOUCH_ERROR_MEMORY);
    if (config != NULL)
        FUZZ_CHECK(vouch_config_settings(config)->max_sessions > 0);
    vouch_config_release(config);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span text = fuzz_span(data, size);

    check_scan(text);
    check_load(text);
    return 0;
}
