/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SPF_LIBSPF2_H
#define VERIFY_SPF_LIBSPF2_H

/* spf_libspf2.h - what libspf2 makes of a check that our engine has done.
 *
 * libspf2 reads what strangers publish, and Debian's has known holes (one TXT record ends the
 * process, CVE-2023-42118; long records lose their tail; every include begins a new limit of
 * lookups).  So it is fenced: it is given only records that our parser accepted, that hold no macro
 * and that fit into its buffers; its questions are answered from our resolver and counted; and at
 * the first thing that is not so it has no opinion. */

#include "lib/verify/verifier.h"

/* Whether libspf2 is part of this build. */
bool spf_libspf2_is_built(void);

struct spf_opinion {
    const char *missing; /* why there is none; static.  NULL: there is one */
    enum vouch_result result;
};

/* Ask about DOMAIN and the client of CHECK.  What our engine asked of DNS is not asked again. */
struct spf_opinion spf_libspf2_ask(const struct check *check, const struct dns_name *domain);

#endif
