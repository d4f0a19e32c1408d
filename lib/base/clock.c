/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/base/clock.h"

nanoseconds clock_now(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now); /* cannot fail for this clock */
    return (nanoseconds)now.tv_sec * NANOSECONDS_PER_SECOND + (nanoseconds)now.tv_nsec;
}

struct timespec clock_timespec(nanoseconds when)
{
    return (struct timespec){.tv_sec = (time_t)(when / NANOSECONDS_PER_SECOND),
                             .tv_nsec = (long)(when % NANOSECONDS_PER_SECOND)};
}
