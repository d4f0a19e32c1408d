/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_SERVICE_H
#define MILTER_SERVICE_H

/* service.h - what the service manager and the process tell each other: sd_notify(3),
 * sd_listen_fds(3) and sd_watchdog_enabled(3), which are a datagram and three variables.
 * Without a service manager every call does nothing. */

#include <stdbool.h>

/* Take what the service manager put into the environment, which is then as if it had not; before
 * there is a second thread or process. */
void service_begin(void);

/* How many listening sockets were handed over; the first is SERVICE_SOCKET. */
enum { SERVICE_SOCKET = 3 };
unsigned service_sockets(void);

/* Tell what the process does now. */
void service_ready(void);
void service_reloading(void);
void service_stopping(void);

/* Tell in words how it fares; the same words again are not told twice. */
void service_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* How often the service manager wants a sign of life, in milliseconds; 0: never.  Half of what it
 * allows. */
unsigned service_pulse(void);
void service_alive(void);

#endif
