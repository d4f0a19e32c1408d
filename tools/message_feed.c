/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/message_feed.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const char *start;
    size_t length; /* without its line end */
};

/* The line at FEED's place, and step behind it.  False: there is none. */
static bool next_line(struct message_feed *feed, struct line *line)
{
    const char *end;

    if (feed->at == feed->end)
        return false;
    end = memchr(feed->at, '\n', (size_t)(feed->end - feed->at));
    line->start = feed->at;
    feed->at = end != NULL ? end + 1 : feed->end;
    line->length = (size_t)((end != NULL ? end : feed->end) - line->start);
    if (end != NULL && line->length > 0 && line->start[line->length - 1] == '\r')
        line->length--;
    return true;
}

struct message_feed message_feed_start(const char *message, size_t length)
{
    struct message_feed feed = {.at = message, .end = message};
    struct line line;

    if (message == NULL)
        return feed;
    feed.end = message + length;
    if (length >= 5 && memcmp(message, "From ", 5) == 0)
        (void)next_line(&feed, &line);
    return feed;
}

/* Octets of the field's name; 0 when LINE is no header field (RFC 5322 2.2).  MTAs take blanks in
 * front of the colon, which are obsolete (4.5), for no part of it. */
static size_t name_length(const struct line *line)
{
    const char *colon = memchr(line->start, ':', line->length);
    size_t length = colon != NULL ? (size_t)(colon - line->start) : 0;

    while (length > 0 && (line->start[length - 1] == ' ' || line->start[length - 1] == '\t'))
        length--;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line->start[i] <= ' ' || line->start[i] == 0x7f)
            return 0;
    return length;
}

static bool at_continuation(const struct message_feed *feed)
{
    return feed->at < feed->end && (*feed->at == ' ' || *feed->at == '\t');
}

/* The field between START and FEED's place, its folded lines joined by LF. */
static int give_field(const char *start, const struct message_feed *feed, size_t name,
                      struct vouch_message *message)
{
    struct message_feed field = {.at = start, .end = feed->at};
    char *copy = malloc((size_t)(field.end - start) + 1);
    size_t length = 0;
    struct line line;
    size_t value;
    int error;

    if (copy == NULL)
        return VOUCH_ERROR_MEMORY;
    while (next_line(&field, &line)) {
        if (length > 0)
            copy[length++] = '\n';
        memcpy(copy + length, line.start, line.length);
        length += line.length;
    }
    copy[length] = '\0';
    value = (size_t)((char *)memchr(copy, ':', length) - copy) + 1;
    copy[name] = '\0';
    error = vouch_message_header(message, copy, copy + value, length - value);
    free(copy);
    return error == VOUCH_ERROR_LIMIT ? VOUCH_OK : error;
}

int message_feed_header(struct message_feed *feed, struct vouch_message *message)
{
    struct line line, more;

    while (next_line(feed, &line) && line.length > 0) {
        size_t name = name_length(&line);
        int error;

        if (name == 0) {
            feed->at = line.start;
            return VOUCH_OK;
        }
        while (at_continuation(feed))
            (void)next_line(feed, &more);
        error = give_field(line.start, feed, name, message);
        if (error != VOUCH_OK)
            return error;
    }
    return VOUCH_OK;
}

int message_feed_body(struct message_feed *feed, struct vouch_message *message)
{
    struct line line;
    int error = VOUCH_OK;

    while (error == VOUCH_OK && next_line(feed, &line)) {
        bool ended = feed->at > line.start && feed->at[-1] == '\n';

        error = vouch_message_body(message, line.start, line.length);
        if (error == VOUCH_OK && ended)
            error = vouch_message_body(message, "\r\n", 2);
    }
    return error;
}
