#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Accreditation in the daemon: good sources decide, those that are dead or lie are ignored, and the
log says why."""

import json
import sys

import daemon
import harness
from programs import Dnsd

ZONE = """
_client._smtp.mail.good.example.     SRV 1 2 0 mail.good.example.
_client._smtp.mail.listed.example.   SRV 1 2 0 mail.listed.example.
mail.good.example.                   A   192.0.2.1
mail.listed.example.                 A   192.0.2.2
mail.listed.example.                 A   192.0.2.3
_vouch._smtp.good.example.           PTR accred.example.
mail.good.example.accred.example.    TXT "all"
bad.example.                         TXT "v=spf1 -all"
2.0.0.127.black.example.             A   127.0.0.2
2.2.0.192.black.example.             A   127.0.0.2
1.2.0.192.black.example.             A   127.255.255.254
*.everything.example.                A   127.0.0.2
*.parked.example.                    A   198.51.100.80
*.quota.example.                     A   127.255.255.254
! *.refused.example. ANY refused
! *.silent.example. ANY silent
"""

# A list that first answers everything, and is mended later.
LATER = """
2.0.0.127.later.example.             0 A 127.0.0.2
2.2.0.192.later.example.             0 A 127.0.0.2
"""
LYING = LATER + "1.0.0.127.later.example.     0 A 127.0.0.2\n"

GOOD = ("192.0.2.1", "mail.good.example")
LISTED = ("192.0.2.2", "mail.listed.example")
NEIGHBOUR = ("192.0.2.3", "mail.listed.example")

BLOCKLIST = 'source "%s" { kind = list  by = address  listed = refuse }\n'

# Not even where the administrator goes too far may one of these refuse anything.
STRICT = "dna { pass = accept  fail = reject  temperror = reject  timeout = 500ms }\n"

# source, why it is ignored
TROUBLE = [
    ("everything.example", "it has an entry for 127.0.0.1, so for everything"),
    ("parked.example", "it does not list 127.0.0.2, as every list does"),
    ("quota.example", "it answers 127.255.255.254, which means that it does not serve us"),
    ("refused.example", "questions to it fail: SERVFAIL"),  # as libunbound tells it
    ("silent.example", "it does not answer"),
]


def mail(server, client, helo, path="<a@good.example>"):
    """The answer to MAIL, or to the end of the message."""
    with server.client() as mta:
        mta.connect(client, macros={"j": "mx.example.org"})
        mta.helo(helo)
        reply = mta.mail(path)
        if reply.code == 250:
            mta.rcpt("<to@example.org>")
            reply = mta.message([("From", " a@good.example")])
        return reply


def field(reply, words):
    return [v for v in reply.headers("Authentication-Results") if words in v]


def test_decisions(tap, run, dnsd):
    """Good sources: accept, refuse, each with its words."""
    server = daemon.Daemon(run, "good", daemon.dns(dnsd) + STRICT
                           + 'source "accred.example" { kind = dna }\n'
                           + BLOCKLIST % "black.example")
    reply = mail(server, *GOOD, path="<a@bad.example>")
    tap.ok(reply.kind == "continue" and field(reply, "x-dna=pass")
           and field(reply, "policy.accreditor=accred.example"),
           "an accredited name is accepted, though SPF speaks against the reverse-path", reply)
    reply = mail(server, *LISTED)
    tap.ok(reply.code == 550 and "5.7.1" in reply.text and "black.example" in reply.text,
           "a name that a list has is refused", reply)
    reply = mail(server, LISTED[0], "unknown.example")
    tap.ok(reply.kind == "continue" and field(reply, "x-dna=none"),
           "nobody is asked about a name that is not authenticated", reply)
    tap.ok(server.stop() == 0 and not server.complaints(), "nothing to complain of",
           server.complaints())


def test_trouble(tap, run, dnsd):
    """Each source in trouble: no refusal, and the log says why, once."""
    for name, why in TROUBLE:
        record = run.path(name + ".json")
        server = daemon.Daemon(run, name, daemon.dns(dnsd) + STRICT + BLOCKLIST % name
                               + 'decision-record = "%s"\n' % record)
        replies = [mail(server, *LISTED), mail(server, *NEIGHBOUR)]
        tap.ok(all(r.kind == "continue" and field(r, "x-dna=none") for r in replies),
               "%s refuses nothing" % name, replies)
        line = "source '%s' is ignored: %s" % (name, why)
        harness.wait_for(lambda: line in server.log(), line, 20, server.child)
        tap.ok(server.log().count("source '%s' is ignored" % name) == 1, "the log says: " + line,
               server.log())
        with open(record, encoding="utf-8") as lines:
            details = [o["detail"] for text in lines for o in json.loads(text)["outcomes"]
                       if o["method"] == "dna"]
        tap.ok(details == 2 * ["source '%s': %s" % (name, why)],
               "the decision record says so of each message", details)
        asked = [q for q in dnsd.queries() if name in q]
        tap.ok([q for q in asked if q.startswith("2.2.0.192.")]
               and not [q for q in asked if q.startswith("3.2.0.192.")],
               "it is asked about one client and then left alone", asked)
        server.stop()


def test_quota_of_one_answer(tap, run, dnsd):
    """A list that passes its test and then has enough of us."""
    server = daemon.Daemon(run, "enough", daemon.dns(dnsd) + STRICT + BLOCKLIST % "black.example")
    reply = mail(server, *GOOD)
    tap.ok(reply.kind == "continue", "a quota code is no listing", reply)
    server.wait_log("source 'black.example' is ignored: it answers 127.255.255.254")
    tap.ok(mail(server, *LISTED).kind == "continue", "it is left alone for a while")
    server.stop()


def test_recovery(tap, run, dnsd):
    """What lied is believed again when it is tested anew, as after a reload."""
    text = daemon.dns(dnsd) + STRICT + BLOCKLIST % "later.example"
    server = daemon.Daemon(run, "later", text)
    tap.ok(mail(server, *LISTED).kind == "continue", "a lying list refuses nothing")
    server.wait_log("source 'later.example' is ignored: it has an entry for 127.0.0.1")
    run.write("later", LATER)
    dnsd.command("reload")
    tap.ok(server.reload(text + "# anew\n"), "the configuration is read again")
    reply = mail(server, *LISTED)
    tap.ok(reply.code == 550, "and the list is believed", reply)
    server.stop()


def main():
    tap = harness.Tap()
    for program in (daemon.PROGRAM, Dnsd.PROGRAM):
        if harness.program(program) is None:
            tap.skip_all(program + " is not built")
    with harness.Run("accreditation") as run:
        dnsd = Dnsd(run, [run.write("zone", ZONE), run.write("later", LYING)])
        test_decisions(tap, run, dnsd)
        test_trouble(tap, run, dnsd)
        test_quota_of_one_answer(tap, run, dnsd)
        test_recovery(tap, run, dnsd)
        tap.ok(not run.failed_children(), "nothing died", run.failed_children())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
