/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* SPF of the HELO name and of the reverse-path, over a zone.  The input is lines: the client, the
 * HELO name, the reverse-path; the rest is the zone. */
#include <stdlib.h>

#include "lib/verify/spf.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/verify.h"

enum { ARENA_LIMIT = 1024 * 1024, TERM_LIMIT = 10, VOID_LIMIT = 2 };

static void verify(struct fuzz_case *fuzzed, struct fuzz_dns *dns)
{
    fuzzed->verifier = &spf_helo_verifier;
    fuzz_verify(fuzzed, dns);
    fuzzed->verifier = &spf_mailfrom_verifier;
    fuzz_verify(fuzzed, dns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct fuzz_span client = fuzz_take_line(&rest);
    char *helo = fuzz_string(fuzz_take_line(&rest));
    char *reverse_path = fuzz_string(fuzz_take_line(&rest));
    char *zone = fuzz_string(rest);
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    struct fuzz_case fuzzed = {
        .facts = {.client_name = "", .helo = helo, .authserv_id = "mx.example.org"},
        .settings.spf = {.term_limit = TERM_LIMIT, .void_limit = VOID_LIMIT},
        /* RFC 7208 5.5: a mechanism ptr whose lookup fails does not match */
        .trouble_shows = !fuzz_mentions(zone, "ptr") && !fuzz_mentions(zone, "%{p"),
        .ordered = REASON_SPF_VOID_LIMIT,
    };
    struct fuzz_dns dns;

    (void)ip_parse(client.octets, client.length, &fuzzed.facts.client);
    if (fuzz_dns_begin(&dns, zone) &&
        path_parse(arena, reverse_path, &fuzzed.facts.reverse_path) == VOUCH_OK)
        verify(&fuzzed, &dns);
    fuzz_dns_end(&dns);
    arena_free(arena);
    free(zone);
    free(reverse_path);
    free(helo);
    return 0;
}
