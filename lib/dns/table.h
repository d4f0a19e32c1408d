/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_TABLE_H
#define DNS_TABLE_H

/* table.h - uthash, told that running out of memory is no reason to exit.  Private to lib/dns. */

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#endif
