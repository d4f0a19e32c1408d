#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""What is signed here verifies with python3-dkim, with Mail::DKIM and here: each algorithm and
canonicalization over bodies of every shape, through the milter protocol, cut anywhere."""

import os
import random
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "mta")]
import daemon  # noqa: E402
import harness  # noqa: E402
import milter_client  # noqa: E402
import programs  # noqa: E402
import signers  # noqa: E402
from test_dkim_interop import BODIES, CANONICALIZATIONS, HEADER, Verifier  # noqa: E402

DOMAINKEYS = ("simple", "nofws")
# python3-dkim 1.0 and Mail::DKIM of Debian 12 take a CR alone for white space or a line end, and
# the latter keeps a space that stands alone in a relaxed body; see test_dkim_interop.py.
NOT_PYTHON = {"a bare CR"}
NOT_PERL = {"white space alone", "a space", "a bare CR"}


def section(key, run, rest="", domain=signers.DOMAIN, selector=None):
    path = run.path(key.selector + ".pem")
    os.chmod(path, 0o600)
    return 'sign "%s" { selector = "%s"  key = "%s"  %s }\n' % (
        domain, selector or key.selector, path, rest)


class Signer:
    """A vouch-milter that signs for clients on loopback."""

    def __init__(self, run, configuration, name="signer"):
        self.random = random.Random(4)
        self.server = daemon.Daemon(run, name, configuration)
        self.mta = self.server.client()
        self.mta.connect("127.0.0.1", macros={"j": "mx.example.org"})
        self.mta.helo("client.example")

    def transact(self, message, macros=None):
        fields, body = signers.split(message)
        self.mta.mail("<a@author.example>", macros=macros)
        self.mta.rcpt("<b@example.net>")
        for name, value in fields:
            self.mta.header(name, value)
        self.mta.eoh()
        most = 65535 if len(body) > 5000 else self.random.choice((1, 3, 100, 65535))
        at = 0
        while at < len(body):
            size = self.random.randint(1, most)
            if self.mta.body(body[at:at + size]).kind == "skip":
                break
            at += size
        return self.mta.eom()

    def __call__(self, message, macros=None):
        """MESSAGE as an MTA passes it on: every inserted field on top of those before it."""
        return signers.apply(message, self.transact(message, macros))


def check(signed, keys, perl, verify, python, mail_dkim, name=""):
    """What each verifier says against SIGNED; [] if nothing."""
    wrong = []
    ours = verify(signed)
    rsa = sum("a=rsa-sha256" in v for n, v in signers.split(signed)[0] if n == "DKIM-Signature")
    ed = sum("a=ed25519" in v for n, v in signers.split(signed)[0] if n == "DKIM-Signature")
    old = sum(n == "DomainKey-Signature" for n, v in signers.split(signed)[0])
    if ours.count("dkim=pass") != rsa + ed or ours.count("domainkeys=pass") != min(old, 1):
        wrong.append((name, "ours", ours))
    if python:
        found = signers.python_verifies(signed, keys)
        if len(found) != rsa + ed or any(good is not True for _, good in found):
            wrong.append((name, "python3-dkim", found))
    if mail_dkim and perl is not None:
        found = perl(signed)
        if (found.count("rsa-sha256=pass") != rsa or found.count("domainkeys=pass") != old):
            wrong.append((name, "Mail::DKIM", found))
    return wrong


def test_bodies(tap, run, rsa, ed, keys, perl, verify):
    """Two signatures of DKIM and one of DomainKeys at a time."""
    for number, (header, body_c) in enumerate(CANONICALIZATIONS):
        old = DOMAINKEYS[number % 2]
        c = "canonicalization = %s/%s" % (header, body_c)
        sign = Signer(run, section(rsa, run, c) + section(ed, run, c)
                      + section(rsa, run, "method = domainkeys  canonicalization = " + old),
                      "signer-%d" % number)
        for name, body in BODIES.items():
            signed = sign(HEADER + body)
            wrong = check(signed, keys, perl, verify, name not in NOT_PYTHON,
                          name not in NOT_PERL)
            tap.ok(not wrong and signed.count(b"\r\nDKIM-Signature:")
                   + signed.startswith(b"DKIM-Signature:") == 2,
                   "%s/%s and %s: %s" % (header, body_c, old, name), wrong or signed[:3000])


def test_large(tap, run, rsa, ed, keys, perl, verify):
    source = random.Random(5)
    words = [bytes(source.choices(b"abcdefgh \t", k=source.randint(0, 90))) for _ in range(500)]
    lines, total = [], 0
    while total < 10 << 20:
        lines.append(source.choice(words) + b"\r\n")
        total += len(lines[-1])
    message = HEADER + b"".join(lines)
    for c, old in (("simple/simple", "simple"), ("relaxed/relaxed", "nofws")):
        rest = "canonicalization = " + c
        sign = Signer(run, section(rsa, run, rest) + section(ed, run, rest)
                      + section(rsa, run, "method = domainkeys  canonicalization = " + old),
                      "large-" + old)
        wrong = check(sign(message), keys, perl, verify, True, True)
        tap.ok(not wrong, "10 MB, %s and %s" % (c, old), wrong)


def names_of(signed):
    """h= of the topmost DKIM signature, lower case."""
    value = next(v for n, v in signers.split(signed)[0] if n == "DKIM-Signature")
    return "".join(value.split("h=")[1].split(";")[0].split()).lower().split(":")


def test_headers(tap, run, rsa, keys, perl, verify):
    """Headers of every shape; what is added afterwards breaks the signature."""
    sign = Signer(run, section(rsa, run) + section(rsa, run, "method = domainkeys"), "headers")
    plain = b"From: a@author.example\r\nTo: b@example.org\r\n\r\nx\r\n"
    cases = {
        "From alone": b"From: a@author.example\r\n\r\n",
        "To three times": b"From: a@author.example\r\n" + b"To: b@example.org\r\n" * 3 + b"\r\nx\r\n",
        "a Sender": b"Sender: s@author.example\r\n" + plain,
        "eight-bit": "From: \"\u00c4\" <a@author.example>\r\nSubject: \u00fc\r\n\t b\r\n\r\nx\r\n".encode(),
        "a folded From": b"From: \"A\"\r\n <a@author.example>\r\n\r\nx\r\n",
        "an empty Subject": b"Subject:\r\n" + plain,
        "100 other fields": b"".join(b"X-%d: y\r\n" % i for i in range(100)) + plain,
        "a signature of somebody else": signers.python_sign(plain, rsa),
        "more fields than DomainKeys names": b"To: b@example.org\r\n" * 120 + plain,
    }
    for name, message in cases.items():
        signed = sign(message)
        # Mail::DKIM finds no identity in a folded From, and counts the foreign signature, too.
        mail_dkim = name not in ("a folded From", "a signature of somebody else")
        wrong = check(signed, keys, perl, verify, True, mail_dkim)
        tap.ok(not wrong and signed != message, "header: " + name, wrong or signed)
        if name == "more fields than DomainKeys names":
            tap.ok(b"DomainKey-Signature" not in signed, "header: %s: without one" % name, signed)
    signed = sign(plain)
    tap.ok(names_of(signed) == ["from", "from", "to", "to"],
           "every field is named once more than it stands there", names_of(signed))
    for added in (b"From: x@evil.example", b"To: x@evil.example"):
        answer = verify(added + b"\r\n" + signed)
        tap.ok("dkim=pass" not in answer, "adding %s breaks it" % added.decode(), answer)
    answer = verify(b"Message-ID: <1@mx.example.org>\r\n" + signed)
    tap.ok("dkim=pass" in answer, "what a mail server adds where it was missing does not", answer)


def test_who(tap, run, rsa, ed, keys):
    """Which authors, and which clients."""
    configuration = (section(rsa, run) + section(ed, run, "subdomains = no", "only.example", "ed")
                     + section(ed, run, "", "deep.author.example", "ed")
                     + section(rsa, run, "lifetime = 7d", "short.example", "rsa"))
    sign = Signer(run, configuration, "who")
    for author, expected in (
            ("a@author.example", ["author.example"]), ("a@AUTHOR.Example", ["author.example"]),
            ("a@sub.author.example", ["author.example"]),
            ("a@x.deep.author.example", ["deep.author.example"]),
            ("a@only.example", ["only.example"]), ("a@sub.only.example", []),
            ("a@notauthor.example", []), ("a@other.example", []), ("a@example", []),
            ("a@author.example, b@only.example", ["author.example", "only.example"]),
            ("a@[192.0.2.1]", []), ("a b c", []), ("", []),
            ("a@author.example\r\nFrom: b@author.example", [])):
        message = b"From: " + author.encode() + b"\r\nSubject: s\r\n\r\nx\r\n"
        signed = sign(message)
        domains = [v.split("d=")[1].split(";")[0] for n, v in signers.split(signed)[0]
                   if n == "DKIM-Signature"]
        tap.ok(sorted(domains) == expected, "author %r is signed for by %s" % (author, expected or "nobody"),
               signed)
    value = next(v for n, v in signers.split(sign(b"From: a@short.example\r\n\r\nx\r\n"))[0]
                 if n == "DKIM-Signature")
    times = [int(value.split(tag)[1].split(";")[0]) for tag in ("t=", "x=")]
    tap.ok(times[1] - times[0] == 7 * 86400, "lifetime = 7d", value)
    plain = b"From: a@author.example\r\n\r\nx\r\n"
    log = sign.server.log()
    tap.ok('unsigned="there is not one From field"' in log
           and 'unsigned="the From field is malformed"' in log
           and "signed=deep.author.example/ed" in log, "the log tells", log[-3000:])
    other = sign.server.client()
    other.connect("192.0.2.1", macros={"j": "mx.example.org"})
    other.helo("client.example")
    sign.mta = other
    tap.ok(b"DKIM-Signature" not in sign(plain), "a stranger's message is not signed", sign(plain))
    signed = sign(plain, {"{auth_authen}": "alice"})
    tap.ok(b"DKIM-Signature" in signed, "but it is after AUTH", signed)
    signed = sign(plain, {"{auth_authen}": ""})
    tap.ok(b"DKIM-Signature" not in signed, "and not without", signed)


def test_reload(tap, run, rsa, ed):
    """A key that others can read is refused, and the old configuration stays."""
    sign = Signer(run, section(rsa, run), "reload")
    plain = b"From: a@author.example\r\n\r\nx\r\n"
    text = section(ed, run)
    os.chmod(run.path("ed.pem"), 0o644)
    sign.server.reload(text)
    tap.ok("is open to others than its owner" in sign.server.log()
           and "reload failed" in sign.server.log(), "an open key is refused at a reload",
           sign.server.log()[-2000:])
    tap.ok(b"s=rsa;" in sign(plain), "and the old one signs on", sign(plain))
    os.chmod(run.path("ed.pem"), 0o600)
    sign.server.reload(text)
    sign.mta = sign.server.client()
    sign.mta.connect("127.0.0.1", macros={"j": "mx.example.org"})
    sign.mta.helo("client.example")
    tap.ok(b"s=ed;" in sign(plain), "a closed one is taken", sign(plain))


def test_without_bodies(tap, run, rsa):
    """Whoever negotiated that no bodies come, and goes on so with another client after a reload that
    wants them, must not have the want of a body signed."""
    off = "dkim { enabled = no }\ndomainkeys { enabled = no }\n"
    sign = Signer(run, off, "without-bodies")
    tap.ok(sign.mta.steps & milter_client.NO_BODY, "no bodies are asked for")
    sign.server.reload(off + section(rsa, run))
    fields = [("From", " a@author.example")]
    answers = []
    for _ in range(2):
        reply = sign.mta.mail("<a@author.example>")
        if reply.go_on:
            sign.mta.rcpt("<b@example.net>")
            reply = sign.mta.message(fields, b"x\r\n")
        answers.append((reply.code, len(reply.headers("DKIM-Signature"))))
        sign.mta.quit_new_connection()
        sign.mta.connect("127.0.0.1", macros={"j": "mx.example.org"})
        sign.mta.helo("client.example")
    tap.ok(answers == [(250, 0), (451, 0)], "the next client's message is put off, not signed", answers)
    sign.mta = sign.server.client()
    sign.mta.connect("127.0.0.1", macros={"j": "mx.example.org"})
    sign.mta.helo("client.example")
    signed = sign(b"From: a@author.example\r\n\r\nx\r\n")
    tap.ok(b"DKIM-Signature" in signed, "after a new negotiation it is signed", signed)


def test_without_changes(tap, run, rsa):
    """An MTA that lets the header not be changed: what should be signed must not pass for signed."""
    sign = Signer(run, section(rsa, run), "without-changes")
    sign.mta = sign.server.client(actions=0x4)  # SMFIF_ADDRCPT; 0 would stand for what is usual
    sign.mta.connect("127.0.0.1", macros={"j": "mx.example.org"})
    sign.mta.helo("client.example")
    ours = sign.transact(b"From: a@author.example\r\n\r\nx\r\n")
    other = sign.transact(b"From: a@other.example\r\n\r\nx\r\n")
    tap.ok((ours.code, other.code) == (451, 250) and not ours.changes,
           "an MTA that lets the header not be changed gets no unsigned mail of ours out",
           (ours, other))


def main():
    if not signers.use_python_with_dkim():
        harness.Tap.skip_all("no python3-dkim")
    why = programs.why_not()
    if why:
        harness.Tap.skip_all(why)
    tap = harness.Tap()
    with harness.Run("sign") as run:
        rsa, ed = signers.Key(run, "rsa", 2048), signers.Key(run, "ed")
        keys = {"%s._domainkey.%s" % (key.selector, signers.DOMAIN): key.record()
                for key in (rsa, ed)}
        verify = Verifier(run, rsa.line() + ed.line())
        perl = signers.PerlVerifier(run, verify.dnsd.port) if signers.perl_signs() else None
        if perl is None:
            tap.skip("Mail::DKIM", "not installed")
        test_bodies(tap, run, rsa, ed, keys, perl, verify)
        test_headers(tap, run, rsa, keys, perl, verify)
        test_who(tap, run, rsa, ed, keys)
        test_reload(tap, run, rsa, ed)
        test_without_bodies(tap, run, rsa)
        test_without_changes(tap, run, rsa)
        test_large(tap, run, rsa, ed, keys, perl, verify)
        if perl is not None:
            perl.close()
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
