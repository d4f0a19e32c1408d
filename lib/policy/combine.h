/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_COMBINE_H
#define POLICY_COMBINE_H

/* combine.h - SPF of the reverse-path and Sender ID of the PRA taken together (spec/senderid.md
 * 1.4). */

#include "lib/base/outcome.h"
#include "lib/policy/config.h"

/* The two of OUTCOMES that are combined. */
struct combined {
    const struct outcome *pra;
    const struct outcome *mailfrom;
};

/* Whether the two are what sender-id { refuse-when } speaks of.  Never when one of them is missing
 * or temperror, or is only told and not to count (use-spf1 = annotate). */
bool combine_applies(const struct outcome *outcomes, const struct vouch_config *config,
                     struct combined *combined);

#endif
