#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""DomainKeys as Mail::DKIM signs it, through the milter protocol: canonicalizations and bodies,
keys, policies, and everything that must not pass."""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "mta")]
import harness  # noqa: E402
import programs  # noqa: E402
import signers  # noqa: E402
from test_dkim_interop import BODIES, HEADER, Verifier  # noqa: E402

CONFIGURATION = """\
dkim { enabled = no }
domain "strict.example" { domainkeys { unsigned = reject  fail = reject } }
"""
PLAIN = b"From: a@author.example\r\nTo: b@example.org\r\nSubject: s\r\n\r\nHello\r\n"
# To Mail::DKIM a CR alone is a line end.
NOT_PERL = {"a bare CR"}
HEADERS = ["-", "from:to:date", "Received:Received:From:To:subject:Date",
           "message-id:date:from:to:x-empty:subject:received"]


def installed():
    return subprocess.run(["perl", "-MMail::DKIM::DkSignature", "-e", "1"], check=False,
                          stderr=subprocess.DEVNULL).returncode == 0


class Signer:
    def __init__(self, run):
        self.run = run
        self.number = 0

    def all(self, jobs):
        """JOBS: (message, key, canonicalization, headers[, domain]); each under its signature."""
        lines, outputs = [], []
        for message, key, method, headers, *domain in jobs:
            self.number += 1
            source = self.run.path("dk-%d" % self.number)
            with open(source, "wb") as file:
                file.write(message)
            outputs.append(source + ".signed")
            lines.append("%s %s %s %s %s %s %s\n" % (
                key.path, key.selector, domain[0] if domain else signers.DOMAIN, method, headers,
                source, outputs[-1]))
        subprocess.run(["perl", os.path.join(HERE, "sign_domainkeys.pl")],
                       input="".join(lines).encode(), check=True)
        signed = []
        for path in outputs:
            with open(path, "rb") as file:
                signed.append(file.read())
        return signed

    def __call__(self, message, key, method="nofws", headers="-", domain=signers.DOMAIN):
        return self.all([(message, key, method, headers, domain)])[0]


def expect(tap, verify, message, result, name, words=""):
    answer = verify(message)
    tap.ok("domainkeys=" + result in answer and words in answer, name, answer)


def test_bodies(tap, verify, sign, key):
    for name, body in BODIES.items():
        if name in NOT_PERL:
            continue
        jobs = [(HEADER + body, key, method, headers) for method in ("simple", "nofws")
                for headers in HEADERS]
        answers = [verify(message) for message in sign.all(jobs)]
        bad = [(job[2:], answer) for job, answer in zip(jobs, answers)
               if "domainkeys=pass" not in answer]
        tap.ok(not bad, "body: " + name, bad)


def test_changes(tap, verify, sign, key):
    for method in ("simple", "nofws"):
        signed = sign(PLAIN, key, method)
        named = sign(PLAIN, key, method, "From:Subject")
        cases = [
            ("the body", signed, b"Hello", b"Hallo", "fail"),
            ("a header field", signed, b"Subject: s", b"Subject: t", "fail"),
            ("a field that is not signed", named, b"To: b@", b"To: c@", "pass"),
            ("a second field of a signed name", named, b"Subject: s", b"Subject: s\r\nSubject: t",
             "fail"),
            ("white space", signed, b"Hello", b"Hel lo", "pass" if method == "nofws" else "fail"),
            ("case of a field name", signed, b"Subject:", b"subject:", "fail"),
            ("empty lines at the end", signed, b"Hello\r\n", b"Hello\r\n\r\n\r\n", "pass"),
            ("order of signed fields", named, b"From: a@author.example\r\nTo: b@example.org\r\n"
             b"Subject: s\r\n", b"To: b@example.org\r\nSubject: s\r\nFrom: a@author.example\r\n",
             "pass"),
        ]
        for name, message, old, new, result in cases:
            expect(tap, verify, message.replace(old, new), result,
                   "%s, changed: %s" % (method, name))
        expect(tap, verify, b"X-Above: new\r\nReceived: from x\r\n" + signed, "pass",
               method + ": fields above the signature are not covered")


def test_senders(tap, verify, sign, key):
    two = PLAIN.replace(b"From:", b"Sender: s@author.example\r\nFrom:")
    foreign = PLAIN.replace(b"From:", b"Sender: s@other.example\r\nFrom:")
    below = PLAIN.replace(b"a@author", b"a@sub.author")
    cases = [
        ("Sender goes before From", sign(two, key), "pass", "header.sender=author.example"),
        ("From alone", sign(PLAIN, key), "pass", "header.from=author.example"),
        ("the signer is not the Sender's domain", sign(foreign, key), "permerror",
         "another domain"),
        ("a domain below the signer's", sign(below, key), "pass", "header.from=sub.author.example"),
        ("the sender's field is not in h=", sign(PLAIN, key, "nofws", "To:Subject"), "permerror",
         "is not signed"),
        ("From is signed, but Sender speaks", sign(two, key, "nofws", "From:To"), "permerror",
         "is not signed"),
        ("a second From above", b"From: x@evil.example\r\n" + sign(PLAIN, key), "permerror",
         "does not name one sender"),
        ("a Sender above that is not signed", b"Sender: x@evil.example\r\n" + sign(PLAIN, key),
         "permerror", ""),
        ("a Sender above without an address", b"Sender: nobody\r\n" + sign(PLAIN, key),
         "permerror", "does not name one sender"),
        ("the first of several in From",
         sign(PLAIN.replace(b"a@author.example", b"a@author.example, x@other.example"), key),
         "pass", "header.from=author.example"),
    ]
    for name, message, result, words in cases:
        expect(tap, verify, message, result, "sender: " + name, words)


def test_tags(tap, verify, sign, key):
    signed = sign(PLAIN, key)
    cases = [
        ("another algorithm", b"a=rsa-sha1", b"a=rsa-sha256", "neutral"),
        ("no a=", b"a=rsa-sha1; ", b"", "pass"),
        ("another canonicalization", b"c=nofws", b"c=relaxed", "neutral"),
        ("no c= means simple", b"c=nofws; ", b"", "fail" if b" " in PLAIN else "pass"),
        ("another query", b"q=dns", b"q=http", "neutral"),
        ("no q=", b"q=dns; ", b"", "pass"),
        ("an unknown tag", b"q=dns", b"q=dns; z=x", "pass"),
        ("a tag of two letters", b"q=dns", b"q=dns; bh=x", "neutral"),
        ("an upper-case tag", b"q=dns", b"Q=dns", "neutral"),
        ("a tag twice", b"q=dns", b"q=dns; q=dns", "neutral"),
        ("no s=", b"s=one; ", b"", "neutral"),
        ("no d=", b"d=author.example; ", b"", "neutral"),
        ("d= that is no name", b"d=author.example", b"d=..", "neutral"),
        ("an empty h=", b"q=dns", b"q=dns; h=", "neutral"),
        ("d= in capitals", b"d=author", b"d=AUTHOR", "pass"),
        ("b= that is no base64", b"b=", b"b=*", "fail"),
    ]
    for name, old, new, result in cases:
        head, _, rest = signed.partition(b"\r\n")
        expect(tap, verify, head.replace(old, new, 1) + b"\r\n" + rest, result, "tag: " + name)
    head, _, rest = signed.partition(b"; b=")
    expect(tap, verify, head + b"\r\n" + rest.partition(b"\r\n")[2], "neutral", "tag: no b=")
    expect(tap, verify, b"DomainKey-Signature: nonsense\r\n" + PLAIN, "neutral", "tag: nonsense")


KEYS = [  # selector, what the record says beside p=, result
    ("plain", "k=rsa; ", "pass"),
    ("nothing", "", "pass"),
    ("shared", "v=DKIM1; k=rsa; n=shared with DKIM; ", "pass"),
    ("version", "v=DKIM2; ", "permerror"),
    ("type", "k=dsa; ", "permerror"),
    ("sha256", "v=DKIM1; h=sha256; ", "permerror"),
    ("sha1", "v=DKIM1; h=sha1:sha256; ", "pass"),
    ("service", "v=DKIM1; s=tlsrpt; ", "permerror"),
    ("email", "v=DKIM1; s=email; ", "pass"),
    ("anyone", "g=; ", "pass"),
    ("star", "g=*; ", "pass"),
    ("mine", "g=a; ", "pass"),
    ("another", "g=b; ", "permerror"),
    ("capital", "g=A; ", "permerror"),
    ("front", "g=a*; ", "pass"),
    ("exact", "t=s; ", "pass"),
    ("unknown", "x=y; ", "pass"),
    ("testing", "t=y; ", "pass"),
]


def key_lines(key, weak):
    import base64
    public = base64.b64encode(key.public).decode()
    lines = [key.line(), weak.line()]
    for selector, more, _ in KEYS:
        lines.append(signers.record_line("%s._domainkey.author.example." % selector,
                                         "%sp=%s" % (more, public)))
    for selector, record in (("revoked", "k=rsa; p="), ("nokey", "k=rsa"),
                             ("garbage", "k=rsa; p=AAAA"), ("base64", "k=rsa; p=**"),
                             ("junk", "not a key")):
        lines.append(signers.record_line("%s._domainkey.author.example." % selector, record))
    lines.append(signers.record_line("second._domainkey.author.example.", "nonsense"))
    lines.append(signers.record_line("second._domainkey.author.example.", "p=" + public))
    lines += ["! dead._domainkey.author.example. TXT servfail\n",
              'author.example. A 192.0.2.1\n']
    policies = (("strict.example", "o=-; n=all of it"), ("some.example", "o=~"),
                ("trying.example", "t=y; o=-"), ("wild.example", "v=spf1 -all"))
    for domain, record in policies:
        lines.append(signers.record_line("_domainkey.%s." % domain, record))
        lines.append(signers.record_line("one._domainkey.%s." % domain, "p=" + public))
    return "".join(lines)


def test_keys(tap, verify, sign, key, weak):
    signed = sign(PLAIN, key)

    def under(selector, message=signed):
        return message.replace(b"s=one", b"s=" + selector.encode(), 1)
    for selector, more, result in KEYS:
        expect(tap, verify, under(selector), result, "key: %sp=..." % more)
    expect(tap, verify, under("mine"), "pass", "key: g= proves the local-part, too",
           "header.from=a@author.example")
    for selector, result in (("revoked", "permerror"), ("nokey", "neutral"),
                             ("garbage", "neutral"), ("base64", "neutral"), ("junk", "neutral"),
                             ("absent", "permerror"), ("second", "pass"), ("dead", "temperror")):
        expect(tap, verify, under(selector), result, "key: " + selector)
    changed = signed.replace(b"Hello", b"Hallo")
    expect(tap, verify, under("testing", changed), "neutral", "key: t=y, and changed")
    below = sign(PLAIN.replace(b"a@author", b"a@sub.author"), key)
    expect(tap, verify, under("exact", below), "permerror", "key: t=s, and a domain below")
    expect(tap, verify, sign(PLAIN, weak), "policy", "key: 512 bits", "too short")


def test_policies(tap, verify, sign, key):
    def mail(domain):
        return PLAIN.replace(b"author.example", domain.encode())
    expect(tap, verify, mail("some.example"), "none", "policy: no signature, o=~")
    expect(tap, verify, mail("wild.example"), "none", "policy: no signature, a wildcard's record")
    expect(tap, verify, mail("trying.example"), "none", "policy: no signature, o=- and t=y")
    answer = verify(mail("strict.example"))
    tap.ok("550 5.7.1" in answer and "signs all its mail" in answer,
           "policy: no signature, o=-: refused where so configured", answer)
    signed = sign(mail("strict.example"), key, domain="strict.example")
    expect(tap, verify, signed, "pass", "policy: o=-, and signed")
    answer = verify(signed.replace(b"Hello", b"Hallo"))
    tap.ok("550 5.7.1" in answer, "policy: o=-, signed and changed: refused", answer)
    signed = sign(mail("trying.example"), key, domain="trying.example")
    expect(tap, verify, signed.replace(b"Hello", b"Hallo"), "neutral",
           "policy: t=y, signed and changed", "only being tested")


def test_several(tap, verify, sign, key):
    signed = sign(PLAIN, key)
    field = signed[:len(signed) - len(PLAIN)]
    expect(tap, verify, field.replace(b"b=", b"b=AAAA", 1) + signed, "fail",
           "the topmost that could verify counts", "domainkeys=pass")
    expect(tap, verify, field.replace(b"d=author", b"d=other") + signed, "pass",
           "one by another domain is passed over")
    expect(tap, verify, b"DomainKey-Signature: nonsense\r\n" + signed, "pass",
           "one that cannot be read is passed over")
    before = len(verify.dnsd.queries())
    many = b"".join(field.replace(b"s=one", b"s=many%d" % n) for n in range(200)) + PLAIN
    expect(tap, verify, many, "permerror", "200 signatures: a verdict")
    asked = [q for q in verify.dnsd.queries()[before:] if "many" in q]
    tap.ok(len(set(asked)) <= 3, "and three keys asked for", len(asked))


def resident(verify):
    with open("/proc/%d/status" % verify.server.child.pid, encoding="ascii") as status:
        return int(status.read().split("VmRSS:")[1].split()[0])


def is_asan(verify):
    with open("/proc/%d/maps" % verify.server.child.pid, encoding="ascii") as maps:
        return "libasan" in maps.read()


def test_large(tap, verify, sign, key):
    line = b"a line of the body, forty octets long..\r\n"
    message = sign(PLAIN + line * 25000, key, "simple")
    expect(tap, verify, message, "pass", "a body of 1 MB")
    before = resident(verify)
    expect(tap, verify, sign(PLAIN + line * 1280000, key), "pass", "a body of 50 MB")
    if is_asan(verify):
        tap.skip("takes no memory", "AddressSanitizer keeps what is freed")
        return
    tap.ok(resident(verify) - before < 8192, "takes no memory",
           "%d kB" % (resident(verify) - before))


def test_status(tap, verify, sign, key):
    """DomainKey-Status, which only we may write."""
    signed = sign(PLAIN, key)
    forged = b"DomainKey-Status: good\r\n"
    for name, message, expected, deleted in (
            ("a signature", signed, [" good"], 0), ("none", PLAIN, [" no signature"], 0),
            ("none, but two that say so", forged + PLAIN.replace(b"To:", forged + b"To:"),
             [" no signature"], 2),
            ("a changed body", signed.replace(b"Hello", b"Hallo"), [" bad"], 0),
            ("no key", signed.replace(b"s=one", b"s=none"), [" no key"], 0),
            ("a malformed signature", signed.replace(b"a=rsa-sha1", b"a=rsa-sha9"),
             [" bad format"], 0),
            ("DNS does not tell", signed.replace(b"s=one", b"s=servfail"), [], 0)):
        reply = verify.transact(message)
        tap.ok(reply.headers("DomainKey-Status") == expected and len(reply.deleted()) == deleted,
               "DomainKey-Status: " + name, reply)


def main():
    tap = harness.Tap()
    reason = programs.why_not()
    if reason is None and not installed():
        reason = "Mail::DKIM (libmail-dkim-perl) is not installed"
    if reason:
        tap.skip_all(reason)
    with harness.Run("domainkeys") as run:
        key, weak = signers.Key(run, "one", 1024), signers.Key(run, "weak", 512)
        verify = Verifier(run, key_lines(key, weak), CONFIGURATION)
        sign = Signer(run)
        test_bodies(tap, verify, sign, key)
        test_changes(tap, verify, sign, key)
        test_senders(tap, verify, sign, key)
        test_tags(tap, verify, sign, key)
        test_keys(tap, verify, sign, key, weak)
        test_policies(tap, verify, sign, key)
        test_several(tap, verify, sign, key)
        test_large(tap, verify, sign, key)
        status = Verifier(run, key_lines(key, weak)
                          + "! servfail._domainkey.author.example TXT servfail\n",
                          CONFIGURATION + "domainkeys { status-field = yes }\n", "status")
        test_status(tap, status, sign, key)
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
