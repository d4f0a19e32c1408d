/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef BASE_OUTCOME_H
#define BASE_OUTCOME_H

/* outcome.h - what a verifier says, and how it came to say it.
 *
 * An outcome is data: policy acts on it, reports put it into words.  No text in it ever decides
 * anything.  Everything hanging off an outcome lives in the arena it was made in. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/base/arena.h"
#include "lib/base/security.h"
#include "lib/vouch.h"

/* The methods, by the name used in Authentication-Results (without "x-"), and whether IANA
 * registers them (RFC 8601 2.7.6: an unregistered one gets an "x-" and a field of its own). */
#define METHOD_LIST(X)                                                                             \
    X(METHOD_CSA, "csa", false)                                                                    \
    X(METHOD_HELO, "helo", false)                                                                  \
    X(METHOD_IPREV, "iprev", true)                                                                 \
    X(METHOD_SPF, "spf", true)                                                                     \
    X(METHOD_SENDER, "sender", false)                                                              \
    X(METHOD_SENDER_ID, "sender-id", true)                                                         \
    X(METHOD_DOMAINKEYS, "domainkeys", true)                                                       \
    X(METHOD_DKIM, "dkim", true)                                                                   \
    X(METHOD_TLS, "tls", false)                                                                    \
    X(METHOD_DNA, "dna", false)                                                                    \
    X(METHOD_VBR, "vbr", true)                                                                     \
    X(METHOD_DNSWL, "dnswl", true)                                                                 \
    X(METHOD_REPUTATION, "reputation", false)

enum method {
#define METHOD_ENUM(symbol, name, registered) symbol,
    METHOD_LIST(METHOD_ENUM)
#undef METHOD_ENUM
        METHOD_COUNT
};

/* "csa", "spf", ...  Never NULL; static. */
const char *method_name(enum method method);
bool method_is_registered(enum method method);

/* Find a method by LENGTH characters of its name.  False: there is none. */
bool method_from_name(const char *name, size_t length, enum method *method);

/* Which of several identities a method verified (RFC 7208 2.3, 2.4; RFC 4406 2). */
enum identity {
    IDENTITY_NONE,
    IDENTITY_HELO,
    IDENTITY_MAILFROM,
    IDENTITY_PRA,
    IDENTITY_SUBMITTER,        /* the SUBMITTER parameter of MAIL (RFC 4405) */
    IDENTITY_SUBMITTER_HEADER, /* whether the header says the same */
    IDENTITY_AUTHOR, /* a domain of the From field: what a method for whole messages says of it */
    IDENTITY_SIGNER, /* a signing domain */
    IDENTITY_ISSUER  /* the issuer of the client's certificate */
};

/* "", "helo", "mailfrom", "pra", "submitter", "submitter-header", "author", "signer", "issuer".
 * Never NULL; static. */
const char *identity_name(enum identity identity);

/* Why, as a stable code for machines and a text for people. */
#define REASON_LIST(X)                                                                             \
    X(REASON_NONE, "", "")                                                                         \
    /* general */                                                                                  \
    X(REASON_NO_CLIENT_ADDRESS, "no-client-address", "the client has no IP address")               \
    X(REASON_MEMORY, "out-of-memory", "out of memory")                                             \
    X(REASON_DNSSEC_BOGUS, "dnssec-bogus", "DNSSEC validation of a DNS answer failed")             \
    /* the HELO name */                                                                            \
    X(REASON_HELO_MISSING, "helo-missing", "no HELO was given")                                    \
    X(REASON_HELO_LITERAL, "helo-address-literal", "HELO is an address literal")                   \
    X(REASON_HELO_SINGLE_LABEL, "helo-single-label", "HELO is a name without a dot")               \
    X(REASON_HELO_MALFORMED, "helo-malformed", "HELO is not a domain name")                        \
    X(REASON_HELO_ADDRESS_MATCH, "helo-address-match", "HELO name resolves to the client")         \
    X(REASON_HELO_ADDRESS_MISMATCH, "helo-address-mismatch",                                       \
      "HELO name does not resolve to the client")                                                  \
    X(REASON_HELO_NO_ADDRESS, "helo-no-address",                                                   \
      "HELO name has no address of the client's family")                                           \
    X(REASON_HELO_LOOKUP_FAILED, "helo-lookup-failed", "HELO name could not be looked up")         \
    /* reputation */                                                                               \
    X(REASON_REPUTATION_BAD, "reputation-bad", "too much of its mail was unwanted here")           \
    X(REASON_REPUTATION_GOOD, "reputation-good", "hardly any of its mail was unwanted here")       \
    X(REASON_REPUTATION_MIXED, "reputation-mixed", "some of its mail was unwanted here")           \
    X(REASON_REPUTATION_UNKNOWN, "reputation-unknown", "too little of its mail was seen here")     \
    X(REASON_REPUTATION_AWAY, "reputation-away", "the store of reputation did not answer")         \
    /* iprev */                                                                                    \
    X(REASON_IPREV_MATCH, "iprev-match", "a name of the client's address leads back to it")        \
    X(REASON_IPREV_MISMATCH, "iprev-mismatch", "no name of the client's address leads back to it") \
    X(REASON_IPREV_NO_ADDRESS, "iprev-no-address", "the names of the client's address have none")  \
    X(REASON_IPREV_NO_NAME, "iprev-no-name", "the client's address has no name")                   \
    X(REASON_IPREV_TOO_MANY_NAMES, "iprev-too-many-names",                                         \
      "the client's address has too many names")                                                   \
    X(REASON_IPREV_DNS, "iprev-dns", "a DNS lookup failed")                                        \
    /* CSA, in the words of spec/csv.md 6 */                                                       \
    X(REASON_CSA_OK, "csa-ok", "host name authorized and client address matches")                  \
    X(REASON_CSA_OK_FORWARD, "csa-ok-forward", "host name authorized and resolves to the client")  \
    X(REASON_CSA_OK_CERTIFICATE, "csa-ok-certificate",                                             \
      "host name authorized and the client's certificate names it")                                \
    X(REASON_CSA_UNKNOWN, "csa-unknown", "no CSA record and no assertion by a parent")             \
    X(REASON_CSA_UNVERIFIED, "csa-unverified",                                                     \
      "host name authorized but the client is not proven to bear it")                              \
    X(REASON_CSA_BAD_RECORD, "csa-bad-record", "no CSA record of a known version and weight")      \
    X(REASON_CSA_TOO_MANY_RECORDS, "csa-too-many-records", "too many CSA records")                 \
    X(REASON_CSA_DEFER_SRV, "csa-defer-srv", "deferred (SRV lookup failed)")                       \
    X(REASON_CSA_DEFER_ADDRESS, "csa-defer-address", "deferred (target address lookup failed)")    \
    X(REASON_CSA_EXPLICIT, "csa-explicit-authorization-required",                                  \
      "explicit authorization required")                                                           \
    X(REASON_CSA_NOT_AUTHORIZED, "csa-not-authorized", "host name not authorized")                 \
    X(REASON_CSA_NO_ADDRESS, "csa-no-authorized-addresses", "no authorized addresses")             \
    X(REASON_CSA_MISMATCH, "csa-address-mismatch", "client address mismatch")                      \
    /* the reverse-path's domain */                                                                \
    X(REASON_SENDER_MX, "sender-mx", "the domain has MX records")                                  \
    X(REASON_SENDER_NULL_MX, "sender-null-mx", "the domain has null MX")                           \
    X(REASON_SENDER_NO_MX, "sender-no-mx", "the domain has no MX record")                          \
    X(REASON_SENDER_NXDOMAIN, "sender-nxdomain", "the domain does not exist")                      \
    X(REASON_SENDER_NO_DOMAIN, "sender-no-domain", "not a domain name")                            \
    X(REASON_SENDER_ADDRESS_LITERAL, "sender-address-literal", "an address literal")               \
    X(REASON_SENDER_DNS, "sender-dns", "the MX records could not be looked up")                    \
    /* SPF */                                                                                      \
    X(REASON_SPF_MATCH, "spf-match", "a mechanism matched")                                        \
    X(REASON_SPF_DEFAULT, "spf-default", "no mechanism matched")                                   \
    X(REASON_SPF_LIBSPF2, "spf-libspf2", "libspf2 decided otherwise than our engine")              \
    X(REASON_SPF_NO_DOMAIN, "spf-no-domain", "no domain to check")                                 \
    X(REASON_SPF_NXDOMAIN, "spf-nxdomain", "the domain does not exist")                            \
    X(REASON_SPF_NO_RECORD, "spf-no-record", "the domain publishes no SPF record")                 \
    X(REASON_SPF_MULTIPLE_RECORDS, "spf-multiple-records", "more than one SPF record")             \
    X(REASON_SPF_SYNTAX, "spf-syntax", "syntax error in the SPF record")                           \
    X(REASON_SPF_TERM_LIMIT, "spf-term-limit", "too many terms that need DNS lookups")             \
    X(REASON_SPF_VOID_LIMIT, "spf-void-limit", "too many DNS lookups without an answer")           \
    X(REASON_SPF_MX_LIMIT, "spf-mx-limit", "too many MX records")                                  \
    X(REASON_SPF_INCLUDE_NONE, "spf-include-none", "included domain publishes no SPF record")      \
    X(REASON_SPF_REDIRECT_NONE, "spf-redirect-none",                                               \
      "domain redirected to publishes no SPF record")                                              \
    X(REASON_SPF_SIZE_LIMIT, "spf-size-limit", "the SPF record is too large")                      \
    X(REASON_SPF_DNS, "spf-dns", "a DNS lookup failed")                                            \
    X(REASON_SPF_TIMEOUT, "spf-timeout", "DNS did not answer in time")                             \
    /* Sender ID */                                                                                \
    X(REASON_SENDER_ID_SPF1, "sender-id-spf1", "a record published for SPF alone matched")         \
    X(REASON_SUBMITTER_MALFORMED, "submitter-malformed", "SUBMITTER is not a mailbox")             \
    X(REASON_SUBMITTER_MATCH, "submitter-match", "the header names the submitter")                 \
    X(REASON_SUBMITTER_MISMATCH, "submitter-mismatch", "the header names another than SUBMITTER")  \
    X(REASON_SUBMITTER_UNVERIFIED, "submitter-unverified",                                         \
      "there is nothing in the header to compare SUBMITTER with")                                  \
    X(REASON_SENDER_ID_NO_RECORD, "sender-id-no-record", "the domain publishes no record for it")  \
    /* the Purported Responsible Address */                                                        \
    X(REASON_PRA_MISSING, "pra-missing", "no field names who is responsible for the message")      \
    X(REASON_PRA_SEVERAL_SENDERS, "pra-several-senders", "more than one Sender field")             \
    X(REASON_PRA_SEVERAL_FROMS, "pra-several-froms", "more than one From field")                   \
    X(REASON_PRA_SEVERAL_MAILBOXES, "pra-several-mailboxes",                                       \
      "the responsible field names more than one mailbox")                                         \
    X(REASON_PRA_GROUP, "pra-group", "the responsible field names a group")                        \
    X(REASON_PRA_NO_DOMAIN, "pra-no-domain", "the responsible address has no domain name")         \
    X(REASON_PRA_MALFORMED, "pra-malformed", "the responsible field is malformed")                 \
    X(REASON_PRA_TRUNCATED, "pra-truncated", "the header is larger than what is looked at")        \
    /* DomainKeys */                                                                               \
    X(REASON_DOMAINKEYS_PASS, "domainkeys-verified", "verified")                                   \
    X(REASON_DOMAINKEYS_NO_SIGNATURE, "domainkeys-no-signature", "the message has no signature")   \
    X(REASON_DOMAINKEYS_UNSIGNED, "domainkeys-unsigned",                                           \
      "the message has no signature, but the domain says that it signs all its mail")              \
    X(REASON_DOMAINKEYS_SYNTAX, "domainkeys-syntax", "syntax error in the signature")              \
    X(REASON_DOMAINKEYS_NO_SENDER, "domainkeys-no-sender", "the header does not name one sender")  \
    X(REASON_DOMAINKEYS_OTHER_DOMAIN, "domainkeys-other-domain",                                   \
      "signed by another domain than the sender's")                                                \
    X(REASON_DOMAINKEYS_SENDER_NOT_SIGNED, "domainkeys-sender-not-signed",                         \
      "the field that names the sender is not signed")                                             \
    X(REASON_DOMAINKEYS_NO_KEY, "domainkeys-no-key", "there is no such key in DNS")                \
    X(REASON_DOMAINKEYS_KEY_SYNTAX, "domainkeys-key-syntax", "syntax error in the key")            \
    X(REASON_DOMAINKEYS_KEY_REVOKED, "domainkeys-key-revoked", "the key was revoked")              \
    X(REASON_DOMAINKEYS_KEY_UNSUITABLE, "domainkeys-key-unsuitable",                               \
      "the key is not for this signature")                                                         \
    X(REASON_DOMAINKEYS_DNS, "domainkeys-dns", "the key could not be looked up")                   \
    X(REASON_DOMAINKEYS_MISMATCH, "domainkeys-mismatch",                                           \
      "changed after it was signed, or not signed with the key in DNS")                            \
    X(REASON_DOMAINKEYS_TESTING, "domainkeys-testing",                                             \
      "does not verify, but is only being tested")                                                 \
    X(REASON_DOMAINKEYS_WEAK_KEY, "domainkeys-weak-key", "the key is too short")                   \
    X(REASON_DOMAINKEYS_NO_SHA1, "domainkeys-no-sha1", "SHA-1 is turned off on this system")       \
    /* DKIM */                                                                                     \
    X(REASON_DKIM_PASS, "dkim-verified", "verified")                                               \
    X(REASON_DKIM_NO_SIGNATURE, "dkim-no-signature", "the message has no signature")               \
    X(REASON_DKIM_NOT_BY_AUTHOR, "dkim-not-by-author", "no signature of the author's domain")      \
    X(REASON_DKIM_TESTING, "dkim-testing", "signed with a key that is being tested")               \
    X(REASON_DKIM_SYNTAX, "dkim-syntax", "syntax error in the signature")                          \
    X(REASON_DKIM_EXPIRED, "dkim-expired", "the signature has expired")                            \
    X(REASON_DKIM_FUTURE, "dkim-future", "the signature is dated in the future")                   \
    X(REASON_DKIM_NO_KEY, "dkim-no-key", "there is no such key in DNS")                            \
    X(REASON_DKIM_KEY_SYNTAX, "dkim-key-syntax", "syntax error in the key")                        \
    X(REASON_DKIM_KEY_REVOKED, "dkim-key-revoked", "the key was revoked")                          \
    X(REASON_DKIM_KEY_UNSUITABLE, "dkim-key-unsuitable", "the key is not for this signature")      \
    X(REASON_DKIM_DNS, "dkim-dns", "the key could not be looked up")                               \
    X(REASON_DKIM_TIMEOUT, "dkim-timeout", "DNS did not answer in time")                           \
    X(REASON_DKIM_BODY_CHANGED, "dkim-body-changed", "the body was changed after it was signed")   \
    X(REASON_DKIM_HEADER_CHANGED, "dkim-header-changed",                                           \
      "the header was changed after it was signed")                                                \
    X(REASON_DKIM_OTHER_KEY, "dkim-other-key", "not signed with the key in DNS")                   \
    X(REASON_DKIM_MISMATCH, "dkim-mismatch", "the signature does not fit the header and the key")  \
    X(REASON_DKIM_NOT_PROCESSED, "dkim-not-processed", "the signature cannot be processed")        \
    X(REASON_DKIM_FROM_NOT_SIGNED, "dkim-from-not-signed",                                         \
      "there is a From field that is not signed")                                                  \
    X(REASON_DKIM_RSA_SHA1, "dkim-rsa-sha1", "signed with rsa-sha1")                               \
    X(REASON_DKIM_WEAK_KEY, "dkim-weak-key", "the key is too short")                               \
    X(REASON_DKIM_BODY_LENGTH, "dkim-body-length", "a part of the body is not signed")             \
    X(REASON_DKIM_TOO_MANY, "dkim-too-many", "too many signatures")                                \
    /* TLS and the client's certificate */                                                         \
    X(REASON_TLS_MATCH, "tls-matches-helo", "the certificate is verified and names the HELO name") \
    X(REASON_TLS_VERIFIED, "tls-verified",                                                         \
      "the certificate is verified, but does not name the HELO name")                              \
    X(REASON_TLS_NOT_ENCRYPTED, "tls-not-encrypted", "the connection is not encrypted")            \
    X(REASON_TLS_NO_CERTIFICATE, "tls-no-certificate", "the client presented no certificate")      \
    X(REASON_TLS_NOT_REQUESTED, "tls-not-requested", "the client was asked for no certificate")    \
    X(REASON_TLS_NONE_VERIFIED, "tls-none-verified",                                               \
      "the client presented no certificate that could be verified")                                \
    X(REASON_TLS_UNKNOWN_MTA, "tls-unknown-mta",                                                   \
      "the MTA does not say whether it verified the certificate")                                  \
    X(REASON_TLS_NOT_VERIFIED, "tls-not-verified", "the certificate could not be verified")        \
    X(REASON_TLS_BAD_NAME, "tls-bad-name", "a name in the certificate is malformed")               \
    X(REASON_TLS_REFUSED_ISSUER, "tls-refused-issuer",                                             \
      "certificates of this issuer are not accepted here")                                         \
    X(REASON_TLS_REFUSED_SUBJECT, "tls-refused-subject", "this certificate is not accepted here")  \
    X(REASON_TLS_TEMPERROR, "tls-temporary-error", "the certificate could not be checked now")     \
    X(REASON_TLS_MTA_ERROR, "tls-mta-error", "the MTA had trouble with TLS")                       \
    X(REASON_TLS_MALFORMED, "tls-malformed", "what the MTA tells of the certificate is malformed") \
    /* accreditation */                                                                            \
    X(REASON_DNA_ACCREDITED, "dna-accredited", "accredited")                                       \
    X(REASON_DNA_REFUSED, "dna-refused", "spoken against")                                         \
    X(REASON_DNA_REFUSED_BY_RECORD, "dna-refused-by-record",                                       \
      "spoken against by what this site remembers")                                                \
    X(REASON_DNA_UNKNOWN, "dna-unknown", "no source knows it")                                     \
    X(REASON_DNA_UNAUTHENTICATED, "dna-unauthenticated", "the HELO name is not authenticated")     \
    X(REASON_DNA_SOURCE_IGNORED, "dna-source-ignored", "ignored")                                  \
    X(REASON_DNA_SERVICES_UNKNOWN, "dna-services-unknown",                                         \
      "the services that speak for the name could not be looked up")                               \
    X(REASON_VBR_VOUCHED, "vbr-vouched", "a service vouches for the domain")                       \
    X(REASON_VBR_NOT_VOUCHED, "vbr-not-vouched", "no service vouches for the domain")              \
    X(REASON_VBR_SEVERAL_CONTENTS, "vbr-several-contents", "VBR-Info fields that do not agree")    \
    X(REASON_VBR_NO_INFO, "vbr-no-info", "no VBR-Info field of use")                               \
    X(REASON_VBR_UNAUTHENTICATED, "vbr-unauthenticated",                                           \
      "no VBR-Info field speaks of a domain that is authenticated")                                \
    X(REASON_VBR_NO_SERVICE, "vbr-no-service", "no VBR-Info field names a service known here")     \
    X(REASON_VBR_TROUBLE, "vbr-trouble", "ignored")                                                \
    X(REASON_VBR_BAD_ANSWER, "vbr-bad-answer", "the service's answer is malformed")                \
    X(REASON_VBR_TOO_MANY, "vbr-too-many", "too many VBR-Info fields")                             \
    X(REASON_DNSWL_LISTED, "dnswl-listed", "listed")                                               \
    X(REASON_DNSWL_NOT_LISTED, "dnswl-not-listed", "not listed")                                   \
    X(REASON_DNSWL_TROUBLE, "dnswl-trouble", "ignored")

enum reason {
#define REASON_ENUM(symbol, code, text) symbol,
    REASON_LIST(REASON_ENUM)
#undef REASON_ENUM
        REASON_COUNT
};

/* The stable code, such as "csa-address-mismatch", and the text.  Never NULL; static. */
const char *reason_code(enum reason reason);
const char *reason_text(enum reason reason);

/* ptype.name=value of RFC 8601 2.2, raw octets; the writer escapes. */
struct property {
    const char *ptype;
    const char *name;
    const char *value;
    struct property *next;
};

/* One step on the way to an outcome.  Texts are safe to print. */
struct trace_step {
    const char *asked;          /* "SRV _client._smtp.mail.example.org", or "" */
    const char *answer;         /* "1 2 0 mail.example.org", "NXDOMAIN", "timeout" ... */
    const char *rule;           /* "csv 2.1: weight 2, authorized", "RFC 7208 4.6.4: ..." */
    uint32_t asked_us;          /* microseconds since the session or message began */
    uint32_t took_us;           /* until the answer was there; 0 from the cache */
    enum dns_security security; /* of the answer */
    struct trace_step *next;
};

enum { TRACE_LIMIT = 256 }; /* steps kept per outcome */

struct outcome {
    enum method method;
    enum identity identity;
    enum vouch_stage stage; /* when its facts were complete */

    /* It speaks of one of the things that the method verified, such as one of a message's
     * signatures.  The method's outcome that is no part sums them up and comes before them: policy
     * acts on it alone, Authentication-Results has the parts in its place. */
    bool is_part;

    enum vouch_result result;
    enum reason reason;
    const char *domain;      /* the name it speaks of, lower case without final dot; "" if none */
    const char *detail;      /* what exactly: an SPF term, a place in a record; safe text; "" */
    const char *explanation; /* third party's words (SPF exp=), raw; "" if none */
    struct property *properties;
    struct property **properties_end;
    struct trace_step *trace;
    struct trace_step **trace_end;
    enum dns_security security; /* of all answers together */
    unsigned trace_count;
    struct arena *arena;
    struct outcome *next;
};

/* A new outcome with result NONE in ARENA, or NULL. */
struct outcome *outcome_new(struct arena *arena, enum method method, enum identity identity,
                            enum vouch_stage stage);

/* Set result and reason together. */
void outcome_set(struct outcome *outcome, enum vouch_result result, enum reason reason);

/* Whether OUTCOMES hold parts of what SUMMARY sums up. */
bool outcome_has_parts(const struct outcome *outcomes, const struct outcome *summary);

/* Append a property; the value is copied.  Without memory it is left out. */
void outcome_property(struct outcome *outcome, const char *ptype, const char *name,
                      const char *value);

/* Append a step; texts are copied, NULL means "".  Beyond TRACE_LIMIT or memory it is left out.
 * Returns the step to fill in times, or NULL. */
struct trace_step *outcome_trace(struct outcome *outcome, const char *asked, const char *answer,
                                 const char *rule);

#endif
