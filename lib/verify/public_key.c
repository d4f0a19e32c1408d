/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/public_key.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <string.h>

enum { ED25519_OCTETS = 32 };

bool public_key_decode(const char *base64, unsigned char *octets, size_t size, size_t *length)
{
    size_t count = strlen(base64);

    return sodium_base642bin(octets, size, base64, count, NULL, length, NULL,
                             sodium_base64_VARIANT_ORIGINAL) == 0 ||
           sodium_base642bin(octets, size, base64, count, NULL, length, NULL,
                             sodium_base64_VARIANT_ORIGINAL_NO_PADDING) == 0;
}

EVP_PKEY *public_key_rsa(const unsigned char *octets, size_t length)
{
    const unsigned char *at = octets;
    EVP_PKEY *key = d2i_PUBKEY(NULL, &at, (long)length);

    if (key == NULL) {
        at = octets;
        key = d2i_PublicKey(EVP_PKEY_RSA, NULL, &at, (long)length);
    }
    if (key != NULL && (EVP_PKEY_base_id(key) != EVP_PKEY_RSA || at != octets + length)) {
        EVP_PKEY_free(key);
        key = NULL;
    }
    ERR_clear_error();
    return key;
}

bool public_key_verifies_rsa(EVP_PKEY *key, const EVP_MD *md, const unsigned char *octets,
                             size_t length, const unsigned char *hash, size_t hash_length)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool good;

    good = context != NULL && EVP_PKEY_verify_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, md) == 1 &&
           EVP_PKEY_verify(context, octets, length, hash, hash_length) == 1;
    EVP_PKEY_CTX_free(context);
    ERR_clear_error();
    return good;
}

EVP_PKEY *public_key_ed25519(const unsigned char *octets, size_t length)
{
    EVP_PKEY *key = length == ED25519_OCTETS
                        ? EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, octets, length)
                        : NULL;

    ERR_clear_error();
    return key;
}
