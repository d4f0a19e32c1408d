#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Verdicts through a real Postfix: one session each, what it is told and what is delivered."""

import os
import sys

import harness
import postfix
import programs
from receiver import Receiver

ZONES = [os.path.join(harness.source_dir, *path) for path in
         (("contrib", "demo.zone"), ("tests", "mta", "test.zone"))]

BANK = "info@bank.example"
PLAIN = "me@plain.example"
NOBODY = ("198.51.100.25", "mx.plain.example")  # a host of which nothing is known

# name, (client, helo), sender, "delivered" or the reply at MAIL, results
DEFAULTS = [
    ("CSA: weight 2, address matches", ("192.0.2.10", "mail.bank.example"), BANK, "delivered",
     {"x-csa": "pass", "x-helo": "pass", "spf": "pass"}),
    ("CSA: the same, HELO in capitals with a final dot", ("192.0.2.10", "MAIL.Bank.example."),
     BANK, "delivered", {"x-csa": "pass"}),
    ("CSA: the same over IPv6", ("2001:db8::10", "mail.bank.example"), BANK, "delivered",
     {"x-csa": "pass", "spf": "pass"}),
    ("CSA: an IPv4 client written as IPv6", ("::ffff:192.0.2.10", "mail.bank.example"), BANK,
     "delivered", {"x-csa": "pass", "spf": "pass"}),
    ("CSA: weight 1", ("192.0.2.80", "www.bank.example"), PLAIN, "550 5.7.1", {}),
    ("CSA: address mismatch", ("198.51.100.66", "mail.bank.example"), PLAIN, "550 5.7.1", {}),
    ("CSA: address mismatch over IPv6", ("2001:db8::66", "mail.bank.example"), PLAIN,
     "550 5.7.1", {}),
    ("CSA: a parent wants explicit authorization", ("198.51.100.66", "pc7.bank.example"), PLAIN,
     "550 5.7.1", {}),
    ("CSA: the same two labels below", ("198.51.100.66", "a.b.bank.example"), PLAIN,
     "550 5.7.1", {}),
    ("CSA: nothing published", NOBODY, PLAIN, "delivered", {"x-csa": "none", "spf": "none"}),
    ("CSA: two records, first target", ("192.0.2.31", "mail.many.example"), PLAIN, "delivered",
     {"x-csa": "pass"}),
    ("CSA: two records, second target", ("192.0.2.32", "mail.many.example"), PLAIN, "delivered",
     {"x-csa": "pass"}),
    ("CSA: two records, neither target", ("192.0.2.33", "mail.many.example"), PLAIN,
     "550 5.7.1", {}),
    ("CSA: authorized over the other family alone", ("2001:db8::31", "four.many.example"), PLAIN,
     "550 5.7.1", {}),
    ("CSA: a record of an unknown version is no record", ("192.0.2.31", "later.many.example"),
     PLAIN, "delivered", {}),
    ("CSA: an address literal is nobody's name", ("192.0.2.10", "[192.0.2.10]"), PLAIN,
     "delivered", {"x-csa": "none"}),
    ("CSA: a name without a dot", ("192.0.2.10", "localhost"), PLAIN, "delivered",
     {"x-csa": "none"}),
    ("CSA: SERVFAIL is a temporary error and refuses nothing",
     ("192.0.2.10", "mail.servfail.trouble.example"), PLAIN, "delivered", {"x-csa": "temperror"}),
    ("SPF: fail", NOBODY, "a@six.example", "550 5.7.23", {}),
    ("CSA and SPF fail together", ("192.0.2.80", "www.bank.example"), BANK, "550 5.7.26", {}),
    ("SPF: pass over IPv6", ("2001:db8:6::1", "mx.plain.example"), "a@six.example", "delivered",
     {"spf": "pass"}),
    ("SPF: softfail", NOBODY, "a@shop.example", "delivered", {"spf": "softfail"}),
    ("SPF: neutral", NOBODY, "a@neutral.example", "delivered", {"spf": "neutral"}),
    ("SPF: none", NOBODY, "a@plain.example", "delivered", {"spf": "none"}),
    ("SPF: permerror", NOBODY, "a@typo.example", "delivered", {"spf": "permerror"}),
    ("SPF: a record that includes itself", NOBODY, "a@loop.example", "delivered",
     {"spf": "permerror"}),
    ("SPF: temperror", NOBODY, "a@servfail.trouble.example", "delivered", {"spf": "temperror"}),
    ("SPF: pass by an include chain", ("203.0.113.70", "out.provider.example"), "a@shop.example",
     "delivered", {"spf": "pass"}),
    ("SPF: fail by a redirect", NOBODY, "a@redirect.example", "550 5.7.23", {}),
    ("SPF: the null path is checked as postmaster of the HELO name",
     ("192.0.2.10", "mail.bank.example"), "", "delivered", {"x-csa": "pass"}),
    ("SPF: a null path from a host whose name sends nothing", ("192.0.2.66", "helofail.example"),
     "", "550 5.7.23", {}),
    ("SPF: a sender without a domain", NOBODY, "postmaster", "delivered", {}),
]

# filter, name, (client, helo), sender, "delivered" or the reply at MAIL, results
CONFIGURED = [
    ("monitor", "monitor mode refuses nothing, and says what it saw",
     ("198.51.100.66", "mail.bank.example"), BANK, "delivered", {"x-csa": "fail", "spf": "fail"}),
    ("strict", "softfail = reject", NOBODY, "a@shop.example", "550 5.7.23", {}),
    ("strict", "temperror = tempfail", NOBODY, "a@servfail.trouble.example", "451 4.7.24", {}),
    ("strict", "permerror = reject", NOBODY, "a@typo.example", "550 5.7.24", {}),
    ("strict", "csa temperror = tempfail", ("192.0.2.10", "mail.servfail.trouble.example"),
     "a@neutral.example", "451 4.4.3", {}),
    ("strict", "domain override: continue", NOBODY, "a@six.example", "delivered",
     {"spf": "fail"}),
    ("strict", "domain override: subdomains included", NOBODY, "a@sub.plain.example",
     "550 5.7.1", {}),
    ("strict", "csa pass = accept: SPF fail no longer refuses",
     ("192.0.2.10", "mail.bank.example"), "a@redirect.example", "delivered",
     {"x-csa": "pass", "spf": "fail"}),
    ("strict", "a listed client is exempt", ("192.0.2.99", "www.bank.example"), BANK,
     "delivered", {}),
]

STRICT = """
csa { pass = accept  temperror = tempfail }
spf { softfail = reject  temperror = tempfail  permerror = reject }
domain "six.example" { spf { fail = continue } }
domain "plain.example" { spf { none = reject } }
exempt { clients = {"192.0.2.96/28"} }
"""


def check(tap, site, line, name, session, sender, expected, results):
    result = site.send(line, *session, sender)
    if expected == "delivered":
        good = result.message is not None
    else:
        code, enhanced = expected.split(" ")
        good = (result.stage, str(result.reply.code), result.reply.enhanced) == (
            "mail", code, enhanced)
    found = result.results()
    good = good and all(found.get(method) == value for method, value in results.items())
    tap.ok(good, name, "expected %s %s\n%s" % (expected, results, result.describe()))
    return result


def check_texts(tap, site):
    """What replies and header fields say."""
    result = site.send("default", "198.51.100.66", "mail.bank.example", PLAIN)
    tap.ok("mail.bank.example" in result.reply.text and "198.51.100.66" in result.reply.text,
           "a refusal names the host name and the address", result.reply)
    result = site.send("default", *NOBODY, BANK)
    tap.ok("198.51.100.25 is no mail server of bank.example" in result.reply.text,
           "the domain's explanation is in the reply", result.reply)
    tap.ok(not result.reply.lines[0].endswith("is no mail server of bank.example")
           and "bank.example" in result.reply.text.split("198.51.100.25 is no")[0],
           "and is marked as the domain's words", result.reply)
    result = site.send("default", *NOBODY, "a@evil.example")
    tap.ok(result.reply.code == 550 and len(result.reply.lines) == 1
           and "accepted" not in result.reply.text,
           "an explanation with line ends is no explanation", result.reply)
    result = site.send("default", *NOBODY, "a%b@percent.example")
    tap.ok("100% sure: a%b@percent.example 198.51.100.25 mx.plain.example" in result.reply.text,
           "percent signs arrive as they are", result.reply)


def check_header(tap, site):
    result = site.send("default", "192.0.2.10", "mail.bank.example", BANK)
    names = [name for name, _ in result.message.headers] if result.message else []
    tap.ok(names[:3] == ["Authentication-Results", "Authentication-Results", "Received"],
           "our two fields stand on top", result.describe())
    fields = result.ours()
    tap.ok(len(fields) == 2 and "spf=pass" in fields[0] and "x-csa" not in fields[0]
           and "x-csa=pass" in fields[1] and "spf" not in fields[1],
           "what is registered and what is not are apart", fields)
    tap.ok("smtp.mailfrom=bank.example" in fields[0] and "smtp.helo=mail.bank.example"
           in fields[1], "with the identities they speak of", fields)
    raw = [value for name, value in result.message.headers if name == "Authentication-Results"]
    tap.ok(all(value.startswith(" mx.receiver.example") for value in raw),
           "one space after the colon", raw)
    line = site.filters["default"].log_lines(result.queue_id or "?")
    tap.ok(len(line) == 1 and line[0].split("vouch-milter: ")[-1].startswith(result.queue_id)
           and "csa=pass" in line[0] and "spf=pass" in line[0],
           "one log line with the queue id first and every verdict", line)


def check_received_spf(tap, site):
    """Received-SPF, where it is asked for: below our results, above the MTA's Received."""
    result = site.send("received-spf", "2001:db8:6::1", "mx.plain.example", "a@six.example")
    headers = result.message.headers if result.message else []
    names = [name for name, _ in headers]
    tap.ok(names[:4] == ["Authentication-Results", "Authentication-Results", "Received-SPF",
                         "Received"], "Received-SPF stands above Received", result.describe())
    value = " ".join(" ".join(value.split()) for name, value in headers if name == "Received-SPF")
    tap.ok(value.startswith("pass (domain of a@six.example designates 2001:db8:6::1 ")
           and 'identity=mailfrom; client-ip="2001:db8:6::1"; envelope-from="a@six.example"; '
           "helo=mx.plain.example; receiver=" in value, "and says what was checked", value)
    result = site.send("default", "2001:db8:6::1", "mx.plain.example", "a@six.example")
    tap.ok(result.message is not None
           and "Received-SPF" not in [name for name, _ in result.message.headers],
           "by default there is none", result.describe())


def main():
    tap = harness.Tap()
    reason = postfix.why_not() or programs.why_not()
    if reason:
        tap.skip_all(reason)
    with harness.Run("verdicts") as run:
        site = Receiver(run, {"default": "", "monitor": "mode = monitor\n", "strict": STRICT,
                              "received-spf": "spf { received-spf = yes }\n"},
                        ZONES)
        for case in DEFAULTS:
            check(tap, site, "default", *case)
        for line, name, *case in CONFIGURED:
            check(tap, site, line, line + ": " + name, *case)
        check_texts(tap, site)
        check_header(tap, site)
        check_received_spf(tap, site)
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
