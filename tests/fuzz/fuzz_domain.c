/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What names a host: HELO arguments, domains and address literals, U-labels.  The input is the
 * name. */
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/domain.h"
#include "lib/mail/idn.h"
#include "lib/verify/helo_name.h"
#include "tests/fuzz/fuzz.h"

enum { ARENA_LIMIT = 1024 * 1024 };

static void check_helo_name(const char *helo, const struct helo_name *name)
{
    char text[DNS_NAME_TEXT_SIZE];
    size_t length = strlen(helo);

    if (length > 1 && helo[length - 1] == '.')
        length--;
    dns_name_format(&name->name, text);
    FUZZ_CHECK(strlen(text) == length && ascii_equal_fold(text, helo, length));
    FUZZ_CHECK((dns_name_labels(&name->name) > 1) == (name->kind == HELO_DOMAIN));
}

static void check_helo(const char *helo)
{
    struct helo_name name = helo_name_parse(helo);
    char text[IP_TEXT_SIZE];
    struct ip again;

    FUZZ_CHECK((name.kind == HELO_MISSING) == (*helo == '\0'));
    if (name.kind == HELO_DOMAIN || name.kind == HELO_SINGLE_LABEL)
        check_helo_name(helo, &name);
    if (name.kind != HELO_LITERAL || name.literal.family == IP_NONE)
        return;
    ip_format(&name.literal, text);
    FUZZ_CHECK(ip_parse(text, strlen(text), &again) && ip_equal(&again, &name.literal));
}

/* What a domain was read as is read as the same again. */
static void check_domain(struct fuzz_span span)
{
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    char *copy = fuzz_copy(span);
    const char *domain = NULL, *again = NULL;

    if (domain_read(arena, copy, span.length, &domain) == VOUCH_OK) {
        FUZZ_CHECK(fuzz_is_printable(domain));
        FUZZ_CHECK(domain_is_name(domain, strlen(domain)) ||
                   domain_is_literal(domain, strlen(domain)));
        FUZZ_CHECK(domain_read(arena, domain, strlen(domain), &again) == VOUCH_OK);
        FUZZ_CHECK(strcmp(domain, again) == 0);
    }
    free(copy);
    arena_free(arena);
}

static void check_idn(struct fuzz_span span)
{
    char *copy = fuzz_copy(span);
    char ascii[IDN_DOMAIN_SIZE], again[IDN_DOMAIN_SIZE];

    if (idn_to_ascii(copy, span.length, ascii) == VOUCH_OK) {
        FUZZ_CHECK(strlen(ascii) <= IDN_DOMAIN_MAX && !idn_is_needed(ascii, strlen(ascii)));
        FUZZ_CHECK(idn_to_ascii(ascii, strlen(ascii), again) == VOUCH_OK);
        FUZZ_CHECK(strcmp(ascii, again) == 0);
    }
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span span = fuzz_span(data, size);
    char *helo = fuzz_string(span);

    check_helo(helo);
    check_domain(span);
    check_idn(span);
    free(helo);
    return 0;
}
