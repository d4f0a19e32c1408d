/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_ANSWER_NEW_H
#define DNS_ANSWER_NEW_H

/* answer_new.h - how lib/dns makes an answer.  Private to lib/dns. */

#include "lib/dns/answer.h"

/* A new answer with status NODATA, room for COUNT records and OCTETS octets behind them, in one
 * block.  The caller fills in the rest before anyone else sees it.  NULL: no memory. */
struct dns_answer *dns_answer_new(const struct dns_name *name, enum dns_type type, size_t count,
                                  size_t octets, struct dns_record **records, uint8_t **data);

/* The static answer with FAILURE and no name, for when there is no memory for a real one. */
struct dns_answer *dns_answer_static(enum dns_failure failure);

#endif
