/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "lib/vouch.h"

static const char usage[] =
    "usage: vouch-milter [-fnv] [-c file] [-p socket] [-P pidfile] [-u user[:group]]\n"
    "       vouch-milter -V\n";

/* Append NAME = 'VALUE' to the overrides, quoted so that libconfuse takes it literally. */
static bool add_override(struct options *options, const char *name, const char *value)
{
    char *text = options->overrides;
    size_t used = strlen(text);
    /* each octet may get a backslash; name, " = ''" and a line end */
    size_t size = used + strlen(name) + 2 * strlen(value) + 8;

    text = realloc(text, size);
    if (text == NULL)
        return false;
    options->overrides = text;
    used += (size_t)snprintf(text + used, size - used, "%s = '", name);
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            text[used++] = '\\';
        text[used++] = *value;
    }
    memcpy(text + used, "'\n", 3);
    return true;
}

/* PATH made absolute: the daemon leaves its directory and reads the file again at a reload. */
static char *absolute(const char *path)
{
    char *directory = path[0] != '/' ? getcwd(NULL, 0) : NULL;
    size_t size = (directory != NULL ? strlen(directory) : 0) + strlen(path) + 2;
    char *result;

    if (path[0] == '/')
        return strdup(path);
    if (directory == NULL)
        return NULL;
    result = malloc(size);
    if (result != NULL)
        (void)snprintf(result, size, "%s/%s", directory, path);
    free(directory);
    return result;
}

static bool set_config(struct options *options, const char *path)
{
    free(options->config);
    options->config = absolute(path);
    return options->config != NULL;
}

/* One option with its argument; false: memory is out. */
static bool take(struct options *options, int letter, const char *argument)
{
    switch (letter) {
    case 'c':
        return set_config(options, argument);
    case 'p':
        return add_override(options, "listen", argument);
    case 'P':
        return add_override(options, "pid-file", argument);
    case 'u':
        return add_override(options, "user", argument);
    case 'f':
        options->foreground = true;
        return true;
    case 'n':
        options->check = true;
        return true;
    default:
        options->verbose = true;
        return true;
    }
}

static int wrong_usage(void)
{
    (void)fputs(usage, stderr);
    return EX_USAGE;
}

static int no_memory(void)
{
    (void)fprintf(stderr, "vouch-milter: %s\n", strerror(errno));
    return EX_OSERR;
}

static int use_default_config(struct options *options)
{
    if (options->config != NULL)
        return -1;
    options->default_missing = access(OPTIONS_DEFAULT_CONFIG, F_OK) != 0 && errno == ENOENT;
    if (options->default_missing)
        return -1;
    return set_config(options, OPTIONS_DEFAULT_CONFIG) ? -1 : no_memory();
}

int options_read(int argc, char **argv, struct options *options)
{
    int letter;

    *options = (struct options){.overrides = strdup("")};
    if (options->overrides == NULL)
        return no_memory();
    while ((letter = getopt(argc, argv, "c:fhnp:P:u:vV")) != -1) {
        if (letter == '?')
            return wrong_usage();
        if (letter == 'h')
            return fputs(usage, stdout) < 0 ? EX_OSERR : EX_OK;
        if (letter == 'V')
            return printf("vouch-milter %s\n", vouch_version()) < 0 ? EX_OSERR : EX_OK;
        if (!take(options, letter, optarg))
            return no_memory();
    }
    return optind < argc ? wrong_usage() : use_default_config(options);
}

void options_free(struct options *options)
{
    free(options->config);
    free(options->overrides);
}
