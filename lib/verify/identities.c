/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/identities.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/verify/tls.h"

/* What kind of name METHOD proves of IDENTITY, and whether that is one of several parts. */
static bool kind_of(const struct outcome *outcome, enum reputation_kind *kind)
{
    static const struct {
        enum method method;
        enum identity identity;
        bool is_part;
        enum reputation_kind kind;
    } table[] = {
        {METHOD_CSA, IDENTITY_NONE, false, REPUTATION_HELO},
        {METHOD_SPF, IDENTITY_HELO, false, REPUTATION_HELO},
        {METHOD_SPF, IDENTITY_MAILFROM, false, REPUTATION_MAILFROM},
        {METHOD_SENDER_ID, IDENTITY_PRA, false, REPUTATION_PRA},
        {METHOD_DKIM, IDENTITY_NONE, true, REPUTATION_SIGNER},
        {METHOD_DOMAINKEYS, IDENTITY_NONE, true, REPUTATION_SIGNER},
        {METHOD_TLS, IDENTITY_NONE, false, REPUTATION_ISSUER},
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (outcome->method != table[i].method || outcome->is_part != table[i].is_part ||
            (!table[i].is_part && outcome->identity != table[i].identity))
            continue;
        *kind = table[i].kind;
        return true;
    }
    return false;
}

/* SPF checks the HELO name in place of a null reverse-path (RFC 7208 2.4). */
static bool is_of_null_path(const struct outcome *outcome)
{
    if (outcome->method != METHOD_SPF || outcome->identity != IDENTITY_MAILFROM)
        return false;
    for (const struct property *p = outcome->properties; p != NULL; p = p->next)
        if (strcmp(p->name, "helo") == 0)
            return true;
    return false;
}

bool identities_proven(struct arena *arena, const struct outcome *outcome,
                       struct reputation_name *name)
{
    if (outcome->result != VOUCH_PASS || !kind_of(outcome, &name->kind))
        return false;
    if (is_of_null_path(outcome))
        name->kind = REPUTATION_HELO;
    name->name = name->kind == REPUTATION_ISSUER ? tls_issuer_key(arena, outcome) : outcome->domain;
    return name->name != NULL && name->name[0] != '\0';
}

enum vouch_stage identities_stage(enum reputation_kind kind)
{
    static const enum vouch_stage stages[REPUTATION_KIND_COUNT] = {
        [REPUTATION_HELO] = VOUCH_STAGE_HELO,   [REPUTATION_MAILFROM] = VOUCH_STAGE_MAIL,
        [REPUTATION_PRA] = VOUCH_STAGE_EOM,     [REPUTATION_SIGNER] = VOUCH_STAGE_EOM,
        [REPUTATION_ISSUER] = VOUCH_STAGE_MAIL,
    };

    return stages[kind];
}

static bool has(const struct reputation_name *names, size_t count,
                const struct reputation_name *name)
{
    for (size_t i = 0; i < count; i++)
        if (names[i].kind == name->kind && ascii_string_equal_fold(names[i].name, name->name))
            return true;
    return false;
}

size_t identities_find(struct arena *arena, const struct outcome *outcomes,
                       struct reputation_name names[IDENTITIES_MAX])
{
    size_t count = 0;

    for (; outcomes != NULL && count < IDENTITIES_MAX; outcomes = outcomes->next)
        if (identities_proven(arena, outcomes, &names[count]) && !has(names, count, &names[count]))
            count++;
    return count;
}
