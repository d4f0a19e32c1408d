/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/store.h"

const struct store_kind *const store_redis = NULL;
