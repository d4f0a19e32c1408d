/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/dnsd/server.h"

enum { CONNECTIONS_MAX = 256, FRAME_MAX = 2 + UINT16_MAX, OUT_MAX = 16 * FRAME_MAX };

/* A connection; queries may come one after the other without waiting (RFC 7766 6.2.1.1). */
struct connection {
    struct source source;
    struct server *server;
    uint64_t number;
    size_t in_length, out_length;
    uint8_t in[FRAME_MAX];
    uint8_t out[OUT_MAX];
};

static void drop(struct connection *connection)
{
    server_forget(&connection->server->connections, &connection->source);
}

/* Send what waits.  False: the connection is gone. */
static bool flush(struct connection *connection)
{
    struct epoll_event event = {.data.ptr = &connection->source};
    ssize_t sent = send(connection->source.file, connection->out, connection->out_length,
                        MSG_DONTWAIT | MSG_NOSIGNAL);

    if (sent > 0) {
        connection->out_length -= (size_t)sent;
        memmove(connection->out, connection->out + sent, connection->out_length);
    }
    event.events = connection->out_length > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN;
    return epoll_ctl(connection->server->epoll, EPOLL_CTL_MOD, connection->source.file, &event) ==
           0;
}

void tcp_send(struct server *server, uint64_t number, const struct reply *reply)
{
    struct source *source = server->connections;
    struct connection *connection;
    uint8_t *out;

    while (source != NULL && ((struct connection *)source)->number != number)
        source = source->next;
    connection = (struct connection *)source;
    if (connection == NULL || reply->size > UINT16_MAX ||
        OUT_MAX - connection->out_length < reply->size + 2)
        return;
    out = connection->out + connection->out_length;
    out[0] = (uint8_t)(reply->size >> 8);
    out[1] = (uint8_t)reply->size;
    memcpy(out + 2, reply->wire, reply->size);
    connection->out_length += reply->size + 2;
    (void)flush(connection);
}

/* Answer every whole query in the buffer (RFC 1035 4.2.2: two octets of length before each). */
static void take_frames(struct connection *connection)
{
    struct peer peer = {.connection = connection->number};
    const uint8_t *in = connection->in;
    size_t at = 0;

    while (connection->in_length - at >= 2) {
        size_t length = (size_t)in[at] << 8 | in[at + 1];

        if (connection->in_length - at - 2 < length)
            break;
        server_query(connection->server, &peer, in + at + 2, length);
        at += 2 + length;
    }
    connection->in_length -= at;
    memmove(connection->in, connection->in + at, connection->in_length);
}

static void tcp_ready(struct source *source, uint32_t events)
{
    struct connection *connection = (struct connection *)source;
    ssize_t length;

    if ((events & EPOLLOUT) != 0 && !flush(connection)) {
        drop(connection);
        return;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0)
        return;
    /* There is always room: a whole frame fits, and whole frames are taken out. */
    length = read(source->file, connection->in + connection->in_length,
                  FRAME_MAX - connection->in_length);
    if (length <= 0) {
        drop(connection);
        return;
    }
    connection->in_length += (size_t)length;
    take_frames(connection);
}

/* Make room for one more: the oldest goes. */
static void limit_connections(struct server *server)
{
    struct source *last = server->connections;
    unsigned count = last == NULL ? 0 : 1;

    for (; last != NULL && last->next != NULL; last = last->next)
        count++;
    if (count >= CONNECTIONS_MAX)
        server_forget(&server->connections, last);
}

void tcp_accept(struct source *source, uint32_t events)
{
    struct server *server = ((struct listener *)source)->server;
    int file = accept4(source->file, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct connection *connection;

    (void)events;
    if (file == -1)
        return;
    limit_connections(server);
    connection = malloc(sizeof *connection);
    if (connection == NULL) {
        close(file);
        return;
    }
    connection->source =
        (struct source){.file = file, .ready = tcp_ready, .next = server->connections};
    connection->server = server;
    connection->number = ++server->next_connection;
    connection->in_length = connection->out_length = 0;
    server->connections = &connection->source;
    if (!server_watch(server, &connection->source))
        drop(connection);
}
