/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/policy/decide.h"

#include <string.h>

#include "lib/policy/combine.h"

const char *exemption_text(enum exemption exemption)
{
    static const char *const texts[] = {
        [EXEMPT_NO] = "",
        [EXEMPT_CLIENT] = "listed client",
        [EXEMPT_AUTHENTICATED] = "authenticated client",
    };

    return texts[exemption];
}

enum exemption exemption_of(const struct facts *facts, const struct vouch_config *config)
{
    const struct config_exempt *exempt = &config->exempt;

    if (ip_in_networks(&facts->client, exempt->clients, exempt->client_count))
        return EXEMPT_CLIENT;
    if (exempt->authenticated && facts->mta[VOUCH_FACT_AUTH_AUTHEN][0] != '\0')
        return EXEMPT_AUTHENTICATED;
    return EXEMPT_NO;
}

bool decide_signing(const struct facts *facts, const struct vouch_config *config)
{
    const struct config_signing *signing = &config->signing;

    return config->sign_settings_count > 0 &&
           (ip_in_networks(&facts->client, signing->clients, signing->client_count) ||
            (signing->authenticated && facts->mta[VOUCH_FACT_AUTH_AUTHEN][0] != '\0'));
}

/* Which of two wishes wins: an `accept` foremost, then by severity, which is the order of the enum.
 */
static unsigned weight(enum vouch_action action)
{
    return action == VOUCH_ACCEPT ? VOUCH_ACTION_COUNT : (unsigned)action;
}

/* A bounce cannot choose its reverse-path, so that nobody speaks for it is no reason to refuse it.
 */
static bool is_unowned_bounce(const struct facts *facts, const struct outcome *outcome)
{
    return facts->has_mail && facts->reverse_path.null && outcome->method == METHOD_SPF &&
           outcome->result == VOUCH_NONE;
}

/* What the rule for OUTCOME asks for. */
static enum vouch_action wish(const struct facts *facts, const struct outcome *outcome,
                              const struct vouch_config *config, const struct config_rule *rule)
{
    if ((is_unowned_bounce(facts, outcome) || config_only_tells(config, outcome)) &&
        rule->action != VOUCH_ACCEPT)
        return VOUCH_CONTINUE;
    return rule->action;
}

/* What tls { require } asks for; what could not be found out is no reason to refuse for good. */
static enum vouch_action requirement_wish(const struct outcome *outcome,
                                          const struct vouch_config *config)
{
    if (!config_tls_unmet(config, outcome))
        return VOUCH_CONTINUE;
    if (config->tls_unmet.action > VOUCH_TEMPFAIL && outcome->result == VOUCH_TEMPERROR)
        return VOUCH_TEMPFAIL;
    return config->tls_unmet.action;
}

enum vouch_action decide_wish(const struct facts *facts, const struct outcome *outcome,
                              const struct vouch_config *config)
{
    enum vouch_action own = wish(facts, outcome, config, config_rule_for(config, outcome, NULL));
    enum vouch_action required = requirement_wish(outcome, config);

    return weight(required) > weight(own) ? required : own;
}

/* RULE asks for ACTION because of OUTCOME. */
static void take(struct decision *decision, const struct outcome *outcome,
                 const struct config_rule *rule, const struct config_domain *domain,
                 enum vouch_action action)
{
    if (action == VOUCH_CONTINUE || weight(action) < weight(decision->wanted))
        return;
    if (action != decision->wanted) {
        decision->wanted = action;
        decision->stage = outcome->stage;
        decision->outcome = outcome;
        decision->rule = rule;
        decision->domain = domain;
        decision->combination = REFUSE_NEVER;
        decision->requirement = TLS_REQUIRE_NO;
        decision->failures = 0;
        memset(decision->reasons, 0, sizeof decision->reasons);
    }
    if (decision->failures < DECISION_REASONS)
        decision->reasons[decision->failures] = outcome;
    decision->failures++;
}

/* Take OUTCOME's wish into account. */
static void weigh(struct decision *decision, const struct facts *facts,
                  const struct outcome *outcome, const struct vouch_config *config)
{
    const struct config_domain *domain;
    const struct config_rule *rule = config_rule_for(config, outcome, &domain);
    enum vouch_action own = wish(facts, outcome, config, rule);
    enum vouch_action required = requirement_wish(outcome, config);

    if (weight(required) <= weight(own)) {
        take(decision, outcome, rule, domain, own);
        return;
    }
    take(decision, outcome, &config->tls_unmet, NULL, required);
    if (decision->outcome == outcome)
        decision->requirement = config->tls_require;
}

/* And that of both together; what asks for the same by itself is named by itself. */
static void weigh_combination(struct decision *decision, const struct outcome *outcomes,
                              const struct vouch_config *config)
{
    const struct config_rule *rule = &config->refuse;
    struct combined combined;

    if (weight(rule->action) <= weight(decision->wanted) ||
        !combine_applies(outcomes, config, &combined))
        return;
    take(decision, combined.pra, rule, NULL, rule->action);
    take(decision, combined.mailfrom, rule, NULL, rule->action);
    decision->combination = config->refuse_when;
}

/* RFC 7372 3.1: no passing signature, no acceptable one, or none of the author's domain. */
static const char *dkim_subject_and_detail(const struct outcome *outcome, bool permanent)
{
    if (outcome->identity == IDENTITY_AUTHOR)
        return permanent ? "5.7.22" : "4.7.22";
    if (outcome->result == VOUCH_POLICY)
        return permanent ? "5.7.21" : "4.7.21";
    return permanent ? "5.7.20" : "4.7.20";
}

/* RFC 7505 4.2; RFC 3463 3.2: bad sender's system address, bad sender's mailbox address syntax. */
static const char *sender_subject_and_detail(const struct outcome *outcome, bool permanent)
{
    if (outcome->result == VOUCH_FAIL)
        return permanent ? "5.7.27" : "4.7.27";
    if (outcome->result == VOUCH_NONE)
        return permanent ? "5.1.8" : "4.1.8";
    return permanent ? "5.1.7" : "4.1.7";
}

/* RFC 7372, RFC 3463: the subject and detail of the enhanced code for one outcome. */
static const char *subject_and_detail(const struct outcome *outcome, bool permanent)
{
    bool is_error = outcome->result == VOUCH_TEMPERROR || outcome->result == VOUCH_PERMERROR;

    if (outcome->method == METHOD_DKIM && outcome->result != VOUCH_TEMPERROR &&
        outcome->result != VOUCH_PASS)
        return dkim_subject_and_detail(outcome, permanent);

    if (outcome->reason == REASON_TLS_NOT_ENCRYPTED)
        return permanent ? "5.7.10" : "4.7.10"; /* RFC 5248 2.4's registry: encryption needed */
    if (outcome->method == METHOD_SPF && is_error)
        return permanent ? "5.7.24" : "4.7.24"; /* RFC 7372 3.2 */
    if (outcome->method == METHOD_SPF &&
        (outcome->result == VOUCH_FAIL || outcome->result == VOUCH_SOFTFAIL))
        return permanent ? "5.7.23" : "4.7.23"; /* RFC 7372 3.2 */
    if (outcome->result == VOUCH_TEMPERROR)
        return permanent ? "5.4.3" : "4.4.3"; /* RFC 3463 3.5: directory server failure */
    if (outcome->method == METHOD_SENDER && outcome->result != VOUCH_PASS)
        return sender_subject_and_detail(outcome, permanent);
    if (outcome->method == METHOD_IPREV && outcome->result != VOUCH_PASS)
        return permanent ? "5.7.25" : "4.7.25"; /* RFC 7372 3.3 */
    return permanent ? "5.7.1" : "4.7.1";       /* RFC 3463 3.8: delivery not authorized */
}

/* Whether the outcomes that asked for the decision are of different methods. */
static bool has_several_methods(const struct decision *decision)
{
    for (unsigned i = 1; i < decision->failures && i < DECISION_REASONS; i++)
        if (decision->reasons[i]->method != decision->outcome->method)
            return true;
    return false;
}

static bool is_dns_trouble(const struct decision *decision)
{
    for (unsigned i = 0; i < decision->failures && i < DECISION_REASONS; i++)
        if (decision->reasons[i]->result != VOUCH_TEMPERROR)
            return false;
    return true;
}

static void set_codes(struct decision *decision)
{
    bool permanent = decision->wanted == VOUCH_REJECT;

    if (decision->has_forged) {
        decision->code = "550";
        decision->enhanced = "5.7.1";
        return;
    }
    if (decision->wanted != VOUCH_REJECT && decision->wanted != VOUCH_TEMPFAIL)
        return;
    decision->code = permanent ? "550" : "451";
    if (permanent && !has_several_methods(decision) && decision->outcome->method == METHOD_SENDER &&
        decision->outcome->result == VOUCH_PERMERROR)
        decision->code = "553"; /* RFC 5321 4.2.2: mailbox name not allowed */
    if (!permanent && !has_several_methods(decision) && is_dns_trouble(decision) &&
        decision->outcome->method == METHOD_SENDER_ID)
        decision->code = "450"; /* RFC 4406 5.3 */
    if (permanent && decision->outcome->reason == REASON_SUBMITTER_UNVERIFIED) {
        decision->code = "554"; /* RFC 4405 4.2 */
        decision->enhanced = "5.7.7";
        return;
    }
    if (!has_several_methods(decision))
        decision->enhanced = subject_and_detail(decision->outcome, permanent);
    else if (is_dns_trouble(decision))
        decision->enhanced = permanent ? "5.4.3" : "4.4.3";
    else
        decision->enhanced = permanent ? "5.7.26" : "4.7.26"; /* RFC 7372 3.4 */
}

struct decision decide(const struct facts *facts, const struct outcome *outcomes,
                       const struct vouch_config *config, enum vouch_stage stage)
{
    struct decision decision = {
        .action = VOUCH_CONTINUE,
        .wanted = VOUCH_CONTINUE,
        .stage = stage,
        .exemption = exemption_of(facts, config),
        .code = "",
        .enhanced = "",
    };

    if (stage >= VOUCH_STAGE_EOH && facts->forged_fields > config->forged_fields) {
        decision.wanted = VOUCH_REJECT;
        decision.stage = VOUCH_STAGE_EOH;
        decision.exemption = EXEMPT_NO;
        decision.has_forged = true;
        decision.rule = &config->forged_rule;
    } else if (decision.exemption != EXEMPT_NO) {
        decision.wanted = VOUCH_ACCEPT;
        decision.stage = VOUCH_STAGE_MAIL;
        decision.rule = decision.exemption == EXEMPT_CLIENT ? &config->exempt.clients_rule
                                                            : &config->exempt.authenticated_rule;
    } else {
        for (const struct outcome *of = outcomes; of != NULL; of = of->next)
            if (of->stage <= stage && !of->is_part)
                weigh(&decision, facts, of, config);
        if (stage >= VOUCH_STAGE_EOH)
            weigh_combination(&decision, outcomes, config);
    }
    set_codes(&decision);
    if (!config->process.monitor)
        decision.action = decision.wanted;
    return decision;
}

struct decision decide_recipient(const struct facts *facts, const struct path *recipient,
                                 const struct vouch_config *config)
{
    const struct config_rule *rule = &config->recipient_literal;
    struct decision decision = {
        .action = VOUCH_CONTINUE,
        .wanted = VOUCH_CONTINUE,
        .stage = VOUCH_STAGE_MAIL,
        .recipient = recipient,
        .code = "",
        .enhanced = "",
    };

    if (!decide_wants_recipients(config) || facts->client.family == IP_NONE ||
        exemption_of(facts, config) != EXEMPT_NO || !path_is_literal(recipient))
        return decision;
    decision.wanted = rule->action;
    decision.rule = rule;
    decision.code = rule->action == VOUCH_REJECT ? "553" : "451";
    decision.enhanced = rule->action == VOUCH_REJECT ? "5.1.3" : "4.1.3"; /* RFC 3463 3.2 */
    if (!config->process.monitor)
        decision.action = decision.wanted;
    return decision;
}

bool decide_wants_recipients(const struct vouch_config *config)
{
    return config->recipient_literal.action != VOUCH_CONTINUE;
}
