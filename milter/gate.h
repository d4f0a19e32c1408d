/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef MILTER_GATE_H
#define MILTER_GATE_H

/* gate.h - how many sessions and messages are inside, and whether more may come in. */

#include <stdbool.h>

/* Count a session in; false: there are MAXIMUM already (it is counted all the same, so every call
 * has its gate_leave_session). */
bool gate_enter_session(unsigned maximum);
void gate_leave_session(void);
unsigned gate_sessions(void);

/* Count a message in; false: the daemon is going down and the message is not counted. */
bool gate_enter_message(void);
void gate_leave_message(void);
unsigned gate_messages(void);

/* No message comes in from now on.  The last one that leaves wakes signals_wait. */
void gate_close(void);

#endif
