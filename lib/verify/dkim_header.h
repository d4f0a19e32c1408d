/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DKIM_HEADER_H
#define VERIFY_DKIM_HEADER_H

/* dkim_header.h - the header as a DKIM signature signs it (RFC 6376 3.4.1, 3.4.2, 3.7), and whether
 * the signature over it is that of a key. */

#include "lib/mail/header.h"
#include "lib/verify/dkim_key.h"
#include "lib/verify/dkim_signature.h"

enum { DKIM_HASH_MAX = 32 };

/* The hash of the fields of HEADERS that SIGNATURE's h= selects, and of its own field without the
 * value of b=.  *LENGTH is how long it is.  False: no memory, or OpenSSL has no such hash. */
bool dkim_header_hash(const struct header_list *headers, const struct dkim_signature *signature,
                      unsigned char hash[DKIM_HASH_MAX], size_t *length);

/* Whether the b= of SIGNATURE is KEY's signature of HASH. */
bool dkim_header_verify(const struct dkim_signature *signature, const struct dkim_key *key,
                        const unsigned char *hash, size_t length);

#endif
