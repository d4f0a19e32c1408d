/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* In place of spf_libspf2.c in a build --without-libspf2. */
#include "lib/verify/spf_libspf2.h"

bool spf_libspf2_is_built(void)
{
    return false;
}

struct spf_opinion spf_libspf2_ask(const struct check *check, const struct dns_name *domain)
{
    (void)check;
    (void)domain;
    return (struct spf_opinion){.missing = "it is not part of this build"};
}
