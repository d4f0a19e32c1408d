/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef POLICY_CHECKS_H
#define POLICY_CHECKS_H

/* checks.h - what some texts of milter.conf must look like.  Each function answers what is wrong
 * with a value that is not empty ("has no ..."; static), or NULL. */

const char *check_listen(const char *value); /* a milter socket: its scheme, and that one follows */
const char *check_account(const char *value);      /* the name or number of a user or group */
const char *check_user(const char *value);         /* USER or USER:GROUP */
const char *check_path(const char *value);         /* an absolute path */
const char *check_trust_anchor(const char *value); /* a file that trust_anchor_read() can read */
const char *check_word(const char *value);         /* letters alone */
const char *check_title(const char *value);        /* a short name in printable ASCII */
const char *check_header(const char *value);       /* "Name: value" of a header field */
const char *check_redis(const char *value);        /* inet:PORT@ADDRESS or unix:/PATH */
const char *check_token(const char *value);        /* an authserv-id without need of quotes */
const char *check_selector(const char *value);     /* of a signature: labels with dots between */

#endif
