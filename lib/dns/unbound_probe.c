/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/unbound_probe.h"

#include <ldns/ldns.h>
#include <unbound.h>

#define AGAIN_UNANSWERED (10 * NANOSECONDS_PER_SECOND)
#define AGAIN_ANSWERED   (600 * NANOSECONDS_PER_SECOND)

enum { CLASS_IN = 1 };

static void conclude(struct unbound_probe *probe, enum vouch_dnssec found)
{
    probe->asking = false;
    probe->has_answered = true;
    atomic_store(&probe->found, (int)found);
    probe->next = found == VOUCH_DNSSEC_ON ? 0 : clock_now() + AGAIN_ANSWERED;
}

static void try_again(struct unbound_probe *probe)
{
    probe->asking = false;
    probe->next = clock_now() + AGAIN_UNANSWERED;
}

static bool holds_signature(const ldns_pkt *packet)
{
    const ldns_rr_list *records = ldns_pkt_answer(packet);

    for (size_t i = 0; i < ldns_rr_list_rr_count(records); i++)
        if (ldns_rr_get_type(ldns_rr_list_rr(records, i)) == LDNS_RR_TYPE_RRSIG)
            return true;
    return false;
}

/* The answer without validation.  libunbound says SERVFAIL also when nobody answered. */
static void look(void *argument, int error, struct ub_result *result)
{
    struct unbound_probe *probe = argument;
    ldns_pkt *packet = NULL;

    if (error != UB_NOERROR || result->answer_packet == NULL ||
        ldns_wire2pkt(&packet, result->answer_packet, (size_t)result->answer_len) !=
            LDNS_STATUS_OK ||
        ldns_pkt_get_rcode(packet) == LDNS_RCODE_SERVFAIL)
        try_again(probe);
    else
        conclude(probe, holds_signature(packet) ? VOUCH_DNSSEC_UNTRUSTED : VOUCH_DNSSEC_STRIPPED);
    ldns_pkt_free(packet);
    ub_resolve_free(result);
}

/* The answer with validation. */
static void judge(void *argument, int error, struct ub_result *result)
{
    struct unbound_probe *probe = argument;

    if (error == UB_NOERROR && result->secure && result->havedata)
        conclude(probe, VOUCH_DNSSEC_ON);
    else if (ub_resolve_async(probe->plain, probe->zone, LDNS_RR_TYPE_DNSKEY, CLASS_IN, probe, look,
                              NULL) != UB_NOERROR)
        try_again(probe);
    ub_resolve_free(result);
}

static void ask(struct unbound_probe *probe)
{
    probe->asking = true;
    if (ub_resolve_async(probe->validating, probe->zone, LDNS_RR_TYPE_DNSKEY, CLASS_IN, probe,
                         judge, NULL) != UB_NOERROR)
        try_again(probe);
}

void unbound_probe_begin(struct unbound_probe *probe, struct ub_ctx *plain,
                         struct ub_ctx *validating, const struct dns_name *zone)
{
    probe->plain = plain;
    probe->validating = validating;
    (void)dns_name_format(zone, probe->zone);
    atomic_store(&probe->found, VOUCH_DNSSEC_PROBING);
    ask(probe);
}

void unbound_probe_continue(struct unbound_probe *probe, nanoseconds now)
{
    if (!probe->asking && probe->next != 0 && now >= probe->next)
        ask(probe);
}

enum vouch_dnssec unbound_probe_found(const struct unbound_probe *probe)
{
    return (enum vouch_dnssec)atomic_load(&probe->found);
}
