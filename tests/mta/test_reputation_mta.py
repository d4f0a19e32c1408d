#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Reputation through a real Postfix and a real Sendmail: messages count, and recipients that Postfix
refuses do.  (Sendmail 8.17 agrees to show such recipients, and then does not.)"""

import json
import subprocess
import sys

import harness
import namespace
import postfix
import programs
import sendmail
from receiver import Receiver
from sendmail_receiver import SendmailReceiver
from test_postfix import BANK, ZONES

CLIENT = ("192.0.2.10", "mail.bank.example")
UNKNOWN = "nobody@" + postfix.RELAY_DOMAIN


class PostfixSite(Receiver):
    def start_mta(self, lines, ports):
        path = self.run.write("recipients", "/^nobody@/ 550 5.1.1 User unknown\n"
                              "/^elsewhere@/ 550 5.7.1 Not here\n")
        self.settings = "smtpd_recipient_restrictions = check_recipient_access regexp:%s\n" % path
        super().start_mta(lines, ports)


def record_of(site, kind, name):
    done = subprocess.run([harness.program("tools/vouch"), "reputation", "--json", "-c",
                           site.filters["one"].configuration_path, name], check=False,
                          stdout=subprocess.PIPE, encoding="utf-8", timeout=60)
    for line in done.stdout.splitlines():
        record = json.loads(line)
        if record["kind"] == kind:
            return round(record["good"], 1), round(record["bad"], 1)
    return None


def session(site, recipients):
    """One transaction that ends behind RCPT; the replies to RCPT."""
    with site.connect("one", CLIENT[0]) as smtp:
        smtp.command("EHLO " + CLIENT[1])
        smtp.command("MAIL FROM:<%s>" % BANK)
        replies = [smtp.command("RCPT TO:<%s>" % recipient).code for recipient in recipients]
        smtp.command("RSET")
        smtp.command("MAIL FROM:<%s>" % BANK)  # its answer says that all before was taken in
        smtp.command("QUIT")
        return replies


def test(tap, mta, site):
    def expect(expected, title):
        try:
            harness.wait_for(lambda: record_of(site, "helo", CLIENT[1]) == expected, title, 20)
        except harness.HarnessError:
            pass
        found = record_of(site, "helo", CLIENT[1])
        tap.ok(found == expected, "%s: %s" % (mta, title), found)

    result = site.send("one", *CLIENT, BANK)
    tap.ok(result.message is not None, mta + ": a message is delivered", result.describe())
    expect((0.2, 0.0), "a message that went through counts a little")
    if mta == "Sendmail":
        return
    replies = session(site, [UNKNOWN])
    tap.ok(replies == [550], mta + ": an unknown user is refused", replies)
    expect((0.2, 1.0), "an unknown user counts")
    session(site, ["elsewhere@" + postfix.RELAY_DOMAIN])
    session(site, [site.recipient(), UNKNOWN])
    session(site, [UNKNOWN])
    expect((0.2, 2.0), "neither another refusal nor one unknown user among others does")


def main():
    tap = harness.Tap()
    reason = (postfix.why_not() or programs.why_not() or sendmail.why_not()
              or namespace.why_not())
    if reason:
        tap.skip_all(reason)
    namespace.enter()
    with harness.Run("reputation-names") as names:
        namespace.hide_names(names)
        for mta, make in (("Postfix", PostfixSite), ("Sendmail", SendmailReceiver)):
            with harness.Run("reputation-" + mta.lower()) as run:
                options = 'reputation { enabled = yes  file = "%s" }\n' % run.path("r.db")
                test(tap, mta, make(run, {"one": options}, ZONES))
                harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
