/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/unit/redis_server.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static pid_t server;

bool redis_server_is_installed(void)
{
    return system("command -v redis-server >/dev/null 2>&1") == 0;
}

/* It says -LOADING while it is not ready, and -NOAUTH when it is. */
static bool answers(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char pong[7];
    bool good;

    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    good = descriptor >= 0 &&
           connect(descriptor, (const struct sockaddr *)&address, sizeof address) == 0 &&
           write(descriptor, "PING\r\n", 6) == 6 &&
           recv(descriptor, pong, sizeof pong, MSG_WAITALL) == (ssize_t)sizeof pong &&
           (pong[0] == '+' || pong[1] == 'N');
    if (descriptor >= 0)
        (void)close(descriptor);
    return good;
}

static void run(const char *directory, const char *socket_path, const char *password)
{
    int nowhere = open("/dev/null", O_RDWR);

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)dup2(nowhere, STDOUT_FILENO);
    (void)dup2(nowhere, STDERR_FILENO);
    (void)execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", socket_path,
                 "--dir", directory, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
                 password != NULL ? "--requirepass" : NULL, password, NULL);
    _exit(127);
}

bool redis_server_start(const char *directory, const char *password)
{
    char path[108];

    (void)snprintf(path, sizeof path, "%s/redis.sock", directory);
    server = fork();
    if (server == 0)
        run(directory, path, password);
    for (int i = 0; server > 0 && i < 10000; i++) {
        if (answers(path))
            return true;
        (void)usleep(1000);
    }
    return false;
}

void redis_server_kill(void)
{
    if (server <= 0)
        return;
    (void)kill(server, SIGKILL);
    (void)waitpid(server, NULL, 0);
    server = 0;
}
