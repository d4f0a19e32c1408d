/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VOUCH_H
#define VOUCH_H

/* vouch.h - the public interface of libvouch.
 *
 * Vouch answers one question for a receiving mail server: who takes responsibility for this
 * message, and is that name worth trusting?  The caller feeds facts in the order in which an SMTP
 * session yields them and asks for a decision at each stage:
 *
 *     config -> engine -> session (one per connection) -> message (one per MAIL command)
 *
 * Ownership: every vouch_*_new has one matching release.  A message must be freed before its
 * session, a session before the caller's last reference to its engine.  Strings handed out belong
 * to the object they were asked from and live as long as it does, unless the function says
 * otherwise.
 *
 * Threads: an engine and a configuration may be shared by any number of threads.  A session with
 * its messages must be used by one thread at a time.
 *
 * Errors: functions that return int return 0 or a negative enum vouch_error.  The library never
 * exits, prints or logs.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define VOUCH_MUST_CHECK __attribute__((warn_unused_result))
#pragma GCC visibility push(default)
#else
#define VOUCH_MUST_CHECK
#endif

/* Every error that a function of the library can return. */
enum vouch_error {
    VOUCH_OK = 0,
    VOUCH_ERROR_MEMORY = -1, /* no memory, or the caller's memory bound is reached */
    VOUCH_ERROR_SYNTAX = -2, /* the input is not of the form it claims to be */
    VOUCH_ERROR_RANGE = -3,  /* a value is outside its range */
    VOUCH_ERROR_LIMIT = -4,  /* a bound on size, count or time is reached */
    VOUCH_ERROR_CONFIG = -5, /* the configuration has mistakes; they were reported one by one */
    VOUCH_ERROR_SYSTEM = -6, /* a system call or a library failed; errno may say more */
    VOUCH_ERROR_STATE = -7   /* the call does not fit the state of the object */
};

/* The text of an error, for people.  Never NULL; static. */
const char *vouch_error_text(int error);

/* The version of the library, such as "0.1.0".  Static. */
const char *vouch_version(void);

/* What a verifier found, in the words of RFC 8601 2.7. */
enum vouch_result {
    VOUCH_NONE,
    VOUCH_PASS,
    VOUCH_FAIL,
    VOUCH_SOFTFAIL,
    VOUCH_NEUTRAL,
    VOUCH_POLICY,
    VOUCH_TEMPERROR,
    VOUCH_PERMERROR
};
enum { VOUCH_RESULT_COUNT = VOUCH_PERMERROR + 1 };

/* The registered word of a result: "none", "pass", ...  Never NULL; static. */
const char *vouch_result_word(enum vouch_result result);

/* What is done with the message, in rising order of severity (after ACCEPT). */
enum vouch_action {
    VOUCH_CONTINUE,   /* nothing against it so far */
    VOUCH_ACCEPT,     /* no later check refuses; callbacks go on */
    VOUCH_ANNOTATE,   /* goes on, with a field in the header that asks for a closer look */
    VOUCH_QUARANTINE, /* takes effect at end of message */
    VOUCH_TEMPFAIL,
    VOUCH_REJECT,
    VOUCH_DISCARD /* takes effect at end of message */
};
enum { VOUCH_ACTION_COUNT = VOUCH_DISCARD + 1 };

/* The configuration's word of an action: "continue", "accept", ...  Never NULL; static. */
const char *vouch_action_word(enum vouch_action action);

/* When in the SMTP session something is known. */
enum vouch_stage { VOUCH_STAGE_HELO, VOUCH_STAGE_MAIL, VOUCH_STAGE_EOH, VOUCH_STAGE_EOM };

/* "helo", "mail", "eoh", "eom".  Never NULL; static. */
const char *vouch_stage_word(enum vouch_stage stage);

/* ---- configuration ---------------------------------------------------------------------- */

struct vouch_config;

/* Called once per mistake.  FILE is never NULL ("default" or "command line" where there is no
 * file); LINE is 0 where it cannot be known. */
typedef void vouch_problem_fn(void *context, const char *file, unsigned line, const char *text);

/* Load PATH and then, in order of their names, PATH.d/<name>.conf.  PATH NULL: the defaults alone.
 * OVERRIDES, unless NULL, is configuration text that is read last and wins over the files (the
 * command line).  Every mistake is handed to PROBLEM as far as libconfuse allows (see
 * milter.conf(5)); with any mistake the answer is VOUCH_ERROR_CONFIG and *CONFIG stays untouched.
 * VOUCH_ERROR_SYSTEM: a file cannot be read (also handed to PROBLEM).
 * The configuration is immutable and counted; release with vouch_config_release. */
VOUCH_MUST_CHECK int vouch_config_load(const char *path, const char *overrides,
                                       vouch_problem_fn *problem, void *context,
                                       struct vouch_config **config);

/* The same for who handles no mail: a private key that the process has no permission to read is no
 * mistake, but its section then signs nothing. */
VOUCH_MUST_CHECK int vouch_config_load_for_reading(const char *path, const char *overrides,
                                                   vouch_problem_fn *problem, void *context,
                                                   struct vouch_config **config);
void vouch_config_release(struct vouch_config *config);

/* Hand LINE each option that has not its standard value, as milter.conf would have it, with the
 * place where it was set: `spf { none = reject }  # profile strict`.  Of sections that bear a
 * title, but are no `domain`, the title alone.  VOUCH_ERROR_MEMORY. */
typedef void vouch_line_fn(void *context, const char *line);
VOUCH_MUST_CHECK int vouch_config_describe(const struct vouch_config *config, vouch_line_fn *line,
                                           void *context);

/* What the process around the engine needs to know.  Strings are never NULL; empty: not set. */
struct vouch_settings {
    const char *listen;          /* milter socket, as written */
    unsigned socket_mode;        /* of a Unix socket */
    const char *socket_group;    /* of a Unix socket */
    const char *user;            /* USER[:GROUP] to run as */
    const char *pid_file;        /* where to write the process id */
    const char *syslog_facility; /* "mail", "daemon", "local0" ... */
    const char *decision_record; /* file that gets one JSON line per message */
    unsigned max_sessions;       /* sessions at once */
    enum vouch_action overload;  /* what a session beyond that gets: CONTINUE or TEMPFAIL */
    bool monitor;                /* mode = monitor: decide and log, never refuse */
};
const struct vouch_settings *vouch_config_settings(const struct vouch_config *config);

/* ---- engine ----------------------------------------------------------------------------- */

struct vouch_engine;

/* Make an engine for CONFIG (which it keeps a reference to).  Creates the resolver with its
 * threads: call it after fork.  With PREVIOUS (may be NULL) and an equal dns section, resolver and
 * cache are shared with it.  Release with vouch_engine_release. */
VOUCH_MUST_CHECK int vouch_engine_new(struct vouch_config *config, struct vouch_engine *previous,
                                      struct vouch_engine **engine);
struct vouch_engine *vouch_engine_hold(struct vouch_engine *engine);
void vouch_engine_release(struct vouch_engine *engine);
const struct vouch_settings *vouch_engine_settings(const struct vouch_engine *engine);

/* The names of the methods, by INDEX from 0: "csa", "spf" ...; NULL behind the last.  Static. */
const char *vouch_method_name(size_t index);

/* Whether any enabled verifier reads the body, or messages are signed; if not, the MTA need not
 * send it. */
bool vouch_engine_wants_body(const struct vouch_engine *engine);

/* Whether vouch_message_decide_recipient can refuse a recipient; if not, RCPT needs no answer. */
bool vouch_engine_answers_recipients(const struct vouch_engine *engine);

/* What became of dns { dnssec }: whether DNS answers are validated. */
enum vouch_dnssec {
    VOUCH_DNSSEC_OFF,      /* no: the configuration says so */
    VOUCH_DNSSEC_ON,       /* yes */
    VOUCH_DNSSEC_PROBING,  /* auto: not known yet whether the name servers pass signatures; until it
                              is, the first questions wait for a second, later ones go unvalidated */
    VOUCH_DNSSEC_STRIPPED, /* auto: no, the name servers pass no signatures */
    VOUCH_DNSSEC_UNTRUSTED, /* auto: no, they pass signatures that do not lead to the trust anchor
                             */
    VOUCH_DNSSEC_NO_ANCHOR  /* auto: no, there is no trust anchor */
};

/* The same as a sentence for the log.  Never NULL; static. */
const char *vouch_dnssec_text(enum vouch_dnssec dnssec);

/* May change while the engine lives: what auto found is probed again from time to time. */
enum vouch_dnssec vouch_engine_dnssec(const struct vouch_engine *engine);

/* A source of accreditation that is ignored since the last call, because it is dead or lies, or
 * that is asked again: TEXT becomes a sentence for the log.  Call it until it answers
 * VOUCH_SOURCE_NONE.
 */
enum vouch_source_change { VOUCH_SOURCE_NONE, VOUCH_SOURCE_IGNORED, VOUCH_SOURCE_TRUSTED };
enum { VOUCH_SOURCE_TEXT_SIZE = 320 };
enum vouch_source_change vouch_engine_source_change(struct vouch_engine *engine,
                                                    char text[VOUCH_SOURCE_TEXT_SIZE]);

/* Resolver counters since start, for SIGUSR2 and tests. */
struct vouch_counters {
    unsigned long queries;   /* asked of the resolver */
    unsigned long hits;      /* answered from the cache */
    unsigned long joined;    /* joined a question already in flight */
    unsigned long upstream;  /* handed to the resolving library */
    unsigned long overloads; /* refused: too many in flight */
    unsigned long in_flight; /* now */
    unsigned long cache_bytes, cache_entries;
};
void vouch_engine_counters(const struct vouch_engine *engine, struct vouch_counters *counters);

/* ---- what becomes of messages --------------------------------------------------------------- */

/* Begin to remember what becomes of messages, where `reputation` is enabled: opens its store, as
 * the user who shall own it; call it after fork.  It may be tried again.  VOUCH_ERROR_SYSTEM:
 * vouch_engine_memory says why; messages are judged all the same. */
VOUCH_MUST_CHECK int vouch_engine_remember(struct vouch_engine *engine);

/* Wait until all that was remembered so far is kept, for a process that is about to end without
 * releasing the engine.  VOUCH_ERROR_LIMIT: not within so many MILLISECONDS. */
VOUCH_MUST_CHECK int vouch_engine_flush(struct vouch_engine *engine, unsigned milliseconds);

/* How the store of reputation fares. */
struct vouch_memory {
    bool enabled;
    bool away;                 /* it does not answer: nothing is known of any name */
    char trouble[200];         /* why it is, or last was; safe to print */
    unsigned long dropped;     /* observations that found no room */
    unsigned long undelivered; /* those kept here until Redis is back */
};
void vouch_engine_memory(const struct vouch_engine *engine, struct vouch_memory *memory);

/* What is remembered of one name. */
struct vouch_known {
    const char *kind; /* how it was proven: "helo", "mailfrom", "pra", "signer", "issuer" */
    const char *name; /* of an issuer, which MTA told it and the name: "postfix:example ca" */
    double good, bad; /* messages, faded until now */
    long long last;   /* when the latest of them was seen, seconds since 1970 */
    bool known;       /* there are enough of them to say something of the name */
    double rate;      /* of bad ones, 0 to 1 */
    double low, high; /* its 95 % interval */
};
typedef bool vouch_known_fn(void *context, const struct vouch_known *known);

/* Hand what is remembered to VISIT until it answers false, in no particular order: of the names of
 * KIND (NULL: of every kind) that are NAME (NULL: all).  VOUCH_ERROR_STATE: the configuration does
 * not enable reputation; VOUCH_ERROR_SYSTEM: the store is away, vouch_engine_memory says why;
 * VOUCH_ERROR_RANGE: no such kind; VOUCH_ERROR_MEMORY. */
VOUCH_MUST_CHECK int vouch_engine_known(const struct vouch_engine *engine, const char *kind,
                                        const char *name, vouch_known_fn *visit, void *context);

/* Whether recipients that the MTA refuses are of interest. */
bool vouch_engine_wants_refused_recipients(const struct vouch_engine *engine);

/* ---- what people say of messages ----------------------------------------------------------- */

/* A message that somebody calls bad or good. */
struct vouch_request_to_learn {
    const char *message; /* as it was delivered */
    size_t length;
    bool spam;               /* else ham */
    const char *authserv_id; /* ours; NULL: that of the configuration, or the name of this host */

    /* Domains whose feedback reports (RFC 5965) are believed when they come in by mail. */
    const char *const *reporters;
    size_t reporter_count;
};

struct vouch_proven_name {
    const char *kind; /* "helo", "mailfrom", "pra", "signer" or "issuer" */
    const char *name; /* a stranger's octets, without control characters */
};

struct vouch_lesson {
    bool is_report;     /* it was a feedback report, and the message in it is what was looked at */
    const char *why;    /* why nothing was learnt; NULL: it was.  Static */
    bool nobody_proven; /* because the message proves no name: that is nobody's mistake */
    const struct vouch_proven_name *names; /* for which it counts now */
    size_t name_count;
};

/* Remember what a person says of a message, for the names that our own Authentication-Results field
 * on top of it says were proven; what any other field says does not count.  Returns when it is
 * kept.  Free *LESSON with vouch_lesson_free.  VOUCH_ERROR_STATE: reputation is not enabled, or
 * vouch_engine_remember has not succeeded; VOUCH_ERROR_LIMIT: not kept in time. */
VOUCH_MUST_CHECK int vouch_learn(struct vouch_engine *engine,
                                 const struct vouch_request_to_learn *request,
                                 struct vouch_lesson **lesson);
void vouch_lesson_free(struct vouch_lesson *lesson);

/* Forget NAME; *COUNT: how many records it had.  Needs vouch_engine_remember. */
VOUCH_MUST_CHECK int vouch_engine_forget(struct vouch_engine *engine, const char *name,
                                         unsigned *count);

/* ---- session: one SMTP connection ---------------------------------------------------------- */

struct vouch_session;

/* CLIENT may be NULL (unknown, or submitted locally): address checks then find nothing to say.
 * IPv4-mapped IPv6 addresses are taken as IPv4.  CLIENT_NAME: the client's verified reverse name as
 * the MTA tells it, or NULL.  The session keeps a reference to ENGINE. */
VOUCH_MUST_CHECK int vouch_session_new(struct vouch_engine *engine, const struct sockaddr *client,
                                       const char *client_name, struct vouch_session **session);
void vouch_session_free(struct vouch_session *session);

/* The HELO or EHLO argument, as often as it comes: the last one counts, and one from before
 * STARTTLS is forgotten (RFC 3207 4.2), which shows in VOUCH_FACT_TLS_VERSION.  Starts the DNS
 * questions that it raises and returns at once. */
VOUCH_MUST_CHECK int vouch_session_helo(struct vouch_session *session, const char *helo);

/* Facts the MTA tells in macros.  They belong to the session and count for messages begun later; a
 * later value replaces an earlier one, NULL withdraws it. */
enum vouch_fact {
    VOUCH_FACT_MTA_NAME,     /* j: our host name as the MTA says it */
    VOUCH_FACT_AUTH_TYPE,    /* auth_type */
    VOUCH_FACT_AUTH_AUTHEN,  /* auth_authen: the client is authenticated when set and not empty */
    VOUCH_FACT_TLS_VERSION,  /* tls_version: not empty once the connection is encrypted */
    VOUCH_FACT_TLS_CIPHER,   /* cipher */
    VOUCH_FACT_TLS_BITS,     /* cipher_bits */
    VOUCH_FACT_TLS_VERIFY,   /* verify: what Sendmail says of the client's certificate */
    VOUCH_FACT_CERT_SUBJECT, /* cert_subject: of the client's certificate, and */
    VOUCH_FACT_CERT_ISSUER,  /* cert_issuer, each in the form that this MTA uses */
    VOUCH_FACT_CN_SUBJECT,   /* cn_subject: Sendmail's CommonName of the two */
    VOUCH_FACT_CN_ISSUER,    /* cn_issuer */
    VOUCH_FACT_MTA_VERSION   /* v: the MTA's name for its software */
};
enum { VOUCH_FACT_COUNT = VOUCH_FACT_MTA_VERSION + 1 };
VOUCH_MUST_CHECK int vouch_session_fact(struct vouch_session *session, enum vouch_fact fact,
                                        const char *value);

/* The macro in which both MTAs tell FACT, as the milter protocol writes it: "{tls_version}", "j".
 * Never NULL; static. */
const char *vouch_fact_macro(enum vouch_fact fact);

/* The fact told by a macro of this NAME, with or without its braces.  False: none. */
bool vouch_fact_from_macro(const char *name, enum vouch_fact *fact);

/* ---- message: one MAIL command ------------------------------------------------------------ */

struct vouch_message;

/* REVERSE_PATH as given in MAIL, with or without angle brackets; "" or "<>" is the null path. */
VOUCH_MUST_CHECK int vouch_message_new(struct vouch_session *session, const char *reverse_path,
                                       struct vouch_message **message);
void vouch_message_free(struct vouch_message *message);

/* A parameter of MAIL as sent, such as "SUBMITTER=bob@example.org" or "SIZE=1000", before the first
 * decision.  Those that nobody looks at are passed over. */
VOUCH_MUST_CHECK int vouch_message_parameter(struct vouch_message *message, const char *parameter);

struct vouch_decision;

/* What the recipient PATH gets, asked before it is told with vouch_message_recipient: CONTINUE, or
 * TEMPFAIL or REJECT with a reply.  That is about this recipient alone; one that is refused is
 * noted, and not told.  Stays as it is until the next one is asked about.  NULL: no memory. */
const struct vouch_decision *vouch_message_decide_recipient(struct vouch_message *message,
                                                            const char *path);

/* One line for the log about the recipient last asked about, "" if no rule speaks of it.  NULL
 * when memory is out. */
const char *vouch_message_recipient_log_line(struct vouch_message *message);

/* More facts, in the order in which they come.  VOUCH_ERROR_LIMIT: the fact was beyond the bounds
 * of the configuration and is not kept; the message goes on. */
VOUCH_MUST_CHECK int vouch_message_recipient(struct vouch_message *message, const char *path);
VOUCH_MUST_CHECK int vouch_message_header(struct vouch_message *message, const char *name,
                                          const char *value, size_t value_length);
VOUCH_MUST_CHECK int vouch_message_body(struct vouch_message *message, const void *octets,
                                        size_t length);
VOUCH_MUST_CHECK int vouch_message_queue_id(struct vouch_message *message, const char *queue_id);

/* The MTA refused a recipient with enhanced STATUS code ("5.1.1"; NULL: unknown). */
void vouch_message_refused_recipient(struct vouch_message *message, const char *status);

/* Whether more of the body can still change anything; if not, the MTA need not send the rest. Asked
 * after the header is complete. */
bool vouch_message_wants_body(const struct vouch_message *message);

/* An SMTP reply.  The lines are clean: printable ASCII, no CR or LF, at most 980 octets each even
 * with every '%' doubled (which libmilter wants and this library leaves to its caller), at most 32.
 */
struct vouch_reply {
    const char *code;     /* "550"; empty when the action has no reply */
    const char *enhanced; /* "5.7.23" */
    const char *const *lines;
    size_t line_count;
};

/* What was decided.  In monitor mode `action` is CONTINUE and `wanted` what it would have been. */
struct vouch_decision {
    enum vouch_action action;
    enum vouch_action wanted;
    enum vouch_stage stage;   /* the stage whose facts decided */
    const char *method;       /* the method that decided, or "" */
    const char *rule;         /* the configuration that decided: "spf { fail = reject }" */
    const char *rule_file;    /* where it stands: a file name, or "default" */
    unsigned rule_line;       /* 0: unknown or default */
    struct vouch_reply reply; /* that goes with `wanted`: for TEMPFAIL and REJECT; for QUARANTINE
                                 the reason in lines[0] */
};

/* Run every verifier whose facts are complete at STAGE and decide.  Stages are asked for in rising
 * order: MAIL, EOH, EOM (what HELO decides is answered at MAIL; HELO means MAIL).  Asking for a
 * later stage runs the earlier ones; asking again answers the same.  Once an earlier stage wanted
 * TEMPFAIL or REJECT that stays the decision.  Blocks for DNS within the message's budget; never
 * longer.  Never NULL; belongs to MESSAGE and stays as it is until the next call. */
const struct vouch_decision *vouch_message_decide(struct vouch_message *message,
                                                  enum vouch_stage stage);

/* One change of the header. */
enum vouch_edit_kind {
    VOUCH_EDIT_DELETE, /* remove the INDEXth field called NAME, counted from 1; highest come first
                        */
    VOUCH_EDIT_INSERT  /* insert NAME with VALUE at position INDEX of the header, 0: on top */
};
struct vouch_edit {
    enum vouch_edit_kind kind;
    const char *name;
    const char *value; /* folded with LF + TAB; no space in front */
    unsigned index;
};

/* What to change in the header, asked for after the decision at EOM; carry out in this order.
 * VOUCH_ERROR_MEMORY: the list could not be made, and a header that claims to be ours may stand in
 * the message, or a signature be missing: it must not go on.  VOUCH_ERROR_SYSTEM: likewise, OpenSSL
 * could not sign it. */
VOUCH_MUST_CHECK int vouch_message_edits(struct vouch_message *message,
                                         const struct vouch_edit **edits, size_t *count);

/* The message is over before its end: the client gave it up or, with OUR_TROUBLE, the caller could
 * not go on.  Log line and decision record, asked for after this, say so. */
void vouch_message_give_up(struct vouch_message *message, bool our_trouble);

/* The message is over, decided or given up: what became of it is remembered for the names that are
 * proven to answer for it, once vouch_engine_remember has succeeded.  Returns at once. */
void vouch_message_remember(struct vouch_message *message);

/* One line for the log, queue id first ("NOQUEUE" before it is known), every verdict in it.
 * Printable ASCII, no line end.  NULL when memory is out. */
const char *vouch_message_log_line(struct vouch_message *message);

/* The decision record: one JSON object on one line, no line end.  WITH_TRACE adds every step.
 * NULL when memory is out. */
const char *vouch_message_record(struct vouch_message *message, bool with_trace);

/* The explanation for a person: what was asked, what came back, which rule decided.  Several lines
 * of UTF-8-safe text.  NULL when memory is out. */
const char *vouch_message_explanation(struct vouch_message *message);

/* The signatures of ours among the changes of the header, as they are inserted one above the other;
 * asked for after the decision at EOM.  *WHY, if there is none, says why, static; NULL where the
 * author is in none of the domains that the configuration signs for, or the client's messages are
 * not signed.  The errors are those of vouch_message_edits. */
VOUCH_MUST_CHECK int vouch_message_signatures(struct vouch_message *message,
                                              const struct vouch_edit **fields, size_t *count,
                                              const char **why);

/* ---- keys to sign with ------------------------------------------------------------------- */

struct vouch_key;

/* Make a key: Ed25519, or RSA of BITS, 1024 to 4096.  VOUCH_ERROR_RANGE: not so many.
 * VOUCH_ERROR_SYSTEM: OpenSSL failed.  Release with vouch_key_free. */
VOUCH_MUST_CHECK int vouch_key_new(bool ed25519, unsigned bits, struct vouch_key **key);
void vouch_key_free(struct vouch_key *key);

/* The key as a PEM file. */
const char *vouch_key_pem(const struct vouch_key *key);

/* The TXT record that goes to SELECTOR._domainkey.DOMAIN: "v=DKIM1; k=rsa; p=...". */
const char *vouch_key_record(const struct vouch_key *key);

/* Whether DNS has the public half of a key of the configuration. */
struct vouch_key_test {
    const char *method, *domain, *selector; /* belong to the engine */
    bool good;                              /* a verifier finds it there */
    char text[400];                         /* what it finds, for people */
};

/* Ask DNS for the key of the `sign` section number INDEX, counted from 0.  VOUCH_ERROR_RANGE: there
 * are not so many. */
VOUCH_MUST_CHECK int vouch_engine_test_key(struct vouch_engine *engine, size_t index,
                                           struct vouch_key_test *result);

/* ---- who sent it -------------------------------------------------------------------------- */

/* The Purported Responsible Address of a message: who, by its header, sent it last (RFC 4407). */
struct vouch_pra {
    const char *address; /* "bob@example.org", the local-part in UTF-8; "": there is none */
    const char *local;   /* its local-part and */
    const char *domain;  /* its domain, A-labels for U-labels */
    const char *shown;   /* the address as printable ASCII, for a log or a terminal */
    const char *field;   /* the header field it came from, or at which the search ended:
                            "Resent-Sender", "Resent-From", "Sender" or "From"; "" if neither */
    unsigned index;      /* which field of that name, counted from 1 at the top; 0: none */
    const char *reason;  /* why there is none, as a stable code: "pra-malformed"; else "" */
    const char *reason_text;
    const char *detail;       /* what is wrong with the field, and where; "" */
    const char *const *steps; /* how it was found, one rule of RFC 4407 each */
    size_t step_count;
};

/* Find the PRA among the fields given so far; asks no DNS and changes no decision.  Belongs to
 * MESSAGE.  NULL when memory is out. */
const struct vouch_pra *vouch_message_pra(struct vouch_message *message);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
