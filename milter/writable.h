/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_WRITABLE_H
#define MILTER_WRITABLE_H

/* TEXT for functions of libmilter and POSIX that take a char * and write to nothing of it. */
static inline char *writable(const char *text)
{
    union {
        const char *in;
        char *out;
    } same = {.in = text};

    return same.out;
}

#endif
