#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Signed here, through a real Postfix and a real Sendmail, `simple` and all: what arrives behind
them verifies with python3-dkim and Mail::DKIM."""

import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "mta")]
import harness  # noqa: E402
import namespace  # noqa: E402
import postfix  # noqa: E402
import programs  # noqa: E402
import sendmail  # noqa: E402
import signers  # noqa: E402
from receiver import Receiver  # noqa: E402
from sendmail_receiver import SendmailReceiver  # noqa: E402
from test_dkim_interop import BODIES, HEADER  # noqa: E402
from test_dkim_mta import ALTERED  # noqa: E402
from test_sign import NOT_PERL, section  # noqa: E402

CLIENT = ("198.51.100.25", "mail.author.example", "a@author.example")
OURS = 'signing { clients = {"198.51.100.0/24"} }\nexempt { clients = {"198.51.100.0/24"} }\n'


def filters(run, rsa, ed):
    return {name: OURS + section(rsa, run, c) + section(ed, run, c)
            + section(rsa, run, "method = domainkeys  canonicalization = " + old)
            for name, c, old in (("simple", "canonicalization = simple/simple", "simple"),
                                 ("relaxed", "", "nofws"))}


def header_for(mta, line):
    """Sendmail writes address fields anew when it delivers, after the filter has seen them."""
    if (mta, line) != ("Sendmail", "simple"):
        return HEADER
    return HEADER.replace(b"From:   \"An  Author\"\t<a@author.example>  ",
                          b"From: \"An  Author\" <a@author.example>").replace(
                              b"b@example.org,\r\n c@example.org,\r\n\td@example.org",
                              b"b@example.org, c@example.org, d@example.org")


def arrived(result):
    """The octets behind the MTA, as its next hop got them."""
    return result.message.content if result.message else b""


def test_octets(tap, sites, keys, perl):
    source = random.Random(6)
    bodies = {name: body for name, body in BODIES.items() if name not in ALTERED}
    bodies["1 MB"] = b"".join(bytes(source.choices(b"abcdefgh \t.", k=source.randint(0, 70)))
                              + b"\r\n" for _ in range(29000))
    for mta, site in sites:
        for line in ("simple", "relaxed"):
            for name, body in bodies.items():
                eight = any(octet > 127 for octet in body)
                result = site.send(line, *CLIENT, content=header_for(mta, line) + body,
                                   options=" BODY=8BITMIME" if eight else "")
                octets = arrived(result)
                python = signers.python_verifies(octets, keys)
                found = perl(octets) if perl is not None and name not in NOT_PERL else None
                good = (sorted(python) == [("ed25519-sha256", True), ("rsa-sha256", True)]
                        and (found is None or (found.count("rsa-sha256=pass") == 1
                                               and found.count("domainkeys=pass") == 1)))
                tap.ok(good, "%s, %s: %s" % (mta, line, name),
                       (python, found, result.describe()))


def test_back(tap, sites):
    """What went out through one MTA comes in through both, and verifies here."""
    for mta, site in sites:
        for line in ("simple", "relaxed"):
            body = BODIES["line ends at both ends and within"]
            octets = arrived(site.send(line, *CLIENT, content=header_for("Sendmail", line) + body))
            for other, receiver in sites:
                result = receiver.send("simple", "203.0.113.9", "mx.example.net",
                                       "a@author.example", content=octets)
                answer = " ".join(" ".join(result.ours()).split())
                tap.ok(answer.count("dkim=pass") == 2 and "domainkeys=pass" in answer,
                       "%s, signed by %s through %s" % (line, mta, other), result.describe())


def test_log(tap, sites):
    for mta, site in sites:
        log = site.filters["simple"].log()
        tap.ok("signed=author.example/rsa signed=author.example/ed" in log, mta + ": the log tells",
               log[-2000:])
        stranger = site.send("simple", "203.0.113.9", "mx.example.net", "a@author.example",
                             content=HEADER + b"x\r\n")
        tap.ok(not stranger.fields("DKIM-Signature"), mta + ": a stranger is not signed for",
               stranger.describe())


def main():
    if not signers.use_python_with_dkim():
        harness.Tap.skip_all("no python3-dkim")
    reason = (postfix.why_not() or programs.why_not() or sendmail.why_not()
              or namespace.why_not())
    if reason:
        harness.Tap.skip_all(reason)
    namespace.enter()
    tap = harness.Tap()
    with harness.Run("sign") as run, harness.Run("sign-postfix") as left, \
            harness.Run("sign-sendmail") as right:
        namespace.hide_names(run)
        rsa, ed = signers.Key(run, "rsa", 2048), signers.Key(run, "ed")
        keys = {"%s._domainkey.%s" % (key.selector, signers.DOMAIN): key.record()
                for key in (rsa, ed)}
        zone = run.write("sign.zone", rsa.line() + ed.line())
        sites = [("Postfix", Receiver(left, filters(run, rsa, ed), [zone])),
                 ("Sendmail", SendmailReceiver(right, filters(run, rsa, ed), [zone]))]
        perl = (signers.PerlVerifier(run, sites[0][1].dns.port) if signers.perl_signs()
                else None)
        test_octets(tap, sites, keys, perl)
        test_back(tap, sites)
        test_log(tap, sites)
        if perl is not None:
            perl.close()
        for one in (left, right):
            harness.check_children(tap, one)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
