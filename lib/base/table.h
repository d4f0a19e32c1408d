/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

/* table.h - uthash, told that running out of memory is no reason to exit.
 *
 * Where names are a stranger's, the hash value is given (a keyed one); the default function falls
 * through its cases, which clang warns of. */

#define HASH_NONFATAL_OOM                 1
#define HASH_FUNCTION(key, length, value) HASH_FNV(key, length, value)
#include <uthash.h>

#endif
