/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

/* fuzz.h - what the fuzz targets share.  A target is one file with one LLVMFuzzerTestOneInput. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"

/* Feed SIZE octets, which have no terminator, to the code under test.  Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* End the process, as a crash does, unless PROMISE holds. */
#define FUZZ_CHECK(promise) ((promise) ? (void)0 : fuzz_broken(#promise, __FILE__, __LINE__))

_Noreturn void fuzz_broken(const char *promise, const char *file, int line);

/* A part of the input. */
struct fuzz_span {
    const char *octets;
    size_t length;
};

struct fuzz_span fuzz_span(const uint8_t *data, size_t size);

/* Take the next line off the front of REST, its LF dropped; empty when nothing is left. */
struct fuzz_span fuzz_take_line(struct fuzz_span *rest);

/* A copy of its own on the heap, without terminator, so that an over-read is caught; free it. */
char *fuzz_copy(struct fuzz_span span);

/* The same with a terminator.  A NUL within ends it early. */
char *fuzz_string(struct fuzz_span span);

/* As arena_new; never NULL. */
struct arena *fuzz_arena(size_t limit);

/* Whether TEXT is printable ASCII alone. */
bool fuzz_is_printable(const char *text);

/* Whether TEXT holds WORD, in letters of any case. */
bool fuzz_mentions(const char *text, const char *word);

/* Whether TEXT can stand as the value of a header field: at every LF white space follows and then
 * something else, and no other control character than TAB is in it. */
bool fuzz_is_field_value(const char *text);

#endif
