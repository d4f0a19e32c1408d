/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The zone text that tests write, and its answers.  The input is the text. */
#include <stdlib.h>

#include "lib/dns/zone.h"
#include "tests/fuzz/fuzz.h"

enum { NODES_MAX = 50 };

static void ask(const struct zone *zone, const struct dns_name *name, enum dns_type type)
{
    unsigned delay_ms;
    struct dns_answer *answer = zone_answer(zone, name, type, &delay_ms);

    if (answer == NULL) /* silent */
        return;
    FUZZ_CHECK(dns_name_equal(&answer->name, name) && answer->type == type);
    FUZZ_CHECK((answer->status == DNS_RECORDS) == (answer->record_count > 0));
    /* what the zone holds exists, if its answer is good */
    FUZZ_CHECK(answer->status != DNS_NXDOMAIN || answer->rcode != 0);
    dns_answer_release(answer);
}

static void ask_all(const struct zone *zone)
{
    static const enum dns_type types[] = {DNS_A, DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_SRV};
    unsigned nodes = 0;

    for (struct zone_node *node = zone->nodes; node != NULL && nodes++ < NODES_MAX;
         node = node->hh.next)
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
            ask(zone, &node->name, types[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_string(fuzz_span(data, size));
    struct zone zone;
    unsigned line;

    if (zone_parse(text, &zone, &line) == VOUCH_OK)
        ask_all(&zone);
    else
        FUZZ_CHECK(line > 0 && zone.nodes == NULL);
    zone_free(&zone);
    free(text);
    return 0;
}
