/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_SETTINGS_H
#define VERIFY_SETTINGS_H

/* settings.h - what of the configuration the verifiers read. */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/clock.h"
#include "lib/verify/dna_source.h"

struct csa_settings {
    bool address_literals; /* look literals up in the reverse tree (spec/csv.md 5) */
};

/* Whose result counts: that of our own engine, or that of libspf2 where it has one. */
enum spf_engine { SPF_ENGINE_NATIVE, SPF_ENGINE_LIBSPF2 };

struct spf_settings {
    unsigned term_limit; /* terms that cause lookups, RFC 7208 4.6.4: 10 */
    unsigned void_limit; /* lookups without an answer, RFC 7208 4.6.4: 2 */
    enum spf_engine engine;
    bool second_opinion; /* ask the other engine, too, and tell where it differs */
};

/* What a record that was published for SPF ("v=spf1") is worth to Sender ID. */
enum senderid_spf1 {
    SENDERID_SPF1_NO,       /* nothing: it is not looked at */
    SENDERID_SPF1_ANNOTATE, /* its result is told, and never counts against the message */
    SENDERID_SPF1_YES       /* as much as one for Sender ID, as RFC 4406 4.4 has it */
};

struct senderid_settings {
    enum senderid_spf1 use_spf1;
    bool mfrom; /* check the reverse-path, too */
};

struct dkim_settings {
    unsigned minimum_key_bits; /* of RSA keys, RFC 8301 3.2: 1024 */
    bool accept_rsa_sha1;      /* RFC 8301 3.1: no */
    bool accept_body_length;   /* signatures of a part of the body (l=) */
    unsigned max_signatures;   /* of a message that are verified */
};

struct domainkeys_settings {
    unsigned minimum_key_bits;
};

/* Patterns of names in certificates, see tls_name_matches(). */
struct tls_names {
    const char *const *patterns;
    size_t count;
};

struct tls_settings {
    struct tls_names refuse_issuers;
    struct tls_names refuse_subjects;
};

struct dna_settings {
    bool use_helo;                    /* a HELO name that resolves to the client is authenticated */
    bool use_spf;                     /* so is one for which SPF passed */
    nanoseconds timeout;              /* for all sources that are asked at one time */
    const struct dna_source *sources; /* in the order of the administrator */
    size_t source_count;
};

struct reputation_rules {
    double refuse_above; /* the lower end of a rate's interval */
    double trust_below;  /* its upper end */
};

struct verify_settings {
    struct csa_settings csa;
    struct spf_settings spf;
    struct senderid_settings senderid;
    struct domainkeys_settings domainkeys;
    struct dkim_settings dkim;
    struct tls_settings tls;
    struct dna_settings dna;
    struct reputation_rules reputation;
};

#endif
