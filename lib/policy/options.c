/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/options.h"

#include <string.h>

#include "lib/base/clock.h"
#include "lib/dns/trust_anchor.h"
#include "lib/policy/checks.h"
#include "lib/policy/config.h"

#define MS              NANOSECONDS_PER_MILLISECOND
#define KIB             UINT64_C(1024)
#define MIB             (KIB * KIB)
#define AT(member)      .offset = offsetof(struct vouch_config, member)
#define IN_SIGN(member) .offset = offsetof(struct config_sign, settings.member)
#define HOUR            (3600 * NANOSECONDS_PER_SECOND)
#define DAY             (24 * HOUR)

#define RULE(of, identity, result_, section_, name_, default_, meaning_)                           \
    {                                                                                              \
        .section = (section_), .name = (name_), .type = OPTION_RULE, .standard = (default_),       \
        AT(rules.rule[of][identity][result_]), .meaning = (meaning_)                               \
    }
#define CSA(result, name, standard, meaning)                                                       \
    RULE(METHOD_CSA, RULE_SCOPE_MAIN, result, "csa", name, standard, meaning)
#define HELO(result, name, meaning)                                                                \
    RULE(METHOD_HELO, RULE_SCOPE_MAIN, result, "helo", name, "continue", meaning)
#define REPUTATION(result, name, meaning)                                                          \
    RULE(METHOD_REPUTATION, RULE_SCOPE_MAIN, result, "reputation", name, "continue", meaning)
#define IPREV(result, name, meaning)                                                               \
    RULE(METHOD_IPREV, RULE_SCOPE_MAIN, result, "iprev", name, "continue", meaning)
#define SENDER(result, name, standard, meaning)                                                    \
    RULE(METHOD_SENDER, RULE_SCOPE_MAIN, result, "sender", name, standard, meaning)
#define SPF(result, name, standard, meaning)                                                       \
    RULE(METHOD_SPF, RULE_SCOPE_MAIN, result, "spf", name, standard, meaning)
#define SENDER_ID(result, name, meaning)                                                           \
    RULE(METHOD_SENDER_ID, RULE_SCOPE_MAIN, result, "sender-id", name, "continue", meaning)
#define DKIM(result, name, meaning)                                                                \
    RULE(METHOD_DKIM, RULE_SCOPE_MAIN, result, "dkim", name, "continue", meaning)
#define DNA(result, name, meaning)                                                                 \
    RULE(METHOD_DNA, RULE_SCOPE_MAIN, result, "dna", name, "continue", meaning)
#define VBR(result, name, meaning)                                                                 \
    RULE(METHOD_VBR, RULE_SCOPE_MAIN, result, "vbr", name, "continue", meaning)
#define DNSWL(result, name_, meaning_)                                                             \
    {                                                                                              \
        .section = "dnswl", .name = (name_), .type = OPTION_RULE, .standard = "continue",          \
        AT(rules.rule[METHOD_DNSWL][RULE_SCOPE_MAIN][result]), .of_no_domain = true,               \
        .meaning = (meaning_)                                                                      \
    }
#define OF_SOURCE(member) .offset = offsetof(struct config_source, source.member)
#define DOMAINKEYS(result, name, meaning)                                                          \
    RULE(METHOD_DOMAINKEYS, RULE_SCOPE_MAIN, result, "domainkeys", name, "continue", meaning)
#define TLS(result, name_, default_, meaning_)                                                     \
    {                                                                                              \
        .section = "tls", .name = (name_), .type = OPTION_RULE, .standard = (default_),            \
        AT(rules.rule[METHOD_TLS][RULE_SCOPE_MAIN][result]), .of_no_domain = true,                 \
        .meaning = (meaning_)                                                                      \
    }
#define SPF_HELO(result, name, meaning)                                                            \
    RULE(METHOD_SPF, RULE_SCOPE_HELO, result, "spf", name, "continue", meaning)

const struct option option_table[] = {
    {"", "listen", OPTION_TEXT, "\"local:/run/vouch/vouch.sock\"", .complaint = check_listen,
     AT(process.listen), .meaning = "The socket on which the MTA reaches the filter."},
    {"", "socket-mode", OPTION_MODE, "\"0660\"", AT(process.socket_mode),
     .meaning = "The permissions of a Unix socket."},
    {"", "socket-group", OPTION_TEXT, "\"\"", .complaint = check_account, AT(process.socket_group),
     .meaning = "The group that owns a Unix socket; empty means the group of the process."},
    {"", "user", OPTION_TEXT, "\"\"", .complaint = check_user, AT(process.user),
     .meaning = "The user, or user:group, to run as; empty means the one who starts it."},
    {"", "pid-file", OPTION_TEXT, "\"\"", .complaint = check_path, AT(process.pid_file),
     .meaning = "The file that gets the process id; empty means none."},
    {"", "syslog-facility", OPTION_TEXT, "mail",
     .words = "mail daemon user auth authpriv local0 local1 local2 local3 local4 local5 local6 "
              "local7",
     AT(process.syslog_facility), .meaning = "The syslog facility to log under."},
    {"", "mode", OPTION_CHOICE, "enforce", .words = "enforce monitor", AT(process.monitor),
     .meaning = "In monitor mode the filter decides, logs and annotates, but never refuses."},
    {"", "profile", OPTION_WORD, "standard", .words = PROFILE_WORDS, AT(profile),
     .meaning = "Which defaults hold for the options below; strict is said under PROFILES in "
                "milter.conf(5)."},
    {"", "max-sessions", OPTION_NUMBER, "1000", .minimum = 1, .maximum = 100000,
     AT(process.max_sessions), .meaning = "How many SMTP sessions are served at once."},
    {"", "overload", OPTION_ACTION, "tempfail", .words = "tempfail continue", AT(process.overload),
     .meaning = "What a session beyond max-sessions gets."},
    {"", "decision-record", OPTION_TEXT, "\"\"", .complaint = check_path,
     AT(process.decision_record),
     .meaning = "The file that gets one line of JSON for each message; empty means none."},
    {"", "authserv-id", OPTION_TEXT, "\"\"", .complaint = check_token, AT(authres.authserv_id),
     .meaning = "The name under which results are written; empty means the name of the MTA."},

    {"dns", "nameservers", OPTION_NAMESERVERS, "{}", AT(dns.nameservers),
     .count_offset = offsetof(struct vouch_config, dns.nameserver_count),
     .maximum = RESOLVER_NAMESERVERS_MAX,
     .meaning = "The name servers to ask; an empty list means those of /etc/resolv.conf."},
    {"dns", "timeout", OPTION_DURATION, "8s", .minimum = 100 * MS, .maximum = 60000 * MS,
     AT(budget.time),
     .meaning = "How long one message may wait for DNS in total, over all stages."},
    {"dns", "max-queries", OPTION_NUMBER, "150", .minimum = 1, .maximum = 10000,
     AT(budget.max_queries), .meaning = "How many different questions one message may ask."},
    {"dns", "cache-size", OPTION_SIZE, "16M", .minimum = 0, .maximum = 1024 * MIB,
     AT(dns.cache_bytes), .meaning = "The memory for cached answers; 0 turns the cache off."},
    {"dns", "max-in-flight", OPTION_NUMBER, "2000", .minimum = 1, .maximum = 4000,
     AT(dns.max_in_flight),
     .meaning = "How many questions of all messages may be waiting for an answer at once."},

    {"dns", "dnssec", OPTION_WORD, "auto", .words = OPTION_YES_NO " auto", AT(dns.dnssec),
     .origin_offset = offsetof(struct vouch_config, dnssec_origin),
     .meaning = "Whether to validate answers (DNSSEC); auto means: if the name servers pass "
                "signatures."},
    {"dns", "trust-anchor", OPTION_TEXT, "\"\"", .complaint = check_trust_anchor,
     AT(dns.trust_anchor),
     .meaning = "The file with the keys that validation begins with, DS or DNSKEY records; empty "
                "means the root's in " TRUST_ANCHOR_ROOT "."},

    {"csa", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, AT(enabled[METHOD_CSA]),
     .meaning = "Whether to look for Client SMTP Authorization of the HELO name."},
    CSA(VOUCH_NONE, "none", "continue", "When neither the HELO name nor a parent speaks of CSA."),
    CSA(VOUCH_PASS, "pass", "continue", "When the HELO name is authorized and is the client's."),
    CSA(VOUCH_FAIL, "fail", "reject",
        "When the HELO name's owner says that this client may not "
        "send under it."),
    CSA(VOUCH_TEMPERROR, "temperror", "continue", "When DNS did not tell."),
    CSA(VOUCH_PERMERROR, "permerror", "continue", "When there are CSA records, but none of use."),
    {"csa", "address-literals", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     AT(verify.csa.address_literals),
     .meaning = "Whether to look up a HELO address literal in the reverse tree."},

    {"helo", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, AT(enabled[METHOD_HELO]),
     .meaning = "Whether to look up if the HELO name resolves to the client."},
    HELO(VOUCH_NONE, "none", "When HELO is not a name that can be looked up."),
    HELO(VOUCH_PASS, "pass", "When the HELO name resolves to the client."),
    HELO(VOUCH_FAIL, "fail", "When the HELO name does not resolve to the client."),
    HELO(VOUCH_TEMPERROR, "temperror", "When DNS did not tell."),
    {"helo", "address-literal", OPTION_RULE, "continue",
     AT(rules.rule[METHOD_HELO][RULE_SCOPE_LITERAL][VOUCH_NONE]), .of_no_domain = true,
     .meaning = "When HELO is an address, such as [192.0.2.1]; continue means what none says."},

    {"iprev", "enabled", OPTION_CHOICE, "no", .words = OPTION_YES_NO, AT(enabled[METHOD_IPREV]),
     .meaning = "Whether to look up if the client's address has a name that leads back to it."},
    IPREV(VOUCH_PASS, "pass", "When one of its names leads back to it."),
    IPREV(VOUCH_FAIL, "fail", "When it has names, but none leads back to it."),
    IPREV(VOUCH_TEMPERROR, "temperror", "When DNS did not tell."),
    IPREV(VOUCH_PERMERROR, "permerror", "When it has no name, or too many."),

    {"sender", "enabled", OPTION_CHOICE, "no", .words = OPTION_YES_NO, AT(enabled[METHOD_SENDER]),
     .meaning = "Whether to look up if the reverse-path's domain takes mail (MX records)."},
    SENDER(VOUCH_PASS, "pass", "continue", "When it has MX records."),
    SENDER(VOUCH_FAIL, "null-mx", "reject", "When it says that it takes no mail (RFC 7505)."),
    SENDER(VOUCH_NONE, "no-mx", "continue",
           "When it has no MX record, even if it has an address, or does not exist."),
    {"sender", "address-literal", OPTION_RULE, "continue",
     AT(rules.rule[METHOD_SENDER][RULE_SCOPE_MAIN][VOUCH_PERMERROR]), .of_no_domain = true,
     .meaning = "When it is an address: user@[192.0.2.1]."},
    SENDER(VOUCH_TEMPERROR, "temperror", "continue", "When DNS did not tell."),

    {"recipient", "address-literal", OPTION_ACTION, "continue", .words = "continue tempfail reject",
     AT(recipient_literal.action),
     .origin_offset = offsetof(struct vouch_config, recipient_literal.origin),
     .meaning = "What a recipient at an address gets: user@[192.0.2.1]."},

    {"spf", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, AT(enabled[METHOD_SPF]),
     .meaning = "Whether to check SPF for the HELO name and the reverse-path."},
    SPF(VOUCH_NONE, "none", "continue", "When the reverse-path's domain publishes no SPF record."),
    SPF(VOUCH_NEUTRAL, "neutral", "continue", "When the domain says nothing about the client."),
    SPF(VOUCH_PASS, "pass", "continue", "When the domain lets the client send."),
    SPF(VOUCH_FAIL, "fail", "reject", "When the domain says that the client may not send."),
    SPF(VOUCH_SOFTFAIL, "softfail", "continue",
        "When the domain says that the client probably "
        "may not send."),
    SPF(VOUCH_TEMPERROR, "temperror", "continue", "When DNS did not tell."),
    SPF(VOUCH_PERMERROR, "permerror", "continue", "When the domain's SPF record is in error."),
    SPF_HELO(VOUCH_NONE, "helo-none", "When the HELO name publishes no SPF record."),
    SPF_HELO(VOUCH_NEUTRAL, "helo-neutral", "When the HELO name says nothing about the client."),
    SPF_HELO(VOUCH_PASS, "helo-pass", "When the HELO name lets the client use it."),
    SPF_HELO(VOUCH_FAIL, "helo-fail", "When the HELO name says that the client may not use it."),
    SPF_HELO(VOUCH_SOFTFAIL, "helo-softfail",
             "When the HELO name says that the client probably "
             "may not use it."),
    SPF_HELO(VOUCH_TEMPERROR, "helo-temperror", "When DNS did not tell for the HELO name."),
    SPF_HELO(VOUCH_PERMERROR, "helo-permerror", "When the HELO name's SPF record is in error."),
    {"spf", "term-limit", OPTION_NUMBER, "10", .minimum = 1, .maximum = 100,
     AT(verify.spf.term_limit),
     .meaning = "How many terms that need DNS one check may evaluate (RFC 7208 says 10)."},
    {"spf", "void-limit", OPTION_NUMBER, "2", .minimum = 0, .maximum = 100,
     AT(verify.spf.void_limit),
     .meaning = "How many questions of one check may find nothing (RFC 7208 says 2)."},
    {"spf", "engine", OPTION_WORD, "native", .words = "native libspf2", AT(verify.spf.engine),
     .origin_offset = offsetof(struct vouch_config, spf_engine_origin),
     .meaning = "Whose result counts: our own engine's, or libspf2's where it has one."},
    {"spf", "second-opinion", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     AT(verify.spf.second_opinion),
     .origin_offset = offsetof(struct vouch_config, second_opinion_origin),
     .meaning = "Whether to ask libspf2, too, and tell where it differs."},
    {"spf", "received-spf", OPTION_CHOICE, "no", .words = OPTION_YES_NO, AT(received_spf),
     .meaning = "Whether to write a Received-SPF field (RFC 7208 9.1), too."},

    {"sender-id", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO,
     AT(enabled[METHOD_SENDER_ID]),
     .meaning = "Whether to check Sender ID for the Purported Responsible Address (PRA)."},
    SENDER_ID(VOUCH_NONE, "none", "When the PRA's domain publishes no record."),
    SENDER_ID(VOUCH_NEUTRAL, "neutral", "When the domain says nothing about the client."),
    SENDER_ID(VOUCH_PASS, "pass", "When the domain lets the client send."),
    SENDER_ID(VOUCH_FAIL, "fail",
              "When the domain says that the client may not send, or does not exist."),
    SENDER_ID(VOUCH_SOFTFAIL, "softfail",
              "When the domain says that the client probably may not send."),
    SENDER_ID(VOUCH_TEMPERROR, "temperror", "When DNS did not tell."),
    SENDER_ID(VOUCH_PERMERROR, "permerror",
              "When the domain's record is in error, or the message has no PRA."),
    {"sender-id", "missing-pra", OPTION_RULE, "continue",
     AT(rules.rule[METHOD_SENDER_ID][RULE_SCOPE_MISSING][VOUCH_PERMERROR]), .of_no_domain = true,
     .meaning = "When the header names no PRA, or a malformed one."},
    {"sender-id", "submitter-mismatch", OPTION_RULE, "reject",
     AT(rules.rule[METHOD_SENDER_ID][RULE_SCOPE_SUBMITTER][VOUCH_FAIL]), .of_no_domain = true,
     .meaning = "When the header names another than the SUBMITTER parameter of MAIL (RFC 4405)."},
    {"sender-id", "submitter-unverified", OPTION_RULE, "reject",
     AT(rules.rule[METHOD_SENDER_ID][RULE_SCOPE_SUBMITTER][VOUCH_PERMERROR]), .of_no_domain = true,
     .meaning = "When there is a SUBMITTER parameter, but no PRA to compare it with."},
    {"sender-id", "refuse-when", OPTION_WORD, "never", .words = REFUSE_WHEN_WORDS, AT(refuse_when),
     .origin_offset = offsetof(struct vouch_config, refuse.origin),
     .meaning = "When SPF of the reverse-path and Sender ID of the PRA together are a reason for "
                "refuse-action."},
    {"sender-id", "refuse-action", OPTION_ACTION, "reject",
     .words = "annotate reject tempfail quarantine discard", AT(refuse.action),
     .meaning = "What is done then."},
    {"sender-id", "mfrom", OPTION_CHOICE, "no", .words = OPTION_YES_NO, AT(verify.senderid.mfrom),
     .meaning = "Whether to check Sender ID for the reverse-path, too."},
    {"sender-id", "use-spf1", OPTION_WORD, "annotate", .words = "no annotate yes",
     AT(verify.senderid.use_spf1),
     .meaning = "What a record published for SPF (v=spf1) is worth to Sender ID: nothing, a result "
                "that is told but never counts against a message, or as much as one for Sender "
                "ID."},

    {"domainkeys", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO,
     AT(enabled[METHOD_DOMAINKEYS]), .meaning = "Whether to verify DomainKeys signatures."},
    DOMAINKEYS(VOUCH_NONE, "none", "When the message has no signature."),
    {"domainkeys", "unsigned", OPTION_RULE, "continue",
     AT(rules.rule[METHOD_DOMAINKEYS][RULE_SCOPE_UNSIGNED][VOUCH_NONE]),
     .meaning = "When it has none, though its domain says that it signs all its mail."},
    DOMAINKEYS(VOUCH_PASS, "pass", "When the signature of the sender's domain verifies."),
    DOMAINKEYS(VOUCH_FAIL, "fail", "When it does not."),
    DOMAINKEYS(VOUCH_POLICY, "policy", "When it verifies, but its key is too short."),
    DOMAINKEYS(VOUCH_NEUTRAL, "neutral", "When it cannot be processed, or is only being tested."),
    DOMAINKEYS(VOUCH_TEMPERROR, "temperror", "When DNS did not tell the key."),
    DOMAINKEYS(VOUCH_PERMERROR, "permerror",
               "When there is no such key, or the signature is not for the sender."),
    {"domainkeys", "minimum-key-bits", OPTION_NUMBER, "1024", .minimum = 0, .maximum = 4096,
     AT(verify.domainkeys.minimum_key_bits),
     .meaning = "How long an RSA key must be for its signatures to pass."},

    {"domainkeys", "status-field", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     AT(domainkey_status),
     .meaning = "Whether to write a DomainKey-Status field (RFC 4870 3.8), too, and remove those "
                "that arrive."},

    {"dkim", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, AT(enabled[METHOD_DKIM]),
     .meaning = "Whether to verify DKIM signatures."},
    DKIM(VOUCH_NONE, "none", "When the message has no signature."),
    DKIM(VOUCH_PASS, "pass", "When a signature passes."),
    DKIM(VOUCH_FAIL, "fail", "When a signature does not fit the message."),
    DKIM(VOUCH_POLICY, "policy", "When a signature verifies, but is not acceptable here."),
    DKIM(VOUCH_NEUTRAL, "neutral", "When a signature cannot be processed."),
    DKIM(VOUCH_TEMPERROR, "temperror", "When DNS did not tell the key."),
    DKIM(VOUCH_PERMERROR, "permerror",
         "When a signature or its key is malformed, or there is no "
         "such key."),
    {"dkim", "minimum-key-bits", OPTION_NUMBER, "1024", .minimum = 0, .maximum = 4096,
     AT(verify.dkim.minimum_key_bits),
     .meaning = "How long the RSA key of an acceptable signature is (RFC 8301 says 1024)."},
    {"dkim", "accept-rsa-sha1", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     AT(verify.dkim.accept_rsa_sha1),
     .meaning = "Whether a signature with rsa-sha1 is acceptable (RFC 8301 says no)."},
    {"dkim", "accept-body-length", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     AT(verify.dkim.accept_body_length),
     .meaning = "Whether a signature of only the first part of the body (l=) is acceptable."},
    {"dkim", "max-signatures", OPTION_NUMBER, "10", .minimum = 1, .maximum = 100,
     AT(verify.dkim.max_signatures), .meaning = "How many signatures of one message are verified."},

    {"tls", "enabled", OPTION_CHOICE, "no", .words = OPTION_YES_NO, AT(enabled[METHOD_TLS]),
     .origin_offset = offsetof(struct vouch_config, tls_enabled_origin),
     .meaning = "Whether to look at the encryption of the connection and the client's certificate, "
                "which the MTA has verified."},
    {"tls", "require", OPTION_WORD, "no", .words = TLS_REQUIRE_WORDS, AT(tls_require),
     .origin_offset = offsetof(struct vouch_config, tls_unmet.origin),
     .meaning = "What a connection must have to bring mail: an encrypted connection, a client "
                "certificate that is verified, or one whose CommonName is the HELO name."},
    {"tls", "unmet", OPTION_ACTION, "reject",
     .words = "annotate reject tempfail quarantine discard", AT(tls_unmet.action),
     .meaning = "What is done with mail where that is missing."},
    {"tls", "refuse-issuers", OPTION_TEXTS, "{}", AT(verify.tls.refuse_issuers.patterns),
     .count_offset = offsetof(struct vouch_config, verify.tls.refuse_issuers.count),
     .origin_offset = offsetof(struct vouch_config, tls_issuers_origin), .maximum = 1000,
     .meaning = "Certificate authorities whose certificates are not accepted; * stands for any "
                "characters."},
    {"tls", "refuse-subjects", OPTION_TEXTS, "{}", AT(verify.tls.refuse_subjects.patterns),
     .count_offset = offsetof(struct vouch_config, verify.tls.refuse_subjects.count),
     .origin_offset = offsetof(struct vouch_config, tls_subjects_origin), .maximum = 1000,
     .meaning = "Subjects whose certificates are not accepted; * stands for any characters."},
    TLS(VOUCH_NONE, "none", "continue", "When the connection is not encrypted."),
    TLS(VOUCH_NEUTRAL, "neutral", "continue",
        "When it is encrypted, and there is no certificate that the MTA has verified."),
    RULE(METHOD_TLS, RULE_SCOPE_MAIN, VOUCH_PASS, "tls", "pass", "continue",
         "When the certificate is verified; for a domain: and names its HELO name."),
    TLS(VOUCH_FAIL, "fail", "continue",
        "When the client presented a certificate that is not good (Postfix says neutral)."),
    TLS(VOUCH_POLICY, "policy", "reject",
        "When the certificate is of a refused issuer or subject."),
    TLS(VOUCH_TEMPERROR, "temperror", "continue", "When the MTA could not check it now."),
    TLS(VOUCH_PERMERROR, "permerror", "continue",
        "When what the MTA tells of the certificate is of no use."),

    {"dna", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, AT(enabled[METHOD_DNA]),
     .meaning = "Whether to ask the sources about the HELO name, where there are any."},
    DNA(VOUCH_NONE, "none", "When no source knows the name."),
    {"dna", "unauthenticated", OPTION_RULE, "continue",
     AT(rules.rule[METHOD_DNA][RULE_SCOPE_MISSING][VOUCH_NONE]), .of_no_domain = true,
     .meaning = "When the HELO name is not authenticated, so that nobody is asked about it."},
    DNA(VOUCH_PASS, "pass", "When a source says accept."),
    DNA(VOUCH_FAIL, "fail", "When a source says refuse."),
    DNA(VOUCH_TEMPERROR, "temperror",
        "When nothing was decided and DNS did not tell the services that the name names."),
    {"dna", "use-helo", OPTION_CHOICE, "no", .words = OPTION_YES_NO, AT(verify.dna.use_helo),
     .meaning = "Whether a HELO name is also authenticated when it resolves to the client."},
    {"dna", "use-spf", OPTION_CHOICE, "no", .words = OPTION_YES_NO, AT(verify.dna.use_spf),
     .meaning = "Whether a HELO name is also authenticated when SPF passes for it."},
    {"dna", "timeout", OPTION_DURATION, "3s", .minimum = 50 * MS, .maximum = 60000 * MS,
     AT(verify.dna.timeout),
     .meaning = "How long to wait for all sources that are asked at one time."},

    {"vbr", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, AT(enabled[METHOD_VBR]),
     .meaning = "Whether to look at VBR-Info fields, where there are sources of kind vbr."},
    VBR(VOUCH_NONE, "none",
        "When no field speaks of a domain that is authenticated and of a service known here."),
    VBR(VOUCH_PASS, "pass", "When a service vouches for the domain."),
    VBR(VOUCH_FAIL, "fail", "When none of the services does, or the fields do not agree."),
    VBR(VOUCH_TEMPERROR, "temperror", "When a service did not answer."),
    VBR(VOUCH_PERMERROR, "permerror",
        "When there are too many fields, or a service gave an answer that is not to be believed."),

    {"dnswl", "enabled", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, AT(enabled[METHOD_DNSWL]),
     .meaning = "Whether to tell what allowlists say of the client, where there are any."},
    DNSWL(VOUCH_NONE, "none", "When no allowlist has the client."),
    DNSWL(VOUCH_PASS, "pass", "When one has it."),
    DNSWL(VOUCH_TEMPERROR, "temperror", "When one did not answer, and none has it."),
    DNSWL(VOUCH_PERMERROR, "permerror", "When one is not to be believed, and none has it."),

    {"reputation", "enabled", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     AT(enabled[METHOD_REPUTATION]),
     .meaning = "Whether to remember what proven names sent, and to tell what is known of them."},
    REPUTATION(VOUCH_NONE, "none", "When too little is known of a name."),
    REPUTATION(VOUCH_PASS, "pass", "When hardly any of its mail was bad: see trust-below."),
    REPUTATION(VOUCH_NEUTRAL, "neutral", "When some of its mail was bad."),
    REPUTATION(VOUCH_FAIL, "fail", "When too much of its mail was bad: see refuse-above."),
    {"reputation", "refuse-above", OPTION_FRACTION, "0.9", AT(verify.reputation.refuse_above),
     .meaning = "The share of bad messages above which the result is fail; the whole 95 % interval "
                "must be above it."},
    {"reputation", "trust-below", OPTION_FRACTION, "0.05", AT(verify.reputation.trust_below),
     .origin_offset = offsetof(struct vouch_config, trust_below_origin),
     .meaning = "The share of bad messages below which the result is pass; the whole 95 % interval "
                "must be below it."},
    {"reputation", "min-sample", OPTION_NUMBER, "20", .minimum = 1, .maximum = 1000000,
     AT(reputation.min_sample),
     .meaning = "How many messages, faded, must have been seen of a name before anything is said "
                "of it."},
    {"reputation", "half-life", OPTION_DURATION, "30d", .minimum = HOUR, .maximum = 3650 * DAY,
     AT(reputation.half_life), .meaning = "The time after which a message counts half."},
    {"reputation", "accepted-weight", OPTION_FRACTION, "0.2", AT(learning.accepted_weight),
     .meaning = "How much a message counts as a good one when it went through and nothing more is "
                "known of it; 0 means that it does not count."},
    {"reputation", "spam-header", OPTION_TEXT, "\"\"", .complaint = check_header,
     AT(learning.spam_header),
     .meaning = "The header field with which a content filter that ran before marks a bad message, "
                "such as \"X-Spam-Flag: YES\"; empty means none."},
    {"reputation", "ham-header", OPTION_TEXT, "\"\"", .complaint = check_header,
     AT(learning.ham_header), .meaning = "The same for a good message."},
    {"reputation", "store", OPTION_WORD, "sqlite", .words = "sqlite redis", AT(reputation.store),
     .origin_offset = offsetof(struct vouch_config, reputation_store_origin),
     .meaning =
         "Where to keep it: in a file of this host, or in a Redis that several hosts share."},
    {"reputation", "file", OPTION_TEXT, "\"" REPUTATION_FILE "\"", .complaint = check_path,
     AT(reputation.file),
     .meaning = "The file to keep it in; with Redis, what Redis has yet to get."},
    {"reputation", "redis", OPTION_TEXT, "\"inet:6379@127.0.0.1\"", .complaint = check_redis,
     AT(reputation.redis), .meaning = "Where Redis listens: inet:PORT@ADDRESS or unix:/PATH."},
    {"reputation", "redis-password-file", OPTION_TEXT, "\"\"", .complaint = check_path,
     AT(reputation.redis_password_file),
     .meaning = "The file with the password for Redis in its first line; empty means none."},
    {"reputation", "max-names", OPTION_NUMBER, "1000000", .minimum = 1000, .maximum = 100000000,
     AT(reputation.max_names),
     .meaning = "How many names to remember; beyond it those not seen for longest are forgotten."},

    {"exempt", "clients", OPTION_NETWORKS, "{\"127.0.0.0/8\", \"::1\"}", AT(exempt.clients),
     .count_offset = offsetof(struct vouch_config, exempt.client_count),
     .origin_offset = offsetof(struct vouch_config, exempt.clients_rule.origin),
     .meaning = "Clients that are not checked."},
    {"exempt", "authenticated", OPTION_CHOICE, "yes", .words = OPTION_YES_NO,
     AT(exempt.authenticated),
     .origin_offset = offsetof(struct vouch_config, exempt.authenticated_rule.origin),
     .meaning = "Whether clients that have authenticated are not checked."},

    {"signing", "clients", OPTION_NETWORKS, "{\"127.0.0.0/8\", \"::1\"}", AT(signing.clients),
     .count_offset = offsetof(struct vouch_config, signing.client_count),
     .meaning = "Clients whose messages are signed, if a section sign speaks of their author."},
    {"signing", "authenticated", OPTION_CHOICE, "yes", .words = OPTION_YES_NO,
     AT(signing.authenticated),
     .meaning = "Whether messages of clients that have authenticated are signed."},

    {"authentication-results", "trusted-peers", OPTION_NETWORKS, "{}", AT(authres.trusted_peers),
     .count_offset = offsetof(struct vouch_config, authres.trusted_peer_count),
     .meaning = "Clients whose Authentication-Results fields are kept, ours included."},
    {"authentication-results", "strip", OPTION_CHOICE, "own", .words = "own all",
     AT(authres.strip_all),
     .meaning = "Which Authentication-Results fields to remove from arriving messages: those that "
                "claim to be ours, or all."},

    {"limits", "header-size", OPTION_SIZE, "1M", .minimum = 4 * KIB, .maximum = 64 * MIB,
     AT(header_octets), .meaning = "How many octets of a message's header are looked at."},
    {"limits", "recipients", OPTION_NUMBER, "1000", .minimum = 0, .maximum = 100000, AT(recipients),
     .meaning = "How many recipients of a message the decision record lists."},
    {"limits", "forged-fields", OPTION_NUMBER, "100", .minimum = 1, .maximum = 10000,
     AT(forged_fields), .origin_offset = offsetof(struct vouch_config, forged_rule.origin),
     .meaning = "How many header fields that claim to be ours are removed from a message; one that "
                "brings more is refused, for the MTA searches the header for each."},

    {OPTION_DOMAIN_SECTION, "exact", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     .offset = offsetof(struct config_domain, exact),
     .meaning = "Whether subdomains are left out."},

    {"sign", "selector", OPTION_TEXT, "\"\"", .complaint = check_selector, IN_SIGN(selector),
     .required = true,
     .meaning = "The selector (s=): the public key is in DNS at SELECTOR._domainkey.DOMAIN."},
    {"sign", "key", OPTION_TEXT, "\"\"", .complaint = check_path, IN_SIGN(key_file),
     .required = true,
     .meaning = "The file with the private key, RSA or Ed25519, which nobody but its owner may "
                "read."},
    {"sign", "method", OPTION_WORD, "dkim", .words = SIGN_METHOD_WORDS, IN_SIGN(method),
     .meaning = "The signature to make: of DKIM, or of DomainKeys, which is history."},
    {"sign", "canonicalization", OPTION_WORD, "default", .words = SIGN_CANONICALIZATION_WORDS,
     IN_SIGN(canonicalization),
     .meaning = "How header and body are made ready (c=); default means relaxed/relaxed, and of "
                "DomainKeys, which takes simple and nofws alone, nofws."},
    {"sign", "subdomains", OPTION_CHOICE, "yes", .words = OPTION_YES_NO, IN_SIGN(subdomains),
     .meaning = "Whether authors in subdomains are signed for, too, unless those have sections of "
                "their own."},
    {"sign", "lifetime", OPTION_DURATION, "0ms", .minimum = 0,
     .maximum = 3650 * UINT64_C(86400) * NANOSECONDS_PER_SECOND, IN_SIGN(lifetime),
     .meaning = "How long after it was made a signature of DKIM is good (x=); 0 means for ever."},

    {"source", "kind", OPTION_WORD, "dna", .words = DNA_KIND_WORDS, OF_SOURCE(kind),
     .meaning = "What is asked: a service that the name itself names, a vouching service (RFC "
                "5518), a DNS list (RFC 5782), or what this site remembers."},
    {"source", "service", OPTION_TEXT, "\"\"", OF_SOURCE(service_text),
     .meaning = "The domain name of the service, or the zone of the list; empty means the title."},
    {"source", "by", OPTION_WORD, "name", .words = DNA_BY_WORDS, OF_SOURCE(by),
     .meaning = "Whether a list has names or the addresses of clients."},
    {"source", "listed", OPTION_WORD, "unknown", .words = DNA_ANSWER_WORDS, OF_SOURCE(listed),
     .meaning = "What it means to be on a list, with a code that the map does not have."},
    {"source", "map", OPTION_TEXT, "\"\"", OF_SOURCE(map_text),
     .meaning = "What the codes of a list or the words of a service mean, such as \"127.0.0.2 "
                "refuse, 127.0.0.4/30 refuse, &8 accept\" or \"A accept, F refuse\"."},
    {"source", "format", OPTION_WORD, "vbr", .words = DNA_FORMAT_NAMES, OF_SOURCE(format),
     .meaning = "How a service of kind dna answers: as a vouching service, with a list of words, "
                "or with codes."},
    {"source", "query", OPTION_TEXT, "\"\"", OF_SOURCE(query),
     .meaning = "The name that is asked for: %d is the HELO name or the address backwards, %s the "
                "service; empty means \"%d.%s\", of kind vbr \"%d._vouch.%s\"."},
    {"source", "content", OPTION_TEXT, "all", .complaint = check_word, OF_SOURCE(content),
     .meaning = "The type of content that a vouching service must vouch for, unless it vouches "
                "for all."},
    {"source", "not-vouched", OPTION_WORD, "refuse", .words = DNA_ANSWER_WORDS,
     OF_SOURCE(not_vouched),
     .meaning = "What it means that a vouching service knows the name, but vouches for other "
                "content."},
    {"source", "parents", OPTION_CHOICE, "no", .words = OPTION_YES_NO, OF_SOURCE(parents),
     .meaning = "Whether to ask about the parents of the HELO name, too, down to two labels."},
    {"source", "always", OPTION_CHOICE, "no", .words = OPTION_YES_NO, OF_SOURCE(always),
     .meaning = "Whether to ask a service of kind dna also about names that do not name it."},
    {"source", "unauthenticated", OPTION_CHOICE, "no", .words = OPTION_YES_NO,
     OF_SOURCE(unauthenticated),
     .meaning = "Whether to ask a list by address about clients without an authenticated name, "
                "too."},
    {"source", "health-check", OPTION_CHOICE, "yes", .words = OPTION_YES_NO,
     OF_SOURCE(health_check),
     .meaning = "Whether to test the source before it is believed (RFC 5782 5)."},
    {"source", "test-entry", OPTION_TEXT, "\"\"", OF_SOURCE(test_text),
     .meaning = "A name or an address that the list is sure to have; empty means TEST or "
                "127.0.0.2, as RFC 5782 asks."},
};
const size_t option_count = sizeof option_table / sizeof option_table[0];

const char *const option_sections[] = {
    "",           "dns",    "csa",
    "helo",       "iprev",  "sender",
    "recipient",  "spf",    "sender-id",
    "domainkeys", "dkim",   "tls",
    "dna",        "vbr",    "dnswl",
    "reputation", "exempt", "authentication-results",
    "signing",    "limits", OPTION_DOMAIN_SECTION,
    "sign",       "source", NULL,
};

const struct option_titled option_titled[] = {
    {.section = "sign",
     .size = sizeof(struct config_sign),
     .offset = offsetof(struct vouch_config, signs),
     .count_offset = offsetof(struct vouch_config, sign_count),
     .maximum = 10000,
     .repeats = true},
    {.section = "source",
     .size = sizeof(struct config_source),
     AT(sources),
     .count_offset = offsetof(struct vouch_config, source_count),
     .maximum = DNA_SOURCES_MAX,
     .complaint = check_title},
    {.section = NULL},
};

const struct option_titled *option_titled_find(const char *section)
{
    for (const struct option_titled *kind = option_titled; kind->section != NULL; kind++)
        if (strcmp(kind->section, section) == 0)
            return kind;
    return NULL;
}

const struct option *option_find(const char *section, const char *name)
{
    for (size_t i = 0; i < option_count; i++)
        if (strcmp(option_table[i].section, section) == 0 &&
            strcmp(option_table[i].name, name) == 0)
            return &option_table[i];
    return NULL;
}

bool option_is_list(const struct option *option)
{
    return option->type == OPTION_NETWORKS || option->type == OPTION_NAMESERVERS ||
           option->type == OPTION_TEXTS;
}

bool option_is_for_domains(const struct option *option)
{
    return option->type == OPTION_RULE && !option->of_no_domain;
}
