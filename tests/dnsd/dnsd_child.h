/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNSD_CHILD_H
#define DNSD_CHILD_H

/* dnsd_child.h - a dnsd of one's own, for tests and benchmarks in C. */

#include <stdbool.h>

struct dnsd_child;

/* Start dnsd with the zone text ZONE at a free port of ADDRESS ("127.0.0.1").  It ends with this
 * process at the latest.  NULL: errno, or dnsd said on stderr what was wrong. */
struct dnsd_child *dnsd_child_start(const char *address, const char *zone);
void dnsd_child_stop(struct dnsd_child *child);

/* "127.0.0.1@PORT", as resolver_settings takes it. */
const char *dnsd_child_address(const struct dnsd_child *child);

/* Give a command ("silent", "! NAME TYPE FAULT", see dnsd's usage); true: dnsd said ok. */
bool dnsd_child_command(struct dnsd_child *child, const char *command);

/* How often NAME TYPE ("mail.example.com A") was asked since start or "reset"; TRANSPORT is "udp",
 * "tcp" or NULL for both. */
unsigned dnsd_child_count(const struct dnsd_child *child, const char *transport,
                          const char *question);

/* Of the questions whose name ends in SUFFIX: the most that were unanswered at one time. */
unsigned dnsd_child_peak(const struct dnsd_child *child, const char *suffix);

#endif
