/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/tls.h"

#include <string.h>

#include "lib/base/ascii.h"
#include "lib/base/text.h"
#include "lib/verify/helo_name.h"
#include "lib/verify/tls_name.h"

/* What the MTA tells of the client's certificate.  Names are decoded, "" when there is none. */
struct certificate {
    const char *mta; /* "postfix", "sendmail" */
    enum vouch_result result;
    enum reason reason;
    const char *issuer, *subject;           /* as this MTA names them */
    const char *issuer_name, *subject_name; /* their CommonName */
};

static const struct {
    const char *word; /* of {verify} */
    enum vouch_result result;
    enum reason reason;
} verify_words[] = {
    {"OK", VOUCH_PASS, REASON_TLS_VERIFIED},
    {"NO", VOUCH_NEUTRAL, REASON_TLS_NO_CERTIFICATE},
    {"NOT", VOUCH_NEUTRAL, REASON_TLS_NOT_REQUESTED},
    {"FAIL", VOUCH_FAIL, REASON_TLS_NOT_VERIFIED},
    {"TEMP", VOUCH_TEMPERROR, REASON_TLS_TEMPERROR},
};
enum { VERIFY_WORDS = sizeof verify_words / sizeof verify_words[0] };

/* What Sendmail puts in place of a CommonName that cannot be trusted to be one. */
static bool is_bad_name(const char *name)
{
    return strcmp(name, "BadCertificateContainsNUL") == 0 ||
           strcmp(name, "BadCertificateTooLong") == 0;
}

/* One name of the certificate, as Sendmail encodes it.  False: no memory. */
static bool take_sendmail_name(const struct check *check, enum vouch_fact fact,
                               struct certificate *certificate, const char **name)
{
    const char *text = check->facts->mta[fact];
    int error = tls_name_decode(check->arena, text, strlen(text), name);

    if (error == VOUCH_ERROR_SYNTAX) {
        certificate->result = VOUCH_PERMERROR;
        certificate->reason = REASON_TLS_MALFORMED;
        *name = "";
    }
    return error != VOUCH_ERROR_MEMORY;
}

static bool read_sendmail_names(const struct check *check, struct certificate *certificate)
{
    static const char no_name[] = "BadCertificateUnknown"; /* measured: there is no CommonName */

    if (!take_sendmail_name(check, VOUCH_FACT_CERT_ISSUER, certificate, &certificate->issuer) ||
        !take_sendmail_name(check, VOUCH_FACT_CERT_SUBJECT, certificate, &certificate->subject) ||
        !take_sendmail_name(check, VOUCH_FACT_CN_ISSUER, certificate, &certificate->issuer_name) ||
        !take_sendmail_name(check, VOUCH_FACT_CN_SUBJECT, certificate, &certificate->subject_name))
        return false;
    if (certificate->result != VOUCH_PASS)
        return true;
    if (is_bad_name(certificate->issuer_name) || is_bad_name(certificate->subject_name)) {
        certificate->result = VOUCH_FAIL;
        certificate->reason = REASON_TLS_BAD_NAME;
    }
    if (strcmp(certificate->issuer_name, no_name) == 0)
        certificate->issuer_name = "";
    if (strcmp(certificate->subject_name, no_name) == 0)
        certificate->subject_name = "";
    return true;
}

static bool read_sendmail(const struct check *check, struct certificate *certificate)
{
    const char *verify = check->facts->mta[VOUCH_FACT_TLS_VERIFY];

    certificate->mta = "sendmail";
    certificate->result = VOUCH_PERMERROR;
    certificate->reason = REASON_TLS_MTA_ERROR;
    for (size_t i = 0; i < VERIFY_WORDS; i++) {
        if (strcmp(verify_words[i].word, verify) != 0)
            continue;
        certificate->result = verify_words[i].result;
        certificate->reason = verify_words[i].reason;
    }
    return certificate->result != VOUCH_PASS || read_sendmail_names(check, certificate);
}

static void read_postfix(const struct check *check, struct certificate *certificate)
{
    const char *issuer = check->facts->mta[VOUCH_FACT_CERT_ISSUER];
    const char *subject = check->facts->mta[VOUCH_FACT_CERT_SUBJECT];

    certificate->mta = "postfix";
    certificate->result = VOUCH_NEUTRAL;
    certificate->reason = REASON_TLS_NONE_VERIFIED;
    if (issuer[0] == '\0' && subject[0] == '\0')
        return;
    if (strlen(issuer) > TLS_NAME_MAX || strlen(subject) > TLS_NAME_MAX) {
        certificate->result = VOUCH_PERMERROR;
        certificate->reason = REASON_TLS_MALFORMED;
        return;
    }
    certificate->result = VOUCH_PASS;
    certificate->reason = REASON_TLS_VERIFIED;
    certificate->issuer = certificate->issuer_name = issuer;
    certificate->subject = certificate->subject_name = subject;
}

/* An MTA that says neither what it is nor whether it verified: other than in Postfix the names may
 * be of a certificate that is good for nothing. */
static void read_unknown(const struct check *check, struct certificate *certificate)
{
    bool has_names = check->facts->mta[VOUCH_FACT_CERT_ISSUER][0] != '\0' ||
                     check->facts->mta[VOUCH_FACT_CERT_SUBJECT][0] != '\0';

    certificate->result = VOUCH_NEUTRAL;
    certificate->reason = has_names ? REASON_TLS_UNKNOWN_MTA : REASON_TLS_NONE_VERIFIED;
}

/* False: no memory. */
static bool read_certificate(const struct check *check, struct certificate *certificate)
{
    static const char postfix[] = "Postfix";
    const char *version = check->facts->mta[VOUCH_FACT_MTA_VERSION];

    *certificate = (struct certificate){
        .mta = "", .issuer = "", .subject = "", .issuer_name = "", .subject_name = ""};
    if (check->facts->mta[VOUCH_FACT_TLS_VERSION][0] == '\0')
        certificate->reason = REASON_TLS_NOT_ENCRYPTED;
    else if (check->facts->mta[VOUCH_FACT_TLS_VERIFY][0] != '\0')
        return read_sendmail(check, certificate);
    else if (strncmp(version, postfix, strlen(postfix)) == 0)
        read_postfix(check, certificate);
    else
        read_unknown(check, certificate);
    return true;
}

/* Whether LIST has a pattern for a name: one that begins with '/' is for the WHOLE name, any other
 * for its COMMON_NAME. */
static bool is_listed(const struct tls_names *list, const char *whole, const char *common_name)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *pattern = list->patterns[i];

        if (tls_name_matches(pattern, pattern[0] == '/' ? whole : common_name))
            return true;
    }
    return false;
}

static void set_refused(struct outcome *outcome, enum reason reason, const char *name)
{
    outcome_set(outcome, VOUCH_POLICY, reason);
    check_detail(outcome, "%s", tls_name_shown(outcome->arena, name));
}

/* False: no memory. */
static bool apply_lists(const struct check *check, struct outcome *outcome,
                        const struct certificate *certificate)
{
    const struct tls_settings *settings = &check->settings->tls;
    const char *issuer = tls_name_fold(check->arena, certificate->issuer);
    const char *issuer_name = tls_name_fold(check->arena, certificate->issuer_name);
    const char *subject = tls_name_fold(check->arena, certificate->subject);
    const char *subject_name = tls_name_fold(check->arena, certificate->subject_name);

    if (issuer == NULL || issuer_name == NULL || subject == NULL || subject_name == NULL)
        return false;
    if (is_listed(&settings->refuse_issuers, issuer, issuer_name))
        set_refused(outcome, REASON_TLS_REFUSED_ISSUER, certificate->issuer);
    else if (is_listed(&settings->refuse_subjects, subject, subject_name))
        set_refused(outcome, REASON_TLS_REFUSED_SUBJECT, certificate->subject);
    return true;
}

static void add_name(struct outcome *outcome, const char *property, const char *name)
{
    if (name[0] != '\0')
        outcome_property(outcome, "policy", property, tls_name_shown(outcome->arena, name));
}

static void add_properties(const struct check *check, struct outcome *outcome,
                           const struct certificate *certificate)
{
    static const struct {
        enum vouch_fact fact;
        const char *name;
    } told[] = {
        {VOUCH_FACT_TLS_VERSION, "version"},
        {VOUCH_FACT_TLS_CIPHER, "cipher"},
        {VOUCH_FACT_TLS_BITS, "bits"},
    };

    for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
        const char *value = check->facts->mta[told[i].fact];

        if (value[0] != '\0')
            outcome_property(outcome, "smtp", told[i].name, value);
    }
    if (certificate->result != VOUCH_PASS)
        return;
    add_name(outcome, "cert-issuer", certificate->issuer);
    add_name(outcome, "cert-subject", certificate->subject);
    outcome_property(outcome, "policy", "mta", certificate->mta);
}

/* The CommonName is what both MTAs tell; alternative names neither does.  False: no memory. */
static bool match_helo(const struct check *check, struct outcome *outcome, const char *common_name)
{
    struct helo_name helo = helo_name_parse(check->facts->helo);
    struct helo_name subject = helo_name_parse(common_name);
    char name[DNS_NAME_TEXT_SIZE];

    if (helo.kind != HELO_DOMAIN || subject.kind != HELO_DOMAIN ||
        !dns_name_equal(&helo.name, &subject.name))
        return true;
    outcome->domain = arena_string(check->arena, dns_name_format(&helo.name, name));
    if (outcome->domain == NULL)
        return false;
    outcome_set(outcome, VOUCH_PASS, REASON_TLS_MATCH);
    outcome_property(outcome, "smtp", "helo", outcome->domain);
    return true;
}

static void trace(const struct check *check, struct outcome *outcome,
                  const struct certificate *certificate)
{
    const char *verify = tls_name_shown(check->arena, check->facts->mta[VOUCH_FACT_TLS_VERIFY]);

    if (outcome->reason == REASON_TLS_MTA_ERROR)
        check_detail(outcome, "%s", verify);
    if (certificate->mta[0] != '\0')
        check_rule(outcome, "tls: the MTA is %s%s%s", certificate->mta,
                   verify[0] != '\0' ? ", verify=" : "", verify);
    if (certificate->result == VOUCH_PASS)
        check_rule(outcome, "tls: issued by \"%s\" to \"%s\"",
                   tls_name_shown(check->arena, certificate->issuer),
                   tls_name_shown(check->arena, certificate->subject));
    check_rule(outcome, "tls: %s", reason_text(outcome->reason));
}

static struct outcome *tls_check(const struct check *check)
{
    struct outcome *outcome =
        outcome_new(check->arena, METHOD_TLS, IDENTITY_NONE, VOUCH_STAGE_HELO);
    struct certificate certificate;

    if (outcome == NULL || !read_certificate(check, &certificate))
        return NULL;
    outcome_set(outcome, certificate.result, certificate.reason);
    if (certificate.reason != REASON_TLS_NOT_ENCRYPTED)
        add_properties(check, outcome, &certificate);
    if (outcome->result == VOUCH_PASS && !apply_lists(check, outcome, &certificate))
        return NULL;
    if (outcome->result == VOUCH_PASS && !match_helo(check, outcome, certificate.subject_name))
        return NULL;
    trace(check, outcome, &certificate);
    return outcome;
}

bool tls_proves(const struct outcome *outcomes, const struct dns_name *name)
{
    char text[DNS_NAME_TEXT_SIZE];

    for (; outcomes != NULL; outcomes = outcomes->next)
        if (outcomes->method == METHOD_TLS && outcomes->result == VOUCH_PASS &&
            outcomes->reason == REASON_TLS_MATCH)
            return strcmp(outcomes->domain, dns_name_format(name, text)) == 0;
    return false;
}

/* A property's value, or "". */
static const char *property_of(const struct outcome *outcome, const char *name)
{
    for (const struct property *p = outcome->properties; p != NULL; p = p->next)
        if (strcmp(p->ptype, "policy") == 0 && strcmp(p->name, name) == 0)
            return p->value;
    return "";
}

const char *tls_issuer_key(struct arena *arena, const struct outcome *outcome)
{
    const char *mta = property_of(outcome, "mta");
    const char *issuer = property_of(outcome, "cert-issuer");
    const char *folded;

    if (outcome->method != METHOD_TLS || outcome->result != VOUCH_PASS || mta[0] == '\0' ||
        issuer[0] == '\0')
        return "";
    folded = tls_name_fold(arena, issuer);
    return folded != NULL ? arena_printf(arena, "%s:%s", mta, folded) : NULL;
}

const struct verifier tls_verifier = {
    .method = METHOD_TLS,
    .identity = IDENTITY_NONE,
    .stage = VOUCH_STAGE_HELO,
    .check = tls_check,
};
