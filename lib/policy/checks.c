/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/checks.h"

#include <stdbool.h>
#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/ip.h"
#include "lib/dns/trust_anchor.h"

const char *check_listen(const char *value)
{
    static const char *const schemes[] = {"inet:", "inet6:", "unix:", "local:", "fd:"};

    if (value[0] == '/')
        return NULL;
    for (size_t i = 0; i < sizeof schemes / sizeof schemes[0]; i++)
        if (strncmp(value, schemes[i], strlen(schemes[i])) == 0)
            return value[strlen(schemes[i])] != '\0' ? NULL
                                                     : "names a kind of socket, but not which";
    return "is not a socket; use inet:PORT@HOST, inet6:PORT@HOST, unix:/PATH, local:/PATH or fd:N";
}

static bool is_account(const char *value, size_t length)
{
    if (length == 0 || value[0] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!ascii_is_alnum(value[i]) && strchr("_.-$", value[i]) == NULL)
            return false;
    return true;
}

const char *check_account(const char *value)
{
    return is_account(value, strlen(value)) ? NULL : "is not the name or number of a group";
}

const char *check_user(const char *value)
{
    size_t length = strcspn(value, ":");

    if (!is_account(value, length))
        return "is not USER or USER:GROUP";
    if (value[length] == ':' && !is_account(value + length + 1, strlen(value + length + 1)))
        return "is not USER or USER:GROUP";
    return NULL;
}

const char *check_path(const char *value)
{
    return value[0] == '/' ? NULL : "is not an absolute path; begin it with '/'";
}

const char *check_trust_anchor(const char *value)
{
    struct dns_name owner;
    const char *problem = check_path(value);

    if (problem != NULL)
        return problem;
    return trust_anchor_read(value, &owner, &problem) == VOUCH_OK ? NULL : problem;
}

/* RFC 8601 2.2: value = token / quoted-string; token as in RFC 2045 5.1. */
const char *check_word(const char *value)
{
    for (; *value != '\0'; value++)
        if (!ascii_is_alpha(*value))
            return "is not a word of letters alone";
    return NULL;
}

/* Longer ones would not leave room for what is said of them. */
enum { TITLE_MAX = 64 };

const char *check_title(const char *value)
{
    if (*value == '\0')
        return "has no name";
    if (strlen(value) > TITLE_MAX)
        return "has a name of more than 64 characters";
    for (; *value != '\0'; value++)
        if (!ascii_is_printable(*value) || strchr("'\"\\", *value) != NULL)
            return "has a name that is not printable ASCII without quotes";
    return NULL;
}

const char *check_token(const char *value)
{
    for (; *value != '\0'; value++)
        if (!ascii_is_printable(*value) || strchr(" ()<>@,;:\\\"/[]?=", *value) != NULL)
            return "is not a name that can stand in Authentication-Results unquoted";
    return NULL;
}

/* RFC 6376 3.1: sub-domain *( "." sub-domain ) */
const char *check_selector(const char *value)
{
    struct dns_name name;

    for (const char *at = value; *at != '\0'; at++)
        if (!ascii_is_alnum(*at) && strchr("-_.", *at) == NULL)
            return "is not a selector; use letters, digits, '-' and '_' in labels";
    if (dns_name_from_text(value, strlen(value), &name) != VOUCH_OK ||
        value[strlen(value) - 1] == '.')
        return "is not a selector; its labels have 1 to 63 letters and one dot between";
    return NULL;
}

/* RFC 5322 2.2 */
const char *check_header(const char *value)
{
    size_t name = strcspn(value, ":");

    for (size_t i = 0; i < name; i++)
        if (!ascii_is_printable(value[i]) || value[i] == ' ')
            return "has no name of a header field in front; use \"Name: value\"";
    if (name == 0 || value[name] != ':' || value[name + 1 + strspn(value + name + 1, " ")] == '\0')
        return "is not a header field; use \"Name: value\"";
    return NULL;
}

/* No host names: to look one up could take long. */
const char *check_redis(const char *value)
{
    struct ip address;
    size_t digits;

    if (strncmp(value, "unix:/", 6) == 0)
        return NULL;
    if (strncmp(value, "inet:", 5) != 0)
        return "is not a place where Redis listens; use inet:PORT@ADDRESS or unix:/PATH";
    for (digits = 0; ascii_is_digit(value[5 + digits]); digits++)
        continue;
    if (digits == 0 || digits > 5 || value[5 + digits] != '@')
        return "has no port; use inet:PORT@ADDRESS";
    value += 6 + digits;
    return ip_parse(value, strlen(value), &address) ? NULL : "has no IP address behind the '@'";
}
