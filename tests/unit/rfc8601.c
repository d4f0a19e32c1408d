/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tests/unit/rfc8601.h"

#include <stddef.h>
#include <string.h>

#include "lib/base/ascii.h"

/* Each function reads one rule at *P and moves it behind; false: it does not stand there, and *P is
 * where it was. */

static bool literal(const char **p, const char *text)
{
    size_t length = strlen(text);

    if (strncmp(*p, text, length) != 0)
        return false;
    *p += length;
    return true;
}

static bool is_wsp(char c)
{
    return c == ' ' || c == '\t';
}

/* RFC 5322 3.2.2, without the obsolete forms: [*WSP LF] 1*WSP */
static bool fws(const char **p)
{
    const char *q = *p;

    while (is_wsp(*q))
        q++;
    if (*q == '\n' && is_wsp(q[1]))
        while (is_wsp(*++q))
            continue;
    if (q == *p)
        return false;
    *p = q;
    return true;
}

static bool quoted_pair(const char **p)
{
    if (**p != '\\' || (!ascii_is_printable((*p)[1]) && (*p)[1] != '\t'))
        return false;
    *p += 2;
    return true;
}

static bool comment(const char **p)
{
    const char *q = *p;
    unsigned depth = 0;

    do {
        if (*q == '(')
            depth++, q++;
        else if (*q == ')')
            depth--, q++;
        else if (*q > 0x20 && *q < 0x7f && *q != '\\')
            q++;
        else if (!fws(&q) && !quoted_pair(&q))
            return false;
    } while (depth > 0);
    *p = q;
    return true;
}

/* 1*([FWS] comment) [FWS] / FWS */
static bool cfws(const char **p)
{
    const char *begin = *p;
    bool more = true;

    while (more) {
        (void)fws(p);
        more = **p == '(' && comment(p);
    }
    return *p > begin;
}

/* RFC 2045 5.1 */
static bool token(const char **p)
{
    const char *q = *p;

    while (*q > 0x20 && *q < 0x7f && strchr("()<>@,;:\\\"/[]?=", *q) == NULL)
        q++;
    if (q == *p)
        return false;
    *p = q;
    return true;
}

static bool quoted_string(const char **p)
{
    const char *q = *p;

    if (*q++ != '"')
        return false;
    while (*q != '"') {
        if (*q > 0x20 && *q < 0x7f && *q != '\\')
            q++;
        else if (!fws(&q) && !quoted_pair(&q))
            return false;
    }
    *p = q + 1;
    return true;
}

static bool value(const char **p)
{
    return quoted_string(p) || token(p);
}

/* RFC 5321 4.1.2: Keyword, and sub-domain, which is the same without the hyphen in front */
static bool keyword(const char **p)
{
    const char *q = *p;

    while (ascii_is_alnum(*q) || *q == '-')
        q++;
    if (q == *p || q[-1] == '-')
        return false;
    *p = q;
    return true;
}

static bool domain_name(const char **p)
{
    const char *q = *p;

    do
        if (*q == '-' || !keyword(&q))
            return false;
    while (literal(&q, "."));
    *p = q;
    return true;
}

static bool dot_atom(const char **p)
{
    const char *q = *p;

    do {
        const char *atom = q;

        while (ascii_is_alnum(*q) || (*q != '\0' && strchr("!#$%&'*+-/=?^_`{|}~", *q) != NULL))
            q++;
        if (q == atom)
            return false;
    } while (literal(&q, "."));
    *p = q;
    return true;
}

static bool address(const char **p)
{
    const char *q = *p;

    if (!quoted_string(&q))
        (void)dot_atom(&q);
    if (!literal(&q, "@") || !domain_name(&q))
        return false;
    *p = q;
    return true;
}

static bool propspec(const char **p)
{
    const char *q = *p;

    if (!keyword(&q))
        return false;
    cfws(&q);
    if (!literal(&q, "."))
        return false;
    cfws(&q);
    if (!keyword(&q))
        return false;
    cfws(&q);
    if (!literal(&q, "="))
        return false;
    cfws(&q);
    if (!address(&q) && !value(&q))
        return false;
    cfws(&q);
    *p = q;
    return true;
}

static bool reasonspec(const char **p)
{
    const char *q = *p;

    if (!literal(&q, "reason"))
        return false;
    cfws(&q);
    if (!literal(&q, "="))
        return false;
    cfws(&q);
    if (!value(&q))
        return false;
    *p = q;
    return true;
}

static bool methodspec(const char **p)
{
    const char *q = *p;

    cfws(&q);
    if (!keyword(&q))
        return false;
    cfws(&q);
    if (!literal(&q, "="))
        return false;
    cfws(&q);
    if (!keyword(&q))
        return false;
    *p = q;
    return true;
}

static bool resinfo(const char **p)
{
    const char *q = *p;

    cfws(&q);
    if (!literal(&q, ";") || !methodspec(&q))
        return false;
    *p = q;
    if (cfws(&q) && reasonspec(&q))
        *p = q;
    q = *p;
    if (cfws(&q) && propspec(&q)) {
        *p = q;
        while (propspec(p))
            continue;
    }
    return true;
}

static bool no_result(const char **p)
{
    const char *q = *p;

    cfws(&q);
    if (!literal(&q, ";"))
        return false;
    cfws(&q);
    if (!literal(&q, "none"))
        return false;
    cfws(&q);
    if (*q != '\0')
        return false;
    *p = q;
    return true;
}

bool rfc8601_is_payload(const char *payload)
{
    const char *p = payload;
    const char *version;

    cfws(&p);
    if (!value(&p))
        return false;
    version = p;
    if (cfws(&version) && ascii_is_digit(*version)) {
        while (ascii_is_digit(*version))
            version++;
        p = version;
    }
    if (no_result(&p))
        return true;
    if (!resinfo(&p))
        return false;
    while (resinfo(&p))
        continue;
    cfws(&p);
    return *p == '\0';
}
