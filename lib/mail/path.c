/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/path.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/ip.h"
#include "lib/base/utf8.h"
#include "lib/mail/domain.h"
#include "lib/vouch.h"

enum { LOCAL_MAX = 64 }; /* RFC 5321 4.5.3.1 */

/* A part of the text being read. */
struct span {
    const char *text;
    size_t length;
};

static struct span span_between(const char *from, const char *to)
{
    return (struct span){from, (size_t)(to - from)};
}

static bool is_dot_string(struct span local)
{
    bool atom = false;

    for (size_t i = 0; i < local.length; i++) {
        if (local.text[i] == '.' ? !atom : !ascii_is_atext(local.text[i]))
            return false;
        atom = local.text[i] != '.';
    }
    return atom;
}

/* RFC 5321 4.1.2: QcontentSMTP is what can be printed; nothing follows the closing quote. */
static bool is_quoted_string(struct span local)
{
    size_t i = 1;

    if (local.length < 2 || local.text[0] != '"')
        return false;
    for (; i < local.length && local.text[i] != '"'; i++) {
        if (local.text[i] == '\\' && ++i == local.length)
            return false;
        if (!ascii_is_printable(local.text[i]) && (unsigned char)local.text[i] < 0x80)
            return false;
    }
    return i == local.length - 1;
}

static bool is_local_part(struct span local)
{
    return local.length <= LOCAL_MAX && utf8_is_valid(local.text, local.length) &&
           (is_dot_string(local) || is_quoted_string(local));
}

static const char *last_at(struct span mailbox)
{
    for (size_t i = mailbox.length; i > 0; i--)
        if (mailbox.text[i - 1] == '@')
            return mailbox.text + i - 1;
    return NULL;
}

/* The '@' between local-part and domain: the last one that is not inside a quoted string, or, where
 * the quotes do not pair, the last one at all.  NULL: there is none. */
static const char *find_at(struct span mailbox)
{
    const char *at = NULL;
    bool quoted = false;

    for (size_t i = 0; i < mailbox.length; i++) {
        if (quoted && mailbox.text[i] == '\\')
            i++;
        else if (mailbox.text[i] == '"')
            quoted = !quoted;
        else if (mailbox.text[i] == '@' && !quoted)
            at = mailbox.text + i;
    }
    return quoted ? last_at(mailbox) : at;
}

/* RFC 5321 4.1.2: A-d-l ":" in front of the mailbox is accepted and ignored. */
static struct span skip_route(struct span mailbox)
{
    const char *end = mailbox.text + mailbox.length;
    const char *colon = memchr(mailbox.text, ':', mailbox.length);
    const char *p = mailbox.text;

    if (mailbox.length == 0 || *p != '@' || colon == NULL)
        return mailbox;
    while (p < colon) {
        const char *comma = memchr(p, ',', (size_t)(colon - p));
        const char *stop = comma != NULL ? comma : colon;

        if (*p != '@' || !domain_is_name(p + 1, (size_t)(stop - p - 1)))
            return mailbox;
        if (comma != NULL && comma + 1 == colon)
            return mailbox;
        p = comma != NULL ? comma + 1 : colon;
    }
    return span_between(colon + 1, end);
}

static struct span strip_brackets(struct span text, bool *balanced)
{
    bool opened = text.length > 0 && text.text[0] == '<';
    bool closed = text.length > opened && text.text[text.length - 1] == '>';

    *balanced = opened == closed;
    return (struct span){text.text + opened, text.length - opened - closed};
}

static int read_domain(struct arena *arena, struct span domain, struct path *path)
{
    int error = domain_read(arena, domain.text, domain.length, &path->domain);

    if (error != VOUCH_ERROR_SYNTAX)
        return error;
    path->malformed = true;
    path->domain = arena_copy(arena, domain.text, domain.length);
    return path->domain != NULL ? VOUCH_OK : VOUCH_ERROR_MEMORY;
}

static int read_mailbox(struct arena *arena, struct span mailbox, struct path *path)
{
    const char *end = mailbox.text + mailbox.length;
    const char *at = find_at(mailbox);
    struct span local = span_between(mailbox.text, at != NULL ? at : end);
    struct span domain = at != NULL ? span_between(at + 1, end) : (struct span){"", 0};

    /* The dot of the root says nothing; DNS names the same domain without it. */
    if (domain.length > 1 && domain.text[domain.length - 1] == '.')
        domain.length--;
    if (!is_local_part(local))
        path->malformed = true;
    path->local = arena_copy(arena, local.text, local.length);
    if (path->local == NULL)
        return VOUCH_ERROR_MEMORY;
    return read_domain(arena, domain, path);
}

int path_parse(struct arena *arena, const char *text, struct path *path)
{
    bool balanced;
    struct span raw = strip_brackets((struct span){text, strlen(text)}, &balanced);
    struct path read = {.local = "", .domain = "", .malformed = !balanced};
    int error = VOUCH_OK;

    read.raw = arena_copy(arena, raw.text, raw.length);
    if (read.raw == NULL)
        return VOUCH_ERROR_MEMORY;
    read.null = raw.length == 0 && balanced;
    if (raw.length > 0)
        error = read_mailbox(arena, skip_route(raw), &read);
    if (error == VOUCH_OK)
        *path = read;
    return error;
}

bool path_is_literal(const struct path *path)
{
    struct ip ip;

    return path->domain[0] == '[' || ip_parse(path->domain, strlen(path->domain), &ip);
}
