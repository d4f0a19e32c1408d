/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_PROCESS_H
#define MILTER_PROCESS_H

/* process.h - what makes a process a daemon.  Answers of type int are 0 or an exit status of
 * sysexits(3); the reason is logged. */

#include <stdbool.h>
#include <sys/types.h>

/* ---- the user to run as ---- */

struct process_user {
    bool given;
    char name[64]; /* of the user, for initgroups */
    uid_t user;
    gid_t group;
};

/* Find USER[:GROUP] (names or numbers) in the user database; "" gives none. */
int process_find_user(const char *text, struct process_user *user);

/* Find a group, by name or number. */
int process_find_group(const char *text, gid_t *group);

/* Give up root for USER, its group and its supplementary groups, for good.  Nothing to do without a
 * user or when we are that user already. */
int process_become(const struct process_user *user);

/* ---- the background ---- */

/* Go to the background.  The process that was started waits for process_ready and then exits 0;
 * when we end before, it exits with our status.  Returns in the daemon only. */
int process_daemonize(void);

/* The daemon is up: let the waiting parent go, leave the terminal, tell the service manager.
 * FOREGROUND: standard error stays. */
void process_ready(bool foreground);

/* ---- limits ---- */

/* Raise the limit of open files to what SESSIONS sessions need; warn when it cannot be. */
void process_allow_files(unsigned sessions);

#endif
