/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_PROFILE_H
#define POLICY_PROFILE_H

/* profile.h - sets of options that go together.
 *
 * A profile takes the place of defaults and of nothing else: what a file or the command line sets
 * wins over it.  What it sets has the profile's name as its origin, "profile strict". */

#include "lib/base/text.h"
#include "lib/policy/config.h"
#include "lib/policy/reader.h"

struct profile_setting {
    const char *section, *name;
    const char *value; /* as it would be written */
};

/* What PROFILE sets, section by section; ends with one whose `section` is NULL. */
const struct profile_setting *profile_settings(enum config_profile profile);

/* The same as configuration text. */
void profile_text(enum config_profile profile, struct text *text);

/* Set what the configuration's profile sets, wherever nobody else did.  Methods that were turned
 * off are left alone.  Comes behind everything that is read. */
void profile_apply(struct reader *reader);

#endif
