/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_OPTIONS_H
#define MILTER_OPTIONS_H

/* options.h - the command line. */

#include <stdbool.h>

#define OPTIONS_DEFAULT_CONFIG "/etc/vouch/milter.conf"

struct options {
    char *config;         /* -c, absolute, or the default file; NULL: there is none */
    char *overrides;      /* -p, -P and -u as configuration text; "" without them */
    bool foreground;      /* -f */
    bool check;           /* -n */
    bool verbose;         /* -v */
    bool default_missing; /* no -c, and the default file does not exist */
};

/* Read the command line.  The answer is -1 to go on, or the exit status: EX_OK after -V and -h,
 * EX_USAGE, EX_OSERR. */
int options_read(int argc, char **argv, struct options *options);
void options_free(struct options *options);

#endif
