#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The sessions of contrib/quickstart: real SMTP through a private Postfix or Sendmail with
vouch-milter, and a table of what each got beside what was expected."""

import argparse
import os
import shutil
import signal
import sys
import textwrap
import time

source = os.environ.get("top_srcdir") or os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(source, "tests", "mta"))

import harness  # noqa: E402
import namespace  # noqa: E402
import postfix  # noqa: E402
import programs  # noqa: E402
import sendmail  # noqa: E402
from receiver import Receiver, Result  # noqa: E402
from sendmail_receiver import SendmailReceiver  # noqa: E402

FORGED = (b"Authentication-Results: mx.receiver.example; spf=pass smtp.mailfrom=bank.example\r\n"
          b"Authentication-Results: (so) \"MX.Receiver.Example\"/1 ; dkim=pass\r\n"
          b" header.d=bank.example\r\n"
          b"Authentication-Results: relay.elsewhere.example; spf=neutral\r\n"
          b"From: info@bank.example\r\nSubject: trust me\r\n\r\nHello\r\n")

WIDTHS = (3, 37, 24, 27)  # number, session, expected, got; then one word


class Row:
    """One session and what it must get.  REPLY: the beginning of the last reply; STAGE: the
    command it answers.  RESULTS: what our Authentication-Results must say, for a delivered one."""

    def __init__(self, title, client, helo, sender, reply="250", stage="end", results=None,
                 play=None, says=None, also=None, in_full=None):
        self.title = title
        self.client = client
        self.helo = helo
        self.sender = sender
        self.reply = reply
        self.stage = stage
        self.results = results or {}
        self.play = play or self.simple
        self.in_full = in_full  # shown below the table, with this title
        self.says = says  # must be in the reply's text
        self.also = also or {}  # what must be so besides: text -> function of the result

    def simple(self, site):
        return site.send("demo", self.client, self.helo, self.sender)

    def problems(self, result):
        reply = "%s %s" % (result.reply.code, result.reply.enhanced)
        if not reply.startswith(self.reply) or result.stage != self.stage:
            yield "reply"
        if self.says and self.says not in result.reply.text:
            yield "reply text"
        if self.stage == "end" and result.message is None:
            yield "not delivered"
        if any(result.results().get(k) != v for k, v in self.results.items()):
            yield "header"
        for text, check in self.also.items():
            if not check(result):
                yield text

    def session_cell(self):
        return [self.title, "%s" % self.client, "EHLO %s" % self.helo, "MAIL FROM:<%s>"
                % self.sender]

    def expected_cell(self):
        if self.stage == "end":
            lines = ["250, delivered"]
        else:
            lines = ["%s at %s" % (self.reply, self.stage.upper())]
        lines += ["%s=%s" % item for item in self.results.items()]
        return lines + ["\"...%s\"" % self.says] * bool(self.says) + list(self.also)

    def got_cell(self, result, problems):
        lines = ["%d %s" % (result.reply.code, result.reply.enhanced)]
        if result.stage != "end":
            lines[0] += " at " + result.stage.upper()
        elif result.message is not None:
            lines[0] += ", delivered"
        lines += ["%s=%s" % item for item in result.results().items()]
        if self.says:
            lines.append("\"...%s\"" % self.says if "reply text" not in problems
                         else result.reply.text)
        return lines + [("" if text not in problems else "NOT ") + text for text in self.also]


def dns_dead(site):
    """Every question stays without an answer; the cache knows none of the names."""
    site.dns.command("silent")
    try:
        return site.send("demo", "192.0.2.10", "mail.later.example", "info@later.example")
    finally:
        site.dns.command("normal")


def authenticated(site):
    """AUTH after a HELO that CSA refuses."""
    with site.connect("demo", "198.51.100.77") as smtp:
        smtp.command("EHLO www.bank.example")
        answer = smtp.auth_plain("alice", "secret")
        if answer.code != 235:
            return Result("auth", answer, None)
        return site.transact(smtp, "alice@bank.example")


def last_helo(site):
    """A name that CSA refuses, then STARTTLS and another name."""
    with site.connect("demo", "192.0.2.10") as smtp:
        smtp.command("EHLO www.bank.example")
        answer = smtp.starttls()
        if answer.code != 220:
            return Result("starttls", answer, None)
        smtp.command("EHLO mail.bank.example")
        return site.transact(smtp, "info@bank.example")


def forged(site):
    return site.send("demo", "198.51.100.25", "mx.plain.example", "me@plain.example",
                     content=FORGED)


def only_true_fields(result):
    text = " ".join(result.ours())
    return "mailfrom=bank.example" not in text and "header.d=bank.example" not in text


def foreign_kept(result):
    return "relay.elsewhere.example; spf=neutral" in result.fields()


def rows(mta):
    """Those that MTA can show: the private Sendmail has no AUTH."""
    return [row for row in all_rows() if mta == "postfix" or row.play is not authenticated]


def all_rows():
    bank = "info@bank.example"
    return [
        Row("The bank's mail server", "192.0.2.10", "mail.bank.example", bank,
            results={"x-csa": "pass", "spf": "pass"}, in_full="as its reader finds it:"),
        Row("The same over IPv6", "2001:db8::10", "mail.bank.example", bank,
            results={"x-csa": "pass"}),
        Row("A host that \"never sends mail\"", "192.0.2.80", "www.bank.example",
            "me@plain.example", reply="550 5.7.1", stage="mail"),
        Row("A stranger using the server's name", "198.51.100.66", "mail.bank.example",
            "me@plain.example", reply="550 5.7.1", stage="mail",
            in_full="as the stranger sees it:"),
        Row("A host that should have a record", "198.51.100.66", "pc7.bank.example",
            "me@plain.example", reply="550 5.7.1", stage="mail"),
        Row("Nothing is published", "198.51.100.25", "mx.plain.example", "me@plain.example",
            results={"x-csa": "none", "spf": "none"}),
        Row("SPF fail, the domain says why", "198.51.100.25", "mx.plain.example", bank,
            reply="550 5.7.23", stage="mail", says="is no mail server of bank.example",
            in_full="with the domain's explanation:"),
        Row("SPF softfail", "198.51.100.25", "mx.plain.example", "order@shop.example",
            results={"spf": "softfail"}),
        Row("SPF pass by an include chain", "203.0.113.70", "out.provider.example",
            "order@shop.example", results={"x-csa": "pass", "spf": "pass"}),
        Row("A mistake in the SPF record", "198.51.100.25", "mx.plain.example",
            "me@typo.example", results={"spf": "permerror"}),
        Row("A bounce: the HELO name answers", "192.0.2.10", "mail.bank.example", "",
            results={"x-csa": "pass"}),
        Row("Forged Authentication-Results", "198.51.100.25", "mx.plain.example",
            "me@plain.example", play=forged, results={"spf": "none"},
            also={"forged ones gone": only_true_fields, "another site's kept": foreign_kept}),
        Row("AUTH after a HELO that CSA refuses", "198.51.100.77", "www.bank.example",
            "alice@bank.example", play=authenticated),
        Row("www..., STARTTLS, then this EHLO", "192.0.2.10", "mail.bank.example", bank,
            play=last_helo, results={"x-csa": "pass", "spf": "pass"}),
        Row("No DNS server answers", "192.0.2.10", "mail.later.example", "info@later.example",
            play=dns_dead, results={"x-csa": "temperror", "spf": "temperror"}),
        Row("DNS is back; CSA and SPF both refuse", "198.51.100.66", "www.bank.example", bank,
            reply="550 5.7.26", stage="mail"),
    ]


def print_cells(cells, last=""):
    columns = [[line for text in cell for line in textwrap.wrap(text, width - 1) or [""]]
               for cell, width in zip(cells, WIDTHS)]
    for number in range(max(len(column) for column in columns)):
        line = "".join((column[number] if number < len(column) else "").ljust(width)
                       for column, width in zip(columns, WIDTHS))
        print((line + (last if number == 0 else "")).rstrip())


def print_head():
    print_cells([["#"], ["session"], ["expected"], ["got"]])
    print("-" * (sum(WIDTHS) + 5))


def print_in_full(title, result, log_line):
    print("\n" + title)
    for number, line in enumerate(result.reply.lines, 1):
        mark = " " if number == len(result.reply.lines) else "-"
        print(textwrap.fill("%d%s%s" % (result.reply.code, mark, line), 96,
                            initial_indent="    ", subsequent_indent="        "))
    for name, value in result.message.headers if result.message else []:
        if name == "Authentication-Results":
            print("    " + (name + ":" + value).replace("\r\n\t", "\n        "))
    print("  in the log:")
    print(textwrap.fill(log_line, 96, initial_indent="    ", subsequent_indent="        "))


def play_rows(site, mta):
    """Returns how many rows were not as expected."""
    bad = 0
    in_full = []
    print_head()
    for number, row in enumerate(rows(mta), 1):
        seen = len(site.filters["demo"].log_lines("client="))
        result = row.play(site)
        problems = list(row.problems(result))
        print_cells([["%d" % number], row.session_cell(), row.expected_cell(),
                     row.got_cell(result, problems)], "OK" if not problems else "NOT OK")
        sys.stdout.flush()
        bad += bool(problems)
        if row.in_full:
            line = harness.wait_for(lambda: site.filters["demo"].log_lines("client=")[seen:],
                                    "the filter logs row %d" % number)[-1]
            in_full.append(("Row %d in full, %s" % (number, row.in_full), result, line))
    for part in in_full:
        print_in_full(*part)
    return bad


SERVE = """
Running until Ctrl-C:
    SMTP    127.0.0.1:{smtp}   Postfix with the filter; mail for anybody@receiver.example is taken
    milter  127.0.0.1:{filter}   vouch-milter, log: {log}
    DNS     127.0.0.1:{dns}   contrib/demo.zone: dig -p {dns} @127.0.0.1 TXT bank.example

To attach this filter to a Postfix of yours, in main.cf:
    smtpd_milters = inet:127.0.0.1:{filter}
    milter_default_action = tempfail

To attach it to a Sendmail of yours, in sendmail.mc:
    INPUT_MAIL_FILTER(`vouch', `S=inet:{filter}@127.0.0.1, F=T, T=C:10s;S:10s;R:10s;E:1m')

By hand (XCLIENT lets you be any client):
    $ nc -C 127.0.0.1 {smtp}
    XCLIENT ADDR=198.51.100.66
    EHLO mail.bank.example
    MAIL FROM:<me@plain.example>
"""


def serve(site):
    print(SERVE.format(smtp=site.postfix.port("demo"), filter=site.filters["demo"].port,
                       dns=site.dns.port, log=site.filters["demo"].child.log_path))
    sys.stdout.flush()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        while not site.run.failed_children():
            time.sleep(0.5)
    except KeyboardInterrupt:
        print()
        return 0
    print("ended by itself: " + ", ".join(site.run.failed_children()))
    return 1


def wanted_ports():
    """The usual numbers where they are free."""
    usual = {"demo": 2525, "filter-demo": 8890, "dns": 5353}
    return {name: port for name, port in usual.items() if not harness.port_open(port)}


def why_not(options):
    """Why the demonstration cannot run here, or None."""
    if options.mta == "sendmail":
        if options.serve:
            return "--serve goes with Postfix: Sendmail runs in a network of its own"
        return sendmail.why_not() or namespace.why_not() or programs.why_not()
    return postfix.why_not() or programs.why_not()


def start(run, options):
    zones = [os.path.join(source, "contrib", "demo.zone")]
    if options.mta == "sendmail":
        namespace.hide_names(run)
        return SendmailReceiver(run, {"demo": ""}, zones)
    return Receiver(run, {"demo": ""}, zones, wanted_ports() if options.serve else None)


def main():
    parser = argparse.ArgumentParser(prog="demo.py", description=__doc__)
    parser.add_argument("--serve", action="store_true", help="keep running until Ctrl-C")
    parser.add_argument("--mta", choices=("postfix", "sendmail"), default="postfix")
    options = parser.parse_args()
    reason = why_not(options)
    if reason:
        print("quickstart: " + reason, file=sys.stderr)
        return 69
    if options.mta == "sendmail":
        namespace.enter()
    with harness.Run("demo") as run:
        site = start(run, options)
        if options.serve:
            return serve(site)
        print("vouch-milter attached to a private %s, one SMTP session a row.\n"
              % options.mta.capitalize())
        bad = play_rows(site, options.mta)
        dead = run.failed_children()
        leftover = run.directory
    if dead:
        print("\nended by itself: " + ", ".join(dead))
    if os.path.exists(leftover) and not os.environ.get("KEEP"):
        shutil.rmtree(leftover, ignore_errors=True)
    count = len(rows(options.mta))
    print("\n%d of %d rows as expected; nothing is left running." % (count - bad, count))
    return 1 if bad or dead else 0


if __name__ == "__main__":
    sys.exit(main())
