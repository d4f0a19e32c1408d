/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/server.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>
#include <unistd.h>

enum { UDP_QUERY_MAX = 4096, BATCH = 64, PORT_TRIES = 20, RECEIVE_BUFFER = 1 << 20, BACKLOG = 128 };

bool server_start(struct server *server)
{
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    return server->epoll != -1;
}

bool server_watch(struct server *server, struct source *source)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};

    return epoll_ctl(server->epoll, EPOLL_CTL_ADD, source->file, &event) == 0;
}

void server_forget(struct source **list, struct source *source)
{
    while (*list != NULL && *list != source)
        list = &(*list)->next;
    if (*list == source)
        *list = source->next;
    close(source->file);
    free(source);
}

static void send_udp(const struct peer *peer, const struct reply *reply)
{
    int other =
        reply->other_port ? socket(peer->address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0) : -1;

    /* A datagram that cannot be sent is lost, as datagrams are. */
    (void)sendto(reply->other_port ? other : peer->socket, reply->wire, reply->size, 0,
                 (const struct sockaddr *)&peer->address, peer->address_length);
    if (other != -1)
        close(other);
}

static void send_reply(struct server *server, const struct peer *peer, const struct reply *reply)
{
    bool tcp = peer->connection != 0;

    journal_answer(&server->journal, tcp, reply->question, reply->outcome);
    if (reply->wire == NULL)
        return;
    if (tcp)
        tcp_send(server, peer->connection, reply);
    else
        send_udp(peer, reply);
}

void server_query(struct server *server, const struct peer *peer, const uint8_t *query,
                  size_t length)
{
    struct reply reply;
    nanoseconds due;

    if (!reply_make(&server->catalog, query, length, peer->connection != 0, &reply))
        return;
    journal_query(&server->journal, peer->connection != 0, reply.question);
    if (reply.delay > 0) {
        due = clock_now() + reply.delay * NANOSECONDS_PER_MILLISECOND; /* not before the log says */
        if (!queue_add(&server->queue, due, peer, &reply))
            fputs("dnsd: too many delayed answers, one dropped\n", stderr);
        return;
    }
    send_reply(server, peer, &reply);
    free(reply.wire);
}

static void udp_ready(struct source *source, uint32_t events)
{
    struct listener *listener = (struct listener *)source;
    uint8_t query[UDP_QUERY_MAX];

    (void)events;
    for (unsigned i = 0; i < BATCH; i++) {
        struct peer peer = {.socket = source->file, .address_length = sizeof peer.address};
        ssize_t length = recvfrom(source->file, query, sizeof query, MSG_DONTWAIT,
                                  (struct sockaddr *)&peer.address, &peer.address_length);

        if (length < 0)
            return;
        server_query(listener->server, &peer, query, (size_t)length);
    }
}

/* A bound and watched socket, or -1 with errno.  TYPE with SOCK_NONBLOCK and SOCK_CLOEXEC. */
static int add_listener(struct server *server, const struct sockaddr *address, socklen_t length,
                        int type, void (*ready)(struct source *source, uint32_t events))
{
    struct listener *listener = calloc(1, sizeof *listener);
    int saved, one = 1, size = RECEIVE_BUFFER;

    if (listener == NULL)
        return -1;
    listener->server = server;
    listener->source.ready = ready;
    listener->source.file = socket(address->sa_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    listener->source.next = server->listeners;
    server->listeners = &listener->source;
    if (type == SOCK_DGRAM)
        (void)setsockopt(listener->source.file, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    else if (address->sa_family != AF_UNIX)
        (void)setsockopt(listener->source.file, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (address->sa_family == AF_INET6)
        (void)setsockopt(listener->source.file, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
    if (bind(listener->source.file, address, length) == 0 &&
        (type == SOCK_DGRAM || listen(listener->source.file, BACKLOG) == 0) &&
        server_watch(server, &listener->source))
        return listener->source.file;
    saved = errno;
    server_forget(&server->listeners, &listener->source);
    errno = saved;
    return -1;
}

static uint16_t *address_port(struct sockaddr_storage *address)
{
    return address->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)address)->sin6_port
                                          : &((struct sockaddr_in *)address)->sin_port;
}

/* UDP and TCP on the same port; ADDRESS then holds it. */
static bool listen_both(struct server *server, struct sockaddr_storage *address, socklen_t length)
{
    struct sockaddr_storage wanted = *address;
    int tries = *address_port(address) == 0 ? PORT_TRIES : 1;

    while (tries-- > 0) {
        int udp = add_listener(server, (struct sockaddr *)&wanted, length, SOCK_DGRAM, udp_ready);

        if (udp == -1 || getsockname(udp, (struct sockaddr *)address, &length) != 0)
            return false;
        if (add_listener(server, (struct sockaddr *)address, length, SOCK_STREAM, tcp_accept) != -1)
            return true;
        server_forget(&server->listeners, server->listeners); /* the UDP socket just made */
    }
    return false;
}

/* ADDR@PORT, or ADDR for port 53. */
static bool parse_address(const char *where, struct sockaddr_storage *address, socklen_t *length)
{
    struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
                             .ai_socktype = SOCK_DGRAM};
    struct addrinfo *found = NULL;
    size_t host_length = strcspn(where, "@");
    char *host = strndup(where, host_length);
    const char *port = where[host_length] == '@' ? where + host_length + 1 : "53";
    bool good = host != NULL && getaddrinfo(host, port, &hints, &found) == 0;

    if (good) {
        memcpy(address, found->ai_addr, found->ai_addrlen);
        *length = found->ai_addrlen;
    }
    if (found != NULL)
        freeaddrinfo(found);
    free(host);
    return good;
}

bool server_listen(struct server *server, const char *where, char *problem, size_t size)
{
    struct sockaddr_storage address;
    socklen_t length;

    if (!parse_address(where, &address, &length)) {
        snprintf(problem, size, "%s: not ADDRESS@PORT", where);
        return false;
    }
    if (!listen_both(server, &address, length)) {
        snprintf(problem, size, "%s: %s", where, strerror(errno));
        return false;
    }
    printf("listening %.*s@%u\n", (int)strcspn(where, "@"), where, ntohs(*address_port(&address)));
    return true;
}

bool server_control(struct server *server, const char *path, char *problem, size_t size)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof address.sun_path) {
        snprintf(problem, size, "%s: too long for a socket", path);
        return false;
    }
    memcpy(address.sun_path, path, strlen(path));
    (void)unlink(path);
    if (add_listener(server, (struct sockaddr *)&address, sizeof address, SOCK_STREAM,
                     control_accept) != -1)
        return true;
    snprintf(problem, size, "%s: %s", path, strerror(errno));
    return false;
}

static void send_due(struct server *server)
{
    struct waiting *waiting;

    while ((waiting = queue_take(&server->queue, clock_now())) != NULL) {
        send_reply(server, &waiting->peer, &waiting->reply);
        waiting_free(waiting);
    }
}

void server_run(struct server *server)
{
    while (!server->stop) {
        struct epoll_event event;
        int count = epoll_wait(server->epoll, &event, 1, queue_wait(&server->queue, clock_now()));

        if (count == 1) {
            struct source *source = event.data.ptr;

            source->ready(source, event.events);
        } else if (count == -1 && errno != EINTR) {
            perror("dnsd: epoll_wait");
            return;
        }
        send_due(server);
    }
}

void server_free(struct server *server)
{
    while (server->connections != NULL)
        server_forget(&server->connections, server->connections);
    while (server->controls != NULL)
        server_forget(&server->controls, server->controls);
    while (server->listeners != NULL)
        server_forget(&server->listeners, server->listeners);
    queue_free(&server->queue);
    catalog_free(&server->catalog);
    journal_close(&server->journal);
    close(server->epoll);
}
