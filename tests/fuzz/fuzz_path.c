/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The paths of MAIL and RCPT.  The input is the path. */
#include <stdlib.h>
#include <string.h>

#include "lib/mail/path.h"
#include "lib/vouch.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 4 * 1024 * 1024 };

static void expect_same(struct arena *arena, const char *text, const struct path *expected)
{
    struct path path;

    FUZZ_CHECK(text != NULL && path_parse(arena, text, &path) == VOUCH_OK);
    FUZZ_CHECK(path.null == expected->null && path.malformed == expected->malformed);
    FUZZ_CHECK(strcmp(path.local, expected->local) == 0);
    FUZZ_CHECK(strcmp(path.domain, expected->domain) == 0);
}

static void check_path(struct arena *arena, const struct path *path)
{
    size_t length = strlen(path->domain);

    FUZZ_CHECK(!path->null || (path->local[0] == '\0' && path->domain[0] == '\0'));
    if (path->malformed || path->null)
        return;
    FUZZ_CHECK(path->local[0] != '\0' && length > 0 && path->domain[length - 1] != '.');
    FUZZ_CHECK(strpbrk(path->domain, "@<> \t\r\n\"(),:;\\") == NULL || path->domain[0] == '[');
    expect_same(arena, path->raw, path);
    expect_same(arena, arena_printf(arena, "<%s>", path->raw), path);
    expect_same(arena, arena_printf(arena, "<%s@%s>", path->local, path->domain), path);
    expect_same(arena,
                arena_printf(arena, "<@a.example,@b.example:%s>",
                             path->raw[0] == '@' ? strchr(path->raw, ':') + 1 : path->raw),
                path);
}

/* With too little memory the answer is VOUCH_ERROR_MEMORY. */
static void check_in_little_memory(const char *text)
{
    struct arena *arena = fuzz_arena(strlen(text));
    struct path path;

    (void)path_parse(arena, text, &path);
    arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    char *text = fuzz_string(fuzz_span(data, size));
    struct path path;

    if (path_parse(arena, text, &path) == VOUCH_OK)
        check_path(arena, &path);
    check_in_little_memory(text);
    free(text);
    arena_free(arena);
    return 0;
}
