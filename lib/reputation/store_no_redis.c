/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* In place of store_redis.c in a build --without-hiredis. */
#include "lib/reputation/store.h"

const struct store_kind *const store_redis = NULL;
