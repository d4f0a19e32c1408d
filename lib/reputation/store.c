/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/reputation/store.h"

#include "lib/base/ascii.h"

/* No name gets so many messages; what is beyond was not written by us. */
static const double COUNT_MAX = 1e15;

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}

bool store_key_make(enum reputation_kind kind, const char *name, struct store_key *key)
{
    size_t length = 0;

    for (; name[length] != '\0'; length++) {
        if (length == REPUTATION_NAME_MAX || is_control(name[length]))
            return false;
        key->name[length] = ascii_lower(name[length]);
    }
    key->name[length] = '\0';
    key->length = length;
    key->kind = kind;
    return length > 0;
}

static double count_of(double number)
{
    return number >= 0 && number <= COUNT_MAX ? number : 0;
}

struct score store_score(double good, double bad, int64_t updated)
{
    return (struct score){count_of(good), count_of(bad), updated};
}
