/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/callbacks.h"

#include <string.h>

#include <libmilter/mfapi.h>

#include "milter/edit.h"
#include "milter/log.h"
#include "milter/negotiate.h"
#include "milter/reply.h"
#include "milter/session.h"
#include "milter/writable.h"

enum {
    /* What both MTAs fill before they send a piece of the body. */
    FULL_BODY_PIECE = 65535,
    /* Longer than the hour that both MTAs give a client for one command. */
    MTA_SILENCE_SECONDS = 3700,
    /* A header field comes in one packet, and libmilter ends a session that brings more than 64 kB
     * in one, which is less than Postfix lets through. */
    MAX_PACKET = 2 * 1024 * 1024
};

static const char *macro(SMFICTX *context, const char *name)
{
    return smfi_getsymval(context, writable(name));
}

/* The answer to what is only noted down: none, where the MTA agreed not to wait for one. */
static sfsistat noted(const struct session *session, unsigned long no_reply)
{
    return session == NULL || (session->steps & no_reply) != 0 ? SMFIS_NOREPLY : SMFIS_CONTINUE;
}

static void tell_fact(SMFICTX *context, struct session *session, enum vouch_fact fact)
{
    const char *value = macro(context, vouch_fact_macro(fact));

    session_note(session, vouch_session_fact(session->client, fact, value));
}

/* All that STARTTLS changes. */
static void tell_tls(SMFICTX *context, struct session *session)
{
    for (enum vouch_fact fact = VOUCH_FACT_TLS_VERSION; fact <= VOUCH_FACT_CN_ISSUER; fact++)
        tell_fact(context, session, fact);
}

static void tell_queue_id(SMFICTX *context, struct session *session)
{
    const char *id = macro(context, "i");

    if (id != NULL)
        session_note(session, vouch_message_queue_id(session->message, id));
}

/* The client's name if the MTA verified it.  Postfix says "unknown" when it could not; Sendmail
 * says [ADDRESS] or, in {client_resolve}, that the name is forged. */
static const char *verified_name(SMFICTX *context, const char *name)
{
    const char *resolve = macro(context, "{client_resolve}");

    if (name == NULL || name[0] == '[' || strcmp(name, "unknown") == 0)
        return NULL;
    return resolve == NULL || strcmp(resolve, "OK") == 0 ? name : NULL;
}

/* The answer to a message that is not checked: over the cap, at the end of the daemon, or in
 * trouble of our own.  Nothing is refused for good for that. */
static sfsistat answer_unchecked(SMFICTX *context, const struct session *session)
{
    static const char *const line[] = {"The mail filter is busy, please try again later"};
    static const struct vouch_reply reply = {"451", "4.3.2", line, 1};

    if (session_unchecked(session) != VOUCH_TEMPFAIL)
        return SMFIS_ACCEPT;
    reply_set(context, &reply);
    return SMFIS_TEMPFAIL;
}

/* Our own trouble with the message ends it. */
static sfsistat answer_trouble(SMFICTX *context, struct session *session)
{
    if (session != NULL)
        session_end(session);
    return answer_unchecked(context, session);
}

static sfsistat answer_at_end(SMFICTX *context, struct session *session, enum vouch_action action,
                              const struct vouch_reply *reply)
{
    if (action == VOUCH_DISCARD)
        return SMFIS_DISCARD;
    if (edit_message(context, session) &&
        (action != VOUCH_QUARANTINE || edit_quarantine(context, session, reply)))
        return SMFIS_CONTINUE;
    return answer_unchecked(context, session);
}

/* Decide at STAGE and turn the decision into libmilter's answer.  Before the end only a refusal is
 * one: quarantine and discard wait, and so does accept, for an SMFIS_ACCEPT would end the callbacks
 * and leave forged fields in the header. */
static sfsistat answer(SMFICTX *context, struct session *session, enum vouch_stage stage)
{
    const struct vouch_decision *decision;
    sfsistat status = SMFIS_CONTINUE;

    if (session->trouble || session->client_trouble)
        return answer_trouble(context, session);
    decision = vouch_message_decide(session->message, stage);
    if (decision->action == VOUCH_REJECT || decision->action == VOUCH_TEMPFAIL) {
        reply_set(context, &decision->reply);
        status = decision->action == VOUCH_REJECT ? SMFIS_REJECT : SMFIS_TEMPFAIL;
    } else if (stage == VOUCH_STAGE_EOM) {
        status = answer_at_end(context, session, decision->action, &decision->reply);
    }
    if (status != SMFIS_CONTINUE || stage == VOUCH_STAGE_EOM)
        session_finish(session, decision);
    return status;
}

static sfsistat on_connect(SMFICTX *context, char *name, _SOCK_ADDR *address)
{
    struct session *session = smfi_getpriv(context);

    if (session == NULL) { /* a second connection on one negotiation */
        session = session_new();
        if (session == NULL || smfi_setpriv(context, session) != MI_SUCCESS) {
            session_free(session);
            return noted(NULL, SMFIP_NR_CONN); /* MAIL finds no session */
        }
    }
    session_connect(session, address, verified_name(context, name));
    if (session->client != NULL) {
        tell_fact(context, session, VOUCH_FACT_MTA_NAME);
        tell_fact(context, session, VOUCH_FACT_MTA_VERSION);
    }
    return noted(session, SMFIP_NR_CONN);
}

static sfsistat on_helo(SMFICTX *context, char *helo)
{
    struct session *session = smfi_getpriv(context);

    if (session == NULL || session->client == NULL)
        return noted(session, SMFIP_NR_HELO);
    tell_tls(context, session);
    session_note(session, vouch_session_helo(session->client, helo));
    return noted(session, SMFIP_NR_HELO);
}

static sfsistat on_mail(SMFICTX *context, char **arguments)
{
    struct session *session = smfi_getpriv(context);

    if (session != NULL)
        session_end(session); /* some MTAs send no abort */
    if (session == NULL || session->client == NULL)
        return answer_unchecked(context, session);
    tell_fact(context, session, VOUCH_FACT_AUTH_TYPE);
    tell_fact(context, session, VOUCH_FACT_AUTH_AUTHEN);
    tell_tls(context, session);
    if (!session_begin(session, arguments[0]))
        return answer_unchecked(context, session);
    for (size_t i = 1; arguments[i] != NULL; i++)
        session_note(session, vouch_message_parameter(session->message, arguments[i]));
    tell_queue_id(context, session);
    return answer(context, session, VOUCH_STAGE_MAIL);
}

/* Whether the MTA refuses the recipient: it shows such to who asked for SMFIP_RCPT_REJ. */
static bool is_refused(SMFICTX *context)
{
    const char *mailer = macro(context, "{rcpt_mailer}");

    return mailer != NULL && strcmp(mailer, "error") == 0;
}

/* One recipient may be refused by itself. */
static sfsistat answer_recipient(SMFICTX *context, struct session *session, const char *path)
{
    const struct vouch_decision *decision = vouch_message_decide_recipient(session->message, path);
    const char *line;

    if (decision == NULL) {
        session_note(session, VOUCH_ERROR_MEMORY);
        return SMFIS_CONTINUE;
    }
    line = vouch_message_recipient_log_line(session->message);
    if (line != NULL && line[0] != '\0')
        log_write(decision->action != VOUCH_CONTINUE ? LOG_NOTICE : LOG_INFO, "%s", line);
    if (decision->action == VOUCH_CONTINUE)
        return SMFIS_CONTINUE;
    reply_set(context, &decision->reply);
    return decision->action == VOUCH_REJECT ? SMFIS_REJECT : SMFIS_TEMPFAIL;
}

static sfsistat on_recipient(SMFICTX *context, char **arguments)
{
    struct session *session = smfi_getpriv(context);
    sfsistat status = SMFIS_CONTINUE;

    if (session == NULL || session->message == NULL)
        return noted(session, SMFIP_NR_RCPT);
    if (is_refused(context)) {
        vouch_message_refused_recipient(session->message, macro(context, "{rcpt_host}"));
        return noted(session, SMFIP_NR_RCPT);
    }
    if ((session->steps & SMFIP_NR_RCPT) == 0)
        status = answer_recipient(context, session, arguments[0]);
    if (status != SMFIS_CONTINUE)
        return status;
    session_note(session, vouch_message_recipient(session->message, arguments[0]));
    return noted(session, SMFIP_NR_RCPT);
}

static sfsistat on_data(SMFICTX *context)
{
    (void)context;
    return SMFIS_CONTINUE;
}

static sfsistat on_header(SMFICTX *context, char *name, char *value)
{
    struct session *session = smfi_getpriv(context);

    if (session != NULL && session->message != NULL)
        session_note(session, edit_keep_field(session, name, value));
    return noted(session, SMFIP_NR_HDR);
}

static sfsistat on_end_of_header(SMFICTX *context)
{
    struct session *session = smfi_getpriv(context);

    if (session == NULL || session->message == NULL)
        return answer_trouble(context, session);
    tell_queue_id(context, session);
    return answer(context, session, VOUCH_STAGE_EOH);
}

/* To a last piece that comes in the packet that ends the message SMFIS_SKIP would be the answer to
 * both, and the message would hang; such a piece is no full one. */
static bool may_skip_rest(const struct session *session, size_t length)
{
    return length >= FULL_BODY_PIECE && (session->steps & SMFIP_SKIP) != 0 &&
           !vouch_message_wants_body(session->message);
}

static sfsistat on_body(SMFICTX *context, unsigned char *octets, size_t length)
{
    struct session *session = smfi_getpriv(context);

    if (session == NULL || session->message == NULL)
        return SMFIS_CONTINUE;
    session_note(session, vouch_message_body(session->message, octets, length));
    return may_skip_rest(session, length) ? SMFIS_SKIP : SMFIS_CONTINUE;
}

static sfsistat on_end_of_message(SMFICTX *context)
{
    struct session *session = smfi_getpriv(context);

    if (session == NULL || session->message == NULL)
        return answer_trouble(context, session);
    tell_queue_id(context, session);
    return answer(context, session, VOUCH_STAGE_EOM);
}

static sfsistat on_abort(SMFICTX *context)
{
    struct session *session = smfi_getpriv(context);

    if (session != NULL)
        session_end(session);
    return SMFIS_CONTINUE;
}

static sfsistat on_close(SMFICTX *context)
{
    session_free(smfi_getpriv(context));
    (void)smfi_setpriv(context, NULL);
    return SMFIS_CONTINUE;
}

bool callbacks_register(void)
{
    static char name[] = "vouch-milter";
    struct smfiDesc filter = {
        .xxfi_name = name,
        .xxfi_version = SMFI_VERSION,
        .xxfi_flags = SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE,
        .xxfi_connect = on_connect,
        .xxfi_helo = on_helo,
        .xxfi_envfrom = on_mail,
        .xxfi_envrcpt = on_recipient,
        .xxfi_data = on_data,
        .xxfi_header = on_header,
        .xxfi_eoh = on_end_of_header,
        .xxfi_body = on_body,
        .xxfi_eom = on_end_of_message,
        .xxfi_abort = on_abort,
        .xxfi_close = on_close,
        .xxfi_negotiate = negotiate,
    };

    (void)smfi_setmaxdatasize(MAX_PACKET);
    return smfi_settimeout(MTA_SILENCE_SECONDS) == MI_SUCCESS &&
           smfi_register(filter) == MI_SUCCESS;
}
