/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_SOCKET_H
#define MILTER_SOCKET_H

/* socket.h - the socket on which MTAs reach the filter.
 *
 * libmilter opens it, but tells only syslog what went wrong, unlinks whatever lies in the way and
 * knows neither mode nor group.  So everything that can fail is tried here first. */

#include <stdbool.h>
#include <sys/types.h>

#include "milter/address.h"

struct socket_owner {
    unsigned mode; /* of a Unix socket */
    uid_t user;    /* (uid_t)-1: leave */
    gid_t group;   /* (gid_t)-1: leave */
};

/* A Unix socket that we made; empty path: none. */
struct socket_file {
    char path[ADDRESS_SIZE];
    dev_t device;
    ino_t inode;
};

/* Make libmilter listen at ADDRESS; smfi_register comes first.  A Unix socket that nobody listens
 * on any more is replaced; a live one, and what is not a socket, is left alone.  The answer is 0 or
 * an exit status of sysexits(3); the reason is logged. */
int socket_open(const struct address *address, const struct socket_owner *owner,
                struct socket_file *file);

/* The descriptor that listens, or -1. */
int socket_listening(void);

/* Remove the Unix socket, if it is still the one we made. */
void socket_remove(const struct socket_file *file);

#endif
