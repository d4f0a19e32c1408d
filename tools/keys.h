/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TOOLS_KEYS_H
#define TOOLS_KEYS_H

/* keys.h - `vouch genkey` and `vouch testkey`: keys to sign with.  Answers are exit statuses of
 * sysexits(3); stderr says what is wrong. */

#include <stdbool.h>

#include "lib/vouch.h"

struct keys_request {
    const char *domain, *selector;
    const char *directory; /* where the file goes */
    bool ed25519;
    unsigned bits; /* of an RSA key */
};

/* Make a key, write it to a new file, and print the record for DNS and the section for milter.conf.
 */
int keys_generate(const struct keys_request *request);

/* Ask DNS for the keys of the configuration: those of DOMAIN and SELECTOR, of either or both NULL:
 * of all.  EX_CONFIG: not all are there. */
int keys_test(struct vouch_engine *engine, const char *domain, const char *selector);

#endif
