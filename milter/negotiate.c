/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "milter/negotiate.h"

#include "milter/log.h"
#include "milter/session.h"
#include "milter/writable.h"

/* Postfix does not know all of them, and leaves those out. */
#define TLS_MACROS                                                                                 \
    "{tls_version} {cipher} {cipher_bits} {verify} {cert_subject} {cert_issuer} {cn_subject} "     \
    "{cn_issuer}"

/* The macros we read, by the place where the MTA knows them first.  An EHLO after STARTTLS brings
 * the TLS macros, and MAIL does, for a client that says no EHLO; Postfix knows the queue id only
 * after RCPT.  {mail_addr} always comes, so that libmilter never keeps the macros of an earlier
 * MAIL, as when nobody is logged in any more. */
static void ask_for_macros(SMFICTX *context)
{
    static const struct {
        int place;
        const char *macros;
    } list[] = {
        {SMFIM_CONNECT, "j v {client_resolve}"},
        {SMFIM_HELO, TLS_MACROS},
        {SMFIM_ENVFROM, "i {mail_addr} {auth_type} {auth_authen} " TLS_MACROS},
        {SMFIM_ENVRCPT, "i {rcpt_mailer} {rcpt_host}"},
        {SMFIM_EOH, "i"},
        {SMFIM_EOM, "i"},
    };

    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++)
        (void)smfi_setsymlist(context, list[i].place, writable(list[i].macros));
}

/* DATA has nothing for us, but it is answered: Postfix sends its macros in any case, and over TCP
 * the header would wait behind them for the delayed acknowledgement, 40 ms a message. */
static unsigned long steps_wanted(const struct session *session)
{
    unsigned long wanted = SMFIP_NR_CONN | SMFIP_NR_HELO | SMFIP_NR_RCPT | SMFIP_NR_HDR |
                           SMFIP_NOUNKNOWN | SMFIP_HDR_LEADSPC | SMFIP_SKIP;

    if (session->generation != NULL && vouch_engine_answers_recipients(session->generation->engine))
        wanted &= ~SMFIP_NR_RCPT;
    if (session->generation != NULL && !vouch_engine_wants_body(session->generation->engine))
        wanted |= SMFIP_NOBODY;
    if (session->generation != NULL &&
        vouch_engine_wants_refused_recipients(session->generation->engine))
        wanted |= SMFIP_RCPT_REJ;
    return wanted;
}

sfsistat negotiate(SMFICTX *context, unsigned long actions, unsigned long steps,
                   unsigned long unused2, unsigned long unused3, unsigned long *our_actions,
                   unsigned long *our_steps, unsigned long *our2, unsigned long *our3)
{
    struct session *session = session_new();

    (void)unused2;
    (void)unused3;
    if (session == NULL || smfi_setpriv(context, session) != MI_SUCCESS) {
        session_free(session);
        return SMFIS_REJECT; /* libmilter closes the connection: the MTA's default action */
    }
    session->without_body = false;
    session->actions = actions & (SMFIF_ADDHDRS | SMFIF_CHGHDRS | SMFIF_QUARANTINE);
    session->leading_space = (steps & SMFIP_HDR_LEADSPC) != 0;
    if ((actions & SMFIF_SETSYMLIST) != 0)
        ask_for_macros(context);
    *our_actions = session->actions | (actions & SMFIF_SETSYMLIST);
    session->steps = steps & steps_wanted(session);
    *our_steps = session->steps;
    *our2 = *our3 = 0;
    log_write(LOG_DEBUG, "an MTA offers actions 0x%lx and steps 0x%lx; taken 0x%lx and 0x%lx",
              actions, steps, *our_actions, *our_steps);
    return SMFIS_CONTINUE;
}
