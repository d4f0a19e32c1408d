/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_UNBOUND_CONTEXT_H
#define DNS_UNBOUND_CONTEXT_H

/* unbound_context.h - libunbound set up the way Vouch needs it.  Private to lib/dns. */

#include "lib/dns/backend.h"

struct ub_ctx;

/* A context with every setting made, that forwards to the nameservers of SETTINGS and validates
 * beginning with the keys in the file TRUST_ANCHOR, or not at all when that is NULL.  Errors as
 * resolver_new.  Free with unbound_context_free. */
VOUCH_MUST_CHECK int unbound_context_new(const struct resolver_settings *settings,
                                         const char *trust_anchor, struct ub_ctx **context);

/* Wait for libunbound's thread, not for answers, and free. */
void unbound_context_free(struct ub_ctx *context);

/* Start libunbound's thread, which inherits the caller's signal mask. */
VOUCH_MUST_CHECK int unbound_context_start(struct ub_ctx *context);

#endif
