/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/dnsd/dnsd_child.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_SIZE = 256, LINE_SIZE = 2048 };

struct dnsd_child {
    pid_t pid;
    int input;   /* our end of its standard input: it ends when we do */
    int control; /* connected to its control socket */
    char folder[64], address[64];
};

static void file_path(const struct dnsd_child *child, const char *name, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", child->folder, name);
}

static bool write_zone(const struct dnsd_child *child, const char *zone)
{
    char path[PATH_SIZE];
    FILE *file;

    file_path(child, "zone", path);
    file = fopen(path, "w");
    if (file == NULL)
        return false;
    fputs(zone, file);
    return fclose(file) == 0;
}

/* In the child process. */
static void run(const struct dnsd_child *child, const char *address, int input, int output)
{
    const char *builddir = getenv("top_builddir");
    char program[PATH_MAX], where[64];

    snprintf(program, sizeof program, "%s/tests/dnsd/dnsd", builddir == NULL ? "." : builddir);
    snprintf(where, sizeof where, "%s@0", address);
    if (dup2(input, STDIN_FILENO) != -1 && dup2(output, STDOUT_FILENO) != -1 &&
        chdir(child->folder) == 0)
        execl(program, program, "-A", "-e", "-l", where, "-z", "zone", "-L", "log", "-C", "control",
              (char *)NULL);
    perror(program);
    _exit(127);
}

static bool spawn(struct dnsd_child *child, const char *address, int *output)
{
    int in[2], out[2];

    if (pipe2(in, O_CLOEXEC) != 0)
        return false;
    if (pipe2(out, O_CLOEXEC) != 0) {
        close(in[0]);
        close(in[1]);
        return false;
    }
    child->pid = fork();
    if (child->pid == 0)
        run(child, address, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    child->input = in[1];
    *output = out[0];
    return child->pid != -1;
}

/* "listening ADDRESS@PORT" */
static bool read_address(struct dnsd_child *child, int output)
{
    FILE *file = fdopen(output, "r");
    bool found;

    if (file == NULL) {
        close(output);
        return false;
    }
    found = fscanf(file, "listening %63s", child->address) == 1;
    fclose(file);
    return found;
}

static bool connect_control(struct dnsd_child *child)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    snprintf(address.sun_path, sizeof address.sun_path, "%s/control", child->folder);
    child->control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return child->control != -1 &&
           connect(child->control, (struct sockaddr *)&address, sizeof address) == 0;
}

struct dnsd_child *dnsd_child_start(const char *address, const char *zone)
{
    struct dnsd_child *child = calloc(1, sizeof *child);
    int output;

    if (child == NULL)
        return NULL;
    child->pid = child->input = child->control = -1;
    snprintf(child->folder, sizeof child->folder, "/tmp/dnsd-XXXXXX");
    if (mkdtemp(child->folder) == NULL) {
        free(child);
        return NULL;
    }
    if (write_zone(child, zone) && spawn(child, address, &output) && read_address(child, output) &&
        connect_control(child))
        return child;
    dnsd_child_stop(child);
    return NULL;
}

void dnsd_child_stop(struct dnsd_child *child)
{
    static const char *const files[] = {"zone", "log", "control"};

    if (child == NULL)
        return;
    if (child->pid > 0) {
        kill(child->pid, SIGTERM);
        waitpid(child->pid, NULL, 0);
    }
    if (child->input != -1)
        close(child->input);
    if (child->control != -1)
        close(child->control);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        char path[PATH_SIZE];

        file_path(child, files[i], path);
        (void)unlink(path);
    }
    (void)rmdir(child->folder);
    free(child);
}

const char *dnsd_child_address(const struct dnsd_child *child)
{
    return child->address;
}

bool dnsd_child_command(struct dnsd_child *child, const char *command)
{
    char answer[LINE_SIZE];
    ssize_t length;

    snprintf(answer, sizeof answer, "%s\n", command);
    if (write(child->control, answer, strlen(answer)) != (ssize_t)strlen(answer))
        return false;
    length = read(child->control, answer, sizeof answer);
    return length == 3 && memcmp(answer, "ok\n", 3) == 0;
}

/* A line of the log. */
struct entry {
    char transport[8], name[1024], type[16], outcome[16];
    int fields; /* 5: an answer */
};

/* Call EACH for every line of the log. */
static void read_log(const struct dnsd_child *child,
                     void (*each)(const struct entry *entry, void *context), void *context)
{
    char path[PATH_SIZE], line[LINE_SIZE];
    FILE *file;

    file_path(child, "log", path);
    file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        struct entry entry;

        entry.fields = 1 + sscanf(line, "%*s %7s %1023s %15s %15s", entry.transport, entry.name,
                                  entry.type, entry.outcome);
        if (entry.fields >= 4)
            each(&entry, context);
    }
    if (file != NULL)
        fclose(file);
}

struct count {
    const char *transport, *question;
    unsigned count;
};

static void count_entry(const struct entry *entry, void *context)
{
    struct count *count = context;
    size_t length = strlen(entry->name);

    if (entry->fields == 4 &&
        (count->transport == NULL || strcmp(entry->transport, count->transport) == 0) &&
        strncmp(count->question, entry->name, length) == 0 && count->question[length] == ' ' &&
        strcmp(count->question + length + 1, entry->type) == 0)
        count->count++;
}

unsigned dnsd_child_count(const struct dnsd_child *child, const char *transport,
                          const char *question)
{
    struct count count = {.transport = transport, .question = question};

    read_log(child, count_entry, &count);
    return count.count;
}

struct peak {
    const char *suffix;
    unsigned now, most;
};

static void peak_entry(const struct entry *entry, void *context)
{
    struct peak *peak = context;
    size_t length = strlen(entry->name), suffix = strlen(peak->suffix);

    if (length < suffix || strcmp(entry->name + length - suffix, peak->suffix) != 0)
        return;
    if (entry->fields == 5 && peak->now > 0)
        peak->now--;
    else if (entry->fields == 4 && ++peak->now > peak->most)
        peak->most = peak->now;
}

unsigned dnsd_child_peak(const struct dnsd_child *child, const char *suffix)
{
    struct peak peak = {.suffix = suffix};

    read_log(child, peak_entry, &peak);
    return peak.most;
}
