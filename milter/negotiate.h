/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_NEGOTIATE_H
#define MILTER_NEGOTIATE_H

#include <libmilter/mfapi.h>

/* negotiate.h - what the MTA shall send and which answers it waits for (xxfi_negotiate).
 *
 * No answers to connect, HELO, RCPT and header: that halves the cost of a message; for an old MTA
 * libmilter answers.  Data and unknown commands are not sent at all, bodies only when a verifier
 * reads them.  Body chunks are answered: without, libmilter 8.17 never calls xxfi_eom, and the MTA
 * waits for ever, when the last chunk comes in the packet that ends the message. */
sfsistat negotiate(SMFICTX *context, unsigned long actions, unsigned long steps,
                   unsigned long unused2, unsigned long unused3, unsigned long *our_actions,
                   unsigned long *our_steps, unsigned long *our2, unsigned long *our3);

#endif
