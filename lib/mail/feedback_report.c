/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/mail/feedback_report.h"

#include <string.h>

#include "lib/base/ascii.h"

enum { PARTS_MAX = 10, PART_HEADER_MAX = 64 * 1024 };

/* The type that VALUE of Feedback-Type stands for. */
static enum feedback_type type_of(const struct header_field *field)
{
    static const struct {
        const char *word;
        enum feedback_type type;
    } types[] = {
        {"abuse", FEEDBACK_SPAM},
        {"fraud", FEEDBACK_SPAM},
        {"virus", FEEDBACK_SPAM},
        {"not-spam", FEEDBACK_HAM},
    };
    const char *value = field->value;
    size_t length = field->value_length;

    while (length > 0 && strchr(" \t\r\n", value[0]) != NULL) {
        value++;
        length--;
    }
    while (length > 0 && strchr(" \t\r\n", value[length - 1]) != NULL)
        length--;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strlen(types[i].word) == length && ascii_equal_fold(types[i].word, value, length))
            return types[i].type;
    return FEEDBACK_OTHER;
}

/* The fields of the part message/feedback-report (RFC 5965 3). */
static int read_fields(struct arena *arena, struct message_span part, enum feedback_type *type)
{
    struct header_list fields = header_list_in(arena, PART_HEADER_MAX);
    const struct header_field *field;
    struct message_span rest;
    int error = message_read(part, &fields, &rest);

    if (error != VOUCH_OK)
        return error;
    field = header_list_find(&fields, "Feedback-Type", NULL);
    if (field == NULL)
        return VOUCH_OK;
    /* 3.1: exactly one */
    *type =
        header_list_find(&fields, "Feedback-Type", field) == NULL ? type_of(field) : FEEDBACK_OTHER;
    return VOUCH_OK;
}

static int read_part(struct arena *arena, struct message_span part, enum feedback_type *type,
                     struct message_span *about)
{
    struct header_list header = header_list_in(arena, PART_HEADER_MAX);
    struct message_type media;
    struct message_span body;
    int error = message_read(part, &header, &body);

    if (error == VOUCH_OK)
        error = message_type_of(&header, &media);
    if (error != VOUCH_OK)
        return error;
    if (strcmp(media.type, "message/feedback-report") == 0)
        return read_fields(arena, body, type);
    if (strcmp(media.type, "message/rfc822") == 0 || strcmp(media.type, "text/rfc822-headers") == 0)
        *about = body;
    return VOUCH_OK;
}

int feedback_report_read(const struct header_list *list, struct message_span body,
                         enum feedback_type *type, struct message_span *about)
{
    struct message_type media;
    struct message_span part;
    int error = message_type_of(list, &media);

    *type = FEEDBACK_NONE;
    if (error != VOUCH_OK)
        return error;
    if (strcmp(media.type, "multipart/report") != 0 ||
        !ascii_string_equal_fold(media.report_type, "feedback-report"))
        return VOUCH_OK;
    *type = FEEDBACK_BROKEN;
    *about = (struct message_span){NULL, 0};
    for (int i = 0;
         i < PARTS_MAX && error == VOUCH_OK && message_next_part(media.boundary, &body, &part); i++)
        error = read_part(list->arena, part, type, about);
    if (about->octets == NULL)
        *type = FEEDBACK_BROKEN;
    return error;
}
