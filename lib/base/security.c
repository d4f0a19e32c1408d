/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/security.h"

const char *dns_security_word(enum dns_security security)
{
    static const char *const words[] = {
        [DNS_UNASKED] = "",          [DNS_INDETERMINATE] = "indeterminate",
        [DNS_INSECURE] = "insecure", [DNS_SECURE] = "secure",
        [DNS_BOGUS] = "bogus",
    };

    return words[security];
}

enum dns_security dns_security_of_both(enum dns_security a, enum dns_security b)
{
    if (a == DNS_UNASKED || b == DNS_UNASKED)
        return a == DNS_UNASKED ? b : a;
    if (a == DNS_BOGUS || b == DNS_BOGUS)
        return DNS_BOGUS;
    return a < b ? a : b;
}
