/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Reverse DNS of the client and the MX records of the reverse-path's domain, over a zone.  The
 * input is lines: the client, the reverse-path; the rest is the zone. */
#include <stdlib.h>

#include "lib/verify/iprev.h"
#include "lib/verify/sender.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/verify.h"

static void verify(struct fuzz_case *fuzzed, struct fuzz_dns *dns, const struct verifier *verifier)
{
    struct check check = {.facts = &fuzzed->facts};

    fuzzed->verifier = verifier;
    if (check_applies(&check, verifier))
        fuzz_verify(fuzzed, dns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct fuzz_span client = fuzz_take_line(&rest);
    char *reverse_path = fuzz_string(fuzz_take_line(&rest));
    char *zone = fuzz_string(rest);
    struct arena *arena = arena_new(1 << 20);
    struct fuzz_case fuzzed = {
        .facts = {.client_name = "", .helo = "", .authserv_id = "mx.example.org"},
        .trouble_shows = true,
    };
    struct fuzz_dns dns;

    FUZZ_CHECK(arena != NULL &&
               path_parse(arena, reverse_path, &fuzzed.facts.reverse_path) == VOUCH_OK);
    (void)ip_parse(client.octets, client.length, &fuzzed.facts.client);
    if (fuzz_dns_begin(&dns, zone)) {
        verify(&fuzzed, &dns, &iprev_verifier);
        verify(&fuzzed, &dns, &sender_verifier);
    }
    fuzz_dns_end(&dns);
    arena_free(arena);
    free(zone);
    free(reverse_path);
    return 0;
}
