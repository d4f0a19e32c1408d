#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch issuers: what is counted for the issuers of certificates, told in the macros of both MTAs
over the milter protocol, and the report of it."""

import json
import subprocess
import sys

import daemon
import harness
from programs import Dnsd

ZONE = """
example.                      TXT "v=spf1 -all"
_client._smtp.no.example.     SRV 1 1 0 .
"""
MTA_NAME = "mx.example.org"
CONFIGURATION = """\
authserv-id = "mx.example.org"
tls { enabled = yes  refuse-issuers = {"Refused CA"} }
reputation { enabled = yes  accepted-weight = 1  min-sample = 5  file = "%s" }
"""
PLAIN = {}
TLS = {"{tls_version}": "TLSv1.3", "{cipher}": "X", "{cipher_bits}": "256"}


def by_postfix(issuer):
    return {**TLS, "{cert_issuer}": issuer, "{cert_subject}": "mail.client.example"}


def by_sendmail(issuer, verify="OK"):
    return {**TLS, "{verify}": verify, "{cert_issuer}": issuer, "{cn_subject}": "x"}


# the MTA's version, TLS macros, HELO, how often, under what it is counted: MTA, issuer, bad ones
# (None: nowhere)
SESSIONS = [
    ("Postfix 3.7.11", by_postfix("Example CA"), "ok.example", 6, ("postfix", "example ca", 0)),
    ("Postfix 3.7.11", by_postfix("EXAMPLE  ca"), "no.example", 2, ("postfix", "example ca", 2)),
    ("8.17.1.9", by_sendmail("/C=XX/CN=Example+20CA"), "ok.example", 3,
     ("sendmail", "/c=xx/cn=example ca", 0)),
    ("Postfix 3.7.11", by_postfix('"x": <%s> \xe4'), "ok.example", 1,
     ("postfix", '"x": <%s> \\xc3\\xa4', 0)),
    ("8.17.1.9", by_sendmail("/CN=Forged+20CA", "FAIL"), "ok.example", 2, None),
    ("8.13.8", by_postfix("Forged CA"), "ok.example", 2, None),
    ("Postfix 3.7.11", by_postfix("Refused CA"), "ok.example", 2, None),
    ("Postfix 3.7.11", PLAIN, "ok.example", 2, None),
]


def wanted():
    """What must be remembered: (mta, issuer) -> [messages, bad ones]."""
    counts = {}
    for _, _, _, times, counted in SESSIONS:
        if counted is not None:
            entry = counts.setdefault(counted[:2], [0, 0])
            entry[0] += times
            entry[1] += counted[2]
    return counts


def play(server, version, macros, helo):
    """One message; what the filter changes in its header."""
    macros = {name: value.encode("utf-8").decode("latin-1") for name, value in macros.items()}
    with server.client() as mta:
        mta.connect("192.0.2.1", macros={"j": MTA_NAME, "v": version})
        mta.helo(helo, macros=macros)
        if not mta.mail("<a@client.invalid>", macros=macros).go_on:
            return None
        mta.rcpt("<b@example.org>")
        return mta.message([("From", " a@client.invalid")])


def vouch(*arguments, command="issuers", stdin=None):
    done = subprocess.run([harness.program("tools/vouch"), command, *arguments], input=stdin,
                          capture_output=True, encoding="utf-8", check=False)
    return done.returncode, done.stdout, done.stderr


def issuers(server):
    code, out, _ = vouch("-c", server.configuration_path, "--json")
    return json.loads(out)["issuers"] if code == 0 else []


def counts(found):
    """Nothing fades noticeably while the test runs."""
    return {(i["mta"], i["issuer"]): [round(i["messages"]), round(i["bad"])] for i in found}


def test_counts(tap, server):
    for version, macros, helo, times, _ in SESSIONS:
        for _ in range(times):
            play(server, version, macros, helo)
    total = sum(times for times, _ in wanted().values())
    try:
        harness.wait_for(lambda: sum(n for n, _ in counts(issuers(server)).values()) >= total,
                         "all is counted")
    except harness.HarnessError as error:
        tap.note(error)
    found = issuers(server)
    tap.ok(counts(found) == wanted(), "only issuers of verified certificates are counted",
           (found, wanted()))
    tap.ok([i["issuer"] for i in found][:2] == ["example ca", "/c=xx/cn=example ca"],
           "the one with most messages comes first", found)
    first = found[0] if found else {}
    tap.ok(first.get("known") and first["low"] <= first["rate"] <= first["high"]
           and not found[-1]["known"], "a rate is told where the sample is large enough", found)


def test_report(tap, server):
    code, out, err = vouch("-c", server.configuration_path)
    lines = out.splitlines()
    tap.ok(code == 0 and len(lines) > 4 and lines[1].split()[:3] == ["postfix", "8.0", "2.0"]
           and "25 % (" in lines[1] and lines[1].endswith("  example ca")
           and "too few to say" in lines[2], "the report in words", out + err)
    tap.ok("whether a certificate was revoked is not known" in out and "256 octets" in out,
           "says what each MTA cannot know", out)
    tap.ok(out.isascii() and "Forged" not in out, "and nothing that was not proven", out)


def test_learning(tap, server):
    """What a person says of a message counts for the issuer that our field names, however odd."""
    for version, macros, helo, _, counted in SESSIONS:
        if counted is None or helo != "ok.example":
            continue
        before = counts(issuers(server)).get(counted[:2])
        fields = play(server, version, macros, helo).headers("Authentication-Results")
        message = "".join("Authentication-Results: %s\n" % value.strip() for value in fields)
        code, out, err = vouch("--spam", "-c", server.configuration_path, command="learn",
                               stdin=message + "From: a@client.invalid\n\nbuy\n")
        harness.wait_for(lambda c=counted, b=before: counts(issuers(server)).get(c[:2], [0])[0]
                         >= b[0] + 2, "the message is counted, and learnt")
        after = counts(issuers(server)).get(counted[:2])
        tap.ok(code == 0 and after == [before[0] + 2, before[1] + 1],
               "learnt for %s: %s" % counted[:2], (before, after, out, err, message))
    tap.ok(set(counts(issuers(server))) == set(wanted()), "and for no other name",
           issuers(server))


def test_trouble(tap, run):
    none = run.write("none.conf", "tls { enabled = yes }\n")
    empty = run.write("empty.conf", CONFIGURATION % run.path("empty.db"))
    away = run.write("away.conf", CONFIGURATION % run.write("away.db", "no store\n" * 99))
    code, out, err = vouch("-c", none)
    tap.ok(code == 78 and not out and "reputation { enabled = yes }" in err,
           "nothing is remembered", (code, out, err))
    code, out, err = vouch("-c", empty)
    tap.ok(code == 0 and "No mail came from a client with a verified certificate." in out
           and "sendmail" in out, "nothing yet", (code, out, err))
    code, out, err = vouch("-c", away)
    tap.ok(code == 75 and not out and "store of reputation" in err, "no store", (code, out, err))
    for arguments in (["x"], ["--batch", "x"], ["-c", run.path("absent")]):
        code, out, err = vouch(*arguments)
        tap.ok(code in (64, 66) and not out and err, "vouch issuers %s" % arguments[0],
               (code, out, err))


def main():
    tap = harness.Tap()
    for program in (daemon.PROGRAM, Dnsd.PROGRAM, "tools/vouch"):
        if harness.program(program) is None:
            tap.skip_all("%s is not built" % program)
    with harness.Run("issuers") as run:
        dnsd = Dnsd(run, [run.write("issuers.zone", ZONE)])
        server = daemon.Daemon(run, "milter", daemon.dns(dnsd) + CONFIGURATION
                               % run.path("reputation.db"))
        test_counts(tap, server)
        test_report(tap, server)
        test_learning(tap, server)
        test_trouble(tap, run)
        tap.ok(not server.complaints(), "no complaints", server.complaints())
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
