/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_IDENTITIES_H
#define VERIFY_IDENTITIES_H

/* identities.h - the names that answer for a message, as far as they are proven.
 *
 *     kind      from                           stage
 *     helo      csa, spf of the HELO name      HELO
 *     mailfrom  spf of the reverse-path        MAIL
 *     issuer    tls, as tls_issuer_key() says  MAIL
 *     pra       sender-id of the PRA           EOM
 *     signer    each dkim and domainkeys       EOM
 *               signature
 *
 * Only `pass` proves anything.  What another said of the same name under another method counts
 * once. */

#include "lib/base/outcome.h"
#include "lib/reputation/reputation.h"

/* Of a message; what is beyond is left out. */
enum { IDENTITIES_MAX = 24 };

/* The name that OUTCOME proves; what has to be made for it comes from ARENA.  False: none, or no
 * memory. */
bool identities_proven(struct arena *arena, const struct outcome *outcome,
                       struct reputation_name *name);

/* The stage at which names of KIND are complete. */
enum vouch_stage identities_stage(enum reputation_kind kind);

/* All names that OUTCOMES prove, each once.  Returns how many. */
size_t identities_find(struct arena *arena, const struct outcome *outcomes,
                       struct reputation_name names[IDENTITIES_MAX]);

#endif
