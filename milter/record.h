/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_RECORD_H
#define MILTER_RECORD_H

/* Append RECORD (NULL: there was no memory for it) and a line end to the file at DESCRIPTOR, by one
 * write so that no other line gets between.  A failure is a warning, never the message's trouble.
 */
void record_append(int descriptor, const char *record);

#endif
