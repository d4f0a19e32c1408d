/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SENDER_H
#define VERIFY_SENDER_H

/* sender.h - can the reverse-path's domain take mail: does it have MX records (RFC 5321 5.1), or
 * does it say that it takes none (the null MX of RFC 7505)?
 *
 *     result     reason                  when
 *     pass       sender-mx               there are MX records
 *     fail       sender-null-mx          null MX: the domain takes no mail
 *     none       sender-no-mx            no MX record; whether there is an address instead, which
 *                                        RFC 5321 5.1 lets stand for one, is not asked
 *     none       sender-nxdomain         the domain does not exist
 *     none       sender-no-domain        what stands behind the '@' cannot be a domain name
 *     permerror  sender-address-literal  user@[192.0.2.1]
 *     temperror  sender-dns              DNS did not say
 *
 * The null reverse-path of bounces and a reverse-path without a domain have no result, nor has mail
 * from a client without an address: that is submitted locally.
 *
 * Properties: smtp.mailfrom. */

#include "lib/mail/path.h"
#include "lib/verify/verifier.h"

extern const struct verifier sender_verifier;

#endif
