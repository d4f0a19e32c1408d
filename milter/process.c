/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/log.h"
#include "milter/service.h"

/* What the resolver and all else need beside the sessions (libunbound: 4,096 queries at once). */
enum { FILES_BESIDE_SESSIONS = 4500 };

static int ready_descriptor = -1;

/* ---- the user to run as ---------------------------------------------------------------------- */

static bool read_id(const char *text, unsigned *id)
{
    char *end;
    unsigned long value;

    if (text[0] < '0' || text[0] > '9')
        return false;
    errno = 0;
    value = strtoul(text, &end, 10);
    *id = (unsigned)value;
    return errno == 0 && *end == '\0' && value < 0xffffffffUL;
}

int process_find_group(const char *text, gid_t *group)
{
    const struct group *found = getgrnam(text);
    unsigned id;

    if (found != NULL)
        *group = found->gr_gid;
    else if (read_id(text, &id))
        *group = id;
    else {
        log_write(LOG_ERR, "there is no group \"%s\"", text);
        return EX_CONFIG;
    }
    return 0;
}

int process_find_user(const char *text, struct process_user *user)
{
    const char *colon = strchr(text, ':');
    int length = colon != NULL ? (int)(colon - text) : (int)strlen(text);
    const struct passwd *found;
    unsigned id;

    *user = (struct process_user){.given = text[0] != '\0'};
    if (!user->given)
        return 0;
    (void)snprintf(user->name, sizeof user->name, "%.*s", length, text);
    found = getpwnam(user->name);
    if (found == NULL && read_id(user->name, &id))
        found = getpwuid(id);
    if (found == NULL) {
        log_write(LOG_ERR, "there is no user \"%s\"", user->name);
        return EX_CONFIG;
    }
    (void)snprintf(user->name, sizeof user->name, "%s", found->pw_name);
    user->user = found->pw_uid;
    user->group = found->pw_gid;
    return colon != NULL ? process_find_group(colon + 1, &user->group) : 0;
}

int process_become(const struct process_user *user)
{
    if (!user->given || (getuid() == user->user && geteuid() == user->user && user->user != 0))
        return 0;
    if (initgroups(user->name, user->group) != 0 || setgid(user->group) != 0 ||
        setuid(user->user) != 0) {
        log_write(LOG_ERR, "cannot become user %s: %s", user->name, strerror(errno));
        return EX_NOPERM;
    }
    if (user->user != 0 && (setuid(0) == 0 || seteuid(0) == 0)) {
        log_write(LOG_ERR, "user %s could become root again", user->name);
        return EX_OSERR;
    }
    return 0;
}

/* ---- the background ---------------------------------------------------------------------------
 */

/* The parent: exit as the daemon tells by its byte, or by its end. */
static void wait_for_daemon(int descriptor, pid_t daemon)
{
    unsigned char byte;
    ssize_t got;
    int status;

    while ((got = read(descriptor, &byte, 1)) < 0 && errno == EINTR)
        continue;
    if (got == 1)
        _exit(EX_OK);
    while (waitpid(daemon, &status, 0) < 0 && errno == EINTR)
        continue;
    _exit(WIFEXITED(status) ? WEXITSTATUS(status) : EX_SOFTWARE);
}

int process_daemonize(void)
{
    int ends[2];
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0 || (child = fork()) < 0) {
        log_write(LOG_ERR, "cannot go to the background: %s", strerror(errno));
        return EX_OSERR;
    }
    if (child > 0) {
        (void)close(ends[1]);
        wait_for_daemon(ends[0], child);
    }
    (void)close(ends[0]);
    ready_descriptor = ends[1];
    if (setsid() < 0 || chdir("/") != 0) {
        log_write(LOG_ERR, "cannot leave the terminal: %s", strerror(errno));
        return EX_OSERR;
    }
    return 0;
}

static void redirect_to_null(int descriptor)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null < 0 || dup2(null, descriptor) < 0)
        log_write(LOG_WARNING, "/dev/null: %s", strerror(errno));
    if (null > STDERR_FILENO)
        (void)close(null);
}

void process_ready(bool foreground)
{
    ssize_t written;

    service_ready();
    redirect_to_null(STDIN_FILENO);
    if (!foreground) {
        redirect_to_null(STDOUT_FILENO);
        redirect_to_null(STDERR_FILENO);
    }
    if (ready_descriptor < 0)
        return;
    written = write(ready_descriptor, "", 1);
    if (written != 1)
        log_write(LOG_WARNING, "cannot tell the starting process: %s", strerror(errno));
    (void)close(ready_descriptor);
    ready_descriptor = -1;
}

/* ---- limits ------------------------------------------------------------------------------------
 */

void process_allow_files(unsigned sessions)
{
    /* A session over the cap holds its socket too, until it is answered. */
    rlim_t needed = (rlim_t)sessions * 2 + FILES_BESIDE_SESSIONS;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= needed)
        return;
    limit.rlim_cur = needed;
    if (limit.rlim_max < needed && geteuid() == 0)
        limit.rlim_max = needed;
    if (limit.rlim_cur > limit.rlim_max)
        limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_write(LOG_WARNING, "cannot raise the limit of open files: %s", strerror(errno));
    else if (limit.rlim_cur < needed)
        log_write(LOG_WARNING,
                  "%u sessions may need %llu open files, but the limit is %llu; raise it or lower "
                  "max-sessions",
                  sessions, (unsigned long long)needed, (unsigned long long)limit.rlim_cur);
}
