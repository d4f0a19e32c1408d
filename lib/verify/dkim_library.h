/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DKIM_LIBRARY_H
#define VERIFY_DKIM_LIBRARY_H

/* dkim_library.h - libopendkim, and the fence around its faults.  Nothing else includes its
 * headers.
 *
 * It canonicalizes the header and verifies the signature over it, one signature at a time.  It gets
 * nothing else to chew on:
 *
 *   - only the fields that the signature's h= selects (RFC 6376 5.4.2), at most
 *     DKIM_HEADER_NAMES_MAX, and one of an unguessable name beside them: without a field that no
 *     h= can name, one that names all of them makes it write behind its array;
 *   - only signatures that dkim_signature.c has read, and read as it does;
 *   - a key that dkim_key.c has read and written anew; it never goes to DNS;
 *   - no body: see dkim_body.h. */

#include "lib/mail/header.h"
#include "lib/verify/dkim_key.h"
#include "lib/verify/dkim_signature.h"

enum dkim_verdict {
    DKIM_VERIFIES,
    DKIM_DIFFERS,     /* header and signature do not fit together */
    DKIM_UNPROCESSED, /* the library would not do it, *PROBLEM says why */
    DKIM_NO_MEMORY
};

/* Verify SIGNATURE over HEADERS with KEY; both have result NONE.  Safe for any number of threads.
 */
enum dkim_verdict dkim_library_verify(const struct header_list *headers,
                                      const struct dkim_signature *signature,
                                      const struct dkim_key *key, const char **problem);

#endif
