/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_TLS_H
#define VERIFY_TLS_H

/* tls.h - accountability: is the connection encrypted, and does a certificate authority answer for
 * the client?  (spec/legacy.md 8)
 *
 * The MTA verifies; what it found is told in macros, and the two MTAs tell different things:
 *
 *               Postfix                             Sendmail
 *     known by  {verify} absent, v "Postfix ..."    {verify} not empty
 *     verified  cert_subject or cert_issuer is set  {verify} is OK
 *     names     CommonName, UTF-8                   the whole name, at most 256 octets, as +HH
 *               (of an issuer without one, its O)   (the CommonName in cn_subject, cn_issuer)
 *     else      none, expired, unknown authority:   {verify}: NO, NOT, FAIL ...; the names are
 *               all the same                        set, and worth nothing
 *
 *     result     reason                         when
 *     none       tls-not-encrypted              there is no TLS
 *     neutral    tls-no-certificate             Sendmail: the client presented none
 *     neutral    tls-not-requested              Sendmail: the client was asked for none
 *     neutral    tls-none-verified              Postfix: it presented none that is good
 *     neutral    tls-unknown-mta                a certificate, but not if it was verified
 *     fail       tls-not-verified               Sendmail: presented, and not good
 *     fail       tls-bad-name                   Sendmail: a CommonName with a NUL or too long
 *     policy     tls-refused-issuer, -subject   verified, and on a list of ours
 *     pass       tls-verified                   verified
 *     pass       tls-matches-helo               verified, and its CommonName is the HELO name
 *     temperror  tls-temporary-error            Sendmail: TEMP
 *     permerror  tls-mta-error, tls-malformed   any other word of {verify}; names we cannot read
 *
 * A certificate "verified" is one that an authority known to the MTA issued and that is within its
 * dates; whether it was revoked only Sendmail can know, and only where it has a CRLFile.
 *
 * Properties: smtp.version, smtp.cipher, smtp.bits of an encrypted connection; of a certificate
 * that is verified policy.cert-issuer and policy.cert-subject, in which octets that cannot be
 * printed are \xHH and a backslash is doubled (a long one is cut: tls_name.h), and policy.mta,
 * which says whose words these are; smtp.helo when it matches.  The outcome has a domain, the HELO
 * name, only when it matches. */

#include "lib/verify/verifier.h"

extern const struct verifier tls_verifier;

/* Whether one of OUTCOMES proves that the client bears the HELO name NAME: the certificate is
 * verified, acceptable, and says so. */
bool tls_proves(const struct outcome *outcomes, const struct dns_name *name);

/* Under which name the certificate authority that answers for the client is counted: the kind of
 * MTA and the issuer's name, folded, such as "postfix:example ca"; "" when none answers for it.  It
 * is made of the properties alone, so that what an Authentication-Results field of ours says gives
 * the same.  NULL: no memory. */
const char *tls_issuer_key(struct arena *arena, const struct outcome *outcome);

#endif
