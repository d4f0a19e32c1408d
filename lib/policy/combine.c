/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/combine.h"

static const struct outcome *find(const struct outcome *outcomes, enum method method,
                                  enum identity identity)
{
    while (outcomes != NULL && (outcomes->method != method || outcomes->identity != identity))
        outcomes = outcomes->next;
    return outcomes;
}

static bool counts(const struct outcome *outcome, const struct vouch_config *config)
{
    return outcome != NULL && outcome->result != VOUCH_TEMPERROR &&
           !config_only_tells(config, outcome);
}

static bool fails(const struct outcome *outcome)
{
    return outcome->result == VOUCH_FAIL;
}

static bool passes(const struct outcome *outcome)
{
    return outcome->result == VOUCH_PASS;
}

bool combine_applies(const struct outcome *outcomes, const struct vouch_config *config,
                     struct combined *combined)
{
    const struct outcome *a = find(outcomes, METHOD_SENDER_ID, IDENTITY_PRA);
    const struct outcome *b = find(outcomes, METHOD_SPF, IDENTITY_MAILFROM);

    if (!counts(a, config) || !counts(b, config))
        return false;
    *combined = (struct combined){.pra = a, .mailfrom = b};
    switch (config->refuse_when) {
    case REFUSE_NEVER:
        return false;
    case REFUSE_BOTH_FAIL:
        return fails(a) && fails(b);
    case REFUSE_EITHER_FAILS:
        return fails(a) || fails(b);
    case REFUSE_NEITHER_PASSES:
        return !passes(a) && !passes(b);
    case REFUSE_EITHER_DOES_NOT_PASS:
        return !passes(a) || !passes(b);
    case REFUSE_ONE_FAILS_OTHER_DOES_NOT_PASS:
        return (fails(a) && !passes(b)) || (fails(b) && !passes(a));
    }
    return false;
}
