/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/report/reply_text.h"

#include <string.h>

#include "lib/report/words.h"

enum { NAME_MAX_OCTETS = 255, WHY_MAX_OCTETS = 120 };

/* The name OUTCOME speaks of. */
static const char *subject(const struct facts *facts, const struct outcome *outcome)
{
    if (outcome->domain[0] != '\0')
        return outcome->domain;
    if (outcome->stage >= VOUCH_STAGE_EOH || outcome->method == METHOD_IPREV ||
        outcome->method == METHOD_DNA || outcome->method == METHOD_DNSWL)
        return "";
    return outcome->identity == IDENTITY_MAILFROM ? facts->reverse_path.raw : facts->helo;
}

static void add_subject(struct text *line, const struct facts *facts, const struct outcome *outcome)
{
    words_name(line, subject(facts, outcome), NAME_MAX_OCTETS);
}

static void add_why(struct text *line, const char *before, const struct outcome *outcome)
{
    if (reason_text(outcome->reason)[0] == '\0' && outcome->detail[0] == '\0')
        return;
    text_add(line, before);
    words_why(line, outcome, "", WHY_MAX_OCTETS);
}

void reply_text_explanation(struct text *line, const struct outcome *outcome)
{
    text_add(line, "The domain ");
    words_name(line, outcome->domain, NAME_MAX_OCTETS);
    text_add(line, " explains: ");
    words_name(line, outcome->explanation, REPLY_LINE_MAX - line->length - 3);
}

/* "SPF none: example.com: the domain publishes no SPF record" */
static void say_result(struct text *line, const struct facts *facts, const struct outcome *outcome)
{
    text_printf(line, "%s %s", words_method(outcome->method), vouch_result_word(outcome->result));
    if (subject(facts, outcome)[0] != '\0') {
        text_add(line, ": ");
        add_subject(line, facts, outcome);
    }
    add_why(line, ": ", outcome);
}

static void say_pass(struct text *line, const struct facts *facts, const struct outcome *outcome)
{
    if (subject(facts, outcome)[0] != '\0') {
        text_add(line, "mail from ");
        add_subject(line, facts, outcome);
    } else {
        text_add(line, "the message");
    }
    text_printf(line, " is not accepted here (%s pass)", words_method(outcome->method));
}

/* "SPF for example.com could not be checked: DNS did not answer in time" */
static void say_temperror(struct text *line, const struct facts *facts,
                          const struct outcome *outcome)
{
    text_add(line, words_method(outcome->method));
    if (subject(facts, outcome)[0] != '\0') {
        text_add(line, " for ");
        add_subject(line, facts, outcome);
    }
    text_add(line, " could not be checked");
    if (outcome->reason == REASON_MEMORY)
        text_add(line, ": trouble on our side");
    else
        add_why(line, ": ", outcome);
}

/* "mail.example.com [192.0.2.9] is not authorized to send mail as mail.example.com: client address
 * mismatch (CSA)" */
static void say_csa_fail(struct text *line, const struct facts *facts,
                         const struct outcome *outcome)
{
    words_client(line, facts);
    text_add(line, " is not authorized to send mail as ");
    add_subject(line, facts, outcome);
    add_why(line, ": ", outcome);
    text_add(line, " (CSA)");
}

/* "SPF fail: example.com does not permit 192.0.2.9 to send its mail (-all)" */
static void say_spf_fail(struct text *line, const struct facts *facts,
                         const struct outcome *outcome)
{
    char address[IP_TEXT_SIZE];

    text_printf(line, "SPF %s: ", vouch_result_word(outcome->result));
    add_subject(line, facts, outcome);
    text_add(line, outcome->result == VOUCH_FAIL ? " does not permit "
                                                 : " says that it probably does not permit ");
    text_add(line, ip_format(&facts->client, address));
    text_add(line,
             outcome->identity == IDENTITY_HELO ? " to use its name in HELO" : " to send its mail");
    if (outcome->detail[0] != '\0') {
        text_add(line, " (");
        words_clean(line, outcome->detail, "", WHY_MAX_OCTETS);
        text_add(line, ")");
    }
}

/* "mail.example.com is not accepted here: accred.example.net speaks against it" */
static void say_dna_fail(struct text *line, const struct facts *facts,
                         const struct outcome *outcome)
{
    if (outcome->domain[0] != '\0')
        add_subject(line, facts, outcome);
    else
        words_client(line, facts);
    text_add(line, " is not accepted here");
    for (const struct property *p = outcome->properties; p != NULL; p = p->next) {
        if (strcmp(p->name, "accreditor") != 0)
            continue;
        text_add(line, ": ");
        words_name(line, p->value, NAME_MAX_OCTETS);
        text_add(line, " speaks against it");
    }
}

/* RFC 4406 5.2: "Sender ID (PRA) Not Permitted - " and the words of the domain, or ours. */
static void say_senderid_fail(struct text *line, const struct facts *facts,
                              const struct outcome *outcome)
{
    char address[IP_TEXT_SIZE];

    text_printf(line, "Sender ID (%s) %s - ",
                outcome->identity == IDENTITY_PRA ? "PRA" : "MAIL FROM",
                outcome->reason == REASON_SPF_NXDOMAIN ? "Domain Does Not Exist" : "Not Permitted");
    if (outcome->explanation[0] != '\0') {
        reply_text_explanation(line, outcome);
        return;
    }
    add_subject(line, facts, outcome);
    if (outcome->reason == REASON_SPF_NXDOMAIN)
        text_add(line, " has no entry in DNS");
    else
        text_printf(line, " does not permit %s to send its mail",
                    ip_format(&facts->client, address));
}

/* RFC 4406 5.3: why there is no address to check. */
static void say_senderid_missing(struct text *line, const struct outcome *outcome)
{
    text_add(line, "Missing Purported Responsible Address");
    add_why(line, ": ", outcome);
}

/* The reply texts of RFC 4405 4, to the letter.  False: it has none for OUTCOME. */
static bool say_submitter(struct text *line, const struct outcome *outcome)
{
    if (outcome->identity == IDENTITY_SUBMITTER && outcome->result == VOUCH_FAIL)
        text_add(line, "Submitter not allowed.");
    else if (outcome->identity == IDENTITY_SUBMITTER_HEADER && outcome->result == VOUCH_FAIL)
        text_add(line, "Submitter does not match header.");
    else if (outcome->identity == IDENTITY_SUBMITTER_HEADER && outcome->result == VOUCH_PERMERROR)
        text_add(line, "Cannot verify submitter address.");
    else
        return false;
    return true;
}

/* The reply texts of RFC 4406 5.  False: it has none for OUTCOME. */
static bool say_senderid(struct text *line, const struct facts *facts,
                         const struct outcome *outcome)
{
    if (outcome->method != METHOD_SENDER_ID)
        return false;
    if (say_submitter(line, outcome))
        return true;
    if (outcome->result == VOUCH_FAIL)
        say_senderid_fail(line, facts, outcome);
    else if (outcome->result == VOUCH_TEMPERROR)
        text_add(line, "Sender ID check is temporarily unavailable");
    else if (outcome->result == VOUCH_PERMERROR && outcome->identity == IDENTITY_PRA &&
             outcome->domain[0] == '\0')
        say_senderid_missing(line, outcome);
    else if (outcome->reason == REASON_SPF_NO_DOMAIN && outcome->identity == IDENTITY_MAILFROM)
        text_add(line, "Missing Reverse-Path address");
    else
        return false;
    return true;
}

/* "Reverse DNS validation of 192.0.2.9 failed: the client's address has no name" (RFC 7372 3.3) */
static bool say_iprev(struct text *line, const struct facts *facts, const struct outcome *outcome)
{
    bool failed = outcome->result != VOUCH_TEMPERROR;
    char address[IP_TEXT_SIZE];

    if (outcome->method != METHOD_IPREV || outcome->result == VOUCH_PASS ||
        outcome->reason == REASON_MEMORY)
        return false;
    text_printf(line, "Reverse DNS %s %s ", failed ? "validation of" : "of",
                ip_format(&facts->client, address));
    text_add(line, failed ? "failed" : "could not be checked");
    add_why(line, ": ", outcome);
    return true;
}

/* "mail is taken here only over TLS, with a client certificate that can be verified: the client
 * presented no certificate".  False: nothing needs to be said in this way. */
static bool say_tls(struct text *line, const struct facts *facts, const struct outcome *outcome)
{
    if (outcome->method != METHOD_TLS || outcome->reason == REASON_MEMORY ||
        outcome->reason == REASON_TLS_MATCH)
        return false;
    if (outcome->result == VOUCH_NONE) {
        text_add(line, "this mail is taken here only over an encrypted connection (STARTTLS)");
    } else if (outcome->result == VOUCH_PASS) {
        text_add(line, "the client's certificate does not name ");
        add_subject(line, facts, outcome);
        text_add(line, ", which it said in HELO");
    } else if (outcome->result == VOUCH_POLICY) {
        words_why(line, outcome, "", WHY_MAX_OCTETS);
    } else {
        text_add(line,
                 "this mail is taken here only with a client certificate that can be verified");
        add_why(line, ": ", outcome);
    }
    return true;
}

/* "Sender address has null MX: example.com takes no mail" (RFC 7505 4.2) */
static bool say_sender(struct text *line, const struct facts *facts, const struct outcome *outcome)
{
    const char *address = facts->reverse_path.raw;

    if (outcome->method != METHOD_SENDER || outcome->result == VOUCH_PASS ||
        outcome->result == VOUCH_TEMPERROR)
        return false;
    text_printf(line,
                "Sender address %s: ", outcome->result == VOUCH_FAIL ? "has null MX" : "rejected");
    words_name(line, outcome->domain[0] != '\0' ? outcome->domain : address, NAME_MAX_OCTETS);
    if (outcome->result == VOUCH_FAIL)
        text_add(line, " takes no mail");
    else if (outcome->reason == REASON_SENDER_NO_MX)
        text_add(line, " has no MX record");
    else if (outcome->reason == REASON_SENDER_NXDOMAIN)
        text_add(line, " does not exist");
    else
        text_printf(line, ": %s", reason_text(outcome->reason));
    return true;
}

void reply_text_reason(struct text *line, const struct facts *facts, const struct outcome *outcome)
{
    bool failed = outcome->result == VOUCH_FAIL;

    if (say_senderid(line, facts, outcome) || say_iprev(line, facts, outcome) ||
        say_sender(line, facts, outcome) || say_tls(line, facts, outcome))
        return;
    if (outcome->result == VOUCH_PASS)
        say_pass(line, facts, outcome);
    else if (outcome->result == VOUCH_TEMPERROR)
        say_temperror(line, facts, outcome);
    else if (outcome->method == METHOD_CSA && failed)
        say_csa_fail(line, facts, outcome);
    else if (outcome->method == METHOD_DNA && failed)
        say_dna_fail(line, facts, outcome);
    else if (outcome->method == METHOD_SPF && (failed || outcome->result == VOUCH_SOFTFAIL))
        say_spf_fail(line, facts, outcome);
    else
        say_result(line, facts, outcome);
}
