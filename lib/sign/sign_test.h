/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef SIGN_SIGN_TEST_H
#define SIGN_SIGN_TEST_H

/* sign_test.h - whether DNS has the public half of a key that we sign with. */

#include "lib/base/text.h"
#include "lib/dns/answer.h"
#include "lib/sign/settings.h"

/* The name that SETTINGS' public key is at.  False: selector and domain are too long for one. */
bool sign_test_name(struct arena *arena, const struct sign_settings *settings,
                    struct dns_name *name);

/* Whether a verifier that gets ANSWER to the TXT question for that name can verify our signatures;
 * TEXT tells it in words, safe to print. */
bool sign_test(const struct sign_settings *settings, const struct dns_answer *answer,
               struct text *text);

#endif
