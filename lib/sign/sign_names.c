/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/sign/sign_names.h"

#include "lib/base/text.h"

/* Nobody has more of one, and h= must end somewhere. */
enum { OCCURRENCES_MAX = 8 };

/* RFC 6376 5.4.1, and what says how the body is to be read. */
static const struct {
    const char *name;
    bool sealed; /* another one must not be added: RFC 5322 3.6 has it once */
} signed_fields[] = {
    {"From", true},
    {"Sender", true},
    {"Reply-To", true},
    {"To", true},
    {"Cc", true},
    {"Subject", true},
    {"Date", true},
    {"Message-ID", true},
    {"In-Reply-To", true},
    {"References", true},
    {"MIME-Version", true},
    {"Content-Type", true},
    {"Content-Transfer-Encoding", true},
    {"Content-Disposition", true},
    {"Resent-Date", false},
    {"Resent-From", false},
    {"Resent-Sender", false},
    {"Resent-To", false},
    {"Resent-Cc", false},
    {"Resent-Message-ID", false},
    {"List-Id", false},
    {"List-Help", false},
    {"List-Unsubscribe", false},
    {"List-Unsubscribe-Post", false},
    {"List-Subscribe", false},
    {"List-Post", false},
    {"List-Owner", false},
    {"List-Archive", false},
};

static unsigned count(const struct header_list *headers, const char *name)
{
    unsigned found = 0;

    for (const struct header_field *f = headers->first; f != NULL; f = f->next)
        found += header_field_is(f, name);
    return found < OCCURRENCES_MAX ? found : OCCURRENCES_MAX;
}

const char *sign_names_dkim(struct arena *arena, const struct header_list *headers)
{
    struct text text = text_in(arena);

    for (size_t i = 0; i < sizeof signed_fields / sizeof signed_fields[0]; i++) {
        unsigned mentions = count(headers, signed_fields[i].name);

        if (mentions > 0 && signed_fields[i].sealed)
            mentions++;
        for (; mentions > 0; mentions--)
            text_printf(&text, "%s%s", text.length > 0 ? ":" : "", signed_fields[i].name);
    }
    return text_string(&text);
}

bool sign_names_has(const struct header_field *field)
{
    for (size_t i = 0; i < sizeof signed_fields / sizeof signed_fields[0]; i++)
        if (header_field_is(field, signed_fields[i].name))
            return true;
    return false;
}

size_t sign_names_count(const struct header_list *headers)
{
    size_t found = 0;

    for (const struct header_field *f = headers->first; f != NULL; f = f->next)
        found += sign_names_has(f);
    return found;
}
