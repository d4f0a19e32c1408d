/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* The `sign "x" { ... }` sections: what their options mean together, and the keys. */
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lib/base/ascii.h"
#include "lib/policy/reader.h"

enum { USER_SIZE = 256, ENTRY_SIZE = 4096 };

__attribute__((format(printf, 3, 4))) static void
complain(struct reader *reader, const struct config_sign *sign, const char *format, ...)
{
    struct text text = text_in(reader->scratch);
    char what[256];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    text_add_safe(&text, sign->title.text, strlen(sign->title.text), DNS_NAME_TEXT_SIZE);
    reader_problem(reader, sign->title.origin, "sign '%s': %s",
                   text_string(&text) != NULL ? text_string(&text) : "?", what);
}

/* Who reads the keys at a reload: `user`, or nobody knows, for a service manager may have another
 * one than who asks whether the configuration is good. */
static uid_t find_reader(const char *user)
{
    char name[USER_SIZE], entry[ENTRY_SIZE], *end;
    struct passwd record, *found = NULL;
    size_t length = strcspn(user, ":");
    unsigned long number;

    if (length == 0 || length >= sizeof name)
        return (uid_t)-1;
    memcpy(name, user, length);
    name[length] = '\0';
    if (getpwnam_r(name, &record, entry, sizeof entry, &found) == 0 && found != NULL)
        return found->pw_uid;
    number = strtoul(name, &end, 10);
    return *end == '\0' ? (uid_t)number : (uid_t)-1;
}

/* Whether it is somebody else's business to sign with FILE. */
static bool is_for_others(const struct reader *reader, const char *file)
{
    return reader->leaves_keys && faccessat(AT_FDCWD, file, R_OK, AT_EACCESS) != 0 &&
           errno == EACCES;
}

/* The key of an earlier section with the same file, or NULL: hosts of many domains have one. */
static struct sign_key *find_key(const struct config_sign *signs, size_t at)
{
    for (size_t i = at; i > 0; i--)
        if (signs[i - 1].settings.key != NULL &&
            strcmp(signs[i - 1].settings.key_file, signs[at].settings.key_file) == 0)
            return sign_key_hold(signs[i - 1].settings.key);
    return NULL;
}

static int load(const struct config_sign *signs, size_t at, uid_t user, struct sign_key **key,
                const char **problem)
{
    *key = find_key(signs, at);
    if (*key != NULL)
        return VOUCH_OK;
    return sign_key_load(signs[at].settings.key_file, user, key, problem);
}

static void load_key(struct reader *reader, struct config_sign *signs, size_t at, uid_t user)
{
    struct config_sign *sign = &signs[at];
    struct sign_settings *settings = &sign->settings;
    const char *problem = "";
    int error = load(signs, at, user, &settings->key, &problem);

    if (error == VOUCH_ERROR_MEMORY)
        reader_fail(reader, error);
    else if (error == VOUCH_ERROR_SYSTEM && is_for_others(reader, settings->key_file))
        return;
    else if (error != VOUCH_OK)
        complain(reader, sign, "key '%s' %s", reader_shown(reader, settings->key_file), problem);
    else if (settings->method == SIGN_DOMAINKEYS && sign_key_is_ed25519(settings->key))
        complain(reader, sign, "DomainKeys signs with RSA alone, but key is Ed25519");
    else if (settings->method == SIGN_DOMAINKEYS && !sign_key_may_sign(settings->key, SIGN_SHA1))
        complain(reader, sign, "OpenSSL's configuration forbids SHA-1, which DomainKeys needs");
}

static void check_canonicalization(struct reader *reader, const struct config_sign *sign)
{
    enum sign_canonicalization c = sign->settings.canonicalization;
    bool is_domainkeys = c == SIGN_SIMPLE || c == SIGN_NOFWS;

    if (c == SIGN_CANONICALIZATION_DEFAULT)
        return;
    if (sign->settings.method == SIGN_DKIM && is_domainkeys)
        complain(reader, sign,
                 "canonicalization is one of DomainKeys; DKIM has two, such as "
                 "relaxed/relaxed");
    if (sign->settings.method == SIGN_DOMAINKEYS && !is_domainkeys)
        complain(reader, sign, "canonicalization is one of DKIM; DomainKeys has simple and nofws");
}

static void read_domain(struct reader *reader, struct config_sign *sign)
{
    struct sign_settings *settings = &sign->settings;
    char text[DNS_NAME_TEXT_SIZE];
    const char *complaint = reader_domain_name(sign->title.text, &settings->domain);

    settings->domain_text = "";
    if (complaint != NULL)
        complain(reader, sign, "%s", complaint);
    else
        settings->domain_text =
            arena_string(reader->arena, dns_name_format(&settings->domain, text));
    if (settings->domain_text == NULL)
        reader_fail(reader, VOUCH_ERROR_MEMORY);
}

/* One key makes one signature. */
static bool is_same(const struct config_sign *a, const struct config_sign *b)
{
    return a->settings.method == b->settings.method &&
           dns_name_equal(&a->settings.domain, &b->settings.domain) &&
           a->settings.selector != NULL &&
           ascii_string_equal_fold(a->settings.selector, b->settings.selector);
}

static void check_once(struct reader *reader, const struct config_sign *signs, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (!is_same(&signs[i], &signs[at]))
            continue;
        complain(reader, &signs[at], "selector '%s' is given twice; first at %s:%u",
                 reader_shown(reader, signs[at].settings.selector), signs[i].title.origin.file,
                 signs[i].title.origin.line);
        return;
    }
}

static void finish(struct reader *reader, struct config_sign *signs, size_t at, uid_t user)
{
    struct config_sign *sign = &signs[at];

    read_domain(reader, sign);
    check_canonicalization(reader, sign);
    if (sign->settings.selector != NULL)
        check_once(reader, signs, at);
    if (sign->settings.key_file != NULL)
        load_key(reader, signs, at, user);
}

void reader_signs_finish(struct reader *reader)
{
    struct vouch_config *config = reader->config;
    struct config_sign *signs = config->signs;
    const struct sign_settings **settings =
        arena_calloc(reader->arena, config->sign_count + 1, sizeof *settings);
    uid_t user = config->sign_count > 0 ? find_reader(config->process.user) : (uid_t)-1;

    if (settings == NULL) {
        reader_fail(reader, VOUCH_ERROR_MEMORY);
        return;
    }
    for (size_t i = 0; i < config->sign_count; i++) {
        if (reader->error != VOUCH_ERROR_MEMORY)
            finish(reader, signs, i, user);
        if (signs[i].settings.key != NULL)
            settings[config->sign_settings_count++] = &signs[i].settings;
    }
    config->sign_settings = settings;
}

void config_free_keys(struct vouch_config *config)
{
    for (size_t i = 0; i < config->sign_count; i++)
        sign_key_free(config->signs[i].settings.key);
}
