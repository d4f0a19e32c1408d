/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sysexits.h>
#include <unistd.h>

/* ---- genkey ------------------------------------------------------------------------------- */

enum { STRING_MAX = 250 }; /* octets of a character-string of DNS, 255 at most */

static int complain(const char *what, const char *why, int status)
{
    (void)fprintf(stderr, "vouch: %s: %s\n", what, why);
    return status;
}

/* DIRECTORY/SELECTOR.DOMAIN.key, absolute; the caller frees it. */
static char *key_path(const struct keys_request *request)
{
    char *directory = realpath(request->directory, NULL);
    char *path = NULL;

    if (directory == NULL ||
        asprintf(&path, "%s%s%s.%s.key", directory, strcmp(directory, "/") == 0 ? "" : "/",
                 request->selector, request->domain) < 0)
        path = NULL;
    free(directory);
    return path;
}

static bool write_all(int fd, const char *octets)
{
    size_t left = strlen(octets);

    while (left > 0) {
        ssize_t count = write(fd, octets, left);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        octets += count;
        left -= (size_t)count;
    }
    return fsync(fd) == 0;
}

/* A key is never written over another. */
static int write_key(const char *path, const struct vouch_key *key)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written;

    if (fd < 0)
        return complain(path, strerror(errno), EX_CANTCREAT);
    written = write_all(fd, vouch_key_pem(key));
    if (close(fd) != 0 || !written) {
        int status = complain(path, strerror(errno), EX_IOERR);

        (void)unlink(path);
        return status;
    }
    return EX_OK;
}

static int print_result(const struct keys_request *request, const char *path, const char *record)
{
    (void)printf("; the record for DNS\n%s._domainkey.%s. IN TXT (", request->selector,
                 request->domain);
    while (*record != '\0') {
        int length = (int)strnlen(record, STRING_MAX);

        (void)printf("\n    \"%.*s\"", length, record);
        record += length;
    }
    (void)printf(" )\n\n# the section for milter.conf; the file must belong to the user that the "
                 "filter runs as\nsign \"%s\" {\n    selector = \"%s\"\n    key = \"%s\"\n}\n",
                 request->domain, request->selector, path);
    return fflush(stdout) == 0 ? EX_OK : EX_IOERR;
}

/* What stands in names of files and in DNS as it is. */
static bool is_name(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length < 250 && name[0] != '.' && name[0] != '-' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") ==
               length &&
           name[length - 1] != '.' && strstr(name, "..") == NULL;
}

static int keep(const struct keys_request *request, const struct vouch_key *key)
{
    char *path = key_path(request);
    int status;

    if (path == NULL)
        return complain(request->directory, strerror(errno), EX_CANTCREAT);
    status = write_key(path, key);
    if (status == EX_OK)
        status = print_result(request, path, vouch_key_record(key));
    free(path);
    return status;
}

int keys_generate(const struct keys_request *request)
{
    struct vouch_key *key = NULL;
    int status, error;

    if (!is_name(request->domain))
        return complain(request->domain, "is not a domain name in ASCII", EX_USAGE);
    if (!is_name(request->selector))
        return complain(request->selector, "is not a selector", EX_USAGE);
    error = vouch_key_new(request->ed25519, request->bits, &key);
    if (error == VOUCH_ERROR_RANGE)
        return complain("--bits", "use 1024 to 4096", EX_USAGE);
    if (error != VOUCH_OK)
        return complain("no key could be made", vouch_error_text(error), EX_SOFTWARE);
    status = keep(request, key);
    vouch_key_free(key);
    return status;
}

/* ---- testkey ------------------------------------------------------------------------------ */

static bool is_meant(const char *asked, const char *name)
{
    return asked == NULL || strcasecmp(asked, name) == 0;
}

int keys_test(struct vouch_engine *engine, const char *domain, const char *selector)
{
    struct vouch_key_test test;
    size_t tested = 0, good = 0;
    int error;

    for (size_t i = 0; (error = vouch_engine_test_key(engine, i, &test)) == VOUCH_OK; i++) {
        if (!is_meant(domain, test.domain) || !is_meant(selector, test.selector))
            continue;
        tested++;
        good += test.good;
        (void)printf("%s  %s  %s: %s: %s\n", test.domain, test.selector, test.method,
                     test.good ? "good" : "bad", test.text);
    }
    if (error != VOUCH_ERROR_RANGE)
        return complain("testkey", vouch_error_text(error), EX_SOFTWARE);
    if (tested == 0)
        return complain("testkey", "the configuration has no such section 'sign'", EX_CONFIG);
    return good == tested ? EX_OK : EX_CONFIG;
}
