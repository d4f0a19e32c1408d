/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_PIDFILE_H
#define MILTER_PIDFILE_H

/* pidfile.h - the file that names our process and is locked as long as we live. */

/* Create and lock PATH and write our process id to it; "" does nothing.  A file left by a dead
 * process is taken over.  The answer is 0 or an exit status of sysexits(3); the reason is logged.
 */
int pidfile_create(const char *path);

/* Remove the file; where its directory does not allow that, empty it. */
void pidfile_remove(const char *path);

#endif
