/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/vouch.h"
#include "tools/batch.h"
#include "tools/issuers.h"
#include "tools/keys.h"
#include "tools/learn.h"
#include "tools/options.h"
#include "tools/pra.h"
#include "tools/reputation.h"
#include "tools/request.h"
#include "tools/sign.h"

static void print_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    if (line > 0)
        (void)fprintf(stderr, "vouch: %s:%u: %s\n", file, line, text);
    else
        (void)fprintf(stderr, "vouch: %s: %s\n", file, text);
}

static int exit_code(int error)
{
    switch (error) {
    case VOUCH_OK:
        return EX_OK;
    case VOUCH_ERROR_SYNTAX:
        return EX_DATAERR;
    case VOUCH_ERROR_CONFIG:
        return EX_CONFIG;
    case VOUCH_ERROR_SYSTEM:
        return EX_OSERR;
    default:
        return EX_SOFTWARE;
    }
}

/* A store that is not the daemon's is of no use. */
static const char *config_of(const struct options *options)
{
    static const char standard[] = "/etc/vouch/milter.conf";

    if (options->config != NULL || !options_need_store(options) || access(standard, F_OK) != 0)
        return options->config;
    return standard;
}

/* Whoever does not sign himself need not be allowed to read the keys. */
static int load(const struct options *options, const char *overrides, struct vouch_config **config)
{
    bool signs = options->command == COMMAND_SIGN || options->command == COMMAND_TESTKEY;

    return (signs ? vouch_config_load : vouch_config_load_for_reading)(
        config_of(options), overrides, print_problem, NULL, config);
}

static int make_engine(const struct options *options, struct vouch_engine **engine)
{
    struct vouch_config *config = NULL;
    char *overrides = options_overrides(options);
    int error;

    if (overrides == NULL)
        return EX_OSERR;
    error = load(options, overrides, &config);
    free(overrides);
    if (error == VOUCH_ERROR_SYSTEM)
        return EX_NOINPUT;
    if (error != VOUCH_OK)
        return exit_code(error);
    error = vouch_engine_new(config, NULL, engine);
    vouch_config_release(config);
    if (error != VOUCH_OK)
        (void)fprintf(stderr, "vouch: the resolver did not start: %s\n", vouch_error_text(error));
    return exit_code(error);
}

static FILE *open_input(const char *name)
{
    FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");

    if (file == NULL)
        (void)fprintf(stderr, "vouch: %s: %s\n", name, strerror(errno));
    return file;
}

/* All octets of FILE, which the caller frees.  NULL: reading failed, and stderr says so. */
static char *read_all(FILE *file, size_t *length)
{
    char *octets = NULL;
    size_t room = 0;

    *length = 0;
    do {
        if (*length == room) {
            char *grown = realloc(octets, room = room > 0 ? 2 * room : 65536);

            if (grown == NULL)
                break;
            octets = grown;
        }
        *length += fread(octets + *length, 1, room - *length, file);
    } while (!feof(file) && !ferror(file));
    if (feof(file))
        return octets;
    (void)fprintf(stderr, "vouch: the message cannot be read: %s\n", strerror(errno));
    free(octets);
    return NULL;
}

static int read_message(const char *name, char **octets, size_t *length)
{
    FILE *file = open_input(name);

    if (file == NULL)
        return EX_NOINPUT;
    *octets = read_all(file, length);
    if (file != stdin)
        (void)fclose(file);
    return *octets != NULL ? EX_OK : EX_NOINPUT;
}

static int check_one(struct vouch_engine *engine, const struct options *options)
{
    struct request request = {
        .client = options->client,
        .client_name = options->client_name,
        .helo = options->helo,
        .mail_from = options->mail_from != NULL ? options->mail_from : "",
        .submitter = options->submitter,
        .authenticated = options->authenticated,
        .macros = options->macros,
        .macro_count = options->macro_count,
        .recipients = options->recipients,
        .recipient_count = options->recipient_count,
    };
    char *octets = NULL;
    char *text = NULL;
    int code = EX_OK;
    int error;

    if (options->message != NULL)
        code = read_message(options->message, &octets, &request.message_length);
    if (code != EX_OK)
        return code;
    request.message = octets;
    error =
        request_run(engine, &request, options->json ? ANSWER_RECORD : ANSWER_EXPLANATION, &text);
    if (error == VOUCH_ERROR_SYNTAX)
        (void)fprintf(stderr, "vouch: '%s' is not an IP address\n", options->client);
    else if (error != VOUCH_OK)
        (void)fprintf(stderr, "vouch: %s\n", vouch_error_text(error));
    else if (printf("%s%s", text, options->json ? "\n" : "") < 0)
        error = VOUCH_ERROR_SYSTEM;
    free(text);
    free(octets);
    return exit_code(error);
}

static int find_pra(struct vouch_engine *engine, const struct options *options)
{
    char *octets = NULL;
    char *text = NULL;
    size_t length;
    int code = read_message(options->message, &octets, &length);
    int error;

    if (code != EX_OK)
        return code;
    error = pra_run(engine, octets, length, options->json, &text);
    if (error != VOUCH_OK)
        (void)fprintf(stderr, "vouch: %s\n", vouch_error_text(error));
    else if (printf("%s%s", text, options->json ? "\n" : "") < 0)
        error = VOUCH_ERROR_SYSTEM;
    free(text);
    free(octets);
    return exit_code(error);
}

static int sign_message(struct vouch_engine *engine, const struct options *options)
{
    const char *why = NULL;
    char *octets = NULL;
    size_t length;
    int code = read_message(options->message, &octets, &length);
    int error;

    if (code != EX_OK)
        return code;
    error = sign_run(engine, octets, length, stdout, &why);
    free(octets);
    if (error != VOUCH_OK)
        (void)fprintf(stderr, "vouch: %s\n", why != NULL ? why : vouch_error_text(error));
    else if (why != NULL)
        (void)fprintf(stderr, "vouch: the message is not signed: %s\n", why);
    return error == VOUCH_OK && why != NULL ? EX_DATAERR : exit_code(error);
}

static int check_batch(struct vouch_engine *engine, const struct options *options)
{
    FILE *in = open_input(options->batch);
    bool flawed = false;
    int error;

    if (in == NULL)
        return EX_NOINPUT;
    error = batch_run(engine, in, stdout, &flawed);
    if (error != VOUCH_OK)
        (void)fprintf(stderr, "vouch: %s: %s\n", options->batch, vouch_error_text(error));
    if (in != stdin)
        (void)fclose(in);
    if (error == VOUCH_OK && flawed)
        return EX_DATAERR;
    return exit_code(error);
}

static int learn_message(struct vouch_engine *engine, const struct options *options)
{
    struct vouch_request_to_learn request = {
        .spam = options->spam,
        .authserv_id = options->authserv_id,
        .reporters = options->reporters,
        .reporter_count = options->reporter_count,
    };
    char *octets = NULL;
    int code =
        read_message(options->message != NULL ? options->message : "-", &octets, &request.length);

    if (code != EX_OK)
        return code;
    request.message = octets;
    code = learn_run(engine, &request);
    free(octets);
    return code;
}

static int generate_key(const struct options *options)
{
    struct keys_request request = {
        .domain = options->domain,
        .selector = options->selector,
        .directory = options->directory,
        .ed25519 = strcmp(options->algorithm, "ed25519") == 0,
        .bits = options->bits,
    };

    return keys_generate(&request);
}

static int run_with(struct vouch_engine *engine, const struct options *options)
{
    switch (options->command) {
    case COMMAND_PRA:
        return find_pra(engine, options);
    case COMMAND_SIGN:
        return sign_message(engine, options);
    case COMMAND_TESTKEY:
        return keys_test(engine, options->domain, options->selector);
    case COMMAND_ISSUERS:
        return issuers_report(engine, options->json);
    case COMMAND_LEARN:
        return learn_message(engine, options);
    case COMMAND_REPUTATION:
        return options->forget ? reputation_forget_name(engine, options->name)
                               : reputation_show(engine, options->name, options->json);
    default:
        return options->batch != NULL ? check_batch(engine, options) : check_one(engine, options);
    }
}

static int run(const struct options *options)
{
    struct vouch_engine *engine = NULL;
    int code;

    if (options->command == COMMAND_HELP)
        return fputs(options_usage(), stdout) == EOF ? EX_IOERR : EX_OK;
    if (options->command == COMMAND_VERSION)
        return printf("vouch %s\n", vouch_version()) < 0 ? EX_IOERR : EX_OK;
    if (options->command == COMMAND_GENKEY)
        return generate_key(options);
    code = make_engine(options, &engine);
    if (code == EX_OK)
        code = run_with(engine, options);
    vouch_engine_release(engine);
    return code;
}

int main(int argc, char **argv)
{
    struct options options;
    int code = EX_USAGE;

    if (options_read(argc, argv, &options))
        code = run(&options);
    options_free(&options);
    if (fflush(stdout) != 0 && code == EX_OK)
        code = EX_IOERR;
    return code;
}
