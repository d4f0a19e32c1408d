/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/config.h"

#include <string.h>

#include "lib/base/ascii.h"

const struct vouch_settings *vouch_config_settings(const struct vouch_config *config)
{
    return &config->process;
}

bool config_same_resolver(const struct vouch_config *a, const struct vouch_config *b)
{
    if (a->dns.nameserver_count != b->dns.nameserver_count ||
        a->dns.cache_bytes != b->dns.cache_bytes || a->dns.max_in_flight != b->dns.max_in_flight ||
        a->dns.dnssec != b->dns.dnssec || strcmp(a->dns.trust_anchor, b->dns.trust_anchor) != 0)
        return false;
    for (size_t i = 0; i < a->dns.nameserver_count; i++)
        if (strcmp(a->dns.nameservers[i], b->dns.nameservers[i]) != 0)
            return false;
    return true;
}

const char *config_section_name(enum method method)
{
    return method_name(method); /* sections bear the names of their methods */
}

enum rule_scope config_rule_scope(const struct outcome *outcome)
{
    if (outcome->method == METHOD_SPF && outcome->identity == IDENTITY_HELO)
        return RULE_SCOPE_HELO;
    if (outcome->identity == IDENTITY_PRA && outcome->result == VOUCH_PERMERROR &&
        outcome->domain[0] == '\0')
        return RULE_SCOPE_MISSING;
    if (outcome->reason == REASON_DNA_UNAUTHENTICATED)
        return RULE_SCOPE_MISSING;
    if (outcome->reason == REASON_DOMAINKEYS_UNSIGNED)
        return RULE_SCOPE_UNSIGNED;
    if (outcome->method == METHOD_HELO && outcome->reason == REASON_HELO_LITERAL)
        return RULE_SCOPE_LITERAL;
    if (outcome->identity == IDENTITY_SUBMITTER_HEADER)
        return RULE_SCOPE_SUBMITTER;
    return outcome->identity == IDENTITY_AUTHOR ? RULE_SCOPE_AUTHOR : RULE_SCOPE_MAIN;
}

bool config_only_tells(const struct vouch_config *config, const struct outcome *outcome)
{
    return outcome->reason == REASON_SENDER_ID_SPF1 && outcome->result != VOUCH_PASS &&
           config->verify.senderid.use_spf1 == SENDERID_SPF1_ANNOTATE;
}

bool config_tls_unmet(const struct vouch_config *config, const struct outcome *outcome)
{
    if (outcome->method != METHOD_TLS)
        return false;
    switch (config->tls_require) {
    case TLS_REQUIRE_NO:
        return false;
    case TLS_REQUIRE_ENCRYPTION:
        return outcome->reason == REASON_TLS_NOT_ENCRYPTED || outcome->reason == REASON_MEMORY;
    case TLS_REQUIRE_CERTIFICATE:
        return outcome->result != VOUCH_PASS;
    case TLS_REQUIRE_MATCHING:
        return outcome->reason != REASON_TLS_MATCH;
    }
    return false;
}

int config_domain_compare(const struct dns_name *a, const struct dns_name *b)
{
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    for (size_t i = 0; i < a->length; i++) {
        int left = ascii_lower((char)a->wire[i]);
        int right = ascii_lower((char)b->wire[i]);

        if (left != right)
            return left < right ? -1 : 1;
    }
    return 0;
}

static const struct config_domain *find_domain(const struct vouch_config *config,
                                               const struct dns_name *name)
{
    size_t low = 0;
    size_t high = config->domain_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = config_domain_compare(name, &config->domains[middle].name);

        if (order == 0)
            return &config->domains[middle];
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return NULL;
}

/* In a `domain` section the rules of a method for whole messages are about its author. */
static enum rule_scope scope_in_domain(const struct outcome *outcome)
{
    enum rule_scope scope = config_rule_scope(outcome);

    return scope == RULE_SCOPE_AUTHOR ? RULE_SCOPE_MAIN : scope;
}

enum vouch_result config_domain_result(const struct config_domain *domain,
                                       const struct outcome *outcome)
{
    enum rule_scope scope = scope_in_domain(outcome);

    if (outcome->identity != IDENTITY_AUTHOR || outcome->result == VOUCH_PASS ||
        outcome->result == VOUCH_TEMPERROR ||
        domain->rules.rule[outcome->method][scope][outcome->result].set)
        return outcome->result;
    return VOUCH_NONE;
}

/* A literal is no name: what is asked of HELO without one holds for it, too. */
static const struct config_rule *general_rule(const struct vouch_config *config,
                                              const struct outcome *outcome)
{
    enum rule_scope scope = config_rule_scope(outcome);
    const struct config_rule *rule = &config->rules.rule[outcome->method][scope][outcome->result];

    if (scope == RULE_SCOPE_LITERAL && rule->action == VOUCH_CONTINUE)
        return &config->rules.rule[outcome->method][RULE_SCOPE_MAIN][outcome->result];
    return rule;
}

const struct config_rule *config_rule_for(const struct vouch_config *config,
                                          const struct outcome *outcome,
                                          const struct config_domain **domain)
{
    struct dns_name name;
    unsigned labels = 0;

    if (domain != NULL)
        *domain = NULL;
    if (config->domain_count > 0 &&
        dns_name_from_text(outcome->domain, strlen(outcome->domain), &name) == VOUCH_OK)
        labels = dns_name_labels(&name);
    for (unsigned keep = labels; keep > 0; keep--) {
        struct dns_name suffix;
        const struct config_domain *found;
        const struct config_rule *rule;

        dns_name_suffix(&name, keep, &suffix);
        found = find_domain(config, &suffix);
        if (found == NULL || (found->exact && keep < labels))
            continue;
        rule = &found->rules.rule[outcome->method][scope_in_domain(outcome)]
                                 [config_domain_result(found, outcome)];
        if (!rule->set)
            continue;
        if (domain != NULL)
            *domain = found;
        return rule;
    }
    return general_rule(config, outcome);
}
