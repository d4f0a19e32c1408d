/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna_services.h"

unsigned dna_names_of(const struct dns_name *name, struct dns_name names[DNA_NAMES_MAX])
{
    unsigned labels = dns_name_labels(name);
    unsigned count = 0;

    names[count++] = *name;
    if (labels > DNA_NAMES_MAX + 1)
        labels = DNA_NAMES_MAX + 1;
    while (--labels >= 2 && count < DNA_NAMES_MAX)
        dns_name_suffix(name, labels, &names[count++]);
    return count;
}

/* False: NAME is too long to have such records. */
static bool services_name(const struct dns_name *name, struct dns_name *at)
{
    return dns_name_prepend("_vouch._smtp", name, at) == VOUCH_OK;
}

void dna_services_prefetch(const struct check *check, const struct dns_name *name)
{
    struct dns_name names[DNA_NAMES_MAX];
    unsigned count = dna_names_of(name, names);
    struct dns_name at;

    for (unsigned i = 0; i < count; i++)
        if (services_name(&names[i], &at))
            check_prefetch(check, &at, DNS_PTR);
}

/* Whether the search ends with ANSWER. */
static bool is_last(struct outcome *outcome, const struct dns_answer *answer,
                    struct dna_services *services)
{
    if (answer->status == DNS_FAILURE) {
        services->failed = true;
        check_rule(outcome, "csv 8: which services the name names is not known");
        return true;
    }
    if (answer->status != DNS_RECORDS)
        return false;
    if (answer->record_count > DNA_SERVICE_RECORDS_MAX) {
        check_rule(outcome, "csv 8: more than %d services, none is used", DNA_SERVICE_RECORDS_MAX);
        return true;
    }
    services->answer = answer;
    check_rule(outcome, "csv 8: the services that the name names");
    return true;
}

struct dna_services dna_services_find(const struct check *check, struct outcome *outcome,
                                      const struct dns_name *name)
{
    struct dna_services services = {.answer = NULL};
    struct dns_name names[DNA_NAMES_MAX];
    unsigned count = dna_names_of(name, names);
    struct dns_name at;

    for (unsigned i = 0; i < count; i++)
        if (services_name(&names[i], &at) &&
            is_last(outcome, check_query(check, outcome, &at, DNS_PTR, NULL), &services))
            break;
    return services;
}

bool dna_services_has(const struct dna_services *services, const struct dns_name *service)
{
    for (size_t i = 0; services->answer != NULL && i < services->answer->record_count; i++)
        if (dns_name_equal(&services->answer->records[i].ptr, service))
            return true;
    return false;
}
