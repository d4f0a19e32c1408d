/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sysexits.h>
#include <unistd.h>

#include "tests/dnsd/server.h"

static const char usage[] =
    "usage: dnsd [-A] [-e] [-l ADDRESS@PORT]... [-z ZONEFILE]... [-L LOGFILE] [-C SOCKET]\n"
    "\n"
    "A DNS server for tests, with scripted faults.  Prints \"listening ADDRESS@PORT\" for each\n"
    "address once all are ready.\n"
    "\n"
    "  -l  listen there, UDP and TCP; port 0: a free one (default 127.0.0.1@0)\n"
    "  -z  serve this zone file\n"
    "  -L  log every query there: milliseconds since start, transport, name, type\n"
    "  -A  log every answer too: the same line and what was answered\n"
    "  -C  take commands at this Unix socket\n"
    "  -e  end at the end of the standard input\n"
    "\n"
    "Zone file: one record a line, absolute names, class and TTL (300) may be left out; names\n"
    "absent are NXDOMAIN, other types NODATA with the closest SOA; \"*\" and CNAME work.\n"
    "Faults, in the zone file or as a command:\n"
    "  ! NAME TYPE|ANY delay MS\n"
    "  ! NAME TYPE|ANY silent|servfail|refused|formerr|bogus|truncate|malformed|garbage|\n"
    "                  wrong-id|wrong-name|wrong-port|normal\n"
    "NAME * is every name, *.x every name below x; the closest name wins, then the later line.\n"
    "Commands: a fault line, clear (the faults set so), silent, normal, reload, reset (the log).\n"
    "Signals: SIGHUP reload, SIGUSR1 reset, SIGTERM end.\n";

enum { ITEMS_MAX = 32 };

struct options {
    const char *addresses[ITEMS_MAX], *zones[ITEMS_MAX];
    size_t address_count, zone_count;
    const char *log, *control;
    bool log_answers, end_with_input;
};

static bool add_item(const char **items, size_t *count, const char *item)
{
    if (*count == ITEMS_MAX)
        return false;
    items[(*count)++] = item;
    return true;
}

static bool read_options(int argc, char **argv, struct options *options)
{
    bool good = true;
    int option;

    while (good && (option = getopt(argc, argv, "Ael:z:L:C:")) != -1) {
        if (option == 'l')
            good = add_item(options->addresses, &options->address_count, optarg);
        else if (option == 'z')
            good = add_item(options->zones, &options->zone_count, optarg);
        else if (option == 'L')
            options->log = optarg;
        else if (option == 'C')
            options->control = optarg;
        else if (option == 'A')
            options->log_answers = true;
        else if (option == 'e')
            options->end_with_input = true;
        else
            good = false;
    }
    if (options->address_count == 0)
        options->addresses[options->address_count++] = "127.0.0.1@0";
    return good && optind == argc;
}

static void signal_ready(struct source *source, uint32_t events)
{
    struct server *server = ((struct listener *)source)->server;
    struct signalfd_siginfo info;
    char problem[512];

    (void)events;
    if (read(source->file, &info, sizeof info) != sizeof info)
        return;
    if (info.ssi_signo == SIGUSR1) {
        if (!journal_reset(&server->journal))
            perror("dnsd: log");
    } else if (info.ssi_signo == SIGHUP) {
        if (!catalog_load(&server->catalog, problem, sizeof problem))
            fprintf(stderr, "dnsd: %s\n", problem);
    } else {
        server->stop = true;
    }
}

static void input_ready(struct source *source, uint32_t events)
{
    char octets[512];

    (void)events;
    if (read(source->file, octets, sizeof octets) <= 0)
        ((struct listener *)source)->server->stop = true;
}

static bool watch_file(struct server *server, int file,
                       void (*ready)(struct source *source, uint32_t events))
{
    struct listener *listener = file == -1 ? NULL : calloc(1, sizeof *listener);

    if (listener == NULL)
        return false;
    listener->server = server;
    listener->source = (struct source){.file = file, .ready = ready, .next = server->listeners};
    server->listeners = &listener->source;
    return server_watch(server, &listener->source);
}

static bool watch_signals(struct server *server)
{
    sigset_t signals;

    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGUSR1);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    return sigprocmask(SIG_BLOCK, &signals, NULL) == 0 &&
           watch_file(server, signalfd(-1, &signals, SFD_CLOEXEC), signal_ready);
}

static bool start(struct server *server, const struct options *options, char *problem, size_t size)
{
    snprintf(problem, size, "cannot start"); /* until something says more */
    if (!server_start(server) || !watch_signals(server))
        return false;
    if (options->end_with_input && !watch_file(server, STDIN_FILENO, input_ready)) {
        snprintf(problem, size, "standard input: %s", strerror(errno));
        return false;
    }
    if (!journal_open(&server->journal, options->log, options->log_answers)) {
        snprintf(problem, size, "%s: %s", options->log, strerror(errno));
        return false;
    }
    server->catalog.paths = options->zones;
    server->catalog.path_count = options->zone_count;
    if (!catalog_load(&server->catalog, problem, size))
        return false;
    if (options->control != NULL && !server_control(server, options->control, problem, size))
        return false;
    for (size_t i = 0; i < options->address_count; i++)
        if (!server_listen(server, options->addresses[i], problem, size))
            return false;
    return fflush(stdout) == 0;
}

int main(int argc, char **argv)
{
    struct options options = {.log = NULL};
    struct server server = {.epoll = -1, .journal.file = -1};
    char problem[512];
    int status = EX_OK;

    if (!read_options(argc, argv, &options)) {
        fputs(usage, stderr);
        return EX_USAGE;
    }
    if (start(&server, &options, problem, sizeof problem)) {
        server_run(&server);
    } else {
        fprintf(stderr, "dnsd: %s\n", problem);
        status = EX_UNAVAILABLE;
    }
    if (options.control != NULL && status == EX_OK)
        (void)unlink(options.control);
    server_free(&server);
    return status;
}
