/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_PUBLIC_KEY_H
#define VERIFY_PUBLIC_KEY_H

/* public_key.h - public keys as DNS has them. */

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>

/* The octets of BASE64, which has no white space, to OCTETS with room for SIZE; the padding may be
 * missing.  False: it is none. */
bool public_key_decode(const char *base64, unsigned char *octets, size_t size, size_t *length);

/* An RSA key from a SubjectPublicKeyInfo, or what RFC 6376 3.6.1 literally says, an RSAPublicKey.
 * NULL: neither.  Free with EVP_PKEY_free. */
EVP_PKEY *public_key_rsa(const unsigned char *octets, size_t length);

/* Whether OCTETS, LENGTH of them, are the RSASSA-PKCS1-v1_5 signature of KEY, an RSA key, over
 * HASH, which MD made. */
bool public_key_verifies_rsa(EVP_PKEY *key, const EVP_MD *md, const unsigned char *octets,
                             size_t length, const unsigned char *hash, size_t hash_length);

/* An Ed25519 key from its 32 octets (RFC 8463 4.2).  NULL: it is none. */
EVP_PKEY *public_key_ed25519(const unsigned char *octets, size_t length);

#endif
