/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/dns/answer.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "lib/dns/answer_new.h"

enum { FAILURE_COUNT = DNS_FAILURE_SYSTEM + 1, WHY_MAX = 300 };

struct block {
    struct dns_answer answer; /* first: a pointer to it is a pointer to the block */
    atomic_uint references;
    size_t size; /* 0: static, not counted */
    struct dns_record records[];
};

#define STATIC_FAILURE(code)                                                                       \
    [code] = {.answer = {.status = DNS_FAILURE,                                                    \
                         .failure = (code),                                                        \
                         .security = DNS_INDETERMINATE,                                            \
                         .why = "",                                                                \
                         .name = {.length = 1}}}

/* Only ever read. */
static struct block static_failures[FAILURE_COUNT] = {
    STATIC_FAILURE(DNS_FAILURE_TIMEOUT),   STATIC_FAILURE(DNS_FAILURE_SERVFAIL),
    STATIC_FAILURE(DNS_FAILURE_REFUSED),   STATIC_FAILURE(DNS_FAILURE_BOGUS),
    STATIC_FAILURE(DNS_FAILURE_MALFORMED), STATIC_FAILURE(DNS_FAILURE_BUDGET),
    STATIC_FAILURE(DNS_FAILURE_OVERLOAD),  STATIC_FAILURE(DNS_FAILURE_SYSTEM)};

struct dns_answer *dns_answer_static(enum dns_failure failure)
{
    return &static_failures[failure].answer;
}

static struct block *block_of(struct dns_answer *answer)
{
    return (struct block *)answer;
}

struct dns_answer *dns_answer_new(const struct dns_name *name, enum dns_type type, size_t count,
                                  size_t octets, struct dns_record **records, uint8_t **data)
{
    size_t size = sizeof(struct block) + count * sizeof(struct dns_record) + octets;
    struct block *block = malloc(size);

    if (block == NULL)
        return NULL;
    atomic_init(&block->references, 1);
    block->size = size;
    block->answer = (struct dns_answer){.status = DNS_NODATA,
                                        .security = DNS_INDETERMINATE,
                                        .why = "",
                                        .type = type,
                                        .name = *name,
                                        .soa_owner = {.length = 1},
                                        .record_count = count,
                                        .records = block->records};
    *records = block->records;
    *data = (uint8_t *)(block->records + count);
    return &block->answer;
}

struct dns_answer *dns_answer_failure(const struct dns_name *name, enum dns_type type,
                                      enum dns_failure failure)
{
    struct dns_record *records;
    uint8_t *data;
    struct dns_answer *answer = dns_answer_new(name, type, 0, 0, &records, &data);

    if (answer == NULL)
        return dns_answer_static(DNS_FAILURE_SYSTEM);
    answer->status = DNS_FAILURE;
    answer->failure = failure;
    return answer;
}

struct dns_answer *dns_answer_bogus(const struct dns_name *name, enum dns_type type,
                                    const char *why)
{
    size_t length = why != NULL ? strnlen(why, WHY_MAX) : 0;
    struct dns_record *records;
    uint8_t *data;
    struct dns_answer *answer = dns_answer_new(name, type, 0, length + 1, &records, &data);

    if (answer == NULL)
        return dns_answer_static(DNS_FAILURE_BOGUS);
    if (length > 0)
        memcpy(data, why, length);
    data[length] = '\0';
    answer->status = DNS_FAILURE;
    answer->failure = DNS_FAILURE_BOGUS;
    answer->security = DNS_BOGUS;
    answer->why = (const char *)data;
    return answer;
}

struct dns_answer *dns_answer_hold(struct dns_answer *answer)
{
    struct block *block = block_of(answer);

    if (block->size != 0)
        atomic_fetch_add_explicit(&block->references, 1, memory_order_relaxed);
    return answer;
}

void dns_answer_release(struct dns_answer *answer)
{
    struct block *block = block_of(answer);

    if (answer == NULL || block->size == 0)
        return;
    if (atomic_fetch_sub_explicit(&block->references, 1, memory_order_acq_rel) == 1)
        free(block);
}

size_t dns_answer_size(const struct dns_answer *answer)
{
    return ((const struct block *)answer)->size;
}

bool dns_answer_has_address(const struct dns_answer *answer, const struct ip *ip)
{
    if (answer->type != DNS_A && answer->type != DNS_AAAA)
        return false;
    for (size_t i = 0; i < answer->record_count; i++)
        if (ip_equal(&answer->records[i].address, ip))
            return true;
    return false;
}
