/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/scenarios/questions.h"

#include <stdio.h>
#include <string.h>

enum { QUESTIONS_MAX = 512 };

static struct {
    struct dns_name name;
    enum dns_type type;
} questions[QUESTIONS_MAX];
static unsigned question_count;

const struct dns_answer *__real_resolver_query(struct resolver *resolver, struct budget *budget,
                                               const struct dns_name *name, enum dns_type type,
                                               nanoseconds *asked, nanoseconds *took);
void __real_resolver_prefetch(struct resolver *resolver, struct budget *budget,
                              const struct dns_name *name, enum dns_type type);
const struct dns_answer *__wrap_resolver_query(struct resolver *resolver, struct budget *budget,
                                               const struct dns_name *name, enum dns_type type,
                                               nanoseconds *asked, nanoseconds *took);
void __wrap_resolver_prefetch(struct resolver *resolver, struct budget *budget,
                              const struct dns_name *name, enum dns_type type);

static bool is_noted(const struct dns_name *name, enum dns_type type)
{
    for (unsigned i = 0; i < question_count; i++) {
        if (questions[i].type == type && dns_name_equal(&questions[i].name, name))
            return true;
    }
    return false;
}

static void note(const struct dns_name *name, enum dns_type type)
{
    if (is_noted(name, type) || question_count == QUESTIONS_MAX)
        return;
    questions[question_count].name = *name;
    questions[question_count++].type = type;
}

const struct dns_answer *__wrap_resolver_query(struct resolver *resolver, struct budget *budget,
                                               const struct dns_name *name, enum dns_type type,
                                               nanoseconds *asked, nanoseconds *took)
{
    note(name, type);
    return __real_resolver_query(resolver, budget, name, type, asked, took);
}

void __wrap_resolver_prefetch(struct resolver *resolver, struct budget *budget,
                              const struct dns_name *name, enum dns_type type)
{
    note(name, type);
    __real_resolver_prefetch(resolver, budget, name, type);
}

void questions_clear(void)
{
    question_count = 0;
}

unsigned questions_count(void)
{
    return question_count;
}

bool questions_asked(const char *name, const char *type)
{
    struct dns_name wanted;

    if (dns_name_from_text(name, strlen(name), &wanted) != VOUCH_OK)
        return false;
    for (unsigned i = 0; i < question_count; i++) {
        if (!dns_name_equal(&questions[i].name, &wanted))
            continue;
        if (strcmp(type, "ANY") == 0 || strcmp(type, dns_type_name(questions[i].type)) == 0)
            return true;
    }
    return false;
}

void questions_print(void)
{
    char name[DNS_NAME_TEXT_SIZE];

    for (unsigned i = 0; i < question_count; i++)
        printf("#   asked %s %s\n", dns_type_name(questions[i].type),
               dns_name_format(&questions[i].name, name));
}
