/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_RECORD_H
#define MILTER_RECORD_H

/* record.h - the file that gets one line of JSON for each message. */

#include <stdatomic.h>
#include <stdbool.h>

struct record_file {
    int descriptor;  /* -1: there is none */
    atomic_bool cut; /* its last line has no end: the disk was full */
};

/* Open FILE at PATH, "" for none.  A failure is a warning. */
void record_open(struct record_file *file, const char *path);
void record_close(struct record_file *file);

/* Append RECORD (NULL: there was no memory for it) and a line end to FILE, by one write so that no
 * other line gets between.  A failure is a warning, never the message's trouble. */
void record_append(struct record_file *file, const char *record);

#endif
