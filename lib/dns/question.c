/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/question.h"

#include <sodium.h>
#include <string.h>

#include "lib/base/ascii.h"

_Static_assert(QUESTION_SECRET_SIZE == crypto_shorthash_KEYBYTES, "SipHash key");
_Static_assert(sizeof(uint64_t) == crypto_shorthash_BYTES, "SipHash output");

void question_make(const struct dns_name *name, enum dns_type type,
                   const uint8_t secret[QUESTION_SECRET_SIZE], struct question *question)
{
    uint8_t hash[crypto_shorthash_BYTES];

    for (size_t i = 0; i < name->length; i++)
        question->key[i] = (uint8_t)ascii_lower((char)name->wire[i]);
    question->key[name->length] = (uint8_t)((unsigned)type >> 8);
    question->key[name->length + 1] = (uint8_t)type;
    question->key_length = (size_t)name->length + 2;
    crypto_shorthash(hash, question->key, question->key_length, secret);
    memcpy(&question->hash, hash, sizeof question->hash);
}
