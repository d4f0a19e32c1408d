/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "milter/log.h"

static int pidfile_descriptor = -1;

static int fail(const char *path)
{
    int saved = errno;

    if (saved == EWOULDBLOCK) {
        log_write(LOG_ERR, "pid file %s: locked by another vouch-milter that runs", path);
        return EX_UNAVAILABLE;
    }
    log_write(LOG_ERR, "pid file %s: %s", path, strerror(saved));
    return saved == EACCES || saved == EPERM || saved == EROFS ? EX_NOPERM : EX_CANTCREAT;
}

int pidfile_create(const char *path)
{
    char text[32];
    int length = snprintf(text, sizeof text, "%ld\n", (long)getpid());
    struct stat found;
    int descriptor;

    if (path[0] == '\0')
        return 0;
    /* O_NOFOLLOW: a link here would have us write elsewhere, as root. */
    descriptor = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);
    if (descriptor < 0)
        return fail(path);
    if (fstat(descriptor, &found) == 0 && !S_ISREG(found.st_mode))
        errno = EINVAL;
    else if (flock(descriptor, LOCK_EX | LOCK_NB) == 0 && ftruncate(descriptor, 0) == 0 &&
             write(descriptor, text, (size_t)length) == length) {
        pidfile_descriptor = descriptor;
        return 0;
    }
    int status = fail(path);
    (void)close(descriptor);
    return status;
}

void pidfile_remove(const char *path)
{
    if (pidfile_descriptor < 0)
        return;
    if (unlink(path) != 0 && ftruncate(pidfile_descriptor, 0) != 0)
        log_write(LOG_NOTICE, "pid file %s stays behind: %s", path, strerror(errno));
    (void)close(pidfile_descriptor);
    pidfile_descriptor = -1;
}
