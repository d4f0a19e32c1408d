/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
/* A whole SMTP conversation with a zone.  The input is lines in the words of tests/scenarios, up to
 * an empty one; the rest is the zone:
 *
 *     config WORD                  "strict", "monitor", "small", "profile" or "tls"; else the
 *                                  defaults
 *     client ADDRESS [NAME]
 *     helo NAME, auth NAME, mta NAME, tls VERSION, macro NAME VALUE
 *     mail PATH, rcpt PATH, header NAME VALUE, body TEXT, queue-id ID
 *     decide, eoh, eom
 *
 * A step that comes where it cannot is passed over. */
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "lib/base/ascii.h"
#include "lib/engine/engine.h"
#include "lib/mail/authres.h"
#include "tests/fuzz/dns.h"
#include "tests/fuzz/fuzz.h"
#include "tests/fuzz/written.h"

#define AUTHSERV_ID "mx.example.org"
#define STRICT                                                                                     \
    "authserv-id = " AUTHSERV_ID "\n"                                                              \
    "csa { fail = reject temperror = tempfail permerror = reject }\n"                              \
    "helo { fail = quarantine temperror = tempfail }\n"                                            \
    "spf { none = quarantine fail = reject softfail = tempfail permerror = reject\n"               \
    "      temperror = tempfail helo-fail = reject received-spf = yes }\n"                         \
    "recipient { address-literal = tempfail }\n"                                                   \
    "domain \"example.com\" { spf { fail = discard } csa { pass = accept } }\n"
#define PROFILE                                                                                    \
    "authserv-id = " AUTHSERV_ID "\n"                                                              \
    "profile = strict\n"                                                                           \
    "iprev { enabled = yes fail = reject permerror = reject temperror = tempfail }\n"              \
    "domain \"example.com\" { sender { no-mx = annotate } iprev { pass = accept } }\n"

static const struct {
    const char *name, *text;
} configurations[] = {
    {"", "authserv-id = " AUTHSERV_ID "\n"}, /* what a line without a known word gets */
    {"strict", STRICT},
    {"monitor", "mode = monitor\n" STRICT},
    {"small", STRICT "limits { header-size = 64k recipients = 2 } dns { max-queries = 4 }\n"},
    {"profile", PROFILE},
    {"tls", STRICT "tls { enabled = yes require = certificate fail = quarantine\n"
                   "      refuse-issuers = {\"Bad*\"} }\n"},
};
enum { CONFIGURATIONS = sizeof configurations / sizeof configurations[0], MONITOR = 2 };

enum { FIELDS_MAX = 64 };

struct conversation {
    struct vouch_engine *engine;
    struct vouch_session *session;
    struct vouch_message *message;
    unsigned configuration;
    bool deaf; /* DNS answers nothing */
    bool refused;
    enum vouch_stage stage;       /* asked for last */
    bool claims_ours[FIELDS_MAX]; /* the Authentication-Results given, by index from 0 */
    unsigned authres;             /* how many */
};

static void no_problem(void *context, const char *file, unsigned line, const char *text)
{
    (void)context;
    fuzz_broken(text, file, (int)line);
}

static struct vouch_config *config(unsigned which)
{
    static struct vouch_config *loaded[CONFIGURATIONS]; /* loading one takes long */

    if (loaded[which] == NULL)
        FUZZ_CHECK(vouch_config_load(NULL, configurations[which].text, no_problem, NULL,
                                     &loaded[which]) == VOUCH_OK);
    return loaded[which];
}

static void check_decision(struct conversation *conversation, const struct vouch_decision *decision)
{
    bool refuses = decision->action == VOUCH_TEMPFAIL || decision->action == VOUCH_REJECT;

    fuzz_check_reply(&decision->reply, decision->action);
    FUZZ_CHECK(!conversation->refused || refuses);
    conversation->refused = refuses;
    if (decision->action == VOUCH_CONTINUE || decision->action == VOUCH_ACCEPT)
        return;
    FUZZ_CHECK(conversation->configuration != MONITOR);
    /* trouble with DNS refuses nothing unless it is told to */
    FUZZ_CHECK(!conversation->deaf || conversation->configuration != 0);
    FUZZ_CHECK(decision->rule[0] != '\0' && decision->rule_file[0] != '\0');
}

static void decide(struct conversation *conversation, enum vouch_stage stage)
{
    const struct vouch_decision *decision;
    enum vouch_action action;

    if (stage < conversation->stage)
        return;
    conversation->stage = stage;
    decision = vouch_message_decide(conversation->message, stage);
    check_decision(conversation, decision);
    action = decision->action;
    decision = vouch_message_decide(conversation->message, stage);
    FUZZ_CHECK(decision->action == action);
}

/* Every field that claims to be ours is deleted, the highest index first, then ours are inserted.
 */
static void check_edits(struct conversation *conversation)
{
    const struct vouch_edit *edits;
    unsigned above = conversation->authres + 1;
    size_t count, i = 0;

    if (vouch_message_edits(conversation->message, &edits, &count) != VOUCH_OK)
        return;
    for (; i < count && edits[i].kind == VOUCH_EDIT_DELETE; i++) {
        FUZZ_CHECK(edits[i].index > 0 && edits[i].index < above);
        above = edits[i].index;
        if (above <= FIELDS_MAX)
            conversation->claims_ours[above - 1] = false;
    }
    for (unsigned field = 0; field < FIELDS_MAX; field++)
        FUZZ_CHECK(!conversation->claims_ours[field]);
    FUZZ_CHECK(i < count);
    for (; i < count; i++) {
        FUZZ_CHECK(edits[i].kind == VOUCH_EDIT_INSERT);
        fuzz_check_field(edits[i].value);
    }
}

static void end_message(struct conversation *conversation)
{
    vouch_message_free(conversation->message);
    conversation->message = NULL;
    conversation->refused = false;
    conversation->stage = VOUCH_STAGE_HELO;
    conversation->authres = 0;
    memset(conversation->claims_ours, 0, sizeof conversation->claims_ours);
}

static void finish_message(struct conversation *conversation)
{
    struct vouch_message *message = conversation->message;
    const char *text;

    decide(conversation, VOUCH_STAGE_EOM);
    check_edits(conversation);
    if ((text = vouch_message_record(message, true)) != NULL)
        fuzz_check_record(text);
    if ((text = vouch_message_log_line(message)) != NULL)
        fuzz_check_log_line(text);
    if ((text = vouch_message_explanation(message)) != NULL)
        fuzz_check_explanation(text);
    end_message(conversation);
}

/* Keep in mind what the field says; whose it is if that cannot be told does not matter here. */
static void note_field(struct conversation *conversation, const char *name, const char *value,
                       size_t length)
{
    struct authres_head head;

    if (!ascii_string_equal_fold(name, "Authentication-Results"))
        return;
    if (conversation->authres < FIELDS_MAX)
        conversation->claims_ours[conversation->authres] =
            authres_parse_head(value, length, &head) != VOUCH_OK || head.version != 1 ||
            authres_id_equal(head.authserv_id, AUTHSERV_ID);
    conversation->authres++;
}

static void add_header(struct conversation *conversation, const char *field)
{
    size_t length = strcspn(field, " ");
    const char *value = field + length + (field[length] == ' ');
    char *name = fuzz_string((struct fuzz_span){field, length});
    char *copy = fuzz_copy((struct fuzz_span){value, strlen(value)});

    for (size_t i = 0; value[i] != '\0'; i++)
        if (value[i] == '|') /* as a line of the input cannot hold a folded one */
            copy[i] = '\n';
    if (vouch_message_header(conversation->message, name, copy, strlen(value)) !=
        VOUCH_ERROR_MEMORY)
        note_field(conversation, name, copy, strlen(value));
    free(copy);
    free(name);
}

static void add_body(struct vouch_message *message, const char *line)
{
    if (vouch_message_wants_body(message))
        (void)!vouch_message_body(message, line, strlen(line));
    (void)!vouch_message_body(message, "\r\n", 2);
}

static void add_recipient(struct conversation *conversation, const char *path)
{
    const struct vouch_decision *decision =
        vouch_message_decide_recipient(conversation->message, path);
    const char *line;

    if (decision == NULL)
        return;
    fuzz_check_reply(&decision->reply, decision->action);
    FUZZ_CHECK(decision->action == VOUCH_CONTINUE || conversation->configuration != MONITOR);
    FUZZ_CHECK((decision->wanted == VOUCH_CONTINUE) == (decision->rule[0] == '\0'));
    line = vouch_message_recipient_log_line(conversation->message);
    if (line != NULL && line[0] != '\0')
        fuzz_check_log_line(line);
    if (decision->action == VOUCH_CONTINUE)
        (void)!vouch_message_recipient(conversation->message, path);
}

static void message_step(struct conversation *conversation, const char *word, const char *argument)
{
    struct vouch_message *message = conversation->message;

    if (strcmp(word, "rcpt") == 0)
        add_recipient(conversation, argument);
    else if (strcmp(word, "header") == 0)
        add_header(conversation, argument);
    else if (strcmp(word, "body") == 0)
        add_body(message, argument);
    else if (strcmp(word, "queue-id") == 0)
        (void)!vouch_message_queue_id(message, argument);
    else if (strcmp(word, "decide") == 0)
        decide(conversation, VOUCH_STAGE_MAIL);
    else if (strcmp(word, "eoh") == 0)
        decide(conversation, VOUCH_STAGE_EOH);
    else if (strcmp(word, "eom") == 0)
        finish_message(conversation);
}

static void tell_macro(struct vouch_session *session, const char *assignment)
{
    size_t length = strcspn(assignment, " ");
    char *name = fuzz_string((struct fuzz_span){assignment, length});
    enum vouch_fact fact;

    if (vouch_fact_from_macro(name, &fact))
        (void)!vouch_session_fact(session, fact, assignment + length + (assignment[length] == ' '));
    free(name);
}

static void session_step(struct conversation *conversation, const char *word, const char *argument)
{
    struct vouch_session *session = conversation->session;

    if (strcmp(word, "helo") == 0) {
        (void)!vouch_session_helo(session, argument);
    } else if (strcmp(word, "auth") == 0) {
        (void)!vouch_session_fact(session, VOUCH_FACT_AUTH_AUTHEN, argument);
    } else if (strcmp(word, "mta") == 0) {
        (void)!vouch_session_fact(session, VOUCH_FACT_MTA_NAME, argument);
    } else if (strcmp(word, "tls") == 0) {
        (void)!vouch_session_fact(session, VOUCH_FACT_TLS_VERSION, argument);
    } else if (strcmp(word, "macro") == 0) {
        tell_macro(session, argument);
    } else if (strcmp(word, "mail") == 0) {
        end_message(conversation);
        (void)!vouch_message_new(session, argument, &conversation->message);
    } else if (conversation->message != NULL) {
        message_step(conversation, word, argument);
    }
}

static void connect_client(struct conversation *conversation, char *client)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    const struct sockaddr *address = NULL;
    char *name = strchr(client, ' ');

    if (name != NULL)
        *name++ = '\0';
    if (inet_pton(AF_INET, client, &v4.sin_addr) == 1)
        address = (const struct sockaddr *)&v4;
    else if (inet_pton(AF_INET6, client, &v6.sin6_addr) == 1)
        address = (const struct sockaddr *)&v6;
    end_message(conversation);
    vouch_session_free(conversation->session);
    conversation->session = NULL;
    FUZZ_CHECK(vouch_session_new(conversation->engine, address, name, &conversation->session) ==
               VOUCH_OK);
}

static void step(struct conversation *conversation, struct fuzz_span line)
{
    char *word = fuzz_string(line);
    char *argument = strchr(word, ' ');

    if (argument != NULL)
        *argument++ = '\0';
    else
        argument = word + strlen(word);
    if (strcmp(word, "client") == 0)
        connect_client(conversation, argument);
    else if (conversation->session != NULL)
        session_step(conversation, word, argument);
    free(word);
}

static void converse(struct fuzz_span steps, unsigned configuration, struct fuzz_dns *dns)
{
    struct conversation conversation = {.configuration = configuration, .deaf = dns->fails};
    struct resolver *resolver = fuzz_dns_resolver(dns);

    FUZZ_CHECK(engine_new_with(config(configuration), resolver, &conversation.engine) == VOUCH_OK);
    resolver_release(resolver);
    while (steps.length > 0)
        step(&conversation, fuzz_take_line(&steps));
    end_message(&conversation);
    vouch_session_free(conversation.session);
    vouch_engine_release(conversation.engine);
}

/* The first line, if it is "config WORD", names one. */
static unsigned configuration_of(struct fuzz_span steps)
{
    static const char word[] = "config ";
    const size_t length = sizeof word - 1;
    struct fuzz_span line = fuzz_take_line(&steps);

    if (line.length < length || memcmp(line.octets, word, length) != 0)
        return 0;
    for (unsigned i = 1; i < CONFIGURATIONS; i++)
        if (line.length - length == strlen(configurations[i].name) &&
            memcmp(line.octets + length, configurations[i].name, line.length - length) == 0)
            return i;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_span rest = fuzz_span(data, size), steps = rest, line;
    char *zone;
    struct fuzz_dns dns;

    do
        line = fuzz_take_line(&rest);
    while (line.length > 0);
    steps.length -= rest.length;
    zone = fuzz_string(rest);
    if (fuzz_dns_begin(&dns, zone)) {
        unsigned configuration = configuration_of(steps);

        converse(steps, configuration, &dns);
        dns.fails = true;
        converse(steps, configuration, &dns);
    }
    fuzz_dns_end(&dns);
    free(zone);
    return 0;
}
