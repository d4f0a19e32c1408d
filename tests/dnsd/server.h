/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_SERVER_H
#define DNSD_SERVER_H

/* server.h - one thread, one epoll loop: UDP, TCP, the control socket, signals. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "tests/dnsd/catalog.h"
#include "tests/dnsd/journal.h"
#include "tests/dnsd/queue.h"

/* Something the loop watches.  First member of what it belongs to. */
struct source {
    int file;
    void (*ready)(struct source *source, uint32_t events);
    struct source *next; /* in the list it belongs to */
};

struct server {
    struct catalog catalog;
    struct journal journal;
    struct queue queue;
    int epoll;
    bool stop;
    struct source *listeners;   /* UDP and TCP sockets, the control socket, signals */
    struct source *connections; /* TCP, newest first */
    struct source *controls;    /* connections to the control socket, newest first */
    uint64_t next_connection;
};

bool server_start(struct server *server);

/* Watch SOURCE for reading.  False: errno. */
bool server_watch(struct server *server, struct source *source);

/* Take SOURCE out of *LIST, close its file and free it. */
void server_forget(struct source **list, struct source *source);

/* Listen at ADDR@PORT for UDP and TCP (port 0: a free one) and print "listening ADDR@PORT".
 * False: PROBLEM says why. */
bool server_listen(struct server *server, const char *where, char *problem, size_t size);

/* Listen for commands at the Unix socket PATH (control.h). */
bool server_control(struct server *server, const char *path, char *problem, size_t size);

/* Until server->stop. */
void server_run(struct server *server);

void server_free(struct server *server);

/* For the sockets: reply to a query, at once or when it is due. */
void server_query(struct server *server, const struct peer *peer, const uint8_t *query,
                  size_t length);

/* tcp.c: take new connections from LISTENER; send REPLY on a connection if it is still there. */
struct listener {
    struct source source;
    struct server *server;
};
void tcp_accept(struct source *listener, uint32_t events);
void tcp_send(struct server *server, uint64_t connection, const struct reply *reply);

/* control.c: take new connections to the control socket. */
void control_accept(struct source *listener, uint32_t events);

#endif
