#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""What python3-dkim and Mail::DKIM sign verifies here: each algorithm and canonicalization over
bodies of every shape, through the milter protocol, cut anywhere; and what is changed does not."""

import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "mta")]
import daemon  # noqa: E402
import harness  # noqa: E402
import programs  # noqa: E402
import signers  # noqa: E402

HEADER = (b"Received: from a\r\n\tby b;\r\n  Sat, 1 Jan 2022 00:00:00 +0000\r\n"
          b"Received: from c by d; Sat, 1 Jan 2022 00:00:00 +0000\r\n"
          b"From:   \"An  Author\"\t<a@author.example>  \r\n"
          b"To: b@example.org,\r\n c@example.org,\r\n\td@example.org\r\n"
          b"subject: odd \t white\r\n   space \r\n"
          b"Date: Sat, 1 Jan 2022 00:00:00 +0000\r\n"
          b"X-Empty:\r\n"
          b"Message-Id: <1@author.example>\r\n\r\n")

BODIES = {
    "nothing": b"",
    "one octet": b"x\r\n",
    "one line end": b"\r\n",
    "line ends": b"\r\n" * 5,
    "text": b"Hello\r\nworld\r\n",
    "line ends at the end": b"Hello\r\n\r\n\r\n\r\n",
    "line ends at both ends and within": b"\r\n\r\nHello\r\n\r\n\r\nworld\r\n\r\n",
    "white space": b" a\t b  \r\n\t\r\n  \r\nc \t\r\n \t \r\n\r\n",
    "white space alone": b"  \r\n\t\r\n",
    "a space": b" \r\n",
    "dots": b".\r\n..\r\n. \r\n",
    "a long word": b"w" * 9000 + b"\r\n",
    "long white space": b"a" + b" \t" * 3000 + b"b" + b" " * 3000 + b"\r\n",
    "eight bits": bytes(range(1, 10)) + bytes(range(14, 256)) + b"\r\n",
    "a bare CR": b"a\rb\r\r\nc\r\n\r\rd\r\n",
    "many line ends": b"a\r\n" + b"\r\n" * 10000 + b"b\r\n" + b"\r\n" * 10000,
}

CANONICALIZATIONS = [(h, b) for h in ("simple", "relaxed") for b in ("simple", "relaxed")]

# Mail::DKIM of Debian 12 does not sign with Ed25519.  It keeps a space that stands alone in a relaxed body, and takes a CR alone for a line end.
NOT_PERL = {"white space alone", "a space", "a bare CR"}
# python3-dkim takes a CR alone for white space.
NOT_PYTHON = {"a bare CR"}


class Verifier:
    """A vouch-milter, and one milter connection to it."""

    def __init__(self, run, zone, configuration="dkim { accept-rsa-sha1 = yes }\n",
                 name="vouch"):
        self.random = random.Random(1)
        self.dnsd = programs.Dnsd(run, [run.write(name + ".zone", zone)])
        self.server = daemon.Daemon(run, name, configuration + 'authserv-id = "here.example"\n'
                                    + daemon.dns(self.dnsd))
        self.mta = self.server.client()
        self.mta.connect("192.0.2.1", macros={"j": "mx.example.org"})
        self.mta.helo("client.example")

    def pieces(self, body):
        """BODY cut at random, now into octets, now into what both MTAs send."""
        most = self.random.choice((1, 3, 100, 65535))
        if len(body) > 5000:
            most = 65535
        at = 0
        while at < len(body):
            size = self.random.randint(1, most)
            yield body[at:at + size]
            at += size

    def transact(self, message):
        """The answer to the end of MESSAGE."""
        fields, body = signers.split(message)
        self.mta.mail("<a@author.example>")
        self.mta.rcpt("<b@example.org>")
        for name, value in fields:
            self.mta.header(name, value)
        reply = self.mta.eoh()
        for piece in self.pieces(body):
            if reply.kind != "continue":
                break
            reply = self.mta.body(piece)
        return self.mta.eom()

    def __call__(self, message):
        """The Authentication-Results of MESSAGE in one line, or the answer that refused it."""
        reply = self.transact(message)
        values = reply.headers("Authentication-Results")
        return " ".join(" ".join(values).split()) or repr(reply)


def passes(answer):
    return "dkim=pass" in answer and "dkim=fail" not in answer


def test_bodies(tap, verify, keys, run):
    """Each signer, algorithm, canonicalization and body."""
    jobs = [(HEADER + body, key, c, algorithm) for name, body in BODIES.items()
            for c in CANONICALIZATIONS for key, algorithm in keys if name not in NOT_PERL and key.bits]
    perl = iter(signers.perl_sign_all(jobs, run)) if signers.perl_signs() else None
    if perl is None:
        tap.skip("Mail::DKIM", "not installed")
    for name, body in BODIES.items():
        failed = []
        for canonicalization in CANONICALIZATIONS:
            for key, algorithm in keys:
                signed = []
                if name not in NOT_PYTHON:
                    signed.append(signers.python_sign(HEADER + body, key, canonicalization,
                                                      algorithm=algorithm))
                if perl is not None and name not in NOT_PERL and key.bits:
                    signed.append(next(perl))
                for message in signed:
                    answer = verify(message)
                    if not passes(answer):
                        failed.append((canonicalization, algorithm, message[:20], answer))
        tap.ok(not failed, "body: " + name, "\n".join(map(str, failed)))


def test_large(tap, verify, keys):
    source = random.Random(2)
    words = [bytes(source.choices(b"abcdefgh \t", k=source.randint(0, 90))) for _ in range(500)]
    for size in (1 << 20, 10 << 20):
        lines, total = [], 0
        while total < size:
            lines.append(source.choice(words) + b"\r\n")
            total += len(lines[-1])
        body = b"".join(lines)
        for canonicalization in CANONICALIZATIONS[::3]:
            message = signers.python_sign(HEADER + body, keys[0][0], canonicalization)
            answer = verify(message)
            tap.ok(passes(answer), "a body of %d MB, %s" % (size >> 20,
                                                            "/".join(canonicalization)), answer)
            at = message.index(b"\r\n\r\n") + 4 + size // 2
            message = message[:at] + bytes([message[at] ^ 1]) + message[at + 1:]
            answer = verify(message)
            tap.ok("dkim=fail" in answer and "body was changed" in answer,
                   "and one bit changed in it", answer)


def test_changes(tap, verify, keys):
    """What was changed is named."""
    text = BODIES["text"]
    for key, algorithm in keys:
        for canonicalization in CANONICALIZATIONS:
            signed = signers.python_sign(HEADER + text, key, canonicalization, algorithm=algorithm)
            where = "%s, %s" % (algorithm, "/".join(canonicalization))
            answer = verify(signed.replace(b"Hello", b"Hullo"))
            tap.ok("dkim=fail" in answer and "the body was changed" in answer,
                   where + ": a changed body", answer)
            answer = verify(signed.replace(b"odd", b"ode"))
            reason = ("the header was changed" if key.bits
                      else "does not fit the header and the key")
            tap.ok("dkim=fail" in answer and reason in answer and "body is intact" in answer,
                   where + ": a changed Subject", answer)
            answer = verify(signed.replace(b"odd", b"ode").replace(b"Hello", b"Hullo"))
            tap.ok("dkim=fail" in answer and "the body was changed, too" in answer,
                   where + ": both", answer)
            answer = verify(signed.replace(b"Received: from a", b"Received: from z"))
            tap.ok(passes(answer), where + ": a field that is not signed", answer)
            answer = verify(signed.replace(b"subject: odd \t white", b"Subject: odd white"))
            relaxed = canonicalization[0] == "relaxed"
            tap.ok(passes(answer) == relaxed, "%s: white space in a field%s" % (
                where, "" if relaxed else " changes it"), answer)
            answer = verify(signed.replace(b"Hello\r\n", b"Hello \t\r\n"))
            relaxed = canonicalization[1] == "relaxed"
            tap.ok(passes(answer) == relaxed, "%s: white space at the end of a line%s" % (
                where, "" if relaxed else " changes it"), answer)


def test_keys(tap, verify, keys, other):
    signed = signers.python_sign(HEADER + b"x\r\n", keys[0][0])
    wrong = signers.python_sign(HEADER + b"x\r\n", other)
    answer = verify(wrong.replace(b"s=other", b"s=rsa"))
    tap.ok("dkim=fail" in answer and "not signed with the key" in answer, "another key", answer)
    answer = verify(wrong)
    tap.ok("dkim=permerror" in answer and "no such key" in answer, "no key", answer)
    twice = signers.python_sign(signed, keys[1][0])
    answer = verify(twice)
    tap.ok(answer.count("dkim=pass") == 2 and "header.s=rsa " in answer
           and "header.s=ed " in answer, "two signatures, two results", answer)
    answer = verify(twice.replace(b"a=rsa-sha256", b"a=rsa-sha512"))
    tap.ok("dkim=pass" in answer and "dkim=permerror" in answer and "a=rsa-sha512" in answer,
           "one of them with an unknown algorithm", answer)
    both = signers.python_sign(signed, keys[1][0], include_headers=[
        b"from", b"dkim-signature", b"subject"])
    answer = verify(both)
    tap.ok(answer.count("dkim=pass") == 2, "one of them signs the other", answer)
    answer = verify(both.replace(b"s=rsa", b"s=rsb"))
    tap.ok("dkim=pass" not in answer and "dkim=fail" in answer, "which must not be changed then",
           answer)


def main():
    if not signers.use_python_with_dkim():
        harness.Tap.skip_all("no python3-dkim")
    why = programs.why_not()
    if why:
        harness.Tap.skip_all(why)
    tap = harness.Tap()
    with harness.Run("dkim-interop") as run:
        rsa, ed, other = (signers.Key(run, "rsa", 2048), signers.Key(run, "ed"),
                          signers.Key(run, "other", 2048))
        verify = Verifier(run, rsa.line() + ed.line())
        keys = [(rsa, "rsa-sha256"), (ed, "ed25519-sha256"), (rsa, "rsa-sha1")]
        test_bodies(tap, verify, keys, run)
        test_changes(tap, verify, keys[:2])
        test_keys(tap, verify, keys, other)
        test_large(tap, verify, keys)
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
