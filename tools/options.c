/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/vouch.h"

enum {
    OPTION_NAMESERVER = 256,
    OPTION_CLIENT,
    OPTION_CLIENT_NAME,
    OPTION_HELO,
    OPTION_MAIL_FROM,
    OPTION_AUTHENTICATED,
    OPTION_MACRO,
    OPTION_RCPT,
    OPTION_SUBMITTER,
    OPTION_METHOD,
    OPTION_BATCH,
    OPTION_JSON,
    OPTION_ALGORITHM,
    OPTION_BITS,
    OPTION_DIRECTORY,
    OPTION_SPAM,
    OPTION_HAM,
    OPTION_AUTHSERV_ID,
    OPTION_REPORTER,
    OPTION_FORGET
};

static const struct option long_options[] = {
    {"config", required_argument, NULL, 'c'},
    {"nameserver", required_argument, NULL, OPTION_NAMESERVER},
    {"client", required_argument, NULL, OPTION_CLIENT},
    {"client-name", required_argument, NULL, OPTION_CLIENT_NAME},
    {"helo", required_argument, NULL, OPTION_HELO},
    {"mail-from", required_argument, NULL, OPTION_MAIL_FROM},
    {"authenticated", required_argument, NULL, OPTION_AUTHENTICATED},
    {"macro", required_argument, NULL, OPTION_MACRO},
    {"submitter", required_argument, NULL, OPTION_SUBMITTER},
    {"rcpt", required_argument, NULL, OPTION_RCPT},
    {"method", required_argument, NULL, OPTION_METHOD},
    {"batch", required_argument, NULL, OPTION_BATCH},
    {"json", no_argument, NULL, OPTION_JSON},
    {"algorithm", required_argument, NULL, OPTION_ALGORITHM},
    {"bits", required_argument, NULL, OPTION_BITS},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"spam", no_argument, NULL, OPTION_SPAM},
    {"ham", no_argument, NULL, OPTION_HAM},
    {"authserv-id", required_argument, NULL, OPTION_AUTHSERV_ID},
    {"reporter", required_argument, NULL, OPTION_REPORTER},
    {"forget", no_argument, NULL, OPTION_FORGET},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

const char *options_usage(void)
{
    return "usage: vouch check [options] --client ADDRESS [MESSAGE | -]\n"
           "       vouch check [options] --batch FILE\n"
           "       vouch csa [options] CLIENT HELO\n"
           "       vouch spf [options] CLIENT SENDER [HELO]\n"
           "       vouch pra [-c FILE] [--json] MESSAGE | -\n"
           "       vouch sign -c FILE MESSAGE | -\n"
           "       vouch genkey [options] DOMAIN SELECTOR\n"
           "       vouch testkey -c FILE [--nameserver ADDR] [DOMAIN [SELECTOR]]\n"
           "       vouch issuers [-c FILE] [--json]\n"
           "       vouch learn --spam | --ham [options] [MESSAGE | -]\n"
           "       vouch reputation [-c FILE] [--json] [--forget] [NAME]\n"
           "       vouch --version | --help\n"
           "\n"
           "  -c, --config FILE          use this milter.conf (default: the built-in defaults)\n"
           "      --nameserver ADDR[@PORT]  ask this name server (may be repeated)\n"
           "      --client ADDRESS       IP address of the SMTP client\n"
           "      --client-name NAME     its verified reverse name\n"
           "      --helo NAME            argument of HELO or EHLO\n"
           "      --mail-from ADDRESS    reverse-path (default: the null path <>)\n"
           "      --submitter ADDRESS    SUBMITTER parameter of MAIL (RFC 4405)\n"
           "      --rcpt ADDRESS         recipient (may be repeated)\n"
           "      --authenticated USER   the client logged in as USER\n"
           "      --macro NAME=VALUE     what the MTA tells in a macro, such as verify=OK\n"
           "      --method LIST          run just these methods, whatever the configuration says\n"
           "      --batch FILE           one JSON request per line, one answer line each\n"
           "      --json                 answer as one JSON object\n"
           "      --algorithm NAME       of a new key: rsa (the default) or ed25519\n"
           "      --bits N               of a new RSA key (default: 2048)\n"
           "      --directory DIR        where a new key goes (default: here)\n"
           "      --spam, --ham          what a person says of the message\n"
           "      --authserv-id NAME     ours, in Authentication-Results\n"
           "      --reporter DOMAIN      believe its feedback reports (may be repeated)\n"
           "      --forget               forget the name\n"
           "\n"
           "vouch(1) explains them.\n";
}

static bool complain(const char *what, const char *value)
{
    (void)fprintf(stderr, "vouch: %s%s\nTry 'vouch --help'.\n", what, value);
    return false;
}

static bool append(const char ***list, size_t *count, const char *value)
{
    const char **grown = realloc(*list, (*count + 1) * sizeof **list);

    if (grown == NULL)
        return complain("out of memory", "");
    grown[(*count)++] = value;
    *list = grown;
    return true;
}

static bool append_macro(struct options *options, const char *text)
{
    struct macro macro;
    struct macro *grown;

    if (!macro_read(text, &macro))
        return complain("not NAME=VALUE of a macro that is looked at: ", text);
    grown = realloc(options->macros, (options->macro_count + 1) * sizeof *grown);
    if (grown == NULL)
        return complain("out of memory", "");
    grown[options->macro_count++] = macro;
    options->macros = grown;
    return true;
}

static bool is_method(const char *name, size_t length)
{
    const char *known;

    for (size_t i = 0; (known = vouch_method_name(i)) != NULL; i++)
        if (strlen(known) == length && strncmp(known, name, length) == 0)
            return true;
    return false;
}

static bool check_methods(const char *list)
{
    for (const char *name = list;; name++) {
        size_t length = strcspn(name, ",");

        if (!is_method(name, length))
            return complain("unknown method in --method ", list);
        name += length;
        if (*name == '\0')
            return true;
    }
}

static bool read_bits(const char *value, unsigned *bits)
{
    char *end;
    unsigned long number = strtoul(value, &end, 10);

    if (value[0] < '0' || value[0] > '9' || *end != '\0' || number > 65536)
        return complain("not a number of bits: ", value);
    *bits = (unsigned)number;
    return true;
}

static bool take_option(struct options *options, int option, const char *value)
{
    switch (option) {
    case 'c':
        options->config = value;
        return true;
    case OPTION_NAMESERVER:
        return append(&options->nameservers, &options->nameserver_count, value);
    case OPTION_CLIENT:
        options->client = value;
        return true;
    case OPTION_CLIENT_NAME:
        options->client_name = value;
        return true;
    case OPTION_HELO:
        options->helo = value;
        return true;
    case OPTION_MAIL_FROM:
        options->mail_from = value;
        return true;
    case OPTION_SUBMITTER:
        options->submitter = value;
        return true;
    case OPTION_AUTHENTICATED:
        options->authenticated = value;
        return true;
    case OPTION_MACRO:
        return append_macro(options, value);
    case OPTION_RCPT:
        return append(&options->recipients, &options->recipient_count, value);
    case OPTION_METHOD:
        options->methods = value;
        return check_methods(value);
    case OPTION_BATCH:
        options->batch = value;
        return true;
    case OPTION_JSON:
        options->json = true;
        return true;
    case OPTION_ALGORITHM:
        options->algorithm = value;
        return strcmp(value, "rsa") == 0 || strcmp(value, "ed25519") == 0 ||
               complain("unknown algorithm ", value);
    case OPTION_BITS:
        return read_bits(value, &options->bits);
    case OPTION_DIRECTORY:
        options->directory = value;
        return true;
    case OPTION_SPAM:
        options->spam = true;
        return true;
    case OPTION_HAM:
        options->ham = true;
        return true;
    case OPTION_AUTHSERV_ID:
        options->authserv_id = value;
        return true;
    case OPTION_REPORTER:
        return append(&options->reporters, &options->reporter_count, value);
    case OPTION_FORGET:
        options->forget = true;
        return true;
    case 'h':
        options->command = COMMAND_HELP;
        return true;
    case 'V':
        options->command = COMMAND_VERSION;
        return true;
    default:
        return false;
    }
}

static bool take_command(struct options *options, const char *word)
{
    static const struct {
        const char *word;
        enum command command;
        const char *methods;
    } commands[] = {
        {"check", COMMAND_CHECK, NULL},     {"csa", COMMAND_CSA, "csa,helo"},
        {"spf", COMMAND_SPF, "spf"},        {"pra", COMMAND_PRA, NULL},
        {"sign", COMMAND_SIGN, NULL},       {"genkey", COMMAND_GENKEY, NULL},
        {"testkey", COMMAND_TESTKEY, NULL}, {"issuers", COMMAND_ISSUERS, NULL},
        {"learn", COMMAND_LEARN, NULL},     {"reputation", COMMAND_REPUTATION, NULL},
    };

    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(commands[i].word, word) == 0) {
            options->command = commands[i].command;
            options->methods = commands[i].methods;
            return true;
        }
    }
    return complain("unknown command ", word);
}

/* What stands behind the options. */
static bool take_arguments(struct options *options, int count, char **arguments)
{
    const char **places[3] = {&options->message, NULL, NULL};
    int least = 0, most = 1;

    if (options->command == COMMAND_CSA) {
        places[0] = &options->client;
        places[1] = &options->helo;
        least = most = 2;
    } else if (options->command == COMMAND_SPF) {
        places[0] = &options->client;
        places[1] = &options->mail_from;
        places[2] = &options->helo;
        least = 2;
        most = 3;
    } else if (options->command == COMMAND_GENKEY || options->command == COMMAND_TESTKEY) {
        places[0] = &options->domain;
        places[1] = &options->selector;
        least = options->command == COMMAND_GENKEY ? 2 : 0;
        most = 2;
    } else if (options->command == COMMAND_PRA || options->command == COMMAND_SIGN) {
        least = 1;
    } else if (options->command == COMMAND_ISSUERS) {
        most = 0;
    } else if (options->command == COMMAND_REPUTATION) {
        places[0] = &options->name;
    }
    if (count < least)
        return complain("too few arguments", "");
    if (count > most)
        return complain("one argument too many: ", arguments[most]);
    for (int i = 0; i < count; i++)
        *places[i] = arguments[i];
    return true;
}

static bool is_complete(const struct options *options)
{
    if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
        return true;
    if (options->command == COMMAND_LEARN && options->spam == options->ham)
        return complain("learn takes --spam or --ham", "");
    if (options->forget && (options->command != COMMAND_REPUTATION || options->name == NULL))
        return complain("--forget goes with reputation and a name", "");
    if (options->batch != NULL && (options->client != NULL || options->message != NULL))
        return complain("--batch takes no --client and no MESSAGE", "");
    if (options->command != COMMAND_CHECK && options->command != COMMAND_CSA &&
        options->command != COMMAND_SPF)
        return options->batch == NULL || complain("--batch goes with check alone", "");

    if (options->batch == NULL && options->client == NULL)
        return complain("--client is missing", "");
    return true;
}

bool options_need_store(const struct options *options)
{
    return options->command == COMMAND_LEARN || options->command == COMMAND_REPUTATION;
}

bool options_read(int argc, char **argv, struct options *options)
{
    int option;

    *options = (struct options){
        .command = COMMAND_HELP, .directory = ".", .algorithm = "rsa", .bits = 2048};
    if (argc < 2)
        return complain("what should be done?", "");
    if (argv[1][0] != '-') {
        if (!take_command(options, argv[1]))
            return false;
        argv++;
        argc--;
    }
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":c:hV", long_options, NULL)) != -1) {
        if (option == ':')
            return complain("an argument is missing after ", argv[optind - 1]);
        if (option == '?')
            return complain("unknown option ", argv[optind - 1]);
        if (!take_option(options, option, optarg))
            return false;
    }
    if (options->command == COMMAND_HELP || options->command == COMMAND_VERSION)
        return true;
    return take_arguments(options, argc - optind, argv + optind) && is_complete(options);
}

void options_free(struct options *options)
{
    free(options->nameservers);
    free(options->recipients);
    free(options->reporters);
    free(options->macros);
}

/* A string of the configuration language; VALUE comes from the administrator's own command line. */
static void put_quoted(FILE *out, const char *value)
{
    (void)fputc('\'', out);
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            (void)fputc('\\', out);
        (void)fputc(*value, out);
    }
    (void)fputc('\'', out);
}

static bool is_wanted(const char *list, const char *method)
{
    size_t length = strlen(method);

    for (const char *name = list; *name != '\0';) {
        size_t span = strcspn(name, ",");

        if (span == length && strncmp(name, method, length) == 0)
            return true;
        name += span + (name[span] == ',');
    }
    return false;
}

char *options_overrides(const struct options *options)
{
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    const char *method;

    if (out == NULL)
        return NULL;
    if (options->nameserver_count > 0) {
        (void)fputs("dns { nameservers = {", out);
        for (size_t i = 0; i < options->nameserver_count; i++) {
            (void)fputs(i > 0 ? "," : "", out);
            put_quoted(out, options->nameservers[i]);
        }
        (void)fputs("} }\n", out);
    }
    if (options_need_store(options))
        (void)fputs("reputation { enabled = yes }\n", out);
    if (options->command == COMMAND_SIGN)
        (void)fputs("signing { authenticated = yes } exempt { authenticated = yes }\n", out);
    if (options->methods != NULL) {
        for (size_t i = 0; (method = vouch_method_name(i)) != NULL; i++)
            (void)fprintf(out, "%s { enabled = %s }\n", method,
                          is_wanted(options->methods, method) ? "yes" : "no");
        (void)fputs("exempt { clients = {} authenticated = no }\n", out);
    }
    if (fclose(out) != 0) {
        free(text);
        return NULL;
    }
    return text;
}
