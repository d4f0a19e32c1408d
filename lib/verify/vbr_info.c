/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/vbr_info.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/mail/domain.h"
#include "lib/mail/tag_list.h"

enum { CONTENT_MAX = 63 };

/* The element NAME in letters of any case; NULL: it is not there, or there twice. */
static const struct tag *find(const struct tag_list *list, const char *name)
{
    const struct tag *found = NULL;

    for (size_t i = 0; i < list->count; i++) {
        const struct tag *tag = &list->tags[i];

        if (tag->name_length != strlen(name) ||
            !ascii_equal_fold(tag->name, name, tag->name_length))
            continue;
        if (found != NULL)
            return NULL;
        found = tag;
    }
    return found;
}

static bool read_name(const char *text, size_t length, struct dns_name *name)
{
    if (length > 0 && text[length - 1] == '.')
        length--;
    return domain_is_name(text, length) && dns_name_from_text(text, length, name) == VOUCH_OK;
}

/* RFC 5518 4.2: letters; what the vouching services answer with are lower-case ones. */
static int read_content(struct arena *arena, const struct tag *tag, struct vbr_info *info)
{
    char *content;

    if (tag->value_length == 0 || tag->value_length > CONTENT_MAX)
        return VOUCH_ERROR_SYNTAX;
    content = arena_copy(arena, tag->value, tag->value_length);
    if (content == NULL)
        return VOUCH_ERROR_MEMORY;
    for (char *at = content; *at != '\0'; at++) {
        if (!ascii_is_alpha(*at))
            return VOUCH_ERROR_SYNTAX;
        *at = ascii_lower(*at);
    }
    info->content = content;
    return VOUCH_OK;
}

static int read_vouchers(const struct tag *tag, struct vbr_info *info)
{
    const char *item;
    size_t length, at = 0;

    while (info->voucher_count < VBR_VOUCHERS_MAX && tag_next_item(tag, &at, &item, &length))
        if (!read_name(item, length, &info->voucher[info->voucher_count++]))
            return VOUCH_ERROR_SYNTAX;
    return VOUCH_OK;
}

int vbr_info_read(struct arena *arena, const char *value, size_t length, struct vbr_info *info)
{
    const struct tag *domain, *content, *vouchers;
    struct tag_list list;
    int error;

    *info = (struct vbr_info){.content = ""};
    if (tag_list_parse(value, length, &list) != VOUCH_OK)
        return VOUCH_ERROR_SYNTAX;
    domain = find(&list, "md");
    content = find(&list, "mc");
    vouchers = find(&list, "mv");
    if (domain == NULL || content == NULL || vouchers == NULL ||
        !read_name(domain->value, domain->value_length, &info->domain))
        return VOUCH_ERROR_SYNTAX;
    error = read_content(arena, content, info);
    return error != VOUCH_OK ? error : read_vouchers(vouchers, info);
}
