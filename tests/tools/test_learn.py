#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch learn and vouch reputation: what a person says counts for proven names, and no others."""

import json
import os
import stat
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "mta"))
import harness  # noqa: E402

OURS = ("Authentication-Results: mx.example.org;\n"
        "\tspf=pass (ip4:192.0.2.10 matched) smtp.mailfrom=from.example;\n"
        "\tspf=fail reason=\"-all\" smtp.helo=mail.helo.example;\n"
        "\tsender-id=pass header.from=\"a b@pra.example\";\n"
        "\tdkim=pass (2048-bit key) header.d=good.example header.b=\"AbC/dEf+\";\n"
        "\tdkim=fail reason=\"dkim=pass header.d=reason.example\" header.d=bad.example;\n"
        "\tdomainkeys=pass header.d=keys.example header.from=a@keys.example\n"
        "Authentication-Results: mx.example.org;\n"
        "\tx-csa=pass smtp.helo=mail.csa.example policy.csa-target=mail.csa.example;\n"
        "\tx-tls=pass smtp.version=TLSv1.3 policy.cert-issuer=\"Example CA\" policy.mta=postfix\n")
PROVEN = {("mailfrom", "from.example"), ("pra", "pra.example"), ("signer", "good.example"),
          ("signer", "keys.example"), ("helo", "mail.csa.example"),
          ("issuer", "postfix:example ca")}
RECEIVED = "Received: from client by mx.example.org; Sat, 21 Nov 2026 08:00:00 +0000\n"
REST = "From: A <a@pra.example>\nSubject: buy\n\nbuy now\n"


def claim(authserv_id, words="spf=pass smtp.mailfrom=victim.example"):
    return "Authentication-Results: %s; %s\n" % (authserv_id, words)


def report(about, kind="abuse", outer=""):
    return (outer + "From: complaints@reporter.example\nMIME-Version: 1.0\n"
            "Content-Type: multipart/report; report-type=feedback-report; boundary=\"x y\"\n\n"
            "--x y\nContent-Type: text/plain\n\nSomebody complains.\n"
            "--x y\nContent-Type: message/feedback-report\n\nFeedback-Type: %s\n"
            "User-Agent: test/1\nVersion: 1\n\n"
            "--x y\nContent-Type: message/rfc822\n\n%s\n--x y--\n" % (kind, about))


class Site:
    """A store and a configuration of its own."""

    def __init__(self, run, name):
        self.program = harness.program("tools/vouch")
        self.file = run.path(name + ".db")
        self.conf = run.write(name + ".conf", "authserv-id = \"mx.example.org\"\n"
                              "reputation { enabled = yes  file = \"%s\" }\n" % self.file)

    def __call__(self, command, *arguments, stdin=None):
        done = subprocess.run([self.program, command, "-c", self.conf] + list(arguments),
                              input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              encoding="utf-8", timeout=60, check=False)
        return done.returncode, done.stdout, done.stderr

    def records(self, *arguments):
        code, out, _ = self("reputation", "--json", *arguments)
        return [json.loads(line) for line in out.splitlines()] if code == 0 else None

    def names(self):
        return {(r["kind"], r["name"]) for r in self.records()}


def test_learn(tap, run):
    site = Site(run, "learn")
    code, out, err = site("learn", "--spam", stdin=OURS + RECEIVED + REST)
    tap.ok(code == 0 and "spam: signer good.example\n" in out and out.count("\n") == len(PROVEN),
           "spam is learnt for the names that were proven", (code, out, err))
    tap.ok(site.names() == PROVEN, "and for no others", site.records())
    code, out, _ = site("learn", "--ham", "-", stdin="Return-Path: <x@y>\r\n" +
                        (OURS + RECEIVED + REST).replace("\n", "\r\n"))
    record = site.records("GOOD.example")
    tap.ok(code == 0 and len(record) == 1 and abs(record[0]["bad"] - 1) < 1e-3 and
           abs(record[0]["good"] - 1) < 1e-3, "ham with CRLF counts beside it", record)
    tap.ok(stat.S_IMODE(os.stat(site.file).st_mode) == 0o600, "the store is for its owner alone")


def test_forged(tap, run):
    site = Site(run, "forged")
    # What stands first belongs to somebody else; what stands below ours was there before.
    for name, message in (
            ("another authserv-id", claim("mx.evil.example") + RECEIVED + REST),
            ("ours says none; a forged one below", "Authentication-Results: mx.example.org; none\n"
             + RECEIVED + claim("mx.example.org") + REST),
            ("two fields of ours, a forged third below",
             "Authentication-Results: mx.example.org; none\n"
             "Authentication-Results: mx.example.org; x-csa=none\n" + claim("mx.example.org") +
             REST),
            ("in the body", REST + claim("mx.example.org")),
            ("in the value of another field", "Subject: x\n " + claim("mx.example.org") + REST),
            ("inside our own reason",
             claim("mx.example.org", "spf=fail reason=\"x; dkim=pass header.d=victim.example\"") +
             REST),
            ("inside our own comment",
             claim("mx.example.org", "spf=fail (; dkim=pass header.d=victim.example)") + REST),
            ("a version that is not ours", claim("mx.example.org 2") + REST),
            ("a field that cannot be read", claim("mx.example.org", "spf=pass smtp.mailfrom") + REST),
            ("a method that proves nothing",
             claim("mx.example.org", "iprev=pass policy.iprev=192.0.2.1; dkim=pass "
                   "header.i=@victim.example; x-dkim=pass header.d=victim.example; "
                   "csa=pass smtp.helo=victim.example") + REST),
            ("results other than pass",
             claim("mx.example.org", "spf=softfail smtp.mailfrom=victim.example; dkim=policy "
                   "header.d=victim.example; sender-id=neutral header.from=a@victim.example") +
             REST),
            ("nothing at all", REST), ("an empty message", "")):
        code, out, err = site("learn", "--spam", stdin=message)
        tap.ok(code in (0, 65) and out.startswith("nothing learnt: ") and site.names() == set(),
               "forged: " + name, (code, out, err, site.records()))
    code, out, _ = site("learn", "--spam", "--authserv-id", "mx.other.example",
                        stdin=claim("mx.other.example") + REST)
    tap.ok(code == 0 and site.names() == {("mailfrom", "victim.example")},
           "--authserv-id says which fields are ours", out)


def test_reports(tap, run):
    site = Site(run, "reports")
    about = OURS + RECEIVED + REST
    mailed = claim("mx.example.org", "dkim=pass header.d=fbl.reporter.example")
    code, out, _ = site("learn", "--spam", stdin=report(about, "abuse", mailed))
    tap.ok(code == 65 and "not from one of the reporters" in out and site.names() == set(),
           "a report that came in by mail counts nothing by itself", out)
    code, out, _ = site("learn", "--spam", "--reporter", "orter.example", stdin=report(
        about, "abuse", mailed))
    tap.ok(code == 65 and site.names() == set(), "a reporter is a whole domain", out)
    code, out, _ = site("learn", "--spam", "--reporter", "reporter.example", stdin=report(
        about, "abuse", claim("mx.example.org", "dkim=fail header.d=reporter.example")))
    tap.ok(code == 65 and site.names() == set(), "a reporter must be proven", out)
    code, out, _ = site("learn", "--ham", "--reporter", "reporter.example",
                        stdin=report(about, "abuse", mailed))
    tap.ok(code == 65 and "opposite" in out and site.names() == set(), "a complaint is no praise",
           out)
    code, out, _ = site("learn", "--spam", stdin=report(about, "auth-failure"))
    tap.ok(code == 65 and site.names() == set(), "a report of another type counts nothing", out)
    code, out, _ = site("learn", "--spam", stdin=report(claim("mx.evil.example") + REST))
    tap.ok(code == 65 and site.names() == set(), "a report about a message that is not ours", out)
    code, out, _ = site("learn", "--spam", "--reporter", "reporter.example",
                        stdin=report(about, "abuse", mailed))
    tap.ok(code == 0 and site.names() == PROVEN,
           "a reporter's complaint counts for the message in it", out)
    code, out, _ = site("learn", "--spam", stdin=report(about, "fraud"))
    tap.ok(code == 0 and abs(site.records("good.example")[0]["bad"] - 2) < 1e-3,
           "and so does one that a person hands over", out)
    code, out, _ = site("learn", "--ham", stdin=report(about, "not-spam"))
    tap.ok(code == 0 and abs(site.records("good.example")[0]["good"] - 1) < 1e-3, "not-spam is ham",
           out)


def test_show_and_forget(tap, run):
    site = Site(run, "show")
    code, out, _ = site("reputation")
    tap.ok(code == 0 and out == "Nothing is remembered.\n" and not os.path.exists(site.file),
           "to look makes no store", out)
    for _ in range(3):
        site("learn", "--spam", stdin=OURS + REST)
    code, out, _ = site("reputation")
    tap.ok(code == 0 and "too few to say" in out and "postfix:example ca" in out, "the list", out)
    code, out, _ = site("reputation", "--forget", "good.example")
    tap.ok(code == 0 and out == "1 record forgotten\n" and
           ("signer", "good.example") not in site.names(), "forget", out)
    code, out, _ = site("reputation", "good.example")
    tap.ok(code == 0 and out == "Nothing is remembered of that name.\n", "forgotten", out)


def test_bad_use(tap, run):
    site = Site(run, "bad")
    for arguments, expected in ((["learn"], 64), (["learn", "--spam", "--ham"], 64),
                                (["reputation", "--forget"], 64),
                                (["learn", "--spam", run.path("missing")], 66)):
        code, out, err = site(*arguments, stdin="")
        tap.ok(code == expected and err and not out, "exit code %d: %s" % (
            expected, " ".join(arguments).replace(run.directory, "DIR")), (code, out, err))
    with open(site.file, "w", encoding="ascii") as file:
        file.write("this is no database\n" * 1000)
    for arguments in (["learn", "--spam"], ["reputation"], ["reputation", "--forget", "x"]):
        code, out, err = site(*arguments, stdin=OURS + REST)
        tap.ok(code == 75 and "not a database" in err, "a broken store: " + " ".join(arguments),
               (code, out, err))


def main():
    tap = harness.Tap()
    with harness.Run("learn") as run:
        for test in (test_learn, test_forged, test_reports, test_show_and_forget, test_bad_use):
            test(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
