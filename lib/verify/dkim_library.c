/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dkim_library.h"

#include <openssl/err.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include <opendkim/dkim.h>

#include "lib/base/ascii.h"

/* A name that h= has, and how many fields of that name there are. */
struct wanted_name {
    const char *name;
    size_t length;
    unsigned wanted; /* times that h= has it */
    unsigned found;  /* fields of the message */
    unsigned passed; /* of which gone through */
};

struct run {
    const struct header_list *headers;
    const struct dkim_signature *signature;
    const struct dkim_key *key;
    DKIM *dkim;
    struct wanted_name names[DKIM_HEADER_NAMES_MAX];
    size_t name_count;
};

static DKIM_LIB *library;
static pthread_once_t library_once = PTHREAD_ONCE_INIT;

/* The key is in the run; the library never asks for it. */
static DKIM_CBSTAT give_key(DKIM *dkim, DKIM_SIGINFO *siginfo, u_char *buffer, size_t size)
{
    const struct run *run = dkim_get_user_context(dkim);
    size_t length = strlen(run->key->record);

    (void)siginfo;
    if (length >= size)
        return DKIM_CBSTAT_ERROR;
    memcpy(buffer, run->key->record, length + 1);
    return DKIM_CBSTAT_CONTINUE;
}

/* Should it ask DNS after all. */
static int no_query(void *service, int type, unsigned char *query, unsigned char *buffer,
                    size_t size, void **handle)
{
    (void)service;
    (void)type;
    (void)query;
    (void)buffer;
    (void)size;
    (void)handle;
    return DKIM_DNS_ERROR;
}

static int no_init(void **service)
{
    *service = NULL;
    return 0;
}

/* One for the process: all that it holds is settings, which nobody changes.  BADSIGHANDLES: a
 * signature that it finds malformed is told, and not left out.  STRICTHDRS would leak. */
static void open_library(void)
{
    u_int flags = DKIM_LIBFLAGS_BADSIGHANDLES | DKIM_LIBFLAGS_DELAYSIGPROC;
    u_int bits = 0; /* ours to judge */
    DKIM_LIB *new = dkim_init(NULL, NULL);

    if (new == NULL)
        return;
    dkim_dns_set_init(new, no_init);
    dkim_dns_set_query_start(new, no_query);
    if (dkim_options(new, DKIM_OP_SETOPT, DKIM_OPTS_FLAGS, &flags, sizeof flags) == DKIM_STAT_OK &&
        dkim_options(new, DKIM_OP_SETOPT, DKIM_OPTS_MINKEYBITS, &bits, sizeof bits) ==
            DKIM_STAT_OK &&
        dkim_set_key_lookup(new, give_key) == DKIM_STAT_OK)
        library = new;
    else
        dkim_close(new);
}

static size_t name_length(const struct header_field *field)
{
    size_t length = strlen(field->name);

    while (length > 0 && field->name[length - 1] == ' ')
        length--;
    return length;
}

static struct wanted_name *find_name(struct run *run, const char *name, size_t length)
{
    for (size_t i = 0; i < run->name_count; i++)
        if (run->names[i].length == length && ascii_equal_fold(run->names[i].name, name, length))
            return &run->names[i];
    return NULL;
}

static void read_names(struct run *run)
{
    const char *at = run->signature->headers;

    while (*at != '\0') {
        size_t length = strcspn(at, ":");
        struct wanted_name *name = find_name(run, at, length);

        if (name == NULL && run->name_count < DKIM_HEADER_NAMES_MAX) {
            name = &run->names[run->name_count++];
            *name = (struct wanted_name){.name = at, .length = length};
        }
        if (name != NULL)
            name->wanted++;
        at += length;
        at += *at == ':';
    }
}

static void count_fields(struct run *run)
{
    for (const struct header_field *f = run->headers->first; f != NULL; f = f->next) {
        struct wanted_name *name =
            f != run->signature->field ? find_name(run, f->name, name_length(f)) : NULL;

        if (name != NULL)
            name->found++;
    }
}

/* Copy with the line ends that were signed: the milter protocol has LF for CRLF within a field.  A
 * NUL, at which the library would stop, becomes what no signature can fit. */
static size_t copy_value(char *to, const char *value, size_t length)
{
    size_t used = 0;

    for (size_t i = 0; i < length; i++) {
        if (value[i] == '\n' && (i == 0 || value[i - 1] != '\r'))
            to[used++] = '\r';
        to[used++] = value[i] != '\0' ? value[i] : '\x01';
    }
    return used;
}

static DKIM_STAT feed(const struct run *run, const struct header_field *field)
{
    size_t length = strlen(field->name);
    char *text = malloc(length + 1 + 2 * field->value_length + 1);
    DKIM_STAT status;

    if (text == NULL)
        return DKIM_STAT_NORESOURCE;
    memcpy(text, field->name, length);
    text[length++] = ':';
    length += copy_value(text + length, field->value, field->value_length);
    status = dkim_header(run->dkim, (u_char *)text, length);
    free(text);
    return status;
}

/* RFC 6376 5.4.2: of the fields of a name as many as h= has it, from the bottom up. */
static bool is_selected(struct run *run, const struct header_field *field)
{
    struct wanted_name *name;

    if (field == run->signature->field)
        return false;
    name = find_name(run, field->name, name_length(field));
    return name != NULL && name->passed++ + name->wanted >= name->found;
}

/* A field that no h= can name. */
static DKIM_STAT feed_fence(const struct run *run)
{
    char text[sizeof "X-" + 2 * 16 + 2];
    unsigned char octets[16];

    randombytes_buf(octets, sizeof octets);
    (void)snprintf(text, sizeof text, "X-");
    sodium_bin2hex(text + 2, 2 * sizeof octets + 1, octets, sizeof octets);
    memcpy(text + 2 + 2 * sizeof octets, ":x", 2);
    return dkim_header(run->dkim, (u_char *)text, 2 + 2 * sizeof octets + 2);
}

/* The signature itself on top, so that the selection from the bottom up comes to other
 * DKIM-Signature fields first.  What is wrong with those is nothing to this one. */
static DKIM_STAT feed_all(struct run *run)
{
    DKIM_STAT status = feed(run, run->signature->field);

    for (const struct header_field *f = run->headers->first; f != NULL && status == DKIM_STAT_OK;
         f = f->next) {
        if (!is_selected(run, f))
            continue;
        status = feed(run, f);
        if (status == DKIM_STAT_SYNTAX)
            status = DKIM_STAT_OK;
    }
    return status == DKIM_STAT_OK ? feed_fence(run) : status;
}

/* The library's first signature is ours. */
static DKIM_STAT process(struct run *run, DKIM_SIGINFO **siginfo)
{
    DKIM_SIGINFO **list;
    DKIM_STAT status = feed_all(run);
    int count;

    if (status == DKIM_STAT_OK)
        status = dkim_eoh(run->dkim);
    if (status == DKIM_STAT_OK)
        status = dkim_getsiglist(run->dkim, &list, &count);
    if (status != DKIM_STAT_OK)
        return status;
    if (count < 1)
        return DKIM_STAT_NOSIG;
    *siginfo = list[0];
    return dkim_sig_process(run->dkim, list[0]);
}

static const char *text_or(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

static enum dkim_verdict judge(DKIM_STAT status, DKIM_SIGINFO *siginfo, const char **problem)
{
    int error;

    if (status == DKIM_STAT_NORESOURCE)
        return DKIM_NO_MEMORY;
    *problem = text_or(dkim_getresultstr(status), "libopendkim gave up");
    if (status != DKIM_STAT_OK)
        return DKIM_UNPROCESSED;
    error = dkim_sig_geterror(siginfo);
    if ((dkim_sig_getflags(siginfo) & DKIM_SIGFLAG_PASSED) != 0 &&
        (error == DKIM_SIGERROR_UNKNOWN || error == DKIM_SIGERROR_OK))
        return DKIM_VERIFIES;
    *problem = text_or(dkim_sig_geterrorstr(error), "libopendkim gave up");
    return error == DKIM_SIGERROR_BADSIG ? DKIM_DIFFERS : DKIM_UNPROCESSED;
}

/* DKIM-Signature fields that it covers are parsed, too; and when it names more of them than there
 * are beside it, the library would take this one for one of them. */
static bool covers_too_many_signatures(struct run *run)
{
    const struct wanted_name *name = find_name(run, "DKIM-Signature", strlen("DKIM-Signature"));

    return name != NULL &&
           (name->wanted > name->found || name->wanted > DKIM_COVERED_SIGNATURES_MAX);
}

static enum dkim_verdict verify(struct run *run, const char **problem)
{
    DKIM_SIGINFO *siginfo = NULL;
    DKIM_STAT status = DKIM_STAT_NORESOURCE;
    enum dkim_verdict verdict;

    read_names(run);
    count_fields(run);
    if (covers_too_many_signatures(run)) {
        *problem = "it covers too many DKIM-Signature fields";
        return DKIM_UNPROCESSED;
    }
    run->dkim = dkim_verify(library, (const u_char *)"-", NULL, &status);
    if (run->dkim == NULL)
        return DKIM_NO_MEMORY;
    (void)dkim_set_user_context(run->dkim, run);
    status = process(run, &siginfo);
    verdict = judge(status, siginfo, problem);
    (void)dkim_free(run->dkim);
    ERR_clear_error();
    return verdict;
}

enum dkim_verdict dkim_library_verify(const struct header_list *headers,
                                      const struct dkim_signature *signature,
                                      const struct dkim_key *key, const char **problem)
{
    struct run *run;
    enum dkim_verdict verdict;

    *problem = "";
    if (pthread_once(&library_once, open_library) != 0 || library == NULL)
        return DKIM_NO_MEMORY;
    run = calloc(1, sizeof *run);
    if (run == NULL)
        return DKIM_NO_MEMORY;
    run->headers = headers;
    run->signature = signature;
    run->key = key;
    verdict = verify(run, problem);
    free(run);
    return verdict;
}
