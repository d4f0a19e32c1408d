/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Sender ID of the PRA and of the reverse-path, over a zone.  The input is lines: the client, the
 * HELO name, the reverse-path, header fields as "NAME:VALUE" up to an empty line; the rest is the
 * zone. */
#include <stdlib.h>
#include <string.h>

#include "lib/verify/senderid.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/verify.h"

enum { ARENA_LIMIT = 4 * 1024 * 1024, HEADER_MAX = 64 * 1024, TERM_LIMIT = 10, VOID_LIMIT = 2 };

static void take_header(struct header_list *headers, struct fuzz_span *rest)
{
    struct fuzz_span line;

    while ((line = fuzz_take_line(rest)).length > 0) {
        const char *colon = memchr(line.octets, ':', line.length);
        char *name;

        if (colon == NULL)
            continue;
        name = fuzz_string((struct fuzz_span){line.octets, (size_t)(colon - line.octets)});
        (void)header_list_add(headers, name, colon + 1,
                              (size_t)(line.octets + line.length - colon - 1));
        free(name);
    }
}

static void verify(struct fuzz_case *fuzzed, struct fuzz_dns *dns)
{
    fuzzed->settings.senderid = (struct senderid_settings){SENDERID_SPF1_YES, true};
    fuzzed->verifier = &senderid_pra_verifier;
    fuzz_verify(fuzzed, dns);
    fuzzed->settings.senderid.use_spf1 = SENDERID_SPF1_NO;
    fuzzed->verifier = &senderid_mfrom_verifier;
    fuzz_verify(fuzzed, dns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct fuzz_span client = fuzz_take_line(&rest);
    char *helo = fuzz_string(fuzz_take_line(&rest));
    char *reverse_path = fuzz_string(fuzz_take_line(&rest));
    char *zone;
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    struct fuzz_case fuzzed = {
        .facts = {.client_name = "", .helo = helo, .authserv_id = "mx.example.org"},
        .settings.spf = {.term_limit = TERM_LIMIT, .void_limit = VOID_LIMIT},
        .ordered = REASON_SPF_VOID_LIMIT,
    };
    struct fuzz_dns dns;

    fuzzed.facts.headers = header_list_in(arena, HEADER_MAX);
    take_header(&fuzzed.facts.headers, &rest);
    zone = fuzz_string(rest);
    fuzzed.trouble_shows = !fuzz_mentions(zone, "ptr") && !fuzz_mentions(zone, "%{p");
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
