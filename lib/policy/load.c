/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* From milter.conf, its drop-ins and the command line to a counted configuration. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/dns/trust_anchor.h"
#include "lib/policy/profile.h"
#include "lib/policy/reader.h"
#include "lib/verify/spf_libspf2.h"

enum { FILE_SIZE_MAX = 1 << 20, ARENA_SIZE = 256 << 20 };

/* What stands behind struct vouch_config. */
struct loaded {
    struct vouch_config config;
    struct arena *arena; /* this struct's memory too */
    atomic_uint references;
};

struct vouch_config *config_hold(struct vouch_config *config)
{
    struct loaded *loaded = (struct loaded *)config;

    (void)atomic_fetch_add_explicit(&loaded->references, 1, memory_order_relaxed);
    return config;
}

void vouch_config_release(struct vouch_config *config)
{
    struct loaded *loaded = (struct loaded *)config;

    if (loaded != NULL &&
        atomic_fetch_sub_explicit(&loaded->references, 1, memory_order_acq_rel) == 1) {
        config_free_keys(config);
        arena_free(loaded->arena);
    }
}

/* PATH cannot be read at all. */
static void report_unreadable(struct reader *reader, const char *path, const char *why)
{
    reader_problem(reader, (struct config_origin){path, 0}, "%s", why);
    reader_fail(reader, VOUCH_ERROR_SYSTEM);
}

/* Read all of FD; -1: it could not be read, errno says why.  At most FILE_SIZE_MAX + 1 octets. */
static ssize_t read_all(int fd, char *buffer)
{
    size_t length = 0;

    while (length <= FILE_SIZE_MAX) {
        ssize_t count = read(fd, buffer + length, FILE_SIZE_MAX + 1 - length);

        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return -1;
        if (count == 0)
            break;
        length += (size_t)count;
    }
    return (ssize_t)length;
}

static void read_open_file(struct reader *reader, const char *path, int fd)
{
    char *buffer = malloc(FILE_SIZE_MAX + 2);
    ssize_t length = buffer != NULL ? read_all(fd, buffer) : 0;

    if (buffer == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    } else if (length < 0) {
        report_unreadable(reader, path, strerror(errno));
    } else if (length > FILE_SIZE_MAX) {
        reader_problem(reader, (struct config_origin){path, 0}, "larger than %d octets",
                       FILE_SIZE_MAX);
    } else {
        buffer[length] = '\0';
        reader_text(reader, path, buffer, (size_t)length);
    }
    free(buffer);
}

static void read_file(struct reader *reader, const char *path)
{
    const char *name = arena_string(reader->arena, path);
    struct stat status;
    int fd;

    if (name == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a FIFO must not hang us */
    if (fd < 0) {
        report_unreadable(reader, name, strerror(errno));
        return;
    }
    if (fstat(fd, &status) != 0)
        report_unreadable(reader, name, strerror(errno));
    else if (!S_ISREG(status.st_mode))
        report_unreadable(reader, name, "not a regular file");
    else
        read_open_file(reader, name, fd);
    (void)close(fd);
}

static int is_drop_in(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);

    return entry->d_name[0] != '.' && length > 5 &&
           strcmp(entry->d_name + length - 5, ".conf") == 0;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static void read_drop_ins(struct reader *reader, const char *path)
{
    const char *folder = arena_printf(reader->scratch, "%s.d", path);
    struct dirent **entries = NULL;
    int count = folder != NULL ? scandir(folder, &entries, is_drop_in, by_name) : 0;

    if (folder == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    else if (count < 0 && errno != ENOENT)
        report_unreadable(reader, folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        const char *name = arena_printf(reader->scratch, "%s/%s", folder, entries[i]->d_name);

        if (name == NULL)
            reader_fail(reader, VOUCH_ERROR_MEMORY);
        else
            read_file(reader, name);
        free(entries[i]);
    }
    free(entries);
}

static void read_string(struct reader *reader, const char *file, const char *string)
{
    char *copy = arena_string(reader->scratch, string);

    if (copy == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    else
        reader_text(reader, file, copy, strlen(copy));
}

static void read_defaults(struct reader *reader)
{
    struct text defaults = text_in(reader->scratch);
    const char *text;

    option_defaults(&defaults);
    text = text_string(&defaults);
    if (text == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
    else
        read_string(reader, "default", text);
}

static void check_engine(struct reader *reader)
{
    static const char missing[] = "%s: libspf2 is not part of this build";
    const struct vouch_config *config = reader->config;

    if (spf_libspf2_is_built())
        return;
    if (config->verify.spf.engine == SPF_ENGINE_LIBSPF2)
        reader_problem(reader, config->spf_engine_origin, missing, "spf.engine");
    if (config->verify.spf.second_opinion)
        reader_problem(reader, config->second_opinion_origin, missing, "spf.second-opinion");
}

/* A requirement that nobody looks at would be worse than none; but `vouch check --method` may turn
 * the method off. */
static void check_tls(struct reader *reader)
{
    static const char needs[] = "%s needs tls { enabled = yes }";
    const struct vouch_config *config = reader->config;

    if (config->enabled[METHOD_TLS] || strcmp(config->tls_enabled_origin.file, "command line") == 0)
        return;
    if (config->tls_require != TLS_REQUIRE_NO)
        reader_problem(reader, config->tls_unmet.origin, needs, "tls.require");
    if (config->verify.tls.refuse_issuers.count > 0)
        reader_problem(reader, config->tls_issuers_origin, needs, "tls.refuse-issuers");
    if (config->verify.tls.refuse_subjects.count > 0)
        reader_problem(reader, config->tls_subjects_origin, needs, "tls.refuse-subjects");
}

static void check_reputation(struct reader *reader)
{
    const struct vouch_config *config = reader->config;

    if (!reputation_has(config->reputation.store))
        reader_problem(reader, config->reputation_store_origin,
                       "reputation.store: hiredis is not part of this build");
    if (config->verify.reputation.trust_below > config->verify.reputation.refuse_above)
        reader_problem(reader, config->trust_below_origin,
                       "reputation.trust-below is above refuse-above");
}

/* What no option can be asked alone. */
static void check_together(struct reader *reader)
{
    const struct resolver_settings *dns = &reader->config->dns;
    const char *problem;
    struct dns_name owner;

    check_engine(reader);
    check_tls(reader);
    check_reputation(reader);
    if (dns->dnssec == DNSSEC_YES && dns->trust_anchor[0] == '\0' &&
        trust_anchor_read(TRUST_ANCHOR_ROOT, &owner, &problem) != VOUCH_OK)
        reader_problem(reader, reader->config->dnssec_origin,
                       "dnssec = yes needs a trust anchor, but " TRUST_ANCHOR_ROOT " %s; install "
                       "dns-root-data or set trust-anchor",
                       problem);
}

/* Everything there is, in order of rank. */
static void read_everything(struct reader *reader, const char *path, const char *overrides)
{
    read_defaults(reader);
    reader_enter(reader, READER_FILES);
    if (path != NULL) {
        read_file(reader, path);
        read_drop_ins(reader, path);
    }
    reader_enter(reader, READER_COMMAND_LINE);
    if (overrides != NULL)
        read_string(reader, "command line", overrides);
    profile_apply(reader);
    reader_finish(reader);
    if (reader->error == VOUCH_OK)
        check_together(reader);
}

static int load(const char *path, const char *overrides, bool leaves_keys,
                vouch_problem_fn *problem, void *context, struct vouch_config **config)
{
    struct arena *arena = arena_new(ARENA_SIZE);
    struct loaded *loaded = arena != NULL ? arena_alloc(arena, sizeof *loaded) : NULL;
    struct reader reader;
    int error;

    if (loaded == NULL) {
        arena_free(arena);
        return VOUCH_ERROR_MEMORY;
    }
    error = reader_begin(&reader, &loaded->config, arena, problem, context);
    reader.leaves_keys = leaves_keys;
    if (error == VOUCH_OK) {
        read_everything(&reader, path, overrides);
        error = reader.error;
    }
    reader_end(&reader);
    if (error != VOUCH_OK) {
        config_free_keys(&loaded->config);
        arena_free(arena);
        return error;
    }
    loaded->arena = arena;
    atomic_init(&loaded->references, 1);
    *config = &loaded->config;
    return VOUCH_OK;
}

int vouch_config_load(const char *path, const char *overrides, vouch_problem_fn *problem,
                      void *context, struct vouch_config **config)
{
    return load(path, overrides, false, problem, context, config);
}

int vouch_config_load_for_reading(const char *path, const char *overrides,
                                  vouch_problem_fn *problem, void *context,
                                  struct vouch_config **config)
{
    return load(path, overrides, true, problem, context, config);
}
