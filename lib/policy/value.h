/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_VALUE_H
#define POLICY_VALUE_H

/* value.h - the text of a value to its type. */

#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/text.h"
#include "lib/policy/options.h"

/* Convert TEXT as OPTION asks and store it at FIELD, whose type option_type tells (of a list: one
 * item; of a rule: its action only).  VOUCH_ERROR_SYNTAX: *FIELD is untouched and COMPLAINT says
 * what is wrong, safe to print.  VOUCH_ERROR_MEMORY. */
int value_store(const struct option *option, const char *text, void *field, struct arena *arena,
                struct text *complaint);

/* Octets that a value of this type takes in struct vouch_config (of a list: one item). */
size_t value_size(enum option_type type);

/* Write a number as a person would: "100ms", "8s", "16M", "100". */
void value_format(enum option_type type, uint64_t value, struct text *text);

#endif
