/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_DNA_ASK_H
#define VERIFY_DNA_ASK_H

/* dna_ask.h - one question to one source, and whether the source is to be believed.
 *
 * A source in trouble never counts against the client: its word is `unknown`, and the reply says
 * what is the matter.  It is in trouble when
 *
 * - a question to it fails: no answer in time, REFUSED, SERVFAIL, an answer that is bogus;
 * - it answers that it does not serve us: 127.255.255.x, 127.0.0.255, 127.0.0.1 (no list uses these
 *   for a listing);
 * - it fails its test (RFC 5782 5): a list of addresses has 127.0.0.2 and not 127.0.0.1, for IPv6
 *   clients ::ffff:7f00:2 and not ::ffff:7f00:1; a list of names has TEST and not INVALID
 *   (test_text may stand for what it has).  Of
 *   services that answer with TXT nobody asks for TEST, but INVALID must be unknown to them, too.
 *
 * Who is in trouble is left alone for a while (dna_health.h). */

#include "lib/verify/dna_codes.h"
#include "lib/verify/dna_source.h"
#include "lib/verify/verifier.h"

/* Whom a question is about: a domain name, or an address backwards. */
struct dna_subject {
    char text[DNS_NAME_TEXT_SIZE];
    bool ipv6; /* it is an IPv6 address */
};

struct dna_subject dna_subject_of_name(const struct dns_name *name);

/* False: IP is no address. */
bool dna_subject_of_ip(const struct ip *ip, struct dna_subject *subject);

/* What a source said. */
struct dna_reply {
    enum dna_answer answer;
    bool malformed;         /* there is a record, but it is not in the format of the source */
    const char *trouble;    /* why the source is ignored; safe text; NULL: it is not */
    bool transient;         /* of trouble: it may be over soon */
    struct dna_codes codes; /* of DNA_FORMAT_CODES */
};

/* Start the questions that dna_ask() will ask, the tests among them. */
void dna_ask_prefetch(const struct check *check, const struct dna_source *source,
                      const struct dna_subject *subject);

/* Ask SOURCE, one of the check's settings and not DNA_KIND_OWN, about SUBJECT; CONTENT is the type
 * of content that a vouching service must vouch for, "all" aside.  The questions and what follows
 * from them go into OUTCOME's trace. */
struct dna_reply dna_ask(const struct check *check, struct outcome *outcome,
                         const struct dna_source *source, const struct dna_subject *subject,
                         const char *content);

#endif
