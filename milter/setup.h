/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_SETUP_H
#define MILTER_SETUP_H

/* setup.h - what the settings name, found in the system's tables. */

#include "lib/vouch.h"
#include "milter/address.h"
#include "milter/process.h"
#include "milter/socket.h"

struct setup {
    struct address address;
    struct process_user user;
    struct socket_owner owner;
    int facility; /* of syslog */
};

/* Find all that SETTINGS name and tell everything that is not there.  0 or EX_CONFIG. */
int setup_find(const struct vouch_settings *settings, struct setup *setup);

#endif
