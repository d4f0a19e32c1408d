/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/fuzz/dns.h"

#include <stdlib.h>

#include "lib/dns/backend.h"
#include "tests/fuzz/fuzz.h"

enum { CACHE_BYTES = 1024 * 1024, IN_FLIGHT = 100 };

struct fuzz_backend {
    struct backend backend; /* first */
    struct fuzz_dns *dns;
};

static struct dns_answer *answer(struct fuzz_dns *dns, const struct dns_name *name,
                                 enum dns_type type)
{
    struct dns_answer *found = NULL;
    unsigned delay_ms;

    if (dns->fails || dns->asked == dns->fails_at)
        return dns_answer_failure(name, type, DNS_FAILURE_SERVFAIL);
    found = zone_answer(&dns->zone, name, type, &delay_ms);
    return found != NULL ? found : dns_answer_failure(name, type, DNS_FAILURE_TIMEOUT);
}

static void start(struct backend *backend, struct backend_question *question)
{
    struct fuzz_dns *dns = ((struct fuzz_backend *)backend)->dns;
    struct dns_answer *found;

    dns->asked++;
    found = answer(dns, &question->name, question->type);
    dns->failures += found->status == DNS_FAILURE;
    dns->secure += found->security == DNS_SECURE;
    question->done(question, found);
}

static void stop(struct backend *backend)
{
    free(backend);
}

bool fuzz_dns_begin(struct fuzz_dns *dns, const char *text)
{
    unsigned line;

    *dns = (struct fuzz_dns){.fails = false};
    return zone_parse(text, &dns->zone, &line) == VOUCH_OK;
}

void fuzz_dns_end(struct fuzz_dns *dns)
{
    zone_free(&dns->zone);
}

void fuzz_dns_reverse(struct fuzz_dns *dns)
{
    struct zone_node *node, *next;

    HASH_ITER(hh, dns->zone.nodes, node, next)
    {
        size_t count = ldns_rr_list_rr_count(node->records);

        for (size_t i = 0; i < count / 2; i++) {
            ldns_rr *front = ldns_rr_list_rr(node->records, i);
            ldns_rr *back = ldns_rr_list_set_rr(node->records, front, count - 1 - i);

            (void)ldns_rr_list_set_rr(node->records, back, i);
        }
    }
}

struct resolver *fuzz_dns_resolver(struct fuzz_dns *dns)
{
    const struct resolver_settings settings = {.cache_bytes = CACHE_BYTES,
                                               .max_in_flight = IN_FLIGHT};
    const struct resolver_tuning tuning = resolver_tuning_defaults();
    struct fuzz_backend *backend = malloc(sizeof *backend);
    struct resolver *resolver = NULL;

    FUZZ_CHECK(backend != NULL);
    *backend = (struct fuzz_backend){{.start = start, .stop = stop}, dns};
    dns->asked = 0;
    dns->failures = 0;
    dns->secure = 0;
    FUZZ_CHECK(resolver_new_over(&settings, &tuning, &backend->backend, &resolver) == VOUCH_OK);
    return resolver;
}
