/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* What configuration text means, and what is said of its mistakes.  The text goes in as the command
 * line's, which is read by the same code as a file; test_config_files is about files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/policy/config.h"
#include "tests/unit/config_problems.h"

static struct vouch_config *load(const char *text)
{
    struct problems problems = {.length = 0};
    struct vouch_config *config = NULL;
    int error = vouch_config_load(NULL, text, problems_add, &problems, &config);

    if (error != VOUCH_OK)
        fail_msg("%s\n%s", text, problems.text);
    return config;
}

static enum vouch_action action_of(const struct vouch_config *config, enum method method,
                                   enum rule_scope scope, enum vouch_result result)
{
    return config->rules.rule[method][scope][result].action;
}

static void test_defaults(void **state)
{
    static const bool off[METHOD_COUNT] = {
        [METHOD_IPREV] = true,
        [METHOD_TLS] = true,
        [METHOD_REPUTATION] = true,
        [METHOD_SENDER] = true,
    };
    struct vouch_config *config = load(NULL);

    (void)state;
    assert_string_equal(config->process.listen, "local:/run/vouch/vouch.sock");
    assert_int_equal(config->process.socket_mode, 0660);
    assert_string_equal(config->process.socket_group, "");
    assert_string_equal(config->process.user, "");
    assert_string_equal(config->process.pid_file, "");
    assert_string_equal(config->process.syslog_facility, "mail");
    assert_string_equal(config->process.decision_record, "");
    assert_int_equal(config->process.max_sessions, 1000);
    assert_int_equal(config->process.overload, VOUCH_TEMPFAIL);
    assert_false(config->process.monitor);
    assert_int_equal(config->dns.nameserver_count, 0);
    assert_int_equal(config->dns.cache_bytes, 16 << 20);
    assert_int_equal(config->dns.max_in_flight, 2000);
    assert_int_equal(config->dns.dnssec, DNSSEC_AUTO);
    assert_string_equal(config->dns.trust_anchor, "");
    assert_true(config->budget.time == 8 * NANOSECONDS_PER_SECOND);
    assert_int_equal(config->budget.max_queries, 150);
    assert_false(config->verify.csa.address_literals);
    assert_int_equal(config->verify.spf.term_limit, 10);
    assert_int_equal(config->verify.spf.void_limit, 2);
    assert_string_equal(config->authres.authserv_id, "");
    assert_int_equal(config->authres.trusted_peer_count, 0);
    assert_false(config->authres.strip_all);
    assert_int_equal(config->header_octets, 1 << 20);
    assert_int_equal(config->recipients, 1000);
    assert_int_equal(config->domain_count, 0);
    for (int method = 0; method < METHOD_COUNT; method++)
        assert_true(config->enabled[method] != off[method]);
    vouch_config_release(config);
}

/* A site that installs and walks away refuses only what the domain's owner asked to have refused.
 */
static void test_default_rules(void **state)
{
    struct vouch_config *config = load(NULL);

    (void)state;
    for (enum method method = METHOD_CSA; method < METHOD_COUNT; method++)
        for (int scope = 0; scope < RULE_SCOPE_COUNT; scope++)
            for (int result = 0; result < VOUCH_RESULT_COUNT; result++) {
                const struct config_rule *rule = &config->rules.rule[method][scope][result];
                bool rejects = result == VOUCH_FAIL && scope == RULE_SCOPE_MAIN &&
                               (method == METHOD_CSA || method == METHOD_SPF);

                /* RFC 4405 4.2: MUST and SHOULD */
                rejects |= method == METHOD_SENDER_ID && scope == RULE_SCOPE_SUBMITTER &&
                           (result == VOUCH_FAIL || result == VOUCH_PERMERROR);
                /* it takes a list that is empty */
                rejects |=
                    method == METHOD_TLS && scope == RULE_SCOPE_MAIN && result == VOUCH_POLICY;
                /* RFC 7505 4.2, once the method is turned on */
                rejects |=
                    method == METHOD_SENDER && result == VOUCH_FAIL && scope == RULE_SCOPE_MAIN;
                assert_true(rule->set);
                assert_int_equal(rule->action, rejects ? VOUCH_REJECT : VOUCH_CONTINUE);
                assert_string_equal(rule->origin.file, "default");
                assert_int_equal(rule->origin.line, 0);
            }
    vouch_config_release(config);
}

static void test_default_exemptions(void **state)
{
    struct vouch_config *config = load(NULL);
    struct ip loopback4, loopback6, other;

    (void)state;
    assert_true(ip_parse("127.1.2.3", 9, &loopback4));
    assert_true(ip_parse("::1", 3, &loopback6));
    assert_true(ip_parse("192.0.2.1", 9, &other));
    assert_true(ip_in_networks(&loopback4, config->exempt.clients, config->exempt.client_count));
    assert_true(ip_in_networks(&loopback6, config->exempt.clients, config->exempt.client_count));
    assert_false(ip_in_networks(&other, config->exempt.clients, config->exempt.client_count));
    assert_true(config->exempt.authenticated);
    assert_string_equal(config->exempt.clients_rule.origin.file, "default");
    assert_string_equal(config->exempt.authenticated_rule.origin.file, "default");
    vouch_config_release(config);
}

#define U(member)                                                                                  \
    .offset = offsetof(struct vouch_config, member),                                               \
    .size = sizeof((struct vouch_config *)NULL)->member

/* Numbers of any width, as they end up. */
static const struct {
    const char *text;
    size_t offset, size;
    uint64_t value;
} numbers[] = {
    {"max-sessions = 1", U(process.max_sessions), 1},
    {"max-sessions = 100000", U(process.max_sessions), 100000},
    {"max-sessions = \"250\"", U(process.max_sessions), 250},
    {"socket-mode = 0666", U(process.socket_mode), 0666},
    {"socket-mode = 600", U(process.socket_mode), 0600},
    {"socket-mode = '0777'", U(process.socket_mode), 0777},
    {"mode = monitor", U(process.monitor), true},
    {"mode = enforce", U(process.monitor), false},
    {"overload = continue", U(process.overload), VOUCH_CONTINUE},
    {"dns { timeout = 500ms }", U(budget.time), 500 * NANOSECONDS_PER_MILLISECOND},
    {"dns { timeout = 100ms }", U(budget.time), 100 * NANOSECONDS_PER_MILLISECOND},
    {"dns { timeout = 60s }", U(budget.time), 60 * NANOSECONDS_PER_SECOND},
    {"dns { timeout = 1m }", U(budget.time), 60 * NANOSECONDS_PER_SECOND},
    {"dns { cache-size = 0 }", U(dns.cache_bytes), 0},
    {"dns { cache-size = 1000 }", U(dns.cache_bytes), 1000},
    {"dns { cache-size = 64k }", U(dns.cache_bytes), 65536},
    {"dns { cache-size = 64K }", U(dns.cache_bytes), 65536},
    {"dns { cache-size = 2m }", U(dns.cache_bytes), 2 << 20},
    {"dns { cache-size = 1G }", U(dns.cache_bytes), 1 << 30},
    {"dns { max-queries = 7 max-in-flight = 9 }", U(dns.max_in_flight), 9},
    {"reputation { half-life = 7d }", U(reputation.half_life), 7 * 86400 * NANOSECONDS_PER_SECOND},
    {"reputation { half-life = 12h }", U(reputation.half_life), 12 * 3600 * NANOSECONDS_PER_SECOND},
    {"reputation { max-names = 1000 }", U(reputation.max_names), 1000},
    {"signing { authenticated = no }", U(signing.authenticated), false},
    {"dns { dnssec = no }", U(dns.dnssec), DNSSEC_NO},
    {"dns { dnssec = Yes }", U(dns.dnssec), DNSSEC_YES},
    {"dns { dnssec = on }", U(dns.dnssec), DNSSEC_YES},
    {"dns { dnssec = auto }", U(dns.dnssec), DNSSEC_AUTO},
    {"dns { max-queries = 7 } dns { max-in-flight = 9 }", U(budget.max_queries), 7},
    {"spf { term-limit = 20 void-limit = 0 }", U(verify.spf.void_limit), 0},
    {"spf { enabled = no }", U(enabled[METHOD_SPF]), false},
    {"spf { enabled = false }", U(enabled[METHOD_SPF]), false},
    {"spf { enabled = Off }", U(enabled[METHOD_SPF]), false},
    {"sender-id { use-spf1 = no }", U(verify.senderid.use_spf1), SENDERID_SPF1_NO},
    {"sender-id { mfrom = yes }", U(verify.senderid.use_spf1), SENDERID_SPF1_ANNOTATE},
    {"sender-id { use-spf1 = Yes }", U(verify.senderid.use_spf1), SENDERID_SPF1_YES},
    {"csa { address-literals = yes }", U(verify.csa.address_literals), true},
    {"csa { address-literals = true }", U(verify.csa.address_literals), true},
    {"csa { address-literals = on }", U(verify.csa.address_literals), true},
    {"authentication-results { strip = all }", U(authres.strip_all), true},
    {"limits { header-size = 4k recipients = 0 }", U(header_octets), 4096},
    {"exempt { clients = {} }", U(exempt.client_count), 0},
    {"exempt { clients = {\"10.0.0.0/8\"} }", U(exempt.client_count), 1},
    {"exempt { clients = 10.0.0.0/8 }", U(exempt.client_count), 1},
    {"exempt { clients = {10.0.0.0/8, 2001:db8::/32, 192.0.2.1} }", U(exempt.client_count), 3},
    {"exempt { clients += {10.0.0.0/8} }", U(exempt.client_count), 3},
    {"exempt { clients += {10.0.0.0/8} clients += {192.0.2.1} }", U(exempt.client_count), 4},
    {"exempt { clients = { # none\n } }", U(exempt.client_count), 0},
    {"exempt { clients = {} clients += {10.0.0.0/8} }", U(exempt.client_count), 1},
    {"exempt { authenticated = no }", U(exempt.authenticated), false},
    {"dns { nameservers = {127.0.0.1@5353, ::1} }", U(dns.nameserver_count), 2},
    {"authentication-results { trusted-peers = {192.0.2.0/24} }", U(authres.trusted_peer_count), 1},
    /* comments, which libconfuse alone would stumble over */
    {"/* a */ # b\nmax-sessions /* c */ = // d\n 5 # e", U(process.max_sessions), 5},
    {"exempt { clients = { # all of them\n 10.0.0.0/8, /* and */ 192.0.2.1 // that\n } }",
     U(exempt.client_count), 2},
    {"max-sessions = 5 #\"", U(process.max_sessions), 5},
    {"max-sessions = 5 /* ' */", U(process.max_sessions), 5},
    {"max-sessions = 5\r\nmode = monitor\r\n", U(process.max_sessions), 5},
};

static uint64_t number_at(const void *config, size_t offset, size_t size)
{
    const char *at = (const char *)config + offset;
    uint64_t eight;
    uint32_t four;

    if (size == sizeof(bool))
        return *(const bool *)at;
    if (size == sizeof four) {
        memcpy(&four, at, sizeof four);
        return four;
    }
    assert_int_equal(size, sizeof eight);
    memcpy(&eight, at, sizeof eight);
    return eight;
}

static void test_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct vouch_config *config = load(numbers[i].text);
        uint64_t value = number_at(config, numbers[i].offset, numbers[i].size);

        if (value != numbers[i].value)
            fail_msg("%s: %llu", numbers[i].text, (unsigned long long)value);
        vouch_config_release(config);
    }
}

static const struct {
    const char *text;
    size_t offset;
    const char *value;
} texts[] = {
#define T(member) offsetof(struct vouch_config, member)
    {"listen = \"inet:8890@127.0.0.1\"", T(process.listen), "inet:8890@127.0.0.1"},
    {"reputation { redis-password-file = /etc/vouch/redis.secret }",
     T(reputation.redis_password_file), "/etc/vouch/redis.secret"},
    {"listen = inet:localhost:8890", T(process.listen), "inet:localhost:8890"},
    {"listen = /run//vouch.sock", T(process.listen), "/run//vouch.sock"},
    {"listen = fd:3", T(process.listen), "fd:3"},
    {"listen = \"unix:/a b#c\"", T(process.listen), "unix:/a b#c"},
    {"listen = 'unix:/a\"/*b*/'", T(process.listen), "unix:/a\"/*b*/"},
    {"listen = \"unix:/\\\"a\\x41\"", T(process.listen), "unix:/\"aA"},
    {"listen = \"unix:${VOUCH_TEST_FOLDER}/s\"", T(process.listen), "unix:/folder/s"},
    {"listen = \"unix:/${VOUCH_TEST_ABSENT:-else}\"", T(process.listen), "unix:/else"},
    {"listen = 'unix:/${VOUCH_TEST_FOLDER}'", T(process.listen), "unix:/${VOUCH_TEST_FOLDER}"},
    {"user = vouch", T(process.user), "vouch"},
    {"user = vouch:mail", T(process.user), "vouch:mail"},
    {"user = \"\"", T(process.user), ""},
    {"user = 105:8", T(process.user), "105:8"},
    {"socket-group = postfix", T(process.socket_group), "postfix"},
    {"syslog-facility = LOCAL0", T(process.syslog_facility), "local0"},
    {"decision-record = /var/log/vouch.json", T(process.decision_record), "/var/log/vouch.json"},
    {"authserv-id = mx.example.org", T(authres.authserv_id), "mx.example.org"},
};

static void test_texts(void **state)
{
    (void)state;
    assert_int_equal(setenv("VOUCH_TEST_FOLDER", "/folder", 1), 0);
    assert_int_equal(unsetenv("VOUCH_TEST_ABSENT"), 0);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct vouch_config *config = load(texts[i].text);
        const char *value;

        memcpy(&value, (const char *)config + texts[i].offset, sizeof value);
        assert_string_equal(value, texts[i].value);
        vouch_config_release(config);
    }
}

#define ACTIONS "use one of continue accept annotate reject tempfail quarantine discard"
#define CL      "command line:"

/* One mistake each. */
static const struct {
    const char *text, *problem;
} mistakes[] = {
    {"spf { fail = refuse }", CL "1: spf.fail: 'refuse' is not an action; " ACTIONS},
    {"\n\nspf {\n fail\n =\n refuse }", CL "6: spf.fail: 'refuse' is not an action; " ACTIONS},
    {"spf { fail = \"\" }", CL "1: spf.fail: '' is not an action; " ACTIONS},
    {"/* x */ /* y\n */ mode = off", CL "2: mode: 'off' is not known here; use enforce or monitor"},
    {"overload = reject", CL "1: overload: 'reject' is not known here; use tempfail or continue"},
    {"csa { enabled = maybe }", CL "1: csa.enabled: 'maybe' is not known here; use yes or no"},
    {"csa { enabled = y }", CL "1: csa.enabled: 'y' is not known here; use yes or no"},
    {"syslog-facility = ma",
     CL "1: syslog-facility: 'ma' is not known here; use mail, daemon, user, auth, authpriv, "
        "local0, local1, local2, local3, local4, local5, local6 or local7"},
    {"syslog-facility = \"\"", CL "1: syslog-facility: '' is empty"},
    {"reputation { refuse-above = 1.1 }",
     CL "1: reputation.refuse-above: '1.1' is not a fraction; use 0 to 1, such as 0.95"},
    {"reputation { refuse-above = .9 }",
     CL "1: reputation.refuse-above: '.9' is not a fraction; use 0 to 1, such as 0.95"},
    {"reputation { refuse-above = 0. }",
     CL "1: reputation.refuse-above: '0.' is not a fraction; use 0 to 1, such as 0.95"},
    {"reputation { refuse-above = -0.5 }",
     CL "1: reputation.refuse-above: '-0.5' is not a fraction; use 0 to 1, such as 0.95"},
    {"reputation { trust-below = 0.95 }", CL "1: reputation.trust-below is above refuse-above"},
    {"reputation { redis = 'inet:6379@localhost' }",
     CL "1: reputation.redis: 'inet:6379@localhost' has no IP address behind the '@'"},
    {"reputation { redis = 'inet:@127.0.0.1' }",
     CL "1: reputation.redis: 'inet:@127.0.0.1' has no port; use inet:PORT@ADDRESS"},
    {"reputation { spam-header = 'X-Spam' }",
     CL "1: reputation.spam-header: 'X-Spam' is not a header field; use \"Name: value\""},
    {"reputation { ham-header = 'X Spam: No' }",
     CL "1: reputation.ham-header: 'X Spam: No' has no name of a header field in front; use "
        "\"Name: value\""},
    {"max-sessions = 0", CL "1: max-sessions: '0' is out of range; use 1 to 100000"},
    {"max-sessions = 100001", CL "1: max-sessions: '100001' is out of range; use 1 to 100000"},
    {"max-sessions = 99999999999999999999999999",
     CL "1: max-sessions: '99999999999999999999999999' is out of range; use 1 to 100000"},
    {"max-sessions = 18446744073709551617",
     CL "1: max-sessions: '18446744073709551617' is out of range; use 1 to 100000"},
    {"max-sessions = 010",
     CL "1: max-sessions: '010' is not a number (only digits, no sign, no leading 0)"},
    {"max-sessions = -5",
     CL "1: max-sessions: '-5' is not a number (only digits, no sign, no leading 0)"},
    {"max-sessions = 0x10", CL "1: max-sessions: '0x10' is not a number"},
    {"max-sessions = 10k", CL "1: max-sessions: '10k' is not a number"},
    {"max-sessions = 10;", CL "1: max-sessions: '10;' is not a number"},
    {"socket-mode = 0888",
     CL "1: socket-mode: '0888' is not a mode; use three or four octal digits"},
    {"socket-mode = 66", CL "1: socket-mode: '66' is not a mode; use three or four octal digits"},
    {"socket-mode = 4755", CL "1: socket-mode: '4755' is out of range; use up to 0777"},
    {"dns { timeout = 8 }",
     CL "1: dns.timeout: '8' needs a unit behind the number: ms, s, m, h or d"},
    {"dns { timeout = 8w }",
     CL "1: dns.timeout: '8w' needs a unit behind the number: ms, s, m, h or d"},
    {"dns { timeout = 99ms }", CL "1: dns.timeout: '99ms' is out of range; use 100ms to 1m"},
    {"dns { timeout = 61s }", CL "1: dns.timeout: '61s' is out of range; use 100ms to 1m"},
    {"dns { timeout = 18446744073710s }",
     CL "1: dns.timeout: '18446744073710s' is out of range; use 100ms to 1m"},
    {"dns { cache-size = 1T }", CL "1: dns.cache-size: '1T' has an unknown unit; use k, M, G or "
                                   "none"},
    {"dns { cache-size = 2G }", CL "1: dns.cache-size: '2G' is out of range; use 0 to 1G"},
    {"dns { cache-size = 17179869184G }",
     CL "1: dns.cache-size: '17179869184G' is out of range; use 0 to 1G"},
    {"dns { dnssec = maybe }", CL "1: dns.dnssec: 'maybe' is not known here; use no, yes or auto"},
    {"dns { trust-anchor = /nonexistent/root.key }",
     CL "1: dns.trust-anchor: '/nonexistent/root.key' cannot be read"},
    {"dns { trust-anchor = /dev/null }", CL "1: dns.trust-anchor: '/dev/null' cannot be read"},
    {"dns { trust-anchor = /etc/passwd }",
     CL "1: dns.trust-anchor: '/etc/passwd' holds something else than DS and DNSKEY records"},
    {"limits { header-size = 4095 }",
     CL "1: limits.header-size: '4095' is out of range; use 4k to 64M"},
    {"dns { nameservers = {localhost} }",
     CL "1: dns.nameservers: 'localhost' is not an IP address; write ADDRESS or ADDRESS@PORT"},
    {"dns { nameservers = {\"192.0.2.1@\"} }",
     CL "1: dns.nameservers: '192.0.2.1@' has no port behind the '@'"},
    {"dns { nameservers = {192.0.2.1@65536} }",
     CL "1: dns.nameservers: '192.0.2.1@65536' has no usable port; use 1 to 65535"},
    {"dns { nameservers = {192.0.2.1@53x} }",
     CL "1: dns.nameservers: '192.0.2.1@53x' has no usable port; use 1 to 65535"},
    {"dns { nameservers = {::1,::1,::1,::1,::1,::1,::1,::1,::1,::1,::1,::1,::1,::1,::1,::1,::1} }",
     CL "1: dns.nameservers: more than 16 items"},
    {"exempt { clients = {10.0.0.1/8} }",
     CL "1: exempt.clients: '10.0.0.1/8' has bits set behind its prefix"},
    {"exempt { clients = {10.0.0.0/33} }",
     CL "1: exempt.clients: '10.0.0.0/33' has no usable prefix length"},
    {"exempt { clients = {\"10.0.0.0/\"} }",
     CL "1: exempt.clients: '10.0.0.0/' has no usable prefix length"},
    {"exempt { clients = {10.0.0} }",
     CL "1: exempt.clients: '10.0.0' is not an IP address or network"},
    {"exempt { clients = {::1, \"\"} }",
     CL "1: exempt.clients: '' is not an IP address or network"},
    {"listen = tcp:8890", CL "1: listen: 'tcp:8890' is not a socket; use inet:PORT@HOST, "
                             "inet6:PORT@HOST, unix:/PATH, local:/PATH or fd:N"},
    {"listen = inet:", CL "1: listen: 'inet:' names a kind of socket, but not which"},
    {"listen = \"\"", CL "1: listen: '' is empty"},
    {"pid-file = vouch.pid",
     CL "1: pid-file: 'vouch.pid' is not an absolute path; begin it with '/'"},
    {"user = \"a b\"", CL "1: user: 'a b' is not USER or USER:GROUP"},
    {"user = a:", CL "1: user: 'a:' is not USER or USER:GROUP"},
    {"user = a:b:c", CL "1: user: 'a:b:c' is not USER or USER:GROUP"},
    {"socket-group = \"a b\"", CL "1: socket-group: 'a b' is not the name or number of a group"},
    {"authserv-id = \"mx example\"", CL "1: authserv-id: 'mx example' is not a name that can "
                                        "stand in Authentication-Results unquoted"},
    {"user = \"a\nb\"",
     CL "2: user: 'a\\x0Ab' has a control character in it; is a closing quote missing?"},
    {"user = \"\\033\"",
     CL "1: user: '\\x1B' has a control character in it; is a closing quote missing?"},
    /* names */
    {"mod = monitor", CL "1: unknown option 'mod'; did you mean 'mode'?"},
    {"socket_mode = 0660", CL "1: unknown option 'socket_mode'; did you mean 'socket-mode'?"},
    {"spf { soft-fail = reject }",
     CL "1: unknown option 'soft-fail' in section 'spf'; did you mean 'softfail'?"},
    {"sfp { fail = reject }", CL "1: unknown option 'sfp'; did you mean 'spf'?"},
    {"timeout = 8s", CL "1: unknown option 'timeout'; it belongs into section 'dns'"},
    {"dns { listen = fd:3 }",
     CL "1: unknown option 'listen' in section 'dns'; it belongs outside of any section"},
    {"helo { permerror = reject }",
     CL "1: unknown option 'permerror' in section 'helo'; it belongs into section 'csa'"},
    {"frobnicate = yes", CL "1: unknown option 'frobnicate'"},
    {"\"a\\033b\" = yes", CL "1: unknown option 'a\\x1Bb'"},
    {"Mode = monitor", CL "1: unknown option 'Mode'; did you mean 'mode'?"},
    {"spf|fail = accept", CL "1: write an option of a section as SECTION { fail = ... }"},
    {"\"spf|x|y\" = accept", CL "1: syntax error: no sub-section title/index for 'x'"},
    {"domain a.example { } \"domain|exact\" = yes",
     CL "1: write an option of a section as SECTION { exact = ... }"},
    {"domain a.example { } domain b.example { }\n \"domain=a.example|spf\" { fail = accept }",
     CL "2: write an option of a section as SECTION { fail = ... }"},
    {"\n\"\" = yes", CL "2: syntax error: the name of an option is empty, or memory is out"},
    {"__end = yes", CL "1: '__end' is not for use in files"},
    {"domain a.example { spf { term-limit = 3 } }",
     CL "1: unknown option 'term-limit' in section 'spf'; it cannot be set for one domain"},
    {"domain a.example { dns { timeout = 8s } }", CL "1: unknown option 'dns' in section 'domain'; "
                                                     "is a '}' missing in front of it?"},
    /* syntax */
    {"mode monitor", CL "1: syntax error: missing equal sign after option 'mode'"},
    {"mode = }", CL "1: syntax error: unexpected token '}'"},
    {"mode = monitor }", CL "1: syntax error: unexpected closing brace"},
    {"mode += monitor", CL "1: syntax error: attempt to append to non-list option 'mode'"},
    {"spf fail = reject", CL "1: syntax error: missing opening brace for section 'spf'"},
    {"domain { }", CL "1: syntax error: missing title for section 'domain'"},
    {"exempt { clients = {10.0.0.0/8 192.0.2.1} }",
     CL "1: syntax error: unexpected token '192.0.2.1'"},
    {"user = \"\\999\"", CL "1: syntax error: bad escape sequence '\\\\999'"},
    {"user = \"\\777\"", CL "1: syntax error: invalid octal number '\\\\777'"},
    {"\nspf {\n fail = reject\n\n", CL "2: '{' begins here that is never closed with '}'"},
    {"mode = monitor\n\n/* user = x\n\n", CL "3: a comment begins here that is never closed with "
                                             "'*/'"},
    {"\nuser = \"vouch\n\n", CL "2: a quoted text begins here that is never closed"},
    {"\nuser = 'vouch\n\n", CL "2: a quoted text begins here that is never closed"},
    {"\nuser = ${HOME\n", CL "2: '${' is never closed with '}'"},
    {"\nuser = \"${HO\nME}\"\n", CL "2: '${' is not closed with '}' on its line"},
    /* two places */
    {"mode = monitor\nmode = monitor", CL "2: mode is set twice; first at " CL "1"},
    {"spf { fail = reject }\nspf { fail = reject }",
     CL "2: spf.fail is set twice; first at " CL "1"},
    {"exempt { clients = {10.0.0.0/8}\n clients = {} }",
     CL "2: exempt.clients is set twice; first at " CL "1"},
    {"exempt { clients = {} clients = {\n10.0.0.0/8} }",
     CL "2: exempt.clients is set twice; first at " CL "1"},
    {"exempt { clients = {}\n clients = { /* none */ } }",
     CL "2: exempt.clients is set twice; first at " CL "1"},
    {"mode = {}", CL "1: mode: '' is not known here; use enforce or monitor"},
    {"exempt { clients = {10.0.0.0/8}\n clients = {::1} }",
     CL "2: exempt.clients is set twice; first at " CL "1"},
    {"domain a.example { csa { fail = accept }\n csa { fail = reject } }",
     CL "2: domain 'a.example': csa.fail is set twice; first at " CL "1"},
    {"domain a.example { exact = yes\n exact = yes }",
     CL "2: domain 'a.example': exact is set twice; first at " CL "1"},
    {"domain a.example { }\ndomain A.example. { }",
     CL "2: domain 'A.example.' is given twice; first at " CL "1"},
    {"domain a.example { }\ndomain a.example { }",
     CL "2: domain 'a.example' is given twice; first at " CL "1"},
    {"domain b\xc3\xbc"
     "cher.example { }\ndomain xn--bcher-kva.example { }",
     CL "2: domain 'xn--bcher-kva.example' is given twice; first at " CL "1"},
    /* domains */
    {"domain \"\" { }", CL "1: domain '' is empty"},
    {"domain \".\" { }",
     CL "1: domain '.' begins with no label; a domain's subdomains are included anyway"},
    {"domain \"*.example\" { }",
     CL "1: domain '*.example' begins with no label; a domain's subdomains are included anyway"},
    {"domain *.example { }",
     CL "1: a value with '*', '+' or a carriage return in it must stand in quotes\n" CL
        "1: domain '.example' begins with no label; a domain's subdomains are included anyway"},
    {"domain a..example { }", CL "1: domain 'a..example' is not a domain name"},
    {"domain a@b.example { }", CL "1: domain 'a@b.example' is not a domain name"},
    {"domain \"a b.example\" { }", CL "1: domain 'a b.example' is not a domain name"},
    {"domain \"\xe2\x98\x83\xe2\x80\x8f\x2e"
     "example\" { }",
     CL "1: domain '\\xE2\\x98\\x83\\xE2\\x80\\x8F.example' is not an internationalised domain "
        "name"},
    {"domain a.example { csa { fail = refuse } }",
     CL "1: domain 'a.example': csa.fail: 'refuse' is not an action; " ACTIONS},
    {"domain a.example { exact = maybe }",
     CL "1: domain 'a.example': exact: 'maybe' is not known here; use yes or no"},
};

static void test_mistakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof mistakes / sizeof mistakes[0]; i++) {
        struct problems problems = {.length = 0};
        struct vouch_config *config = NULL;
        int error = vouch_config_load(NULL, mistakes[i].text, problems_add, &problems, &config);

        if (problems.length > 0)
            problems.text[problems.length - 1] = '\0';
        if (strcmp(problems.text, mistakes[i].problem) != 0)
            fail_msg("%s\n  expected: %s\n  got: %s", mistakes[i].text, mistakes[i].problem,
                     problems.text);
        assert_int_equal(error, problems.length > 0 ? VOUCH_ERROR_CONFIG : VOUCH_OK);
        vouch_config_release(config);
    }
}

static void test_failure_leaves_the_old(void **state)
{
    struct vouch_config *config = load("max-sessions = 5");
    struct vouch_config *before = config;

    (void)state;
    assert_int_equal(vouch_config_load(NULL, "mode = x", NULL, NULL, &config), VOUCH_ERROR_CONFIG);
    assert_ptr_equal(config, before);
    assert_int_equal(vouch_config_settings(config)->max_sessions, 5);
    vouch_config_release(config);
}

static void test_counted(void **state)
{
    struct vouch_config *config = load(NULL);

    (void)state;
    assert_ptr_equal(config_hold(config), config);
    vouch_config_release(config);
    assert_int_equal(vouch_config_settings(config)->max_sessions, 1000);
    vouch_config_release(config);
    vouch_config_release(NULL);
}

static void test_rules(void **state)
{
    struct vouch_config *config = load("spf { helo-fail = quarantine\n fail = tempfail }\n"
                                       "helo { fail = discard } csa { none = accept }");
    const struct config_rule *rule = &config->rules.rule[METHOD_SPF][RULE_SCOPE_MAIN][VOUCH_FAIL];

    (void)state;
    assert_int_equal(rule->action, VOUCH_TEMPFAIL);
    assert_string_equal(rule->origin.file, "command line");
    assert_int_equal(rule->origin.line, 2);
    assert_int_equal(action_of(config, METHOD_SPF, RULE_SCOPE_HELO, VOUCH_FAIL), VOUCH_QUARANTINE);
    assert_int_equal(action_of(config, METHOD_HELO, RULE_SCOPE_MAIN, VOUCH_FAIL), VOUCH_DISCARD);
    assert_int_equal(action_of(config, METHOD_CSA, RULE_SCOPE_MAIN, VOUCH_NONE), VOUCH_ACCEPT);
    assert_int_equal(action_of(config, METHOD_CSA, RULE_SCOPE_MAIN, VOUCH_FAIL), VOUCH_REJECT);
    vouch_config_release(config);
}

static void test_same_resolver(void **state)
{
    static const struct {
        const char *a, *b;
        bool same;
    } pairs[] = {
        {"", "mode = monitor dns { timeout = 1s max-queries = 5 }", true},
        {"dns { nameservers = {::1} }", "dns { nameservers = {\"::1\"} }", true},
        {"dns { nameservers = {::1} }", "dns { nameservers = {::1@53} }", false},
        {"dns { nameservers = {::1} }", "", false},
        {"dns { cache-size = 1M }", "", false},
        {"dns { max-in-flight = 1 }", "", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct vouch_config *a = load(pairs[i].a);
        struct vouch_config *b = load(pairs[i].b);

        assert_int_equal(config_same_resolver(a, b), pairs[i].same);
        assert_int_equal(config_same_resolver(b, a), pairs[i].same);
        vouch_config_release(a);
        vouch_config_release(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_default_rules),
        cmocka_unit_test(test_default_exemptions),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_mistakes),
        cmocka_unit_test(test_failure_leaves_the_old),
        cmocka_unit_test(test_counted),
        cmocka_unit_test(test_rules),
        cmocka_unit_test(test_same_resolver),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
