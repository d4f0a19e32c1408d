/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "tools/sign.h"

#include <stdbool.h>
#include <string.h>

#include "tools/message_feed.h"

/* Take the whole message in. */
static int feed(struct vouch_message *message, const char *octets, size_t length)
{
    struct message_feed feed = message_feed_start(octets, length);
    int error = message_feed_header(&feed, message);

    if (error == VOUCH_OK)
        error = message_feed_body(&feed, message);
    if (error == VOUCH_OK)
        (void)vouch_message_decide(message, VOUCH_STAGE_EOM);
    return error;
}

/* What is folded with LF gets the line ends of the message. */
static void write_field(const struct vouch_edit *field, const char *line_end, FILE *out)
{
    (void)fprintf(out, "%s: ", field->name);
    for (const char *at = field->value; *at != '\0'; at++) {
        if (*at == '\n')
            (void)fputs(line_end, out);
        else
            (void)fputc(*at, out);
    }
    (void)fputs(line_end, out);
}

/* The last field goes on top. */
static int write_signed(const struct vouch_edit *fields, size_t count, const char *octets,
                        size_t length, FILE *out)
{
    const char *first_end = memchr(octets, '\n', length);
    bool crlf = first_end != NULL && first_end > octets && first_end[-1] == '\r';
    size_t mbox = 0;

    if (first_end != NULL && length >= 5 && memcmp(octets, "From ", 5) == 0)
        mbox = (size_t)(first_end - octets) + 1;
    (void)fwrite(octets, 1, mbox, out);
    while (count > 0)
        write_field(&fields[--count], crlf ? "\r\n" : "\n", out);
    (void)fwrite(octets + mbox, 1, length - mbox, out);
    return ferror(out) ? VOUCH_ERROR_SYSTEM : VOUCH_OK;
}

static int sign(struct vouch_message *message, const char *octets, size_t length, FILE *out,
                const char **why)
{
    const struct vouch_edit *fields;
    size_t count = 0;
    int error = feed(message, octets, length);

    if (error == VOUCH_OK)
        error = vouch_message_signatures(message, &fields, &count, why);
    if (error != VOUCH_OK)
        return error;
    if (count > 0)
        return write_signed(fields, count, octets, length, out);
    if (*why == NULL)
        *why = "no section 'sign' of the configuration speaks of its author";
    return VOUCH_OK;
}

int sign_run(struct vouch_engine *engine, const char *message, size_t length, FILE *out,
             const char **why)
{
    struct vouch_session *session = NULL;
    struct vouch_message *given = NULL;
    int error = vouch_session_new(engine, NULL, NULL, &session);

    *why = NULL;
    if (error == VOUCH_OK)
        error = vouch_session_fact(session, VOUCH_FACT_AUTH_AUTHEN, "vouch sign");
    if (error == VOUCH_OK)
        error = vouch_message_new(session, "", &given);
    if (error == VOUCH_OK)
        error = sign(given, message, length, out, why);
    vouch_message_free(given);
    vouch_session_free(session);
    return error;
}
