/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/service.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "milter/log.h"

enum { SOCKETS_MAX = 64, STATUS_SIZE = 200, MICROSECONDS_PER_MILLISECOND = 1000 };

static struct sockaddr_un manager = {.sun_family = AF_UNIX};
static socklen_t manager_size; /* 0: there is none */
static unsigned sockets;
static unsigned pulse;
static char last_status[STATUS_SIZE];

/* The number in the environment variable NAME; 0: there is none. */
static unsigned long long number_of(const char *name)
{
    const char *text = getenv(name);
    unsigned long long number;
    char *end;

    if (text == NULL || text[0] < '0' || text[0] > '9')
        return 0;
    errno = 0;
    number = strtoull(text, &end, 10);
    return errno == 0 && *end == '\0' ? number : 0;
}

/* Whether what stands beside the variable NAME, a process id, is meant for us. */
static bool is_for_us(const char *name)
{
    return number_of(name) == (unsigned long long)getpid();
}

static void find_manager(void)
{
    const char *path = getenv("NOTIFY_SOCKET");
    size_t length = path != NULL ? strlen(path) : 0;

    if (length == 0 || length >= sizeof manager.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(manager.sun_path, path, length);
    if (path[0] == '@')
        manager.sun_path[0] = '\0';
    manager_size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
}

static void find_sockets(void)
{
    unsigned long long count = is_for_us("LISTEN_PID") ? number_of("LISTEN_FDS") : 0;

    sockets = count <= SOCKETS_MAX ? (unsigned)count : 0;
    for (unsigned i = 0; i < sockets; i++)
        (void)fcntl(SERVICE_SOCKET + (int)i, F_SETFD, FD_CLOEXEC);
}

static void find_watchdog(void)
{
    unsigned long long allowed = number_of("WATCHDOG_USEC") / MICROSECONDS_PER_MILLISECOND;

    if (getenv("WATCHDOG_PID") != NULL && !is_for_us("WATCHDOG_PID"))
        return;
    pulse = allowed / 2 < 60000 ? (unsigned)(allowed / 2) : 60000;
}

void service_begin(void)
{
    static const char *const variables[] = {"NOTIFY_SOCKET",  "LISTEN_PID",    "LISTEN_FDS",
                                            "LISTEN_FDNAMES", "WATCHDOG_USEC", "WATCHDOG_PID"};

    find_manager();
    find_sockets();
    find_watchdog();
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++)
        (void)unsetenv(variables[i]);
}

unsigned service_sockets(void)
{
    return sockets;
}

static bool send_to_manager(const char *state)
{
    int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool sent;

    if (descriptor < 0)
        return false;
    sent = sendto(descriptor, state, strlen(state), MSG_NOSIGNAL | MSG_DONTWAIT,
                  (const struct sockaddr *)&manager, manager_size) >= 0;
    (void)close(descriptor);
    return sent;
}

static void notify(const char *state)
{
    static bool complained;

    if (manager_size == 0)
        return;
    if (send_to_manager(state)) {
        complained = false;
    } else if (!complained) {
        complained = true;
        log_write(LOG_WARNING, "cannot notify the service manager: %s", strerror(errno));
    }
}

void service_ready(void)
{
    notify("READY=1");
}

void service_reloading(void)
{
    struct timespec now;
    char state[80];

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%llu",
                   (unsigned long long)now.tv_sec * 1000000 +
                       (unsigned long long)now.tv_nsec / 1000);
    notify(state);
}

void service_stopping(void)
{
    notify("STOPPING=1");
}

void service_status(const char *format, ...)
{
    char words[STATUS_SIZE], state[STATUS_SIZE + 8];
    va_list arguments;

    if (manager_size == 0)
        return;
    va_start(arguments, format);
    (void)vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (strcmp(words, last_status) == 0)
        return;
    memcpy(last_status, words, sizeof words);
    (void)snprintf(state, sizeof state, "STATUS=%s", words);
    notify(state);
}

unsigned service_pulse(void)
{
    return manager_size != 0 ? pulse : 0;
}

void service_alive(void)
{
    notify("WATCHDOG=1");
}
