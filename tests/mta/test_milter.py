#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch-milter over the milter protocol: verdicts, header changes, sessions, log and record."""

import sys
import time

import daemon
import harness
import milter_client
from programs import Dnsd

ZONE = """
good.example.                 SOA ns.good.example. root.good.example. 1 3600 600 86400 60
good.example.                 TXT "v=spf1 ip4:192.0.2.1 ip6:2001:db8::1 -all"
mail.good.example.            A   192.0.2.1
mail.good.example.            AAAA 2001:db8::1
_client._smtp.mail.good.example. SRV 1 2 0 mail.good.example.
bad.example.                  TXT "v=spf1 -all"
why.example.                  TXT "v=spf1 -all exp=text.why.example"
text.why.example.             TXT "we are 100%% sure"
soft.example.                 TXT "v=spf1 ~all"
neutral.example.              TXT "v=spf1 ?all"
broken.example.               TXT "v=spf1 nonsense:x -all"
no.example.                   A   192.0.2.1
_client._smtp.no.example.     SRV 1 1 0 .
! slow.example. ANY silent
"""

CLIENT = "192.0.2.1"
GOOD = ("mail.good.example", "<a@good.example>")

# name, client, HELO (None: none given), MAIL, code at MAIL, words that the reply has
MAIL_CASES = [
    ("CSA and SPF pass", CLIENT, *GOOD, 250, ""),
    ("the same over IPv6", "2001:db8::1", *GOOD, 250, ""),
    ("SPF fail", CLIENT, "mail.good.example", "<a@bad.example>", 550, "5.7.23 bad.example"),
    ("SPF fail without brackets", CLIENT, "mail.good.example", "a@bad.example", 550, "5.7.23"),
    ("SPF softfail", CLIENT, "mail.good.example", "<a@soft.example>", 250, ""),
    ("a broken SPF record", CLIENT, "mail.good.example", "<a@broken.example>", 250, ""),
    ("CSA says no", CLIENT, "no.example", "<a@good.example>", 550, "5.7.1 no.example"),
    ("CSA, another address", "192.0.2.9", *GOOD, 550, "192.0.2.9"),
    ("nothing published", CLIENT, "unknown.example", "<a@unknown.example>", 250, ""),
    ("no HELO", CLIENT, None, "<a@good.example>", 250, ""),
    ("the null path", CLIENT, "mail.good.example", "<>", 250, ""),
    ("a loopback client is exempt", "127.0.0.1", "no.example", "<a@bad.example>", 250, ""),
    ("a client of a Unix socket", "/var/run/socket", "mail.good.example", "<a@bad.example>", 250,
     ""),
    ("a client unknown to the MTA", None, "mail.good.example", "<a@bad.example>", 250, ""),
    ("a percent sign of a stranger", CLIENT, "mail.good.example", "<a@why.example>", 550,
     "100%%"),
]


def open_session(server, client=CLIENT, name=None, **options):
    mta = server.client(**options)
    mta.connect(client, name=name, macros={"j": "mx.example.org"})
    return mta


def test_negotiation(tap, server):
    with server.client() as mta:
        unanswered = [c for c in "CHRL" if mta.steps & milter_client.NO_ANSWER[c]]
        tap.ok(unanswered == list("CHRL"), "no answers to connect, HELO, RCPT and header",
               hex(mta.steps))
        tap.ok(not mta.steps & (milter_client.NO_ANSWER["M"] | milter_client.NO_ANSWER["N"]),
               "answers to MAIL and end of header", hex(mta.steps))
        tap.ok(mta.steps & milter_client.LEADING_SPACE and not mta.steps & milter_client.NO_BODY
               and mta.steps & milter_client.NO_UNKNOWN,
               "leading spaces and the body, but no unknown commands", hex(mta.steps))
        tap.ok(not mta.steps & milter_client.NO_DATA,
               "DATA is answered, or the header would wait behind its macros", hex(mta.steps))
        tap.ok(mta.macros_wanted.get(0, "").split()[:1] == ["j"]
               and "{auth_authen}" in mta.macros_wanted.get(2, "")
               and "{mail_addr}" in mta.macros_wanted.get(2, "")
               and mta.macros_wanted.get(6) == "i", "the macros it needs", mta.macros_wanted)


def test_verdicts(tap, server):
    for name, client, helo, path, code, words in MAIL_CASES:
        with open_session(server, client) as mta:
            if helo is not None:
                mta.helo(helo)
            reply = mta.mail(path)
            good = reply.code == code and all(w in reply.text for w in words.split())
            if good and code == 250:
                mta.rcpt("<to@example.org>")
                good = mta.message([("Subject", " x")]).kind == "continue"
            tap.ok(good, "at MAIL: " + name, reply)


def test_submitter(tap, server):
    """RFC 4405, from an MTA that hands the parameter over."""
    for submitter, sender, code in (("a@good.example", "a@good.example", 250),
                                    ("b@good.example", "a@good.example", 550)):
        with open_session(server) as mta:
            mta.helo(GOOD[0])
            mta.mail(GOOD[1], "SIZE=100", "SUBMITTER=" + submitter)
            mta.rcpt("<to@example.org>")
            mta.header("From", " " + sender)
            reply = mta.eoh()
            tap.ok(reply.code == code, "SUBMITTER=%s, From %s: %d" % (submitter, sender, code),
                   reply)


def test_old_mta(tap, server):
    with server.client(actions=1, steps=0x7F) as mta:
        tap.ok(mta.steps & ~0x7F == 0 and mta.actions & ~1 == 0,
               "an MTA of 1999 is asked for nothing new", (hex(mta.steps), hex(mta.actions)))
        answers = [mta.connect(CLIENT), mta.helo(GOOD[0]), mta.mail(GOOD[1]), mta.rcpt("<x@y>"),
                   mta.header("Subject", "x"),
                   mta.header("Authentication-Results", "%s; spf=pass" % "mx.example.org")]
        reply = mta.message([("To", "x")])
        tap.ok(all(a.kind == "continue" for a in answers) and reply.kind == "continue",
               "and gets an answer to each command", answers)
        tap.ok(reply.headers("Authentication-Results")
               and not reply.headers("Authentication-Results")[0].startswith(" ")
               and not reply.deleted(), "and only what it can do", reply)


def test_edits(tap, server):
    fields = [("Authentication-Results", " mx.example.org; spf=pass"), ("From", " a@good.example"),
              ("Authentication-Results", " elsewhere.example; spf=pass"),
              ("authentication-results", " MX.example.ORG ; none")]
    with open_session(server) as mta:
        mta.helo(GOOD[0])
        mta.mail(GOOD[1])
        mta.rcpt("<to@example.org>")
        reply = mta.message(fields)
        tap.ok([index for _, index in reply.deleted()] == [3, 1],
               "forged fields go, the last first", reply)
        values = reply.headers("Authentication-Results")
        tap.ok(values and all(v.startswith(" mx.example.org;") for v in values)
               and all(c.index == 0 for c in reply.changes if c.kind == "insert"),
               "ours stand on top, with the space, under the MTA's name", values)
        tap.ok(any("spf=pass" in v for v in values) and any("x-csa=pass" in v for v in values),
               "with the verdicts", values)


def test_sessions(tap, server):
    with open_session(server) as mta:
        mta.helo("no.example")
        mta.helo(GOOD[0])
        tap.ok(mta.mail(GOOD[1]).code == 250, "the last HELO counts")
        mta.abort()
        tap.ok(mta.mail("<a@bad.example>").code == 550, "a message is refused after RSET")
        replies = []
        for number in range(20):
            replies.append(mta.mail(GOOD[1]))
            mta.rcpt("<to@example.org>")
            replies.append(mta.message([("Subject", " %d" % number)], queue_id="Q%d" % number))
        tap.ok(all(r.kind == "continue" for r in replies), "20 messages on one connection",
               replies)
        mta.helo("no.example")
        tap.ok(mta.mail(GOOD[1]).code == 550, "a HELO between messages counts")
        macros = {"{auth_type}": "PLAIN", "{auth_authen}": "alice"}
        tap.ok(mta.mail("<a@bad.example>", macros=macros).code == 250,
               "an authenticated client is exempt")
        mta.abort()
        mta.helo(GOOD[0])
        tap.ok(mta.mail("<a@bad.example>").code == 550, "but not any more after a new HELO")
        mta.mail(GOOD[1])
        mta.rcpt("<to@example.org>")
        mta.message()
        mta.quit_new_connection()  # libmilter takes it behind a message only
        mta.connect("192.0.2.9")
        mta.helo(GOOD[0])
        tap.ok(mta.mail(GOOD[1]).code == 550, "another client over the same connection")
        mta.quit()


def test_log(tap, server):
    with open_session(server) as mta:
        mta.helo(GOOD[0])
        mta.mail("<logged@bad.example>")
        mta.mail(GOOD[1])
        mta.abort()
        mta.mail(GOOD[1])
        mta.rcpt("<to@example.org>")
        mta.message([("Subject", " x")], queue_id="4LogTest")
        mta.quit()
    server.wait_log("4LogTest: continue")
    lines = [line.split(": ", 1)[1] for line in server.log().splitlines() if ": " in line]
    refused = [line for line in lines if "logged@bad.example" in line]
    tap.ok(len(refused) == 1 and refused[0].startswith("NOQUEUE: reject"),
           "one line for a message refused at MAIL", refused)
    tap.ok(any("given up" in line for line in lines), "a line for a message given up", lines)
    taken = [line for line in lines if line.startswith("4LogTest: ")]
    tap.ok(len(taken) == 1 and "spf=pass" in taken[0] and "csa=pass" in taken[0],
           "the queue id first, every verdict in it", taken)
    records = {r["id"]: r for r in server.records()}
    tap.ok(records.get("4LogTest", {}).get("action") == "continue"
           and any(r["action"] == "reject" and r["mail_from"] == "logged@bad.example"
                   for r in server.records()), "decision records of both", records)
    ends = [(r["mail_from"], r["given_up"]) for r in server.records()]
    tap.ok(("a@good.example", "client") in ends and ("a@good.example", None) in ends
           and ("logged@bad.example", None) in ends, "one for a message given up, too", ends)


def test_actions(tap, run, dnsd):
    server = daemon.Daemon(run, "actions", daemon.dns(dnsd, "1s") + "spf { softfail = quarantine "
                           "neutral = discard permerror = tempfail temperror = tempfail }\n")
    for path, at_mail, at_end in [("<a@soft.example>", 250, "continue"),
                                  ("<a@neutral.example>", 250, "discard"),
                                  ("<a@broken.example>", 451, ""),
                                  ("<a@slow.example>", 451, "")]:
        with open_session(server) as mta:
            mta.helo(GOOD[0])
            began = time.monotonic()
            reply = mta.mail(path)
            good = reply.code == at_mail and (at_mail == 250 or reply.kind == "reply")
            if good and at_end:
                mta.rcpt("<to@example.org>")
                reply = mta.message([("Subject", " x")])
                good = reply.kind == at_end
            if path == "<a@soft.example>":
                held = [c for c in reply.changes if c.kind == "quarantine"]
                good = good and len(held) == 1 and "soft.example" in held[0].value
            tap.ok(good and time.monotonic() - began < 10, "action for " + path, reply)
    tap.ok(server.stop() == 0 and not server.complaints(), "nothing to complain of",
           server.complaints())


def test_recipients(tap, run, dnsd):
    """A recipient that is refused by itself: then, and only then, RCPT is answered."""
    refusing = daemon.dns(dnsd) + "recipient { address-literal = reject }\n"
    record = 'decision-record = "%s"\n' % run.path("recipients.record")
    server = daemon.Daemon(run, "recipients", refusing + record)
    with open_session(server) as mta:
        tap.ok(not mta.steps & milter_client.NO_ANSWER["R"], "RCPT is answered where it matters",
               hex(mta.steps))
        mta.helo(GOOD[0])
        mta.mail(GOOD[1])
        replies = [mta.rcpt(path) for path in ("<b@[192.0.2.9]>", "<b@example.org>",
                                               "<b@[IPv6:::1]>", "<postmaster>")]
        tap.ok([reply.code for reply in replies] == [553, 250, 553, 250]
               and replies[0].text.startswith("553 5.1.3 Recipient address rejected: "
                                              "b@[192.0.2.9]: an address literal"),
               "each recipient by itself", replies)
        tap.ok(mta.message([("Subject", " x")]).kind == "continue", "the message goes on")
        told = server.records()[-1]
        tap.ok(told["rcpt"] == ["<b@example.org>", "<postmaster>"]
               and told["rcpt_refused"] == ["<b@[192.0.2.9]>", "<b@[IPv6:::1]>"],
               "the decision record has both kinds", told)
        tap.ok('reject rcpt: recipient=<b@[192.0.2.9]>; client=192.0.2.1' in server.log()
               and 'rule="recipient { address-literal = reject }" (%s:2)'
               % server.configuration_path in server.log(), "and so has the log", server.log())
        macros = {"{rcpt_mailer}": "error", "{rcpt_host}": "5.1.1"}
        mta.mail(GOOD[1])
        tap.ok(mta.rcpt("<b@[192.0.2.9]>", macros=macros).kind == "continue",
               "whom the MTA refuses, we need not refuse")
        mta.abort()
        server.reload(daemon.dns(dnsd) + record)
        mta.mail(GOOD[1])
        tap.ok(mta.rcpt("<b@[192.0.2.9]>").code == 553, "a session ends as it began")
        mta.rcpt("<b@example.org>")
        mta.message()
        mta.quit_new_connection()
        mta.connect(CLIENT)
        mta.helo(GOOD[0])
        mta.mail(GOOD[1])
        tap.ok(mta.rcpt("<b@[192.0.2.9]>").kind == "continue" and mta.message().kind == "continue",
               "a second connection is answered as the first one was promised")
        mta.quit()
    with open_session(server) as mta:
        tap.ok(mta.steps & milter_client.NO_ANSWER["R"], "a new one needs no answer any more")
        mta.quit()
    tap.ok(server.stop() == 0 and not server.complaints(), "nothing to complain of",
           server.complaints())
    server = daemon.Daemon(run, "late", daemon.dns(dnsd))
    with open_session(server) as mta:
        mta.helo(GOOD[0])
        mta.mail(GOOD[1])
        mta.rcpt("<b@example.org>")
        mta.message()
        server.reload(refusing)
        mta.quit_new_connection()
        mta.connect(CLIENT)
        mta.helo(GOOD[0])
        replies = [mta.mail(GOOD[1]), mta.rcpt("<b@[192.0.2.9]>"), mta.message([("To", " b")])]
        tap.ok(all(reply.kind == "continue" for reply in replies) and replies[2].headers(),
               "where no answer was promised, none is given", replies)
        mta.quit()
    tap.ok(server.stop() == 0, "and the filter ends in good order")


def test_monitor(tap, run, dnsd):
    server = daemon.Daemon(run, "monitor", daemon.dns(dnsd, "1s")
                           + "mode = monitor\nmax-sessions = 1\nspf { temperror = tempfail }\n"
                           + "recipient { address-literal = reject }\n")
    with open_session(server) as mta:
        replies = []
        for helo, path in [("no.example", GOOD[1]), (GOOD[0], "<a@bad.example>"),
                           (GOOD[0], "<a@slow.example>")]:
            mta.helo(helo)
            replies.append(mta.mail(path))
            replies.append(mta.rcpt("<to@[192.0.2.9]>"))
            replies.append(mta.message([("Subject", " x")]))
        tap.ok(all(r.kind == "continue" for r in replies), "monitor mode refuses nothing", replies)
        tap.ok("monitor: would reject rcpt: recipient=<to@[192.0.2.9]>" in server.log(),
               "not even recipients, of whom it tells", server.log())
        tap.ok(any("spf=fail" in v for v in replies[5].headers()), "but annotates", replies[5])
        with open_session(server) as second:
            second.helo(GOOD[0])
            reply = second.mail(GOOD[1])
            tap.ok(reply.kind == "accept", "not even above the cap", reply)
    tap.ok(server.stop() == 0 and not server.complaints(), "nothing to complain of",
           server.complaints())


def test_verbose(tap, run, dnsd):
    server = daemon.Daemon(run, "verbose", daemon.dns(dnsd), ["-v"])
    with open_session(server) as mta:
        mta.helo(GOOD[0])
        mta.mail("<a@bad.example>")
    tap.ok("v=spf1 -all" in server.log(), "-v logs what DNS answered", server.log())
    tap.ok(server.stop() == 0 and not server.complaints(), "nothing to complain of",
           server.complaints())


def test_cap(tap, run, dnsd):
    text = daemon.dns(dnsd) + "max-sessions = 2\noverload = %s\n"
    server = daemon.Daemon(run, "cap", text % "tempfail")
    held = [open_session(server), open_session(server)]
    for mta in held:
        mta.helo(GOOD[0])
        mta.mail(GOOD[1])
    queries = len(dnsd.queries())
    with open_session(server) as mta:
        mta.helo("cap.example")
        reply = mta.mail("<a@cap.example>")
        tap.ok(reply.code == 451 and "4.3.2" in reply.text and len(dnsd.queries()) == queries,
               "a session above the cap is put off at once, without DNS", reply)
        mta.quit()
    tap.ok(held[0].mail(GOOD[1]).code == 250, "those below it go on")
    server.reload(text % "continue")
    with open_session(server) as mta:
        mta.helo("cap.example")
        reply = mta.mail("<a@bad.example>")
        tap.ok(reply.kind == "accept", "overload = continue lets it pass", reply)
        mta.quit()
    for mta in held:
        mta.quit()
    harness.wait_for(lambda: refused_again(server), "places come free")
    tap.ok(server.log().count("more than 2 sessions") == 1, "said once a minute, not each time",
           server.log())
    tap.ok(server.stop() == 0 and not server.complaints(), "nothing to complain of",
           server.complaints())


def refused_again(server):
    with open_session(server) as mta:
        mta.helo(GOOD[0])
        answer = mta.mail("<a@bad.example>").code
        mta.quit()
    return answer == 550


def main():
    tap = harness.Tap()
    for program in (daemon.PROGRAM, Dnsd.PROGRAM):
        if harness.program(program) is None:
            tap.skip_all(program + " is not built")
    with harness.Run("milter") as run:
        dnsd = Dnsd(run, [run.write("zone", ZONE)])
        server = daemon.Daemon(run, "milter", daemon.dns(dnsd)
                               + 'decision-record = "%s"\n' % run.path("milter.record"))
        test_negotiation(tap, server)
        test_verdicts(tap, server)
        test_old_mta(tap, server)
        test_submitter(tap, server)
        test_edits(tap, server)
        test_sessions(tap, server)
        test_log(tap, server)
        tap.ok(server.stop() == 0 and not server.complaints(), "nothing to complain of",
               server.complaints())
        test_actions(tap, run, dnsd)
        test_recipients(tap, run, dnsd)
        test_monitor(tap, run, dnsd)
        test_cap(tap, run, dnsd)
        test_verbose(tap, run, dnsd)
        tap.ok(not run.failed_children(), "nothing died", run.failed_children())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
