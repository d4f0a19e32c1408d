/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/engine/own_results.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/mail/authres.h"
#include "lib/mail/authres_results.h"
#include "lib/report/authres.h"

/* How a result of ours tells whose name it is about. */
static const struct telling {
    enum method method;
    const char *ptype, *property;
    enum identity identity;
    bool is_part;
} tellings[] = {
    {METHOD_CSA, "smtp", "helo", IDENTITY_NONE, false},
    {METHOD_SPF, "smtp", "mailfrom", IDENTITY_MAILFROM, false},
    {METHOD_SPF, "smtp", "helo", IDENTITY_HELO, false},
    {METHOD_SENDER_ID, "header", "from", IDENTITY_PRA, false},
    {METHOD_SENDER_ID, "header", "sender", IDENTITY_PRA, false},
    {METHOD_SENDER_ID, "header", "resent-from", IDENTITY_PRA, false},
    {METHOD_SENDER_ID, "header", "resent-sender", IDENTITY_PRA, false},
    {METHOD_DKIM, "header", "d", IDENTITY_NONE, true},
    {METHOD_DOMAINKEYS, "header", "d", IDENTITY_NONE, true},
    {METHOD_TLS, "policy", "cert-issuer", IDENTITY_NONE, false},
};

static bool is_ours(const struct header_field *field, const char *authserv_id)
{
    struct authres_head head;

    return header_field_is(field, "Authentication-Results") &&
           authres_parse_head(field->value, field->value_length, &head) == VOUCH_OK &&
           head.version == 1 && authres_id_equal(head.authserv_id, authserv_id);
}

/* "x-csa" is csa, and only so; "spf" is spf. */
static bool find_method(const char *word, enum method *method)
{
    bool is_extension = ascii_equal_fold(word, "x-", strnlen(word, 2)) && strlen(word) > 2;
    char lower[32];
    size_t length = 0;

    word += is_extension ? 2 : 0;
    for (; word[length] != '\0'; length++) {
        if (length == sizeof lower)
            return false;
        lower[length] = ascii_lower(word[length]);
    }
    return method_from_name(lower, length, method) && method_is_registered(*method) != is_extension;
}

static const struct telling *find_telling(enum method method, const struct authres_result *result,
                                          const char **name)
{
    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        if (tellings[i].method != method)
            continue;
        *name = authres_property_of(result, tellings[i].ptype, tellings[i].property);
        if (*name != NULL)
            return &tellings[i];
    }
    return NULL;
}

/* The domain of an address; of a domain itself. */
static const char *domain_of(struct arena *arena, const char *name)
{
    const char *at = strrchr(name, '@');
    char *domain = arena_string(arena, at != NULL ? at + 1 : name);

    for (char *c = domain; c != NULL && *c != '\0'; c++)
        *c = ascii_lower(*c);
    return domain;
}

/* *OUTCOME stays NULL where RESULT does not say that a name of use passed. */
static int take_result(struct arena *arena, const struct authres_result *result,
                       struct outcome **outcome)
{
    const struct telling *telling;
    enum method method;
    const char *name;

    if (!ascii_string_equal_fold(result->result, vouch_result_word(VOUCH_PASS)) ||
        !find_method(result->method, &method))
        return VOUCH_OK;
    telling = find_telling(method, result, &name);
    if (telling == NULL)
        return VOUCH_OK;
    *outcome = outcome_new(arena, method, telling->identity, VOUCH_STAGE_EOM);
    if (*outcome == NULL)
        return VOUCH_ERROR_MEMORY;
    outcome_set(*outcome, VOUCH_PASS, REASON_NONE);
    (*outcome)->is_part = telling->is_part;
    for (const struct authres_property *p = result->properties; p != NULL; p = p->next)
        outcome_property(*outcome, p->ptype, p->name, p->value);
    if (method != METHOD_TLS)
        (*outcome)->domain = domain_of(arena, name);
    return (*outcome)->domain != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

/* Append what FIELD says; one that cannot be read says nothing. */
static int take_field(const struct header_list *list, const struct header_field *field,
                      struct outcome ***end)
{
    struct authres_result *results;
    int error = authres_read_results(list->arena, field->value, field->value_length, &results);

    if (error != VOUCH_OK)
        return error == VOUCH_ERROR_MEMORY ? error : VOUCH_OK;
    for (; results != NULL && error == VOUCH_OK; results = results->next) {
        error = take_result(list->arena, results, *end);
        if (**end != NULL)
            *end = &(**end)->next;
    }
    return error;
}

int own_results_read(const struct header_list *list, const char *authserv_id,
                     struct outcome **outcomes, bool *found)
{
    const struct header_field *field = list->first;
    int error = VOUCH_OK;

    *outcomes = NULL;
    while (field != NULL && !is_ours(field, authserv_id))
        field = field->next;
    *found = field != NULL;
    for (int i = 0; i < AUTHRES_FIELDS_MAX && field != NULL && error == VOUCH_OK &&
                    is_ours(field, authserv_id);
         i++, field = field->next)
        error = take_field(list, field, &outcomes);
    return error;
}
