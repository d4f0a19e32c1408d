/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/pulse.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "milter/log.h"
#include "milter/socket.h"

/* SMFIC_OPTNEG of protocol version 6 that offers nothing, and SMFIC_QUIT. */
static const unsigned char negotiation[] = {0, 0, 0, 13, 'O', 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0, 0};
static const unsigned char quit[] = {0, 0, 0, 1, 'Q'};

/* Both directions, and connect(2), wait no longer. */
static bool limit(int descriptor, unsigned milliseconds)
{
    struct timeval time = {.tv_sec = milliseconds / 1000,
                           .tv_usec = (suseconds_t)(milliseconds % 1000) * 1000};

    return setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time) == 0 &&
           setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time) == 0;
}

static bool is_answered(int descriptor)
{
    unsigned char answer[5]; /* length and command */

    if (send(descriptor, negotiation, sizeof negotiation, MSG_NOSIGNAL) !=
            (ssize_t)sizeof negotiation ||
        recv(descriptor, answer, sizeof answer, MSG_WAITALL) != (ssize_t)sizeof answer)
        return false;
    (void)send(descriptor, quit, sizeof quit, MSG_NOSIGNAL);
    return answer[4] == negotiation[4];
}

static bool ask(const struct sockaddr *address, socklen_t size, unsigned milliseconds)
{
    int descriptor = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answered;
    int saved;

    if (descriptor < 0)
        return false;
    errno = 0;
    answered = limit(descriptor, milliseconds) && connect(descriptor, address, size) == 0 &&
               is_answered(descriptor);
    saved = errno;
    (void)close(descriptor);
    errno = saved;
    return answered;
}

bool pulse_felt(unsigned milliseconds)
{
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    int listening = socket_listening();

    if (listening >= 0 && getsockname(listening, (struct sockaddr *)&address, &size) == 0 &&
        ask((const struct sockaddr *)&address, size, milliseconds))
        return true;
    log_write(LOG_ERR, "the filter does not answer on its own socket: %s",
              errno != 0 ? strerror(errno) : "the connection was closed");
    return false;
}
