/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef REPORT_DOMAINKEY_STATUS_H
#define REPORT_DOMAINKEY_STATUS_H

/* domainkey_status.h - the DomainKey-Status field of RFC 4870 3.8, for those who still look at it.
 */

#include "lib/base/outcome.h"

#define DOMAINKEY_STATUS_FIELD "DomainKey-Status"

/* What the field says of a message with OUTCOMES: "good", "no signature", ...  Static.  NULL: there
 * is nothing that RFC 4870 has a word for, as when DNS did not tell. */
const char *domainkey_status(const struct outcome *outcomes);

#endif
