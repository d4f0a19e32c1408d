/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/domainkeys_hash.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "lib/base/ascii.h"

enum { BUFFER_SIZE = 4096 };

struct domainkeys_hash {
    EVP_MD_CTX *context;
    bool nofws;
    bool failed;
    bool after_cr;      /* the last octet was a CR, which belongs to a line end or to the line */
    bool in_line;       /* the line has something that counts */
    size_t empty_lines; /* not hashed yet; the empty line behind the header is the first */
    size_t used;        /* of the buffer: hashing word by word takes twice as long */
    char buffer[BUFFER_SIZE];
};

bool domainkeys_hash_is_allowed(void)
{
    struct domainkeys_hash *hash = domainkeys_hash_new(false);

    domainkeys_hash_free(hash);
    return hash != NULL;
}

struct domainkeys_hash *domainkeys_hash_new(bool nofws)
{
    struct domainkeys_hash *hash = calloc(1, sizeof *hash);

    if (hash == NULL)
        return NULL;
    hash->nofws = nofws;
    hash->empty_lines = 1;
    hash->context = EVP_MD_CTX_new();
    if (hash->context == NULL || EVP_DigestInit_ex(hash->context, EVP_sha1(), NULL) != 1) {
        domainkeys_hash_free(hash);
        ERR_clear_error();
        return NULL;
    }
    return hash;
}

void domainkeys_hash_free(struct domainkeys_hash *hash)
{
    if (hash == NULL)
        return;
    EVP_MD_CTX_free(hash->context);
    free(hash);
}

static void update(struct domainkeys_hash *hash, const void *octets, size_t length)
{
    if (length > 0 && EVP_DigestUpdate(hash->context, octets, length) != 1)
        hash->failed = true;
}

static void flush(struct domainkeys_hash *hash)
{
    update(hash, hash->buffer, hash->used);
    hash->used = 0;
}

static void feed(struct domainkeys_hash *hash, const void *octets, size_t length)
{
    if (length > BUFFER_SIZE - hash->used)
        flush(hash);
    if (length > BUFFER_SIZE) {
        update(hash, octets, length);
        return;
    }
    if (length > 0)
        memcpy(hash->buffer + hash->used, octets, length);
    hash->used += length;
}

static void feed_line_end(struct domainkeys_hash *hash)
{
    feed(hash, "\r\n", 2);
}

/* RFC 4870 3.4.2.2: what nofws takes away. */
static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void feed_without_blanks(struct domainkeys_hash *hash, const char *octets, size_t length)
{
    for (size_t at = 0, begin = 0; at <= length; at++) {
        if (at < length && !is_blank(octets[at]))
            continue;
        feed(hash, octets + begin, at - begin);
        begin = at + 1;
    }
}

/* Lines end in LF or CRLF here, and in CRLF for the hash. */
static void feed_lines(struct domainkeys_hash *hash, const char *octets, size_t length)
{
    for (size_t at = 0, begin = 0; at < length; at++) {
        bool is_end = octets[at] == '\n';

        if (!is_end && at + 1 < length)
            continue;
        if (!is_end) {
            feed(hash, octets + begin, length - begin);
            continue;
        }
        feed(hash, octets + begin, at - begin - (at > begin && octets[at - 1] == '\r'));
        feed_line_end(hash);
        begin = at + 1;
    }
}

void domainkeys_hash_field(struct domainkeys_hash *hash, const struct header_field *field)
{
    size_t length = strlen(field->name);

    if (hash->nofws) {
        feed_without_blanks(hash, field->name, length);
        feed(hash, ":", 1);
        feed_without_blanks(hash, field->value, field->value_length);
    } else {
        feed(hash, field->name, length);
        feed(hash, ":", 1);
        feed_lines(hash, field->value, field->value_length);
    }
    feed_line_end(hash);
}

/* Whether NAMES[AT] stands further in front, too. */
static bool is_repeated(const char *const *names, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (ascii_string_equal_fold(names[i], names[at]))
            return true;
    return false;
}

/* The fields below a signature, and by which of its names each is covered. */
struct covering {
    const struct header_field **fields;
    size_t *by; /* counted from 1; 0: by none */
    size_t count;
};

/* Each mention of a name but the first takes the bottom-most field of that name that is left, and
 * the first one all the others (RFC 4870 3.3: a verifier includes all). */
static void cover(struct covering *covering, const struct domainkeys_signature *signature)
{
    for (size_t n = signature->name_count; n > 0; n--) {
        bool takes_all = !is_repeated(signature->names, n - 1);

        for (size_t i = covering->count; i > 0; i--) {
            if (covering->by[i - 1] != 0 ||
                !header_field_is(covering->fields[i - 1], signature->names[n - 1]))
                continue;
            covering->by[i - 1] = n;
            if (!takes_all)
                break;
        }
    }
}

static size_t count_below(const struct header_field *field)
{
    size_t count = 0;

    for (field = field->next; field != NULL; field = field->next)
        count++;
    return count;
}

static bool hash_named(struct domainkeys_hash *hash, const struct domainkeys_signature *signature)
{
    struct covering covering = {.count = 0};
    size_t most = count_below(signature->field) + 1;

    covering.fields = calloc(most, sizeof(struct header_field *));
    covering.by = calloc(most, sizeof *covering.by);
    if (covering.fields != NULL && covering.by != NULL) {
        for (const struct header_field *f = signature->field->next; f != NULL; f = f->next)
            covering.fields[covering.count++] = f;
        cover(&covering, signature);
        for (size_t n = 1; n <= signature->name_count; n++)
            for (size_t i = 0; i < covering.count; i++)
                if (covering.by[i] == n)
                    domainkeys_hash_field(hash, covering.fields[i]);
        most = 0;
    }
    free(covering.fields);
    free(covering.by);
    return most == 0;
}

bool domainkeys_hash_header(struct domainkeys_hash *hash,
                            const struct domainkeys_signature *signature)
{
    if (signature->names != NULL)
        return hash_named(hash, signature);
    for (const struct header_field *f = signature->field->next; f != NULL; f = f->next)
        domainkeys_hash_field(hash, f);
    return true;
}

/* Octets of a line that count; what was held back comes before them. */
static void feed_text(struct domainkeys_hash *hash, const char *octets, size_t length)
{
    if (length == 0)
        return;
    for (; hash->empty_lines > 0; hash->empty_lines--)
        feed_line_end(hash);
    hash->in_line = true;
    feed(hash, octets, length);
}

/* Octets of a line without its end. */
static void take_text(struct domainkeys_hash *hash, const char *octets, size_t length)
{
    if (!hash->nofws) {
        feed_text(hash, octets, length);
        return;
    }
    for (size_t at = 0, begin = 0; at <= length; at++) {
        if (at < length && !is_blank(octets[at]))
            continue;
        feed_text(hash, octets + begin, at - begin);
        begin = at + 1;
    }
}

static void end_line(struct domainkeys_hash *hash)
{
    if (hash->in_line)
        feed_line_end(hash);
    else
        hash->empty_lines++;
    hash->in_line = false;
}

void domainkeys_hash_body(struct domainkeys_hash *hash, const void *octets, size_t length)
{
    const char *at = octets, *end = at + length;

    while (at < end) {
        const char *cr;

        if (hash->after_cr) {
            hash->after_cr = false;
            if (*at == '\n') {
                end_line(hash);
                at++;
                continue;
            }
            take_text(hash, "\r", 1);
        }
        cr = memchr(at, '\r', (size_t)(end - at));
        take_text(hash, at, (size_t)((cr != NULL ? cr : end) - at));
        hash->after_cr = cr != NULL;
        at = cr != NULL ? cr + 1 : end;
    }
}

bool domainkeys_hash_end(struct domainkeys_hash *hash, unsigned char octets[DOMAINKEYS_HASH_SIZE])
{
    if (hash->after_cr)
        take_text(hash, "\r", 1);
    hash->after_cr = false;
    if (hash->in_line)
        end_line(hash);
    flush(hash);
    return !hash->failed && EVP_DigestFinal_ex(hash->context, octets, NULL) == 1;
}
