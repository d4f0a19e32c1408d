/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef SIGN_SIGN_KEY_H
#define SIGN_SIGN_KEY_H

/* sign_key.h - private keys to sign with: RSA, and Ed25519 (RFC 8463). */

#include <openssl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "lib/vouch.h"

/* RFC 8301 3.2: signers use at least 1024 bits; larger ones than 4096 hardly anybody verifies. */
enum { SIGN_KEY_BITS_MIN = 1024, SIGN_KEY_BITS_MAX = 4096 };

enum { SIGN_KEY_SIGNATURE_MAX = SIGN_KEY_BITS_MAX / 8 }; /* octets */

struct sign_key;

/* Read the PEM file PATH.  READER is whom it must belong to, for he reads it again when the
 * configuration is loaded again, and nobody else should; (uid_t)-1: not known.  VOUCH_ERROR_SYSTEM,
 * VOUCH_ERROR_SYNTAX, VOUCH_ERROR_RANGE: *PROBLEM is what is wrong with the file, static and worded
 * to follow its name: others may read it, it holds no such key, the key is too short.
 * VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int sign_key_load(const char *path, uid_t reader, struct sign_key **key,
                                   const char **problem);

/* Make a new one: Ed25519, or RSA of BITS.  VOUCH_ERROR_RANGE: not so many bits.
 * VOUCH_ERROR_SYSTEM: OpenSSL failed. */
VOUCH_MUST_CHECK int sign_key_new(bool ed25519, unsigned bits, struct sign_key **key);
/* One more reference, by the thread that made the key; each is given back with sign_key_free, which
 * takes NULL, too. */
struct sign_key *sign_key_hold(struct sign_key *key);
void sign_key_free(struct sign_key *key);

bool sign_key_is_ed25519(const struct sign_key *key);
unsigned sign_key_bits(const struct sign_key *key);

/* Whether PUBLIC_KEY is the public half of KEY. */
bool sign_key_fits(const struct sign_key *key, const EVP_PKEY *public_key);

/* What DNS needs at SELECTOR._domainkey.DOMAIN, "v=DKIM1; k=rsa; p=...", which the caller frees;
 * NULL: no memory. */
char *sign_key_record(const struct sign_key *key);

/* The key as a PEM file (PKCS #8), which the caller frees; NULL: no memory.  It ends with a NUL. */
char *sign_key_pem(const struct sign_key *key);

/* What was hashed. */
enum sign_hash { SIGN_SHA1, SIGN_SHA256 };

/* Sign HASH, the LENGTH octets that HASH_KIND made, to OCTETS with room for SIGN_KEY_SIGNATURE_MAX:
 * RSASSA-PKCS1-v1_5, or Ed25519 over the hash (RFC 8463 3).  Threads may share KEY.
 * VOUCH_ERROR_SYSTEM: OpenSSL failed, as it does where its configuration forbids SHA-1. */
VOUCH_MUST_CHECK int sign_key_sign(const struct sign_key *key, enum sign_hash hash_kind,
                                   const unsigned char *hash, size_t length, unsigned char *octets,
                                   size_t *octet_count);

/* Whether OpenSSL lets KEY sign what HASH_KIND makes. */
bool sign_key_may_sign(const struct sign_key *key, enum sign_hash hash_kind);

#endif
