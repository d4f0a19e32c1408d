/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/csa_parents.h"

#include "lib/verify/csa_record.h"

struct csa_search csa_search_for(enum ip_family family)
{
    static const struct csa_search name = {.first = 2, .step = 1, .limit = 5};
    static const struct csa_search ipv4 = {.first = 3, .step = 1, .limit = 3};
    static const struct csa_search ipv6 = {.first = 6, .step = 4, .limit = 3};

    if (family == IP_NONE)
        return name;
    return family == IP_V4 ? ipv4 : ipv6;
}

/* The name of the record of NAME's INDEXth parent.  False: there is no such parent. */
static bool parent_record_name(const struct dns_name *name, struct csa_search search,
                               unsigned index, struct dns_name *parent,
                               struct dns_name *record_name)
{
    unsigned labels = search.first + index * search.step;

    if (index >= search.limit || labels >= dns_name_labels(name))
        return false;
    dns_name_suffix(name, labels, parent);
    return csa_record_name(parent, record_name) == VOUCH_OK;
}

/* All parents are asked at once.  Hardly any domain of the world asserts anything, so each of these
 * questions would be asked anyway, one after another; this way the search takes one round trip
 * instead of up to five.  An assertion found early costs at most four questions that were not
 * needed, and those answers are cached. */
static void prefetch_parents(const struct check *check, const struct dns_name *name,
                             struct csa_search search)
{
    struct dns_name parent;
    struct dns_name record_name;

    for (unsigned i = 0; parent_record_name(name, search, i, &parent, &record_name); i++)
        check_prefetch(check, &record_name, DNS_SRV);
}

bool csa_domain_is_missing(const struct dns_answer *answer)
{
    return answer->status == DNS_NXDOMAIN && answer->has_soa &&
           dns_name_labels(&answer->soa_owner) <= 1;
}

/* What a parent's ANSWER says.  True: the search ends, OUTCOME is set. */
static bool parent_decides(struct outcome *outcome, const struct dns_answer *answer,
                           const struct dns_name *parent)
{
    char text[DNS_NAME_TEXT_SIZE];

    (void)dns_name_format(parent, text);
    if (answer->status == DNS_FAILURE) {
        csa_defer(outcome, answer);
        check_rule(outcome, "csv 4: what %s asserts is not known", text);
        return true;
    }
    if (answer->status == DNS_RECORDS && csa_records_assert_explicit(answer)) {
        outcome_set(outcome, VOUCH_FAIL, REASON_CSA_EXPLICIT);
        check_detail(outcome, "by %s", text);
        check_rule(outcome, "csv 2.2: %s requires a record of every client below it", text);
        return true;
    }
    check_rule(outcome, "csv 4: %s asserts nothing", text);
    return false;
}

void csa_search_parents(const struct check *check, struct outcome *outcome,
                        const struct dns_name *name, struct csa_search search)
{
    struct dns_name parent;
    struct dns_name record_name;

    prefetch_parents(check, name, search);
    for (unsigned i = 0; parent_record_name(name, search, i, &parent, &record_name); i++) {
        const struct dns_answer *answer = check_query(check, outcome, &record_name, DNS_SRV, NULL);

        if (parent_decides(outcome, answer, &parent))
            return;
    }
    outcome_set(outcome, VOUCH_NONE, REASON_CSA_UNKNOWN);
}
