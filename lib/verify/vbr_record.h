/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_VBR_RECORD_H
#define VERIFY_VBR_RECORD_H

/* vbr_record.h - the answer of a vouching service: "all", or types of content (RFC 5518 5). */

#include <stdbool.h>
#include <stddef.h>

enum vbr_record {
    VBR_RECORD_MALFORMED, /* anything but lower-case words with single spaces between */
    VBR_RECORD_OTHER,     /* vouches, but not for this content */
    VBR_RECORD_VOUCHES
};

/* Read the LENGTH octets of TEXT, the character-strings of one record joined: does it vouch for
 * CONTENT, in letters of any case? */
enum vbr_record vbr_record_read(const char *text, size_t length, const char *content);

#endif
