/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/csa_record.h"

enum { CSA_VERSION = 1 };

enum { /* bits of the weight, spec/csv.md 2.1 */
       WEIGHT_IGNORE_TARGET = 1,
       WEIGHT_AUTHORIZED = 2
};

enum { /* bits of the port, spec/csv.md 2.2; unknown ones are ignored */
       PORT_EXPLICIT = 1
};

int csa_record_name(const struct dns_name *name, struct dns_name *record_name)
{
    return dns_name_prepend("_client._smtp", name, record_name);
}

static void read_known(struct csa_records *records, const struct dns_record *record,
                       struct outcome *outcome)
{
    unsigned weight = record->srv.weight;
    char target[DNS_NAME_TEXT_SIZE];

    records->any = true;
    (void)dns_name_format(&record->srv.target, target);
    if ((weight & WEIGHT_AUTHORIZED) == 0) {
        records->denied = true;
        check_rule(outcome, "csv 2.1: weight %u, not authorized", weight);
    } else if ((weight & WEIGHT_IGNORE_TARGET) != 0) {
        records->ignores_target = true;
        check_rule(outcome, "csv 2.1: weight %u, authorized but not by the target", weight);
    } else if (dns_name_is_root(&record->srv.target)) {
        check_rule(outcome, "csv 3: weight %u, authorized but target . has no addresses", weight);
    } else {
        records->target[records->targets++] = &record->srv.target;
        check_rule(outcome, "csv 2.1: weight %u, authorized with the addresses of %s", weight,
                   target);
    }
}

struct csa_records csa_records_read(const struct dns_answer *answer, struct outcome *outcome)
{
    struct csa_records records = {.any = false};

    for (size_t i = 0; i < answer->record_count && i < CSA_RECORDS_MAX; i++) {
        const struct dns_record *record = &answer->records[i];

        if (record->srv.priority != CSA_VERSION)
            check_rule(outcome, "csv 2: priority %u, unknown version, record skipped",
                       record->srv.priority);
        else if ((record->srv.weight & ~(WEIGHT_AUTHORIZED | WEIGHT_IGNORE_TARGET)) != 0)
            check_rule(outcome, "csv 2.1: weight %u has unknown bits, record skipped",
                       record->srv.weight);
        else
            read_known(&records, record, outcome);
    }
    return records;
}

void csa_defer(struct outcome *outcome, const struct dns_answer *answer)
{
    char name[DNS_NAME_TEXT_SIZE];

    check_detail(outcome, "%s: %s", dns_name_format(&answer->name, name),
                 dns_failure_text(answer->failure));
    check_temperror(outcome, REASON_CSA_DEFER_SRV);
}

bool csa_records_assert_explicit(const struct dns_answer *answer)
{
    for (size_t i = 0; i < answer->record_count; i++) {
        const struct dns_record *record = &answer->records[i];

        if (record->srv.priority == CSA_VERSION && (record->srv.port & PORT_EXPLICIT) != 0)
            return true;
    }
    return false;
}
