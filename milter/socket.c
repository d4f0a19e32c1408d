/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/socket.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sysexits.h>
#include <unistd.h>

#include <libmilter/mfapi.h>

#include "milter/log.h"

/* Longer than the library's own maximum of accepted, not yet served connections. */
enum { BACKLOG = 1024 };

static int status_of_errno(void)
{
    if (errno == EACCES || errno == EPERM || errno == EROFS)
        return EX_NOPERM;
    return errno == EADDRINUSE ? EX_UNAVAILABLE : EX_CANTCREAT;
}

/* ---- Unix sockets ------------------------------------------------------------------------- */

static int check_directory(const char *path)
{
    char directory[ADDRESS_SIZE];
    struct stat found;
    char *slash;

    (void)snprintf(directory, sizeof directory, "%s", path);
    slash = strrchr(directory, '/');
    slash[slash == directory ? 1 : 0] = '\0';
    if (stat(directory, &found) != 0) {
        log_write(LOG_ERR, "socket directory %s: %s", directory, strerror(errno));
        return status_of_errno();
    }
    if (!S_ISDIR(found.st_mode)) {
        log_write(LOG_ERR, "socket directory %s is not a directory", directory);
        return EX_CANTCREAT;
    }
    if (faccessat(AT_FDCWD, directory, W_OK | X_OK, AT_EACCESS) != 0) {
        log_write(LOG_ERR, "cannot create a socket in %s: %s", directory, strerror(errno));
        return EX_NOPERM;
    }
    return 0;
}

/* 0: somebody listens at PATH; otherwise errno of the attempt to connect. */
static int try_connect(const char *path)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int outcome = 0;

    if (descriptor < 0)
        return errno;
    memcpy(name.sun_path, path, strlen(path) + 1);
    if (connect(descriptor, (const struct sockaddr *)&name, sizeof name) != 0)
        outcome = errno;
    (void)close(descriptor);
    /* EAGAIN: its queue of new connections is full. */
    return outcome == EAGAIN ? 0 : outcome;
}

static int clear_path(const char *path)
{
    struct stat found;
    int outcome;

    if (lstat(path, &found) != 0) {
        if (errno == ENOENT)
            return 0;
        log_write(LOG_ERR, "%s: %s", path, strerror(errno));
        return status_of_errno();
    }
    if (!S_ISSOCK(found.st_mode)) {
        log_write(LOG_ERR, "%s exists and is not a socket; it is left alone", path);
        return EX_CANTCREAT;
    }
    outcome = try_connect(path);
    if (outcome == 0) {
        log_write(LOG_ERR, "%s: another process listens there", path);
        return EX_UNAVAILABLE;
    }
    if (outcome == ECONNREFUSED && unlink(path) == 0) {
        log_write(LOG_INFO, "%s: removed a socket on which nobody listens", path);
        return 0;
    }
    log_write(LOG_ERR, "cannot replace the socket %s: %s", path,
              strerror(outcome == ECONNREFUSED ? errno : outcome));
    return EX_NOPERM;
}

static int prepare_unix(const struct address *address)
{
    int status;

    /* libmilter counts the final NUL twice. */
    if (strlen(address->where) + 2 > sizeof((struct sockaddr_un *)NULL)->sun_path) {
        log_write(LOG_ERR, "the path of a Unix socket has at most %zu octets: %s",
                  sizeof((struct sockaddr_un *)NULL)->sun_path - 2, address->where);
        return EX_CONFIG;
    }
    status = check_directory(address->where);
    return status != 0 ? status : clear_path(address->where);
}

static int finish_unix(const char *path, const struct socket_owner *owner, struct socket_file *file)
{
    struct stat made;
    bool keeps_owner = owner->user == (uid_t)-1 && owner->group == (gid_t)-1;

    if ((!keeps_owner && lchown(path, owner->user, owner->group) != 0) ||
        fchmodat(AT_FDCWD, path, owner->mode, AT_SYMLINK_NOFOLLOW) != 0 ||
        lstat(path, &made) != 0) {
        log_write(LOG_ERR, "cannot set owner, group and mode of %s: %s", path, strerror(errno));
        (void)unlink(path);
        return status_of_errno();
    }
    (void)snprintf(file->path, sizeof file->path, "%s", path);
    file->device = made.st_dev;
    file->inode = made.st_ino;
    return 0;
}

/* ---- Internet sockets ---------------------------------------------------------------------- */

/* Bind once and let go: the exact reason of a failure, which libmilter keeps to itself. */
static int try_bind(const struct addrinfo *found)
{
    int descriptor = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;
    int saved = 0;

    if (descriptor < 0)
        return errno;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) != 0 ||
        bind(descriptor, found->ai_addr, found->ai_addrlen) != 0)
        saved = errno;
    (void)close(descriptor);
    return saved;
}

/* Put the numeric form of FOUND into WHERE, unless it stands for every address. */
static void set_numeric(const struct addrinfo *found, const struct address *address,
                        char where[ADDRESS_SIZE])
{
    where[0] = '\0';
    if (address->where[0] != '\0')
        (void)getnameinfo(found->ai_addr, found->ai_addrlen, where, ADDRESS_SIZE, NULL, 0,
                          NI_NUMERICHOST);
}

static int prepare_inet(const struct address *address, char where[ADDRESS_SIZE])
{
    struct addrinfo hints = {.ai_family = address->kind == ADDRESS_INET6 ? AF_INET6 : AF_INET,
                             .ai_socktype = SOCK_STREAM,
                             .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
    const char *host = address->where[0] != '\0' ? address->where : NULL;
    struct addrinfo *found;
    char port[16];
    int problem;

    (void)snprintf(port, sizeof port, "%u", address->number);
    problem = getaddrinfo(host, port, &hints, &found);
    if (problem != 0) {
        log_write(LOG_ERR, "cannot listen on host %s: %s", address->where, gai_strerror(problem));
        return EX_UNAVAILABLE;
    }
    problem = try_bind(found);
    set_numeric(found, address, where);
    freeaddrinfo(found);
    if (problem == 0)
        return 0;
    log_write(LOG_ERR, "cannot listen on %s port %s: %s", host != NULL ? where : "any address",
              port, strerror(problem));
    errno = problem;
    return problem == EACCES ? EX_NOPERM : EX_UNAVAILABLE;
}

static int prepare_descriptor(const struct address *address)
{
    int listening = 0;
    socklen_t size = sizeof listening;

    if (getsockopt((int)address->number, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 &&
        listening)
        return 0;
    log_write(LOG_ERR, "descriptor %u is not a listening socket", address->number);
    return EX_UNAVAILABLE;
}

/* libmilter does not show its socket: the one that listens is it. */
static int find_listening(void)
{
    int most = getdtablesize();

    for (int descriptor = STDERR_FILENO + 1; descriptor < most; descriptor++) {
        int listening = 0;
        socklen_t size = sizeof listening;

        if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening)
            return descriptor;
    }
    return -1;
}

/* libmilter sends the answers at the end of a message one by one, and over TCP each would wait for
 * the MTA's delayed acknowledgement: some 80 ms a message.  What is accepted has the options of the
 * socket that listens. */
static void send_at_once(int descriptor)
{
    const int yes = 1;
    int family = 0;
    socklen_t size = sizeof family;

    if (getsockopt(descriptor, SOL_SOCKET, SO_DOMAIN, &family, &size) == 0 && family != AF_UNIX &&
        setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) != 0)
        log_write(LOG_WARNING, "cannot set TCP_NODELAY: %s", strerror(errno));
}

/* ---- all ------------------------------------------------------------------------------------ */

static int listening = -1;

static int prepare(const struct address *address, char *name, size_t size)
{
    static const char *const family[] = {[ADDRESS_INET] = "inet", [ADDRESS_INET6] = "inet6"};
    char where[ADDRESS_SIZE];
    int status = 0;

    if (address->kind == ADDRESS_UNIX) {
        (void)snprintf(name, size, "unix:%s", address->where);
        return prepare_unix(address);
    }
    if (address->kind == ADDRESS_FD) {
        (void)snprintf(name, size, "fd:%u", address->number);
        return prepare_descriptor(address);
    }
    status = prepare_inet(address, where);
    if (where[0] != '\0')
        (void)snprintf(name, size, "%s:%u@[%s]", family[address->kind], address->number, where);
    else
        (void)snprintf(name, size, "%s:%u", family[address->kind], address->number);
    return status;
}

int socket_open(const struct address *address, const struct socket_owner *owner,
                struct socket_file *file)
{
    char name[ADDRESS_SIZE + 32];
    int status = prepare(address, name, sizeof name);
    mode_t saved;
    int opened;

    file->path[0] = '\0';
    if (status != 0)
        return status;
    if (smfi_setconn(name) != MI_SUCCESS || smfi_setbacklog(BACKLOG) != MI_SUCCESS) {
        log_write(LOG_ERR, "libmilter refuses the socket %s", name);
        return EX_UNAVAILABLE;
    }
    saved = umask(0177);
    opened = smfi_opensocket(0);
    (void)umask(saved);
    if (opened != MI_SUCCESS) {
        log_write(LOG_ERR, "libmilter cannot listen on %s; its reason is in syslog", name);
        return EX_UNAVAILABLE;
    }
    listening = address->kind == ADDRESS_FD ? (int)address->number : find_listening();
    if (address->kind == ADDRESS_UNIX)
        return finish_unix(address->where, owner, file);
    send_at_once(listening);
    return 0;
}

int socket_listening(void)
{
    return listening;
}

void socket_remove(const struct socket_file *file)
{
    struct stat found;

    if (file->path[0] == '\0' || lstat(file->path, &found) != 0)
        return;
    if (found.st_dev == file->device && found.st_ino == file->inode && unlink(file->path) != 0)
        log_write(LOG_NOTICE, "%s stays behind: %s; the next start replaces it", file->path,
                  strerror(errno));
}
