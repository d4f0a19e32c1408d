/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dna_codes.h"

#include <string.h>

static bool is_quota(const uint8_t *octets)
{
    if (octets[1] == 255 && octets[2] == 255)
        return true;
    return octets[1] == 0 && octets[2] == 0 && (octets[3] == 255 || octets[3] == 1);
}

static void add(struct dna_codes *codes, const struct ip *code)
{
    size_t at = 0;

    while (at < codes->count && memcmp(codes->code[at].octets, code->octets, 4) < 0)
        at++;
    if (at == DNA_CODES_MAX || (at < codes->count && ip_equal(&codes->code[at], code)))
        return;
    if (codes->count < DNA_CODES_MAX)
        codes->count++;
    for (size_t i = codes->count - 1; i > at; i--)
        codes->code[i] = codes->code[i - 1];
    codes->code[at] = *code;
}

struct dna_codes dna_codes_read(const struct dns_answer *answer)
{
    struct dna_codes codes = {.quota = {.family = IP_NONE}};

    for (size_t i = 0; i < answer->record_count; i++) {
        const struct ip *code = &answer->records[i].address;

        if (code->octets[0] != 127)
            continue;
        if (!is_quota(code->octets))
            add(&codes, code);
        else if (codes.quota.family == IP_NONE || memcmp(code->octets, codes.quota.octets, 4) < 0)
            codes.quota = *code;
    }
    return codes;
}
