/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dkim_body.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { BUFFER_SIZE = 4096 };

/* A hash over the first octets of a canonicalized body. */
struct digest {
    struct digest *next;
    bool is_sha1;
    int64_t limit; /* l=, or DKIM_NO_LENGTH */
    EVP_MD_CTX *context;
    uint8_t octets[EVP_MAX_MD_SIZE];
    unsigned length;
};

/* The body in one canonicalization; what may be left out at the end is held back. */
struct stream {
    struct digest *digests;
    uint64_t size;      /* octets hashed */
    uint64_t line_ends; /* held back */
    bool has_space;     /* likewise, of the line it is in */
    bool has_return;    /* the last octet was a CR */
    size_t used;        /* of the buffer: hashing word by word takes twice as long */
    char buffer[BUFFER_SIZE];
};

struct dkim_body {
    struct stream streams[2]; /* by canonicalization */
    bool is_ended;
};

struct dkim_body *dkim_body_new(void)
{
    return calloc(1, sizeof(struct dkim_body));
}

static void free_digests(struct digest *digest)
{
    while (digest != NULL) {
        struct digest *next = digest->next;

        EVP_MD_CTX_free(digest->context);
        free(digest);
        digest = next;
    }
}

void dkim_body_free(struct dkim_body *body)
{
    if (body == NULL)
        return;
    free_digests(body->streams[DKIM_SIMPLE].digests);
    free_digests(body->streams[DKIM_RELAXED].digests);
    free(body);
}

static struct digest *find(const struct dkim_body *body, const struct dkim_signature *signature)
{
    struct digest *digest = body->streams[signature->body_canonicalization].digests;

    while (digest != NULL && (digest->is_sha1 != (signature->algorithm == DKIM_RSA_SHA1) ||
                              digest->limit != signature->body_length))
        digest = digest->next;
    return digest;
}

bool dkim_body_want(struct dkim_body *body, const struct dkim_signature *signature)
{
    struct stream *stream = &body->streams[signature->body_canonicalization];
    struct digest *digest;

    if (find(body, signature) != NULL)
        return true;
    digest = calloc(1, sizeof *digest);
    if (digest == NULL)
        return false;
    digest->is_sha1 = signature->algorithm == DKIM_RSA_SHA1;
    digest->limit = signature->body_length;
    digest->context = EVP_MD_CTX_new();
    if (digest->context == NULL ||
        EVP_DigestInit_ex(digest->context, digest->is_sha1 ? EVP_sha1() : EVP_sha256(), NULL) !=
            1) {
        free_digests(digest);
        return false;
    }
    digest->next = stream->digests;
    stream->digests = digest;
    return true;
}

/* RFC 6376 3.4.5: l= counts octets of the canonicalized body. */
static void hash(struct stream *stream, const void *octets, size_t length)
{
    for (struct digest *digest = stream->digests; digest != NULL; digest = digest->next) {
        size_t taken = length;

        if (digest->limit != DKIM_NO_LENGTH) {
            uint64_t limit = (uint64_t)digest->limit;
            uint64_t room = stream->size < limit ? limit - stream->size : 0;

            taken = taken < room ? taken : (size_t)room;
        }
        (void)EVP_DigestUpdate(digest->context, octets, taken);
    }
    stream->size += length;
}

static void flush(struct stream *stream)
{
    hash(stream, stream->buffer, stream->used);
    stream->used = 0;
}

static void give(struct stream *stream, const char *octets, size_t length)
{
    if (length > BUFFER_SIZE - stream->used)
        flush(stream);
    if (length > BUFFER_SIZE) {
        hash(stream, octets, length);
        return;
    }
    memcpy(stream->buffer + stream->used, octets, length);
    stream->used += length;
}

/* Something follows, so what was held back counts. */
static void give_held_back(struct stream *stream)
{
    static const char line_ends[] =
        "\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n\r\n";

    if (stream->line_ends == 1) {
        give(stream, "\r\n", 2);
        stream->line_ends = 0;
    }
    while (stream->line_ends > 0) {
        size_t count = (sizeof line_ends - 1) / 2;

        if (count > stream->line_ends)
            count = (size_t)stream->line_ends;
        give(stream, line_ends, 2 * count);
        stream->line_ends -= count;
    }
    if (stream->has_space)
        give(stream, " ", 1);
    stream->has_space = false;
}

static void give_text(struct stream *stream, const char *octets, size_t length)
{
    if (length == 0)
        return;
    give_held_back(stream);
    give(stream, octets, length);
}

/* A CR alone is text. */
static void give_return(struct stream *stream)
{
    if (stream->has_return)
        give_text(stream, "\r", 1);
    stream->has_return = false;
}

static void end_line(struct stream *stream)
{
    stream->has_space = false;
    stream->has_return = false;
    stream->line_ends++;
}

/* Give text up to the next CR; returns how much that is. */
static size_t give_simple(struct stream *stream, const char *octets, size_t length)
{
    const char *end = memchr(octets, '\r', length);
    size_t taken = end != NULL ? (size_t)(end - octets) : length;

    give_text(stream, octets, taken);
    return taken;
}

/* Likewise up to white space, too: words are short, so octet by octet. */
static size_t give_word(struct stream *stream, const char *octets, size_t length)
{
    size_t room, at = 0;

    give_held_back(stream);
    if (stream->used == BUFFER_SIZE)
        flush(stream);
    room = BUFFER_SIZE - stream->used;
    room = room < length ? room : length;
    while (at < room && octets[at] != ' ' && octets[at] != '\r' && octets[at] != '\t') {
        stream->buffer[stream->used + at] = octets[at];
        at++;
    }
    stream->used += at;
    return at;
}

static void canonicalize(struct stream *stream, bool relaxed, const char *octets, size_t length)
{
    while (length > 0) {
        size_t taken = 1;

        if (stream->has_return && *octets == '\n') {
            end_line(stream);
        } else {
            give_return(stream);
            if (*octets == '\r')
                stream->has_return = true;
            else if (relaxed && (*octets == ' ' || *octets == '\t'))
                stream->has_space = true;
            else
                taken = relaxed ? give_word(stream, octets, length)
                                : give_simple(stream, octets, length);
        }
        octets += taken;
        length -= taken;
    }
}

void dkim_body_octets(struct dkim_body *body, const void *octets, size_t length)
{
    for (unsigned i = 0; i < sizeof body->streams / sizeof body->streams[0]; i++)
        if (body->streams[i].digests != NULL)
            canonicalize(&body->streams[i], i == DKIM_RELAXED, octets, length);
}

/* RFC 6376 3.4.3, 3.4.4: the empty lines at the end become one line end, which is added where there
 * is none; but in the relaxed form an empty body stays empty. */
static void end_stream(struct stream *stream, bool relaxed)
{
    give_return(stream);
    if (!relaxed || stream->size + stream->used > 0)
        give(stream, "\r\n", 2);
    flush(stream);
    for (struct digest *digest = stream->digests; digest != NULL; digest = digest->next)
        (void)EVP_DigestFinal_ex(digest->context, digest->octets, &digest->length);
}

void dkim_body_end(struct dkim_body *body)
{
    if (body->is_ended)
        return;
    body->is_ended = true;
    end_stream(&body->streams[DKIM_SIMPLE], false);
    end_stream(&body->streams[DKIM_RELAXED], true);
}

bool dkim_body_hash(const struct dkim_body *body, const struct dkim_signature *signature,
                    struct dkim_body_hash *hash)
{
    const struct digest *digest = find(body, signature);

    if (digest == NULL || digest->length > sizeof hash->octets)
        return false;
    memcpy(hash->octets, digest->octets, digest->length);
    hash->length = digest->length;
    hash->body_size = body->streams[signature->body_canonicalization].size;
    return true;
}
