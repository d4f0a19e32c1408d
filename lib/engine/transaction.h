/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef ENGINE_TRANSACTION_H
#define ENGINE_TRANSACTION_H

/* transaction.h - what the files of the engine share: engine, session, HELO and message from
 * inside.
 *
 * A HELO has a life of its own: it begins with the command, its outcomes are found when the first
 * MAIL asks, later messages use them again, and the next HELO ends it - while a message that still
 * looks at it keeps it alive. */

#include <stdatomic.h>

#include "lib/base/arena.h"
#include "lib/base/clock.h"
#include "lib/base/outcome.h"
#include "lib/dns/resolver.h"
#include "lib/mail/facts.h"
#include "lib/policy/config.h"
#include "lib/policy/decide.h"
#include "lib/report/record.h"
#include "lib/sign/signer.h"
#include "lib/verify/verifier.h"
#include "lib/vouch.h"

struct vouch_engine {
    atomic_uint references;
    struct vouch_config *config;
    struct resolver *resolver;
    struct key_cache *keys;
    struct dna_health *health;
    struct reputation *reputation; /* NULL: not enabled */
    char host_name[256];           /* authserv-id when neither configuration nor MTA has one */
};

struct helo {
    unsigned references; /* one thread at a time: the session's */
    struct arena *arena;
    struct budget *budget;
    nanoseconds began;
    const char *argument;
    bool encrypted;           /* it was said over TLS */
    struct outcome *outcomes; /* NULL until checked */
    bool checked;
    bool incomplete; /* there was no memory for all outcomes */
};

struct vouch_session {
    struct vouch_engine *engine;
    struct ip client;
    char *client_name;
    char *mta[VOUCH_FACT_COUNT]; /* NULL: not told */
    struct helo *helo;
    unsigned unused_helos; /* since the last message */
};

struct content; /* content.c */

/* A list that grows in the message's arena. */
struct path_list {
    const char **paths;
    size_t count, room;
};

/* The recipient last decided on. */
struct recipient {
    struct arena *arena; /* of all below; NULL before the first */
    struct path path;
    struct decision decided;
    struct vouch_reply reply;
    struct vouch_decision decision;
};

struct vouch_message {
    struct vouch_session *session;
    struct arena *arena;
    struct budget *budget;
    struct helo *helo;
    nanoseconds began;
    bool is_exempt; /* no verifier runs */
    struct facts facts;
    struct path_list recipients, refused; /* what facts shows of them */
    struct recipient recipient;
    unsigned known_recipients;   /* all that were given */
    unsigned unknown_recipients; /* that the MTA refused */

    struct outcome *outcomes;
    struct outcome **outcomes_end;
    struct outcome spare; /* says temperror when there is no memory for more */
    bool spare_used;
    bool stage_done[VOUCH_STAGE_EOM + 1];

    struct content *contents; /* one for each enabled verifier of the body, once begun */
    bool contents_begun;

    bool may_sign;         /* if the author is one of ours */
    struct signer *signer; /* NULL: nobody signs it, or not begun */
    int signing_error;
    const char *unsigned_because;        /* NULL: it is, or nobody was to sign it */
    const struct sign_field *signatures; /* once made */

    bool is_decided;
    struct decision decided;
    struct vouch_reply reply;
    struct vouch_decision decision;

    enum given_up given_up;
    bool is_remembered;

    unsigned authres_seen;  /* Authentication-Results fields so far */
    unsigned scrutiny_seen; /* fields so far that ask for a closer look, and are not ours */
    unsigned status_seen;   /* likewise DomainKey-Status fields */
    unsigned *forged;       /* indices of those to remove, rising */
    size_t forged_count, forged_room;
};

/* helo.c */

/* A HELO with ARGUMENT.  NULL: no memory. */
struct helo *helo_new(const struct vouch_session *session, const char *argument);
/* Ask now what the verifiers of the session's HELO will want at MAIL. */
void helo_start_questions(const struct vouch_session *session);

struct helo *helo_hold(struct helo *helo);
void helo_release(struct helo *helo);

/* What a verifier works with when it looks at HELO's or MESSAGE's own facts. */
struct check helo_check(const struct vouch_session *session, const struct helo *helo,
                        const struct facts *facts);

/* Whether the MTA has told that the connection is encrypted. */
bool session_is_encrypted(const struct vouch_session *session);

/* The facts of the connection alone. */
struct facts session_facts(const struct vouch_session *session, const struct helo *helo);

/* run.c */

/* Run every enabled verifier of STAGE and append what it says to the message's outcomes. */
void message_run_stage(struct vouch_message *message, enum vouch_stage stage);

/* Ask DNS what the verifiers of STAGE will want, and return at once. */
void message_start_questions(struct vouch_message *message, enum vouch_stage stage);

/* Run VERIFIER, whose state of the message's content is CONTENT, and append what it says. */
void message_run_verifier(struct vouch_message *message, const struct verifier *verifier,
                          void *content);

/* Append what VERIFIER said; NULL, which is no memory, becomes temperror. */
void message_append(struct vouch_message *message, const struct verifier *verifier,
                    struct outcome *outcome);

/* Whether VERIFIER runs for this message at all. */
bool message_wants(const struct vouch_message *message, const struct verifier *verifier);

/* What the message's verifiers work with. */
struct check message_check(const struct vouch_message *message);

/* content.c */

/* A header field has come in. */
void message_content_field(struct vouch_message *message, const struct header_field *field);

/* The next octets of the body; the first ones end the header. */
void message_content_body(struct vouch_message *message, const void *octets, size_t length);

/* The header is complete, if that is not known yet. */
void message_content_begin(struct vouch_message *message);

/* Run a VERIFIER of the body and append what it says. */
void message_content_check(struct vouch_message *message, const struct verifier *verifier);

/* Whether more of the body can change anything. */
bool message_content_wants_body(const struct vouch_message *message);

/* End all of it, checked or not. */
void message_content_free(struct vouch_message *message);

/* signing.c */

/* The header is complete: find who signs the message. */
void message_signing_begin(struct vouch_message *message);

/* All of it has come: make the signatures.  With an error the message must not go on as if it were
 * signed. */
void message_signing_end(struct vouch_message *message);

/* recipient.c */

/* Release what decisions on recipients took. */
void message_recipient_free(struct vouch_message *message);

/* decision.c */

/* DECIDED, which has REPLY, as the caller sees it; texts are made in ARENA. */
struct vouch_decision decision_told(struct arena *arena, const struct decision *decided,
                                    const struct vouch_reply *reply);

/* An earlier stage refused the message: no verifier runs any more. */
bool message_is_refused(const struct vouch_message *message);

/* forged.c */

/* Look at a field just received: does it claim to be ours? */
int message_note_forged(struct vouch_message *message, const char *name, const char *value,
                        size_t value_length);

#endif
