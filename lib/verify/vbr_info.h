/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_VBR_INFO_H
#define VERIFY_VBR_INFO_H

/* vbr_info.h - the VBR-Info header field: "md=example.com; mc=list; mv=a.example:b.example" (RFC
 * 5518 4). */

#include "lib/base/arena.h"
#include "lib/dns/name.h"
#include "lib/vouch.h"

/* Nobody needs more vouchers; those behind are not looked at. */
enum { VBR_VOUCHERS_MAX = 10 };

struct vbr_info {
    struct dns_name domain;                    /* md= */
    const char *content;                       /* mc= in lower case */
    struct dns_name voucher[VBR_VOUCHERS_MAX]; /* mv= */
    unsigned voucher_count;
};

/* Read the LENGTH octets of VALUE; names of elements in any case, in any order, unknown ones left
 * out.  VOUCH_ERROR_SYNTAX: md, mc or mv is missing, given twice or malformed.
 * VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int vbr_info_read(struct arena *arena, const char *value, size_t length,
                                   struct vbr_info *info);

#endif
