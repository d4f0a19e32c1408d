/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DKIM_BODY_H
#define VERIFY_DKIM_BODY_H

/* dkim_body.h - the body hashes of DKIM signatures (RFC 6376 3.4.3 to 3.4.5), in one pass.
 *
 * Hashed for every signature, for what an administrator wants to know of one that does not verify
 * is whether the body was changed. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/verify/dkim_signature.h"

struct dkim_body;

/* What a signature's body came to. */
struct dkim_body_hash {
    uint8_t octets[32];
    size_t length;      /* of the hash: 20 or 32 */
    uint64_t body_size; /* octets of the canonicalized body */
};

/* A body nobody asks the hash of yet, or NULL: no memory. */
struct dkim_body *dkim_body_new(void);
void dkim_body_free(struct dkim_body *body);

/* Before the first octet: SIGNATURE's hash will be wanted.  Those that hash alike share the work.
 * False: no memory, or OpenSSL has no such hash. */
bool dkim_body_want(struct dkim_body *body, const struct dkim_signature *signature);

/* The next octets, cut anywhere. */
void dkim_body_octets(struct dkim_body *body, const void *octets, size_t length);

/* After the last octet; may be called again. */
void dkim_body_end(struct dkim_body *body);

/* SIGNATURE's hash.  False: it was not wanted. */
bool dkim_body_hash(const struct dkim_body *body, const struct dkim_signature *signature,
                    struct dkim_body_hash *hash);

#endif
