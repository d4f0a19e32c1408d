/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_SECURITY_H
#define BASE_SECURITY_H

/* security.h - the security status of what DNS said (RFC 4033 5, RFC 4035 4.3). */

enum dns_security {
    DNS_UNASKED,       /* DNS was not asked */
    DNS_INDETERMINATE, /* not validated */
    DNS_INSECURE,      /* validated, as far as its zone is signed: not at all */
    DNS_SECURE,        /* signed and valid */
    DNS_BOGUS          /* signed, or meant to be, and not valid */
};

/* "", "indeterminate", "insecure", "secure", "bogus".  Never NULL; static. */
const char *dns_security_word(enum dns_security security);

/* What can be said of a conclusion from A and B: secure only where both are. */
enum dns_security dns_security_of_both(enum dns_security a, enum dns_security b);

#endif
