/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* CSA and forward confirmation of the HELO name, over a zone.  The input is lines: the client, the
 * HELO name; the rest is the zone. */
#include <stdlib.h>

#include "lib/verify/csa.h"
#include "lib/verify/helo.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/verify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct fuzz_span client = fuzz_take_line(&rest);
    char *helo = fuzz_string(fuzz_take_line(&rest));
    char *zone = fuzz_string(rest);
    struct fuzz_case fuzzed = {
        .facts = {.client_name = "", .helo = helo, .authserv_id = "mx.example.org"},
        .settings.csa.address_literals = true,
        .trouble_shows = true,
    };
    struct fuzz_dns dns;

    (void)ip_parse(client.octets, client.length, &fuzzed.facts.client);
    if (fuzz_dns_begin(&dns, zone)) {
        fuzzed.verifier = &csa_verifier;
        fuzz_verify(&fuzzed, &dns);
        fuzzed.verifier = &helo_verifier;
        fuzz_verify(&fuzzed, &dns);
    }
    fuzz_dns_end(&dns);
    free(zone);
    free(helo);
    return 0;
}
