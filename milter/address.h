/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_ADDRESS_H
#define MILTER_ADDRESS_H

/* address.h - the words that name a milter socket.
 *
 *     unix:/path  local:/path  /path      a Unix socket; the path is absolute
 *     inet:PORT@HOST  inet6:PORT@HOST     Sendmail's order, libmilter's own
 *     inet:HOST:PORT  inet6:[ADDR]:PORT   Postfix's order
 *     inet:PORT  inet6:PORT               every address of the machine
 *     fd:NUMBER                           an inherited, listening socket
 *
 * HOST is a name or an address, an IPv6 address with or without brackets before PORT@, with them
 * before :PORT. */

#include <stdbool.h>
#include <stddef.h>

enum address_kind { ADDRESS_UNIX, ADDRESS_INET, ADDRESS_INET6, ADDRESS_FD };
enum address_order { ADDRESS_PORT_FIRST, ADDRESS_HOST_FIRST, ADDRESS_PORT_ONLY };
enum { ADDRESS_SIZE = 256 };

struct address {
    enum address_kind kind;
    enum address_order order; /* as written, for INET and INET6 */
    char where[ADDRESS_SIZE]; /* path or host without brackets; empty: every address */
    unsigned number;          /* port or descriptor */
};

/* Read TEXT.  NULL: understood.  Otherwise what is wrong with it, for people; static. */
const char *address_parse(const char *text, struct address *address);

/* How TEXT was understood, for the log: "port 8890 on host 127.0.0.1 (written PORT@HOST)". */
const char *address_describe(const struct address *address, char *buffer, size_t size);

#endif
