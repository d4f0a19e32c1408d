/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/domainkey_status.h"

static const char *status_of(const struct outcome *outcome)
{
    switch (outcome->reason) {
    case REASON_DOMAINKEYS_NO_SIGNATURE:
    case REASON_DOMAINKEYS_UNSIGNED:
        return "no signature";
    case REASON_DOMAINKEYS_NO_KEY:
        return "no key";
    case REASON_DOMAINKEYS_KEY_REVOKED:
        return "revoked";
    case REASON_DOMAINKEYS_SYNTAX:
    case REASON_DOMAINKEYS_KEY_SYNTAX:
    case REASON_DOMAINKEYS_NO_SENDER:
        return "bad format";
    default:
        return outcome->result == VOUCH_PASS ? "good" : "bad";
    }
}

const char *domainkey_status(const struct outcome *outcomes)
{
    for (const struct outcome *o = outcomes; o != NULL; o = o->next)
        if (o->method == METHOD_DOMAINKEYS && !o->is_part)
            return o->result != VOUCH_TEMPERROR ? status_of(o) : NULL;
    return NULL;
}
