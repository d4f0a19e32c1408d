/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef SIGN_SIGN_CHOICE_H
#define SIGN_SIGN_CHOICE_H

/* sign_choice.h - who signs a message: by its From field, for DomainKeys by its sending address
 * (RFC 4870 3.1). */

#include "lib/mail/header.h"
#include "lib/sign/settings.h"

/* Mark in CHOSEN which of SETTINGS, COUNT of them, sign a message with HEADERS: those whose domain
 * is an author's, or the closest one above it; none of DomainKeys where more than
 * DOMAINKEYS_NAMES_MAX fields were to be named, all of which RFC 4870 3.3 asks for.  *WHY says why
 * none does, static; NULL where the author is simply none of ours.  VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int sign_choose(struct arena *arena, const struct sign_settings *const *settings,
                                 size_t count, const struct header_list *headers, bool *chosen,
                                 const char **why);

#endif
