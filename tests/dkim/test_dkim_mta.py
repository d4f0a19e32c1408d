#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""What python3-dkim signs verifies behind a real Postfix and a real Sendmail, `simple` and all: not
an octet of header or body is lost on the way.  And the rule for a bank, through both."""

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
from test_dkim_interop import BODIES, CANONICALIZATIONS, HEADER  # noqa: E402

FILTERS = {"default": "", "bank": 'domain "bank.example" { dkim { none = reject } }\n'}
CLIENT = ("198.51.100.25", "mx.plain.example", "me@plain.example")
# SMTP has no CR or LF alone, and lines of at most 998 octets; MTAs change what goes beyond.
ALTERED = {"a bare CR", "a long word", "long white space"}
BANK = (b"From: Bank <service@bank.example>\r\nTo: c@example.org\r\nSubject: account\r\n"
        b"Date: Sat, 1 Jan 2022 00:00:00 +0000\r\n\r\nDear customer\r\n")


def send(site, content, line="default"):
    eight = any(octet > 127 for octet in content)
    return site.send(line, *CLIENT, content=content, options=" BODY=8BITMIME" if eight else "")


def names(result):
    return " ".join(" ".join(result.ours()).split())


def test_octets(tap, sites, keys):
    source = random.Random(3)
    bodies = {name: body for name, body in BODIES.items() if name not in ALTERED}
    bodies["1 MB"] = b"".join(bytes(source.choices(b"abcdefgh \t.", k=source.randint(0, 70)))
                              + b"\r\n" for _ in range(29000))
    for mta, site in sites:
        for name, body in bodies.items():
            failed = []
            for number, canonicalization in enumerate(CANONICALIZATIONS):
                message = signers.python_sign(HEADER + body, keys[number % 2], canonicalization)
                result = send(site, message)
                if result.results().get("dkim") != "pass":
                    failed.append((canonicalization, result.describe()))
            tap.ok(not failed, "%s: %s" % (mta, name), "\n".join(map(str, failed))[:5000])


def test_bank(tap, sites, keys):
    """The author's signature is asked for, and no other will do."""
    evil = keys[0]
    for mta, site in sites:
        signed = signers.python_sign(BANK, keys[0], domain="bank.example")
        result = send(site, signed, "bank")
        tap.ok(result.reply.code == 250 and result.results().get("dkim") == "pass",
               mta + ": the bank's own signature", result.describe())
        for name, message in (
                ("no signature", BANK),
                ("another's signature", signers.python_sign(BANK, evil, domain="evil.example")),
                ("a changed body", signed.replace(b"Dear", b"Near")),
                ("a signature that is malformed", signed.replace(b"v=1", b"v=9")),
                ("a second From field", b"From: x@evil.example\r\n" + signed)):
            result = send(site, message, "bank")
            tap.ok(result.reply.code == 550 and result.reply.enhanced == "5.7.22"
                   and result.stage == "end", "%s: %s is refused" % (mta, name),
                   result.describe())
        result = send(site, BANK.replace(b"bank.example", b"other.example"), "bank")
        tap.ok(result.reply.code == 250, mta + ": other authors are not asked", result.describe())


def main():
    if not signers.use_python_with_dkim():
        harness.Tap.skip_all("no python3-dkim")
    reason = (postfix.why_not() or programs.why_not() or sendmail.why_not()
              or namespace.why_not())
    if reason:
        harness.Tap.skip_all(reason)
    namespace.enter()
    tap = harness.Tap()
    with harness.Run("dkim") as run, harness.Run("dkim-postfix") as left, \
            harness.Run("dkim-sendmail") as right:
        namespace.hide_names(run)
        keys = signers.Key(run, "rsa", 2048), signers.Key(run, "ed")
        zone = run.write("dkim.zone", "".join(
            key.line(domain) for key in keys
            for domain in (signers.DOMAIN, "bank.example", "evil.example")))
        sites = [("Postfix", Receiver(left, FILTERS, [zone])),
                 ("Sendmail", SendmailReceiver(right, FILTERS, [zone]))]
        test_octets(tap, sites, keys)
        test_bank(tap, sites, keys)
        for one in (left, right):
            harness.check_children(tap, one)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
