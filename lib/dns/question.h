/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_QUESTION_H
#define DNS_QUESTION_H

/* question.h - a question in the form in which tables find it.  Private to lib/dns. */

#include <stddef.h>
#include <stdint.h>

#include "lib/dns/answer.h"

enum { QUESTION_SECRET_SIZE = 16, QUESTION_KEY_MAX = DNS_NAME_MAX + 2 };

/* Two questions are the same when their keys are: the name in lower case, then the type. */
struct question {
    uint64_t hash; /* SipHash of the key with a secret: names are attacker-chosen */
    size_t key_length;
    uint8_t key[QUESTION_KEY_MAX];
};

void question_make(const struct dns_name *name, enum dns_type type,
                   const uint8_t secret[QUESTION_SECRET_SIZE], struct question *question);

#endif
