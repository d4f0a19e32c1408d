/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/dkim_author.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/mailbox.h"

bool dkim_speaks_for(const struct dns_name *signer, const struct dns_name *author)
{
    return dns_name_equal(signer, author) ||
           (dns_name_labels(signer) > 1 && dns_name_within(author, signer));
}

static void add(struct dkim_authors *authors, const char *domain, size_t length)
{
    struct dns_name *name = &authors->domains[authors->count];

    if (authors->count == DKIM_AUTHORS_MAX || length == 0 || domain[0] == '[' ||
        dns_name_from_text(domain, length, name) != VOUCH_OK || dns_name_is_root(name))
        return;
    for (size_t i = 0; i < authors->count; i++)
        if (dns_name_equal(&authors->domains[i], name))
            return;
    authors->count++;
}

/* Letters, digits and whatever UTF-8 a name is written in. */
static bool is_domain_octet(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '.' || c == '_' || (unsigned char)c >= 0x80;
}

static void scan(struct dkim_authors *authors, const char *value, size_t length)
{
    const char *end = value + length;

    for (const char *at = memchr(value, '@', length); at != NULL;
         at = memchr(at, '@', (size_t)(end - at))) {
        const char *begin = ++at;

        while (at < end && is_domain_octet(*at))
            at++;
        add(authors, begin, (size_t)(at - begin));
    }
}

static bool read_field(struct arena *arena, const struct header_field *field,
                       struct dkim_authors *authors)
{
    struct mailbox_list list;
    int error =
        mailbox_list_parse(arena, field->value, field->value_length, DKIM_AUTHORS_MAX, &list);

    if (error == VOUCH_ERROR_MEMORY)
        return false;
    if (error != VOUCH_OK)
        scan(authors, field->value, field->value_length);
    else
        for (const struct mailbox *m = list.first; m != NULL; m = m->next)
            add(authors, m->domain, strlen(m->domain));
    return true;
}

bool dkim_authors_read(struct arena *arena, const struct header_list *headers,
                       struct dkim_authors *authors)
{
    const struct header_field *field = NULL;

    *authors = (struct dkim_authors){0};
    authors->domains = arena_calloc(arena, DKIM_AUTHORS_MAX + 1, sizeof *authors->domains);
    if (authors->domains == NULL)
        return false;
    while ((field = header_list_find(headers, "From", field)) != NULL) {
        authors->from_fields++;
        if (!read_field(arena, field, authors))
            return false;
    }
    return true;
}
