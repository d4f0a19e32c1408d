#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Every verdict through a real Postfix and a real Sendmail, side by side: both must agree."""

import re
import sys

import harness
import namespace
import postfix
import programs
import sendmail
from receiver import Receiver, Result
from recording_milter import RecordingMilter
from sendmail_receiver import SendmailReceiver
from smtp_client import Client, Reply
from smtp_sink import Sink
from test_postfix import BANK, CONFIGURED, DEFAULTS, NOBODY, PLAIN, STRICT, ZONES
from test_postfix_sessions import FORGED

FILTERS = {"default": "", "monitor": "mode = monitor\n", "strict": STRICT,
           "sender-id": "sender-id { fail = reject  missing-pra = reject }\n",
           "open": "exempt { authenticated = no }\n",
           "actions": "spf { softfail = quarantine  neutral = discard }\n"}
STRANGER = ("198.51.100.66", "mail.bank.example")

ODD = [  # octets of header fields between the usual ones, lines ended by CRLF
    b"X-Tight:no space\r\n", b"X-Spaces:   three\r\n", b"X-Tab:\ttab\r\n", b"X-Empty:\r\n",
    b"X-Folded: one\r\n two\r\n\tthree\r\n", b"X-Fold-First:\r\n behind\r\n",
    b"X-Eight: caf\xc3\xa9 \xff\xfe\r\n", b"X-Percent: 100%s %n\r\n",
    b"X-Long: " + b"x" * 900 + b"\r\n",
]


def outcome_of(result):
    """What must be equal: how far it got, a refusal's codes and text, and our fields.  Sendmail
    puts the address in front of the text."""
    refusal = [re.sub(r"^(\S+ )<[^>]*>\.\.\. ", r"\1", line) for line in result.reply.lines
               if result.reply.code >= 400]
    return (result.stage, result.reply.code, result.reply.enhanced if refusal else "",
            tuple(refusal), tuple(result.ours()), result.message is not None)


def in_short(outcome):
    stage, code, enhanced, _, fields, delivered = outcome
    spf = [word for field in fields for word in field.split() if "=" in word
           and word.split("=")[0].lstrip(";") in ("spf", "x-csa")]
    return " ".join(["%d%s at %s" % (code, enhanced and " " + enhanced, stage),
                     "delivered" if delivered else "not delivered"] + spf)


class Pair:
    """The same session through both; a row of the table each."""

    def __init__(self, tap, sites):
        self.tap = tap
        self.sites = sites

    def row(self, name, play):
        """PLAY(site) returns a Result, or a list of them."""
        results = [play(site) for site in self.sites]
        lists = [r if isinstance(r, list) else [r] for r in results]
        left, right = ([outcome_of(result) for result in one] for one in lists)
        self.tap.ok(left == right, name, "\n".join(
            "%s: %s" % (mta, r.describe()) for mta, one in zip(("Postfix", "Sendmail"), lists)
            for r in one))
        for one, other in zip(left, right):
            self.tap.note("Postfix   " + in_short(one))
            self.tap.note("Sendmail  " + in_short(other))
        return lists


def check_sessions(pair):
    def starttls(site):
        with site.connect("default", "192.0.2.10") as smtp:
            smtp.command("EHLO www.bank.example")
            answer = smtp.starttls()
            if answer.code != 220:
                return Result("starttls", answer, None)
            smtp.command("EHLO mail.bank.example")
            return site.transact(smtp, BANK)

    def many(site):
        with site.connect("default", "192.0.2.10") as smtp:
            smtp.command("EHLO mail.bank.example")
            return [site.transact(smtp, sender) for sender in
                    (BANK, "a@six.example", "", "a@shop.example", PLAIN)]

    def rset(site):
        with site.connect("default", "192.0.2.10") as smtp:
            smtp.command("EHLO mail.bank.example")
            smtp.command("MAIL FROM:<%s>" % PLAIN)
            smtp.command("RSET")
            return site.transact(smtp, BANK)

    def no_helo(site):
        with site.connect("default", STRANGER[0]) as smtp:
            smtp.command("HELO www.bank.example")
            first = site.transact(smtp, PLAIN)
            smtp.command("HELO mx.plain.example")
            return [first, site.transact(smtp, PLAIN)]

    pair.row("STARTTLS, then EHLO again: the last HELO counts", starttls)
    pair.row("several messages in a session", many)
    pair.row("RSET between messages", rset)
    pair.row("a refused HELO name, then another HELO", no_helo)


def check_auth(pair):
    """Clients that authenticate, also after a HELO that is refused."""
    def auth(line, password, sender, content=None):
        def play(site):
            with site.connect(line, "198.51.100.66") as smtp:
                smtp.command("EHLO www.bank.example")
                refused = site.transact(smtp, PLAIN)
                answer = smtp.auth_plain("alice", password)
                return [refused, Result("auth", Reply(answer.code, []), None),
                        site.transact(smtp, sender, content)]
        return play

    reason = sendmail.why_no_auth()
    if reason:
        pair.tap.skip("AUTH", reason)
        return
    pair.row("AUTH after a refused HELO: exempt", auth("default", "secret", BANK))
    pair.row("AUTH, forged fields go as well", auth("default", "secret", PLAIN, FORGED))
    lists = pair.row("AUTH that fails: not exempt", auth("default", "wrong", PLAIN))
    pair.tap.ok([one[1].reply.code for one in lists] == [535, 535], "a wrong password is refused")
    pair.row("AUTH where authenticated = no", auth("open", "secret", BANK))


def check_messages(pair):
    content = b"From: <a@b.example>\r\n" + b"".join(ODD) + b"\r\ncaf\xc3\xa9\r\n"
    lists = pair.row("forged Authentication-Results",
                     lambda site: site.send("default", *NOBODY, PLAIN, content=FORGED))
    kept = [[value for value in one[0].fields() if value not in one[0].ours()] for one in lists]
    pair.tap.ok(kept[0] == kept[1] and kept[0], "both keep what is another's", kept)
    pair.row("odd header fields, 8-bit",
             lambda site: site.send("default", *NOBODY, PLAIN, content=content,
                                    options=" BODY=8BITMIME"))
    pair.row("no header at all",
             lambda site: site.send("default", *NOBODY, PLAIN, content=b"\r\nbody\r\n"))
    pair.row("no body", lambda site: site.send("default", *NOBODY, PLAIN,
                                               content=b"Subject: x\r\n\r\n"))
    pair.row("discard: taken and gone",
             lambda site: site.send("actions", *NOBODY, "a@neutral.example", wait=False))
    pair.row("quarantine: taken and held",
             lambda site: site.send("actions", *NOBODY, "a@shop.example", wait=False))
    for site in pair.sites:
        pair.tap.ok(len(site.held()) == 1, "%s holds the quarantined message"
                    % type(site).__name__, site.held())


RESENT = b"Resent-From: Forwarder <list@forwarder.example>\r\n"
RECEIVED = (b"Received: from mail.author.example by mx.plain.example;\r\n"
            b"\tSat, 21 Nov 2026 00:00:00 +0000\r\n")
AUTHOR = b"From: A. Uthor\r\n <a@author.example>\r\n"


def check_sender_id(pair):
    def send(site, line, *fields):
        return site.send(line, *NOBODY, PLAIN, content=b"".join(fields) + b"\r\nbody\r\n")

    def first(name, *fields, line="sender-id"):
        return pair.row("Sender ID: " + name, lambda site: send(site, line, *fields))[0][0]

    result = first("a forwarder that says so passes", RESENT, RECEIVED, AUTHOR)
    pair.tap.ok(result.results().get("sender-id") == "pass"
                and "header.resent-from=list@forwarder.example" in "".join(result.ours()),
                "sender-id= names the field the PRA came from", result.describe())
    result = first("the same without Resent-From", RECEIVED, AUTHOR)
    pair.tap.ok(result.reply.code == 550 and "Sender ID (PRA) Not Permitted" in
                "".join(result.reply.lines), "is refused as configured", result.describe())
    result = first("and by default", RECEIVED, AUTHOR, line="default")
    pair.tap.ok(result.results().get("sender-id") == "fail"
                and "header.from=a@author.example" in "".join(result.ours()),
                "is taken, and the field says fail", result.describe())
    result = first("two From fields", AUTHOR, AUTHOR)
    pair.tap.ok(result.reply.code == 550 and "Missing Purported Responsible Address: more than one "
                "From field" in "".join(result.reply.lines), "is no PRA, and the reply says so",
                result.describe())
    result = first("two From fields by default", AUTHOR, AUTHOR, line="default")
    pair.tap.ok(result.results().get("sender-id") == "permerror",
                "is no PRA, and the field says so", result.describe())


def octets_through(mta, address):
    """The odd fields as MTA hands them to a milter at ADDRESS (of a port)."""
    with harness.Run("octets") as run:
        milter = RecordingMilter(run)
        server = mta(run, {"record": address % milter.port}, Sink(run).port)
        with Client(server.port("record")) as smtp:
            smtp.command("EHLO mail.bank.example")
            smtp.command("MAIL FROM:<a@b.example> BODY=8BITMIME")
            smtp.command("RCPT TO:<r@receiver.example>")
            smtp.data(b"".join(ODD) + b"\r\nbody\r\n")
        return dict(milter.fields)


def check_octets(tap):
    """What both hand over of a header: the same octets, the leading space included."""
    seen = [octets_through(postfix.Postfix, "inet:127.0.0.1:%d"),
            octets_through(sendmail.Sendmail, "inet:%d@127.0.0.1")]
    for field in ODD:
        name, value = field[:-2].replace(b"\r\n", b"\n").split(b":", 1)
        got = [fields.get(name) for fields in seen]
        tap.ok(got == [value, value], "%s arrives octet for octet" % name.decode(), got)


def main():
    tap = harness.Tap()
    reason = (postfix.why_not() or programs.why_not() or sendmail.why_not()
              or namespace.why_not())
    if reason:
        tap.skip_all(reason)
    namespace.enter()
    with harness.Run("both") as run, harness.Run("both-postfix") as left, \
            harness.Run("both-sendmail") as right:
        namespace.hide_names(run)
        pair = Pair(tap, [Receiver(left, FILTERS, ZONES), SendmailReceiver(right, FILTERS, ZONES)])
        for name, session, sender, _, _ in DEFAULTS:
            pair.row(name, lambda site, s=session, f=sender: site.send("default", *s, f))
        for line, name, session, sender, _, _ in CONFIGURED:
            pair.row("%s: %s" % (line, name),
                     lambda site, n=line, s=session, f=sender: site.send(n, *s, f))
        check_sessions(pair)
        check_auth(pair)
        check_messages(pair)
        check_sender_id(pair)
        for one in (left, right):
            harness.check_children(tap, one)
        check_octets(tap)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
