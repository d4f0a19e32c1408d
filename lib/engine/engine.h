/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

/* engine.h - making an engine over a resolver of the caller's: for tests, fuzzers and replay. */

#include "lib/dns/resolver.h"
#include "lib/policy/config.h"
#include "lib/vouch.h"

/* Like vouch_engine_new, but over RESOLVER (a reference is kept). */
VOUCH_MUST_CHECK int engine_new_with(struct vouch_config *config, struct resolver *resolver,
                                     struct vouch_engine **engine);

#endif
