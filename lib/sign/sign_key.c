/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/sign/sign_key.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/verify/public_key.h"

enum { FILE_MAX = 64 << 10, PUBLIC_MAX = 1024 };

struct sign_key {
    unsigned references;
    EVP_PKEY *key;
    bool is_ed25519;
};

/* ---- reading ------------------------------------------------------------------------------ */

/* Why FILE is not safe to sign with, or NULL. */
static const char *file_problem(const struct stat *file, uid_t reader)
{
    if (!S_ISREG(file->st_mode))
        return "is not a regular file";
    if ((file->st_mode & (S_IRWXG | S_IRWXO)) != 0)
        return "is open to others than its owner; chmod it to 0600";
    if (file->st_size > FILE_MAX)
        return "is too large for a key";
    if (reader != (uid_t)-1 && geteuid() == 0 && file->st_uid != reader)
        return "does not belong to the user that the filter runs as; chown it";
    return NULL;
}

/* Who is asked for a password answers that there is none: nobody sits at a filter's terminal. */
static int no_password(char *buffer, int size, int writing, void *context)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)context;
    return 0;
}

static size_t read_all(int fd, char *octets, size_t room)
{
    size_t length = 0;
    ssize_t count = 1;

    while (length < room && (count > 0 || (count < 0 && errno == EINTR))) {
        count = read(fd, octets + length, room - length);
        length += count > 0 ? (size_t)count : 0;
    }
    return length;
}

/* Not through a FILE, whose buffer would keep the octets after it is freed. */
static EVP_PKEY *read_pem(int fd)
{
    char *octets = malloc(FILE_MAX);
    size_t length = octets != NULL ? read_all(fd, octets, FILE_MAX) : 0;
    BIO *memory = length > 0 ? BIO_new_mem_buf(octets, (int)length) : NULL;
    EVP_PKEY *key = NULL;

    if (memory != NULL)
        key = PEM_read_bio_PrivateKey(memory, NULL, no_password, NULL);
    ERR_clear_error();
    BIO_free(memory);
    if (octets != NULL)
        OPENSSL_cleanse(octets, FILE_MAX);
    free(octets);
    (void)close(fd);
    return key;
}

static int refuse(const char *why, int error, const char **problem)
{
    *problem = why;
    return error;
}

static bool sign_rsa(EVP_PKEY *key, const EVP_MD *md, const unsigned char *hash, size_t length,
                     unsigned char *octets, size_t *count)
{
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    bool done;

    done = context != NULL && EVP_PKEY_sign_init(context) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_CTX_set_signature_md(context, md) == 1 &&
           EVP_PKEY_sign(context, octets, count, hash, length) == 1;
    EVP_PKEY_CTX_free(context);
    return done;
}

/* Whether the private half of an RSA KEY fits its public half: EVP_PKEY_check() looks for primes,
 * too, and takes a hundred times as long. */
static bool is_whole(EVP_PKEY *key)
{
    const unsigned char hash[SHA256_DIGEST_LENGTH] = {0};
    unsigned char octets[SIGN_KEY_SIGNATURE_MAX];
    size_t count = sizeof octets;
    bool whole = sign_rsa(key, EVP_sha256(), hash, sizeof hash, octets, &count) &&
                 public_key_verifies_rsa(key, EVP_sha256(), octets, count, hash, sizeof hash);

    ERR_clear_error();
    return whole;
}

static int check_rsa(EVP_PKEY *key, const char **problem)
{
    if (EVP_PKEY_bits(key) < SIGN_KEY_BITS_MIN)
        return refuse("holds an RSA key of less than 1024 bits (RFC 8301 3.2)", VOUCH_ERROR_RANGE,
                      problem);
    if (EVP_PKEY_bits(key) > SIGN_KEY_BITS_MAX)
        return refuse("holds an RSA key of more than 4096 bits", VOUCH_ERROR_RANGE, problem);
    if (!is_whole(key))
        return refuse("holds a key whose signatures do not verify", VOUCH_ERROR_SYNTAX, problem);
    return VOUCH_OK;
}

/* Take KEY over, whatever comes of it. */
static int adopt(EVP_PKEY *pkey, struct sign_key **key, const char **problem)
{
    struct sign_key *new = NULL;
    int error = VOUCH_OK;

    if (pkey == NULL)
        return refuse("holds no private key in PEM form without a password", VOUCH_ERROR_SYNTAX,
                      problem);
    if (EVP_PKEY_base_id(pkey) == EVP_PKEY_RSA)
        error = check_rsa(pkey, problem);
    else if (EVP_PKEY_base_id(pkey) != EVP_PKEY_ED25519)
        error = refuse("holds a key that is neither RSA nor Ed25519", VOUCH_ERROR_SYNTAX, problem);
    if (error == VOUCH_OK && (new = calloc(1, sizeof *new)) == NULL)
        error = VOUCH_ERROR_MEMORY;
    if (error != VOUCH_OK) {
        EVP_PKEY_free(pkey);
        return error;
    }
    new->references = 1;
    new->key = pkey;
    new->is_ed25519 = EVP_PKEY_base_id(pkey) == EVP_PKEY_ED25519;
    *key = new;
    return VOUCH_OK;
}

int sign_key_load(const char *path, uid_t reader, struct sign_key **key, const char **problem)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat file;
    const char *why;

    if (fd < 0 && errno == ENOENT)
        return refuse("does not exist", VOUCH_ERROR_SYSTEM, problem);
    if (fd < 0 && errno == EACCES)
        return refuse("cannot be read: permission denied", VOUCH_ERROR_SYSTEM, problem);
    if (fd < 0)
        return refuse("cannot be opened", VOUCH_ERROR_SYSTEM, problem);
    why = fstat(fd, &file) == 0 ? file_problem(&file, reader) : "cannot be read";
    if (why != NULL) {
        (void)close(fd);
        return refuse(why, VOUCH_ERROR_SYSTEM, problem);
    }
    return adopt(read_pem(fd), key, problem);
}

/* ---- making ------------------------------------------------------------------------------- */

int sign_key_new(bool ed25519, unsigned bits, struct sign_key **key)
{
    const char *problem;
    EVP_PKEY *pkey;

    if (!ed25519 && (bits < SIGN_KEY_BITS_MIN || bits > SIGN_KEY_BITS_MAX))
        return VOUCH_ERROR_RANGE;
    pkey = ed25519 ? EVP_PKEY_Q_keygen(NULL, NULL, "ED25519")
                   : EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
    ERR_clear_error();
    return pkey != NULL ? adopt(pkey, key, &problem) : VOUCH_ERROR_SYSTEM;
}

struct sign_key *sign_key_hold(struct sign_key *key)
{
    key->references++;
    return key;
}

void sign_key_free(struct sign_key *key)
{
    if (key == NULL || --key->references > 0)
        return;
    EVP_PKEY_free(key->key);
    free(key);
}

bool sign_key_is_ed25519(const struct sign_key *key)
{
    return key->is_ed25519;
}

unsigned sign_key_bits(const struct sign_key *key)
{
    return (unsigned)EVP_PKEY_bits(key->key);
}

bool sign_key_fits(const struct sign_key *key, const EVP_PKEY *public_key)
{
    bool fits = EVP_PKEY_eq(key->key, public_key) == 1;

    ERR_clear_error();
    return fits;
}

/* As p= has it (RFC 6376 3.6.1, RFC 8463 4.2); 0: no memory. */
static size_t public_half(const struct sign_key *key, unsigned char octets[PUBLIC_MAX])
{
    unsigned char *der = NULL;
    size_t length = PUBLIC_MAX;
    int count;

    if (key->is_ed25519)
        return EVP_PKEY_get_raw_public_key(key->key, octets, &length) == 1 ? length : 0;
    count = i2d_PUBKEY(key->key, &der);
    if (count > 0 && count <= PUBLIC_MAX)
        memcpy(octets, der, (size_t)count);
    OPENSSL_free(der);
    return count > 0 && count <= PUBLIC_MAX ? (size_t)count : 0;
}

char *sign_key_record(const struct sign_key *key)
{
    unsigned char octets[PUBLIC_MAX];
    char digits[2 * PUBLIC_MAX];
    size_t length = public_half(key, octets);
    char *record = NULL;

    if (length == 0)
        return NULL;
    (void)sodium_bin2base64(digits, sizeof digits, octets, length, sodium_base64_VARIANT_ORIGINAL);
    if (asprintf(&record, "v=DKIM1; k=%s; p=%s", key->is_ed25519 ? "ed25519" : "rsa", digits) < 0)
        return NULL;
    return record;
}

char *sign_key_pem(const struct sign_key *key)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *octets = NULL, *copy = NULL;
    long length = 0;

    if (memory != NULL &&
        PEM_write_bio_PrivateKey(memory, key->key, NULL, NULL, 0, NULL, NULL) == 1)
        length = BIO_get_mem_data(memory, &octets);
    if (length > 0)
        copy = calloc(1, (size_t)length + 1);
    if (copy != NULL)
        memcpy(copy, octets, (size_t)length);
    if (length > 0)
        OPENSSL_cleanse(octets, (size_t)length);
    BIO_free(memory);
    return copy;
}

/* ---- signing ------------------------------------------------------------------------------ */

static bool sign_ed25519(EVP_PKEY *key, const unsigned char *hash, size_t length,
                         unsigned char *octets, size_t *count)
{
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done;

    done = context != NULL && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
           EVP_DigestSign(context, octets, count, hash, length) == 1;
    EVP_MD_CTX_free(context);
    return done;
}

int sign_key_sign(const struct sign_key *key, enum sign_hash hash_kind, const unsigned char *hash,
                  size_t length, unsigned char *octets, size_t *octet_count)
{
    const EVP_MD *md = hash_kind == SIGN_SHA1 ? EVP_sha1() : EVP_sha256();
    bool done;

    *octet_count = SIGN_KEY_SIGNATURE_MAX;
    done = key->is_ed25519 ? sign_ed25519(key->key, hash, length, octets, octet_count)
                           : sign_rsa(key->key, md, hash, length, octets, octet_count);
    ERR_clear_error();
    return done ? VOUCH_OK : VOUCH_ERROR_SYSTEM;
}

bool sign_key_may_sign(const struct sign_key *key, enum sign_hash hash_kind)
{
    const unsigned char hash[SHA256_DIGEST_LENGTH] = {0};
    size_t length = hash_kind == SIGN_SHA1 ? SHA_DIGEST_LENGTH : SHA256_DIGEST_LENGTH;
    unsigned char octets[SIGN_KEY_SIGNATURE_MAX];
    size_t count;

    return sign_key_sign(key, hash_kind, hash, length, octets, &count) == VOUCH_OK;
}
