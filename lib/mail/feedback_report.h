/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MAIL_FEEDBACK_REPORT_H
#define MAIL_FEEDBACK_REPORT_H

/* feedback_report.h - complaints about mail in the Abuse Reporting Format (RFC 5965). */

#include "lib/mail/message.h"

/* What the report is about (RFC 5965 7.3). */
enum feedback_type {
    FEEDBACK_NONE,  /* the message is no report */
    FEEDBACK_SPAM,  /* abuse, fraud, virus */
    FEEDBACK_HAM,   /* not-spam */
    FEEDBACK_OTHER, /* another type, which says nothing of the message's worth, or several */
    FEEDBACK_BROKEN /* a report, but its type or the message it is about cannot be found */
};

/* Whether a message with header LIST and BODY is a report; *ABOUT becomes the message that it is
 * about, or the header of that.  At most ten parts are looked at.  VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int feedback_report_read(const struct header_list *list, struct message_span body,
                                          enum feedback_type *type, struct message_span *about);

#endif
