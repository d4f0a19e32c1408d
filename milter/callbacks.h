/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_CALLBACKS_H
#define MILTER_CALLBACKS_H

/* callbacks.h - the filter as libmilter sees it. */

#include <stdbool.h>

/* Tell libmilter of us; before smfi_opensocket.  False: it refused. */
bool callbacks_register(void);

#endif
