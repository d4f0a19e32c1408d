/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef DNS_ANSWER_H
#define DNS_ANSWER_H

/* answer.h - a decoded DNS answer: immutable, reference-counted, one block of memory. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/ip.h"
#include "lib/base/security.h"
#include "lib/dns/name.h"

enum dns_type { DNS_A = 1, DNS_PTR = 12, DNS_MX = 15, DNS_TXT = 16, DNS_AAAA = 28, DNS_SRV = 33 };

/* "A", "TXT", ...  Static. */
const char *dns_type_name(enum dns_type type);

enum dns_status {
    DNS_RECORDS,  /* at least one record of the type asked for */
    DNS_NODATA,   /* the name exists, the type does not */
    DNS_NXDOMAIN, /* the name does not exist */
    DNS_FAILURE   /* no answer that can be relied on: temperror, never fail */
};

enum dns_failure {
    DNS_FAILURE_NONE,
    DNS_FAILURE_TIMEOUT,   /* no answer within the time left */
    DNS_FAILURE_SERVFAIL,  /* the server answered SERVFAIL */
    DNS_FAILURE_REFUSED,   /* the server answered REFUSED or another error code */
    DNS_FAILURE_BOGUS,     /* DNSSEC validation failed */
    DNS_FAILURE_MALFORMED, /* the answer could not be decoded */
    DNS_FAILURE_BUDGET,    /* the transaction has no queries left */
    DNS_FAILURE_OVERLOAD,  /* too many questions in flight */
    DNS_FAILURE_SYSTEM     /* memory or a system call */
};

/* "timeout", "SERVFAIL", "REFUSED", "bogus (DNSSEC)", ...  Static. */
const char *dns_failure_text(enum dns_failure failure);

struct dns_record {
    union {
        struct ip address; /* A, AAAA */
        struct {
            uint16_t priority, weight, port;
            struct dns_name target;
        } srv;
        struct {
            uint16_t preference;
            struct dns_name exchange;
        } mx;
        struct dns_name ptr;
        struct {
            const uint8_t *octets; /* character-strings joined (RFC 7208 3.3) */
            size_t length;
        } txt;
    };
};

struct dns_answer {
    enum dns_status status;
    enum dns_failure failure; /* NONE unless status is FAILURE */
    enum dns_security security;
    const char *why; /* of a bogus answer: what libunbound says, raw; else "" */
    uint8_t rcode;
    uint32_t ttl;              /* seconds; least of the chain, or the negative TTL (RFC 2308) */
    enum dns_type type;        /* as asked */
    struct dns_name name;      /* as asked, by whoever asked first: letter case may differ */
    bool has_soa;              /* negative answer with an SOA in its authority section */
    struct dns_name soa_owner; /* that SOA's owner */
    size_t record_count;       /* records of the type asked for, CNAMEs followed */
    const struct dns_record *records;
};

/* Decode an answer PACKET to the question NAME TYPE: the records at the end of the CNAME chain, in
 * wire order.  Never NULL: what cannot be decoded becomes a FAILURE - a packet that is damaged, cut
 * short, answers another question, contradicts itself, has a CNAME loop or more than 512 records of
 * the type.  The TTL of a negative answer is the least of the SOA's TTL and its minimum (RFC 2308
 * 5); without an SOA for the name it is at most 5 seconds.  The caller owns a reference. */
struct dns_answer *dns_answer_decode(const uint8_t *packet, size_t length,
                                     const struct dns_name *name, enum dns_type type,
                                     enum dns_security security);

/* An answer without records.  Never NULL (out of memory: a static failure). */
struct dns_answer *dns_answer_failure(const struct dns_name *name, enum dns_type type,
                                      enum dns_failure failure);

/* A failure because validation failed; WHY (may be NULL) is copied. */
struct dns_answer *dns_answer_bogus(const struct dns_name *name, enum dns_type type,
                                    const char *why);

struct dns_answer *dns_answer_hold(struct dns_answer *answer);
void dns_answer_release(struct dns_answer *answer);

/* Bytes of memory it takes; 0 for a static failure. */
size_t dns_answer_size(const struct dns_answer *answer);

/* Whether any A or AAAA record of ANSWER is IP; binary comparison. */
bool dns_answer_has_address(const struct dns_answer *answer, const struct ip *ip);

struct text;

/* Describe the answer for a trace: "192.0.2.1, 192.0.2.2", "NXDOMAIN", "no record", "timeout".
 * Texts of strangers are made safe and cut at about 200 characters a record. */
void dns_answer_describe(const struct dns_answer *answer, struct text *text);

#endif
