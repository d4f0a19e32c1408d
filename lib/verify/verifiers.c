/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#include "lib/verify/csa.h"
#include "lib/verify/dkim.h"
#include "lib/verify/dna.h"
#include "lib/verify/dnswl.h"
#include "lib/verify/domainkeys.h"
#include "lib/verify/helo.h"
#include "lib/verify/iprev.h"
#include "lib/verify/reputation.h"
#include "lib/verify/sender.h"
#include "lib/verify/senderid.h"
#include "lib/verify/spf.h"
#include "lib/verify/submitter.h"
#include "lib/verify/tls.h"
#include "lib/verify/vbr.h"
#include "lib/verify/verifier.h"

const struct verifier *const verifiers[] = {
    &tls_verifier, /* csa asks what it found */
    &csa_verifier,
    &helo_verifier,
    &iprev_verifier,
    &sender_verifier,
    &spf_helo_verifier,
    &reputation_helo_verifier, /* dna asks what it knows */
    &dna_verifier,
    &dnswl_verifier,
    &spf_mailfrom_verifier,
    &senderid_mfrom_verifier,
    &submitter_verifier,
    &submitter_header_verifier,
    &senderid_pra_verifier,
    &domainkeys_verifier,
    &dkim_verifier,
    &vbr_verifier,
    &reputation_mail_verifier,
    &reputation_message_verifier,
};

const size_t verifier_count = sizeof verifiers / sizeof verifiers[0];
