/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef QUESTIONS_H
#define QUESTIONS_H

/* questions.h - which DNS questions were asked.  The linker puts these functions between every
 * caller and the resolver (--wrap), so questions started ahead are seen, too. */

#include <stdbool.h>

#include "lib/dns/resolver.h"

/* Forget all. */
void questions_clear(void);

/* Different questions asked since. */
unsigned questions_count(void);

/* Whether NAME was asked for TYPE ("A", "SRV" ...; "ANY": for any type). */
bool questions_asked(const char *name, const char *type);

/* Print them as TAP comments. */
void questions_print(void);

#endif
