/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* Accreditation: sources of every kind, VBR-Info fields and allowlists, over a zone.  The input is
 * lines: the client, the HELO name, the map of a list, values of VBR-Info fields up to an empty
 * line; the rest is the zone. */
#include <stdlib.h>

#include "lib/verify/dna.h"
#include "lib/verify/dnswl.h"
#include "lib/verify/vbr.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/verify.h"

enum { ARENA_LIMIT = 4 * 1024 * 1024, HEADER_MAX = 64 * 1024, SOURCES = 7, REFUSING = 4 };

/* Those that can only refuse come first. */
static const struct dna_source sources[SOURCES] = {
    {.name = "names.x", .kind = DNA_KIND_LIST, .listed = DNA_REFUSE, .parents = true},
    {.name = "list.x", .kind = DNA_KIND_LIST, .by = DNA_BY_ADDRESS, .unauthenticated = true},
    {.name = "words.x", .format = DNA_FORMAT_WORDS, .map_text = "f refuse, 1 unknown"},
    {.name = "codes.x", .format = DNA_FORMAT_CODES, .always = true, .map_text = "&2 refuse"},
    {.name = "vouch.x", .kind = DNA_KIND_VBR, .not_vouched = DNA_REFUSE},
    {.name = "white.x",
     .kind = DNA_KIND_LIST,
     .by = DNA_BY_ADDRESS,
     .listed = DNA_ACCEPT,
     .unauthenticated = true},
    {.name = "even.x",
     .kind = DNA_KIND_LIST,
     .by = DNA_BY_ADDRESS,
     .map_text = "&1 unknown, 127.0.0.0/8 accept",
     .unauthenticated = true},
};

/* The names that others have authenticated. */
static struct outcome signature = {
    .method = METHOD_DKIM, .is_part = true, .result = VOUCH_PASS, .domain = "s.example"};
static struct outcome mailfrom = {.method = METHOD_SPF,
                                  .identity = IDENTITY_MAILFROM,
                                  .result = VOUCH_PASS,
                                  .domain = "example.com",
                                  .next = &signature};
static const struct outcome csa = {.method = METHOD_CSA, .result = VOUCH_PASS, .next = &mailfrom};

/* Make the sources ready; the list refuses what MAP says, or everything. */
static void read_sources(struct arena *arena, const char *map, struct dna_source ready[SOURCES])
{
    for (size_t i = 0; i < SOURCES; i++) {
        struct text complaint = text_in(arena);

        ready[i] = sources[i];
        ready[i].service_text = ready[i].query = ready[i].test_text = "";
        ready[i].content = "list";
        ready[i].health_check = true;
        if (ready[i].map_text == NULL)
            ready[i].map_text = "";
        if (i == 1) {
            ready[i].map_text = map;
            ready[i].listed = DNA_REFUSE;
        }
        if (dna_source_read(&ready[i], arena, &complaint) == VOUCH_OK)
            continue;
        FUZZ_CHECK(i == 1 && fuzz_is_printable(text_string(&complaint)));
        ready[i].map_text = "";
        FUZZ_CHECK(dna_source_read(&ready[i], arena, &complaint) == VOUCH_OK);
    }
}

static void verify(struct fuzz_case *fuzzed, struct fuzz_dns *dns)
{
    fuzzed->settings.dna.source_count = SOURCES;
    fuzzed->verifier = &dna_verifier;
    fuzz_verify(fuzzed, dns);
    fuzzed->verifier = &dnswl_verifier;
    fuzz_verify(fuzzed, dns);
    fuzzed->verifier = &vbr_verifier;
    fuzz_verify(fuzzed, dns);
}

/* With sources that can only refuse, trouble with any question refuses nothing. */
static void verify_trouble(struct fuzz_case *fuzzed, struct fuzz_dns *dns)
{
    const struct dna_map *map = &fuzzed->settings.dna.sources[1].map;

    for (size_t i = 0; i < map->count; i++)
        if (map->entries[i].answer == DNA_ACCEPT)
            return;
    fuzzed->settings.dna.source_count = REFUSING;
    fuzzed->trouble_hides = true;
    fuzzed->verifier = &dna_verifier;
    fuzz_verify(fuzzed, dns);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size);
    struct fuzz_span client = fuzz_take_line(&rest);
    char *helo = fuzz_string(fuzz_take_line(&rest));
    char *map = fuzz_string(fuzz_take_line(&rest));
    struct arena *arena = fuzz_arena(ARENA_LIMIT);
    struct fuzz_span field;
    struct dna_source ready[SOURCES];
    struct fuzz_case fuzzed = {
        .facts = {.client_name = "", .helo = helo, .authserv_id = "mx.example.org"},
        .settings.dna = {.timeout = NANOSECONDS_PER_SECOND, .sources = ready},
        .outcomes = &csa,
    };
    struct fuzz_dns dns;
    char *zone;

    fuzzed.facts.headers = header_list_in(arena, HEADER_MAX);
    while ((field = fuzz_take_line(&rest)).length > 0)
        (void)header_list_add(&fuzzed.facts.headers, "VBR-Info", field.octets, field.length);
    zone = fuzz_string(rest);
    read_sources(arena, map, ready);
    (void)ip_parse(client.octets, client.length, &fuzzed.facts.client);
    if (fuzz_dns_begin(&dns, zone)) {
        verify(&fuzzed, &dns);
        verify_trouble(&fuzzed, &dns);
    }
    fuzz_dns_end(&dns);
    arena_free(arena);
    free(zone);
    free(map);
    free(helo);
    return 0;
}
