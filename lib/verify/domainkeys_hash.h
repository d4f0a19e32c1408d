/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DOMAINKEYS_HASH_H
#define VERIFY_DOMAINKEYS_HASH_H

/* domainkeys_hash.h - what a DomainKeys signature is made over (RFC 4870 3.4.2), in one pass: the
 * header fields below it, an empty line, and the body, hashed together. */

#include "lib/mail/header.h"
#include "lib/verify/domainkeys_signature.h"

enum { DOMAINKEYS_HASH_SIZE = 20 }; /* SHA-1 */

struct domainkeys_hash;

/* Whether OpenSSL lets us use SHA-1, as its configuration may forbid. */
bool domainkeys_hash_is_allowed(void);

/* A hash that goes to nobody yet, or NULL: no memory, or no SHA-1.  NOFWS: the canonicalization. */
struct domainkeys_hash *domainkeys_hash_new(bool nofws);
void domainkeys_hash_free(struct domainkeys_hash *hash);

/* One header field, folded by LF or CRLF. */
void domainkeys_hash_field(struct domainkeys_hash *hash, const struct header_field *field);

/* All fields below that of SIGNATURE which it covers, in the order of its h= (RFC 4870 3.3). False:
 * no memory. */
bool domainkeys_hash_header(struct domainkeys_hash *hash,
                            const struct domainkeys_signature *signature);

/* The next octets of the body, cut anywhere; its lines end in CRLF. */
void domainkeys_hash_body(struct domainkeys_hash *hash, const void *octets, size_t length);

/* After the last octet.  False: OpenSSL failed. */
bool domainkeys_hash_end(struct domainkeys_hash *hash, unsigned char octets[DOMAINKEYS_HASH_SIZE]);

#endif
