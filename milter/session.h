/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_SESSION_H
#define MILTER_SESSION_H

/* session.h - what belongs to one connection of an MTA: libmilter's private data. */

#include <stdbool.h>
#include <sys/socket.h>

#include "lib/vouch.h"
#include "milter/reload.h"

struct session {
    struct generation *generation; /* NULL only while the daemon ends */
    struct vouch_session *client;  /* NULL: before connect, or the session is not checked */
    struct vouch_message *message; /* NULL: none, or it is done with */
    bool counted;                  /* passed through gate_enter_session */
    bool without_body;             /* that is wanted, but may not come: not checked */
    bool overloaded;               /* over the cap, or the daemon ends: not checked */
    bool client_trouble;           /* our own failure: no message of this client can be judged */
    bool trouble;                  /* our own failure: this message cannot be judged */
    unsigned long actions;         /* SMFIF_ flags both sides know */
    unsigned long steps;           /* SMFIP_ flags that were negotiated */
    bool leading_space;            /* header values come and go with their leading space */
};

/* Sessions are made by the negotiation, before the client is known.  NULL: no memory. */
struct session *session_new(void);
void session_free(struct session *session);

/* The client connected, or became another one (XCLIENT): forget the one before. */
void session_connect(struct session *session, const struct sockaddr *client, const char *name);

/* A MAIL command of a client that is checked.  False: the message is not checked, session_unchecked
 * says what to do. */
bool session_begin(struct session *session, const char *reverse_path);

/* What a message gets that we do not check: CONTINUE or TEMPFAIL. */
enum vouch_action session_unchecked(const struct session *session);

/* Note the outcome of a call of the library: beyond a bound is no trouble, all else is. */
void session_note(struct session *session, int error);

/* The message is decided and answered: write its log line and its decision record. */
void session_finish(struct session *session, const struct vouch_decision *decision);

/* The message is over; if it was not finished the client gave it up or our own trouble
 * ended it, and log line and decision record say so. */
void session_end(struct session *session);

#endif
