/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/dnsd/server.h"

/* The commands, one a line, each answered by "ok" or "error TEXT":
 *
 *     ! NAME TYPE FAULT   a fault over those of the zone files
 *     clear               forget the faults set so
 *     silent, normal      answer nothing at all; answer again
 *     reload              read the zone files again
 *     reset               empty the log */

enum { LINE_SIZE = 2048, CONTROLS_MAX = 16 };

struct control {
    struct source source;
    struct server *server;
    size_t length;
    char line[LINE_SIZE];
};

/* NULL, or what went wrong; PROBLEM is room for the text. */
static const char *command(struct server *server, const char *line, char *problem, size_t size)
{
    const char *what;

    if (line[0] == '!')
        return zone_faults_add(&server->catalog.set_faults, line + 1, &what) == VOUCH_OK ? NULL
                                                                                         : what;
    if (strcmp(line, "clear") == 0) {
        zone_faults_clear(&server->catalog.set_faults);
        return NULL;
    }
    if (strcmp(line, "silent") == 0 || strcmp(line, "normal") == 0) {
        server->catalog.silent = line[0] == 's';
        return NULL;
    }
    if (strcmp(line, "reload") == 0)
        return catalog_load(&server->catalog, problem, size) ? NULL : problem;
    if (strcmp(line, "reset") == 0)
        return journal_reset(&server->journal) ? NULL : strerror(errno);
    return "unknown command";
}

static void answer(struct control *control, const char *problem)
{
    char text[600];
    int length = problem == NULL ? snprintf(text, sizeof text, "ok\n")
                                 : snprintf(text, sizeof text, "error %.500s\n", problem);

    (void)send(control->source.file, text, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void take_lines(struct control *control)
{
    char problem[512];
    char *end;

    while ((end = memchr(control->line, '\n', control->length)) != NULL) {
        size_t used = (size_t)(end - control->line) + 1;

        *end = '\0';
        if (end > control->line && end[-1] == '\r')
            end[-1] = '\0';
        answer(control, command(control->server, control->line, problem, sizeof problem));
        control->length -= used;
        memmove(control->line, control->line + used, control->length);
    }
}

static void control_ready(struct source *source, uint32_t events)
{
    struct control *control = (struct control *)source;
    ssize_t length =
        read(source->file, control->line + control->length, LINE_SIZE - control->length);

    (void)events;
    if (length > 0) {
        control->length += (size_t)length;
        take_lines(control);
    }
    if (length <= 0 || control->length == LINE_SIZE) /* gone, or a line without end */
        server_forget(&control->server->controls, source);
}

void control_accept(struct source *source, uint32_t events)
{
    struct server *server = ((struct listener *)source)->server;
    int file = accept4(source->file, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    unsigned count = 0;
    struct control *control;

    (void)events;
    if (file == -1)
        return;
    for (const struct source *other = server->controls; other != NULL; other = other->next)
        count++;
    control = count < CONTROLS_MAX ? malloc(sizeof *control) : NULL;
    if (control == NULL) {
        close(file);
        return;
    }
    control->source =
        (struct source){.file = file, .ready = control_ready, .next = server->controls};
    control->server = server;
    control->length = 0;
    server->controls = &control->source;
    if (!server_watch(server, &control->source))
        server_forget(&server->controls, &control->source);
}
