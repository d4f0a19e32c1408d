/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/header.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/vouch.h"

struct header_list header_list_in(struct arena *arena, size_t max_octets)
{
    return (struct header_list){.arena = arena, .max_octets = max_octets};
}

/* One piece of memory for all of it: arenas round every piece up. */
static struct header_field *copy_field(struct arena *arena, const char *name, size_t name_length,
                                       const char *value, size_t value_length)
{
    struct header_field *field =
        arena_alloc(arena, sizeof *field + name_length + 1 + value_length + 1);
    char *octets;

    if (field == NULL)
        return NULL;
    octets = (char *)(field + 1);
    memcpy(octets, name, name_length);
    field->name = octets;
    octets += name_length + 1;
    if (value_length > 0)
        memcpy(octets, value, value_length);
    field->value = octets;
    field->value_length = value_length;
    return field;
}

static void link_field(struct header_list *list, struct header_field *field)
{
    if (list->first == NULL)
        list->first = field;
    else
        list->last->next = field;
    list->last = field;
}

int header_list_add(struct header_list *list, const char *name, const char *value,
                    size_t value_length)
{
    size_t name_length = strlen(name);
    size_t room = list->max_octets - list->octets;
    struct header_field *field;

    list->count++;
    if (room < HEADER_FIELD_COST || name_length > room - HEADER_FIELD_COST ||
        value_length > room - HEADER_FIELD_COST - name_length) {
        list->truncated = true;
        return VOUCH_ERROR_LIMIT;
    }
    field = copy_field(list->arena, name, name_length, value, value_length);
    if (field == NULL) {
        list->truncated = true;
        return VOUCH_ERROR_MEMORY;
    }
    list->octets += HEADER_FIELD_COST + name_length + value_length;
    link_field(list, field);
    return VOUCH_OK;
}

bool header_field_is(const struct header_field *field, const char *name)
{
    size_t length = strlen(name);

    if (strnlen(field->name, length) < length || !ascii_equal_fold(field->name, name, length))
        return false;
    return field->name[length + strspn(field->name + length, " \t")] == '\0';
}

const struct header_field *header_list_find(const struct header_list *list, const char *name,
                                            const struct header_field *after)
{
    const struct header_field *field = after != NULL ? after->next : list->first;

    while (field != NULL && !header_field_is(field, name))
        field = field->next;
    return field;
}
