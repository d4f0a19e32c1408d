/* SPDX-License-Identifier: BSD-2-Clause
 * SPDX-FileCopyrightText: 2026 the Vouch authors
 */
#ifndef VERIFY_CSA_H
#define VERIFY_CSA_H

/* csa.h - Client SMTP Authorization: may a host of this HELO name send mail, and is the client that
 * host?  (spec/csv.md 1 to 6; draft-ietf-marid-csv-csa-02)
 *
 * The record is `_client._smtp.<HELO name> SRV priority weight port target`, where priority is the
 * version (1), weight the authorization (1: ignore the target, 2: authorized), port an assertion
 * about subdomains (1: each has a record of its own) and target the host whose addresses are the
 * permitted clients.  Only when the HELO name has no record are its parents asked for assertions.
 *
 *     result     reason                               when
 *     pass       csa-ok                               an authorized target has the client's address
 *     pass       csa-ok-forward                       authorized, target to be ignored, and the
 *                                                     HELO name itself has the client's address
 *     pass       csa-ok-certificate                   authorized, target to be ignored, and the
 *                                                     client's certificate is for the HELO name
 *     fail       csa-not-authorized                   a record denies
 *     fail       csa-address-mismatch                 the targets have other addresses
 *     fail       csa-no-authorized-addresses          target ".", or none of the client's family
 *     fail       csa-explicit-authorization-required  no record, and a parent requires one
 *     temperror  csa-defer-srv, csa-defer-address     DNS did not say
 *     permerror  csa-bad-record                       only unknown versions or weights
 *     none       csa-unknown                          no record, no assertion
 *     none       csa-unverified                       authorized, target to be ignored, and the
 *                                                     client not proven to bear the name
 *     none       csa-too-many-records                 more than 10
 *     none       helo-..., no-client-address          nothing to look up
 *
 * Several records are read as a set, for DNS gives them in any order.  The rules, first one first:
 *  1. Records of an unknown version or with unknown weight bits are not there.
 *  2. Any record that does not authorize denies: fail.
 *  3. Any authorized target with the client's address: pass.
 *  4. If some record says to ignore its target, clients may prove the name in another way: by a
 *     certificate (tls.h), or its forward lookup names the client: pass.
 *  5. Any of these lookups failed: temperror, since it might have been the one that matches.
 *  6. If some record says to ignore its target: none, for the owner authorized hosts that we cannot
 *     tell from others; a mismatch with the remaining targets proves nothing.
 *  7. Some target has addresses: mismatch, else no address: fail.
 *
 * An address literal says nothing, unless `address_literals` is set: then its name in the reverse
 * tree stands for the HELO name (Exim's extension).
 *
 * Properties: smtp.helo; policy.csa-target, the host that matched. */

#include "lib/verify/verifier.h"

extern const struct verifier csa_verifier;

#endif
