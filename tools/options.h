/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_OPTIONS_H
#define TOOLS_OPTIONS_H

/* options.h - the command line of vouch(1). */

#include <stdbool.h>
#include <stddef.h>

#include "tools/macro.h"

enum command {
    COMMAND_CHECK,
    COMMAND_CSA,
    COMMAND_SPF,
    COMMAND_PRA,
    COMMAND_SIGN,
    COMMAND_GENKEY,
    COMMAND_TESTKEY,
    COMMAND_ISSUERS,
    COMMAND_LEARN,
    COMMAND_REPUTATION,
    COMMAND_HELP,
    COMMAND_VERSION
};

struct options {
    enum command command;
    const char *config; /* -c, or NULL */
    const char **nameservers;
    size_t nameserver_count;
    const char *client;
    const char *client_name;
    const char *helo;
    const char *mail_from;
    const char *submitter;
    const char *authenticated;
    struct macro *macros;
    size_t macro_count;
    const char **recipients;
    size_t recipient_count;
    const char *methods; /* comma-separated, or NULL: as configured */
    const char *batch;   /* file, "-": standard input, or NULL */
    const char *message; /* file, "-": standard input, or NULL */
    bool json;

    /* of reputation */
    const char *name; /* NULL: all */
    bool spam, ham, forget;
    const char *authserv_id; /* NULL: as configured */
    const char **reporters;
    size_t reporter_count;

    /* of keys */
    const char *domain;
    const char *selector;
    const char *directory; /* where a new one goes */
    const char *algorithm; /* "rsa" or "ed25519" */
    unsigned bits;
};

/* Read the command line.  False: it is wrong, and stderr says how.  Strings point into ARGV;
 * release with options_free in either case. */
bool options_read(int argc, char **argv, struct options *options);
void options_free(struct options *options);

/* Whether the command works with the store of reputation, and so with the configuration of the
 * daemon unless told otherwise. */
bool options_need_store(const struct options *options);

/* The configuration text that stands for the options that override the files; the caller frees it.
 * NULL: no memory. */
char *options_overrides(const struct options *options);

/* The text of `vouch --help`.  Static. */
const char *options_usage(void);

#endif
