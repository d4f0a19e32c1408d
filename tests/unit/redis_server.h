/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef TESTS_UNIT_REDIS_SERVER_H
#define TESTS_UNIT_REDIS_SERVER_H

/* redis_server.h - a real redis-server for a test, on a Unix socket of its own. */

#include <stdbool.h>

/* Whether there is one to start. */
bool redis_server_is_installed(void);

/* Start one in DIRECTORY, which keeps what it is told, and wait until it answers at
 * DIRECTORY/redis.sock.  PASSWORD may be NULL. */
bool redis_server_start(const char *directory, const char *password);

/* End it at once, as a power failure would. */
void redis_server_kill(void);

#endif
