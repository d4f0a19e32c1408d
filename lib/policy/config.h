/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_CONFIG_H
#define POLICY_CONFIG_H

/* config.h - milter.conf as a typed value.  Immutable once loaded; counted; shared by threads.
 *
 * Every option stands once in the table of options.c: name, type, default, range, meaning, and
 * where its value lives in here.  Loader, `-n`, sample file and manual page come from that table.
 */

#include <stdbool.h>
#include <stddef.h>

#include "lib/base/ip.h"
#include "lib/base/outcome.h"
#include "lib/dns/name.h"
#include "lib/dns/resolver.h"
#include "lib/reputation/reputation.h"
#include "lib/sign/settings.h"
#include "lib/verify/settings.h"
#include "lib/vouch.h"

/* Where a value was set. */
struct config_origin {
    const char *file; /* "default", "command line", or a path */
    unsigned line;    /* 0: unknown */
};

/* What every section with a title begins with. */
struct config_title {
    const char *text; /* as written */
    struct config_origin origin;
};

/* What to do with one result of one method. */
struct config_rule {
    bool set; /* always true in config.rules; in a domain override: only what it says */
    enum vouch_action action;
    const char *name; /* of its option: "fail", "helo-softfail" */
    struct config_origin origin;
};

/* The rules of one configuration section: the method's own identity, and its HELO identity where it
 * has two ("helo-fail = ...").  What a method says of an author's domain has no rules but those of
 * `domain` sections. */
enum rule_scope {
    RULE_SCOPE_MAIN,
    RULE_SCOPE_HELO,
    RULE_SCOPE_AUTHOR,
    RULE_SCOPE_UNSIGNED,  /* no signature where there should be one: "unsigned = ..." */
    RULE_SCOPE_SUBMITTER, /* SUBMITTER beside the header: "submitter-mismatch = ..." */
    RULE_SCOPE_MISSING,   /* there is nothing to check: "missing-pra = ..." */
    RULE_SCOPE_LITERAL,   /* HELO is an address literal: "address-literal = ..." */
    RULE_SCOPE_COUNT
};

struct config_rules {
    struct config_rule rule[METHOD_COUNT][RULE_SCOPE_COUNT][VOUCH_RESULT_COUNT];
};

/* When SPF of the reverse-path and Sender ID of the PRA together are a reason to refuse. */
enum refuse_when {
    REFUSE_NEVER,
    REFUSE_BOTH_FAIL,
    REFUSE_EITHER_FAILS,
    REFUSE_NEITHER_PASSES,
    REFUSE_EITHER_DOES_NOT_PASS,
    REFUSE_ONE_FAILS_OTHER_DOES_NOT_PASS
};
#define REFUSE_WHEN_WORDS                                                                          \
    "never both-fail either-fails neither-passes either-does-not-pass "                            \
    "one-fails-other-does-not-pass"

/* What a connection must have to bring mail. */
enum tls_require {
    TLS_REQUIRE_NO,
    TLS_REQUIRE_ENCRYPTION,
    TLS_REQUIRE_CERTIFICATE, /* that is verified */
    TLS_REQUIRE_MATCHING     /* whose CommonName is the HELO name */
};
#define TLS_REQUIRE_WORDS "no encryption certificate matching-certificate"

struct config_domain {
    struct dns_name name;
    const char *text; /* as written */
    bool exact;       /* subdomains are not meant */
    struct config_rules rules;
};

/* A `source` section; the verifiers read `verify.dna.sources`, which has the same. */
struct config_source {
    struct config_title title;
    struct dna_source source;
};

/* One `sign "example.org" { ... }`. */
struct config_sign {
    struct config_title title;
    struct sign_settings settings;
};

/* Whose messages are signed. */
struct config_signing {
    const struct ip_network *clients;
    size_t client_count;
    bool authenticated;
};

/* Which defaults hold. */
enum config_profile { PROFILE_STANDARD, PROFILE_STRICT };
#define PROFILE_WORDS "standard strict"

/* What an option was given, as it would be written. */
struct config_given {
    const char *value;           /* of a list: its items */
    bool adds;                   /* to the default of a list */
    struct config_origin origin; /* file NULL: its default holds */
};

struct config_exempt {
    const struct ip_network *clients;
    size_t client_count;
    bool authenticated;
    struct config_rule clients_rule; /* where each of them stands; the action is ACCEPT */
    struct config_rule authenticated_rule;
};

/* What makes an observation for the store of reputation. */
struct config_learning {
    double accepted_weight;  /* of a message that went through, and no more is known of it */
    const char *spam_header; /* "Name: value" of a content filter that ran before us; "": none */
    const char *ham_header;
};

struct config_authres {
    const char *authserv_id;                /* "": the MTA's name */
    const struct ip_network *trusted_peers; /* their Authentication-Results are kept */
    size_t trusted_peer_count;
    bool strip_all; /* remove every Authentication-Results field, not just ours */
};

struct vouch_config {
    struct vouch_settings process;
    struct resolver_settings dns;
    struct config_origin dnssec_origin, spf_engine_origin, second_opinion_origin;
    struct budget_limits budget;
    struct verify_settings verify;
    struct config_authres authres;
    struct reputation_settings reputation;
    struct config_origin reputation_store_origin, trust_below_origin;
    struct config_learning learning;
    bool received_spf;     /* write a Received-SPF field */
    bool domainkey_status; /* write a DomainKey-Status field, and remove those that arrive */
    enum refuse_when refuse_when;
    struct config_rule refuse; /* what is done then */
    enum tls_require tls_require;
    struct config_rule tls_unmet; /* what is done where that is missing */
    struct config_origin tls_enabled_origin, tls_issuers_origin, tls_subjects_origin;
    struct config_exempt exempt;
    size_t header_octets;           /* of a message that are kept */
    unsigned recipients;            /* of a message that are kept, for the record */
    unsigned forged_fields;         /* in a message that are removed; with more it is refused */
    struct config_rule forged_rule; /* where that stands */
    struct config_rule recipient_literal; /* what a recipient user@[192.0.2.1] gets */
    enum config_profile profile;
    const struct config_given *given; /* by index in option_table */
    bool enabled[METHOD_COUNT];
    struct config_rules rules;
    const struct config_domain *domains; /* sorted, each name once */
    size_t domain_count;
    struct config_signing signing;
    struct config_sign *signs; /* in the order in which they stand */
    size_t sign_count;
    const struct sign_settings *const *sign_settings; /* of each whose key was read */
    size_t sign_settings_count;
    const struct config_source *sources; /* as they stand in the file */
    size_t source_count;
    /* behind it the loader keeps its arena and its count */
};

/* The order in which `domains` stand. */
int config_domain_compare(const struct dns_name *a, const struct dns_name *b);

/* Free the keys that CONFIG signs with, which are not in its arena. */
void config_free_keys(struct vouch_config *config);

struct vouch_config *config_hold(struct vouch_config *config);

/* Whether two configurations ask for the same resolver, so that cache and threads can be kept. */
bool config_same_resolver(const struct vouch_config *a, const struct vouch_config *b);

/* The configuration's section for a method, and the scope of an identity within it. */
const char *config_section_name(enum method method);
enum rule_scope config_rule_scope(const struct outcome *outcome);

/* The result that DOMAIN has the rule for OUTCOME under: its own.  But of an author's domain
 * whatever is neither `pass` nor `temperror` is as good as `none` where it has no rule of its own:
 * a signature that is worth nothing must not be worth more than none. */
enum vouch_result config_domain_result(const struct config_domain *domain,
                                       const struct outcome *outcome);

/* Whether OUTCOME is told and counts neither for nor against the message: who published a record
 * for SPF need not have meant the addresses of headers (RFC 4406, the IESG's note). */
bool config_only_tells(const struct vouch_config *config, const struct outcome *outcome);

/* Whether OUTCOME says that the connection has not what tls { require } asks for. */
bool config_tls_unmet(const struct vouch_config *config, const struct outcome *outcome);

/* The rule for OUTCOME: the most specific `domain` override that speaks of it, else the method's
 * own; for a HELO literal its own, unless that is `continue`: then that for `none`.  *DOMAIN (may
 * be NULL) is the override used, or NULL.  Never NULL. */
const struct config_rule *config_rule_for(const struct vouch_config *config,
                                          const struct outcome *outcome,
                                          const struct config_domain **domain);

#endif
