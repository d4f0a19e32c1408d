/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/sign/sign_choice.h"

#include <string.h>

#include "lib/mail/mailbox.h"
#include "lib/sign/sign_names.h"
#include "lib/verify/domainkeys_signature.h"

enum { AUTHORS_MAX = 100 };

/* Whose domains it is that sign. */
struct identities {
    struct dns_name authors[AUTHORS_MAX];
    size_t author_count;
    struct domainkeys_sender sender; /* of DomainKeys */
};

static const struct header_field *only_from(const struct header_list *headers)
{
    const struct header_field *from = header_list_find(headers, "From", NULL);

    return from != NULL && header_list_find(headers, "From", from) == NULL ? from : NULL;
}

/* What is wrong with the author in *WHY, or NULL there. */
static int find_authors(struct arena *arena, const struct header_list *headers,
                        struct identities *identities, const char **why)
{
    const struct header_field *from = only_from(headers);
    struct mailbox_list list = {.first = NULL};
    int error = VOUCH_OK;

    *why = NULL;
    if (headers->truncated)
        *why = "the header is larger than what is looked at";
    else if (from == NULL)
        *why = "there is not one From field";
    else
        error = mailbox_list_parse(arena, from->value, from->value_length, AUTHORS_MAX, &list);
    if (error == VOUCH_ERROR_MEMORY)
        return error;
    if (error != VOUCH_OK)
        *why = "the From field is malformed";
    for (const struct mailbox *m = list.first; m != NULL; m = m->next)
        if (dns_name_from_text(m->domain, strlen(m->domain),
                               &identities->authors[identities->author_count]) == VOUCH_OK)
            identities->author_count++;
    return VOUCH_OK;
}

/* How many labels of AUTHOR are the domain of SETTINGS; 0: it does not sign for that author. */
static unsigned speaks_for(const struct sign_settings *settings, const struct dns_name *author)
{
    if (!dns_name_equal(&settings->domain, author) &&
        !(settings->subdomains && dns_name_within(author, &settings->domain)))
        return 0;
    return dns_name_labels(&settings->domain);
}

/* Mark in CHOSEN those of METHOD that sign for AUTHOR: the closest. */
static void choose(const struct sign_settings *const *settings, size_t count,
                   enum sign_method method, const struct dns_name *author, bool *chosen)
{
    unsigned closest = 0;

    for (size_t i = 0; i < count; i++)
        if (settings[i]->method == method && speaks_for(settings[i], author) > closest)
            closest = speaks_for(settings[i], author);
    for (size_t i = 0; closest > 0 && i < count; i++)
        if (settings[i]->method == method && speaks_for(settings[i], author) == closest)
            chosen[i] = true;
}

int sign_choose(struct arena *arena, const struct sign_settings *const *settings, size_t count,
                const struct header_list *headers, bool *chosen, const char **why)
{
    struct identities *identities = arena_alloc(arena, sizeof *identities);
    int error;

    if (identities == NULL || !domainkeys_find_sender(arena, headers, &identities->sender))
        return VOUCH_ERROR_MEMORY;
    identities->author_count = 0;
    error = find_authors(arena, headers, identities, why);
    if (error != VOUCH_OK || *why != NULL)
        return error;
    for (size_t i = 0; i < identities->author_count; i++)
        choose(settings, count, SIGN_DKIM, &identities->authors[i], chosen);
    if (identities->sender.reason == REASON_NONE &&
        sign_names_count(headers) <= DOMAINKEYS_NAMES_MAX)
        choose(settings, count, SIGN_DOMAINKEYS, &identities->sender.domain, chosen);
    return VOUCH_OK;
}
