/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

/* clock.h - time that only moves forward. */

#include <stdint.h>
#include <time.h>

/* Nanoseconds on the monotonic clock. */
typedef uint64_t nanoseconds;

#define NANOSECONDS_PER_SECOND      UINT64_C(1000000000)
#define NANOSECONDS_PER_MILLISECOND UINT64_C(1000000)
#define NANOSECONDS_PER_MICROSECOND UINT64_C(1000)

nanoseconds clock_now(void);

/* For pthread_cond_timedwait on a condition that uses CLOCK_MONOTONIC. */
struct timespec clock_timespec(nanoseconds when);

#endif
