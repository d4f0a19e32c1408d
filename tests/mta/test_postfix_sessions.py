#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""What happens within a session, through a real Postfix: AUTH, STARTTLS, many messages, odd
messages, forged header fields, every action."""

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
MAIL = ("192.0.2.10", "mail.bank.example")     # the bank's mail server
STRANGER = ("198.51.100.66", "mail.bank.example")  # uses its name
NOBODY = ("198.51.100.25", "mx.plain.example")  # a host of which nothing is known

FILTERS = {
    "default": "",
    "actions": """
spf { softfail = quarantine  neutral = discard  none = tempfail }
csa { fail = continue }
""",
    "open": "exempt { authenticated = no }\n",
    "stripping": "authentication-results { strip = all }\n",
}


def check_auth(tap, site):
    with site.connect("default", "198.51.100.66") as smtp:
        smtp.command("EHLO www.bank.example")
        answer = smtp.auth_plain("alice", "wrong")
        tap.ok(answer.code == 535, "a wrong password is refused by Postfix", answer)
        result = site.transact(smtp, PLAIN)
        tap.ok((result.stage, result.reply.code) == ("mail", 550),
               "after a failed AUTH the HELO name counts", result.describe())
        answer = smtp.auth_plain("alice", "secret")
        tap.ok(answer.code == 235, "AUTH is still offered after a refused MAIL", answer)
        result = site.transact(smtp, BANK)
        tap.ok(result.message is not None,
               "an authenticated client is exempt, whatever CSA and SPF say", result.describe())
        tap.ok("fail" not in result.results().values(), "and no failure is noted",
               result.describe())
        result = site.transact(smtp, PLAIN, FORGED)
        tap.ok("bank.example" not in " ".join(result.ours()),
               "forged fields of an authenticated client go as well", result.describe())
    with site.connect("open", "198.51.100.66") as smtp:
        smtp.command("EHLO www.bank.example")
        smtp.auth_plain("alice", "secret")
        result = site.transact(smtp, BANK)
        tap.ok((result.stage, result.reply.code) == ("mail", 550),
               "exempt { authenticated = no }: checked like anybody", result.describe())


def check_starttls(tap, site):
    for names, good in ((("www.bank.example", "mail.bank.example"), True),
                        (("mail.bank.example", "www.bank.example"), False)):
        with site.connect("default", "192.0.2.10") as smtp:
            smtp.command("EHLO " + names[0])
            answer = smtp.starttls()
            tap.ok(answer.code == 220, "STARTTLS is offered after EHLO " + names[0], answer)
            smtp.command("EHLO " + names[1])
            result = site.transact(smtp, BANK)
            tap.ok((result.message is not None) == good,
                   "EHLO %s, STARTTLS, EHLO %s: the last one counts" % names, result.describe())
    with site.connect("default", "192.0.2.10") as smtp:
        smtp.command("HELO www.bank.example")
        smtp.command("HELO mail.bank.example")
        result = site.transact(smtp, BANK)
        tap.ok(result.message is not None, "HELO twice: the last one counts", result.describe())


def check_many_messages(tap, site):
    cases = [(BANK, 250, "pass"), ("a@six.example", 550, None), ("a@shop.example", 250, "softfail"),
             ("", 250, None), (PLAIN, 250, "none"), ("a@typo.example", 250, "permerror")]
    wrong = []
    with site.connect("default", MAIL[0]) as smtp:
        smtp.command("EHLO " + MAIL[1])
        for sender, code, spf in cases * 5:
            result = site.transact(smtp, sender)
            if result.reply.code != code or (spf and result.results().get("spf") != spf):
                wrong.append("<%s>: %s" % (sender, result.describe()))
            elif code == 250 and result.results().get("x-csa") != "pass":
                wrong.append("<%s>: CSA lost: %s" % (sender, result.describe()))
        smtp.command("MAIL FROM:<a@shop.example>")
        smtp.command("RCPT TO:<x@elsewhere.example>")
        smtp.command("RSET")
        result = site.transact(smtp, BANK)
        tap.ok(result.results().get("spf") == "pass", "RSET in the middle, then another message",
               result.describe())
    tap.ok(not wrong, "30 messages of 6 kinds on one connection, each with its own verdict",
           "\n".join(wrong))


def check_pipelining(tap, site):
    with site.connect("default", MAIL[0]) as smtp:
        smtp.command("EHLO " + MAIL[1])
        recipient = site.recipient()
        answers = smtp.pipeline("MAIL FROM:<a@six.example>", "RCPT TO:<%s>" % recipient, "DATA")
        tap.ok([a.code for a in answers] == [550, 503, 503],
               "pipelined: a refused MAIL takes the rest along", [str(a) for a in answers])
        answers = smtp.pipeline("MAIL FROM:<%s>" % BANK, "RCPT TO:<%s>" % recipient, "DATA")
        tap.ok([a.code for a in answers] == [250, 250, 354], "pipelined: the next one goes on",
               [str(a) for a in answers])
        answer = smtp.message(b"Subject: x\r\n\r\nx\r\n")
        tap.ok(answer.code == 250 and site.sink.wait(recipient) is not None, "and is delivered",
               answer)


FORGED = (
    b"Authentication-Results: mx.receiver.example; spf=pass smtp.mailfrom=bank.example\r\n"
    b"Authentication-Results: first.elsewhere.example; dkim=neutral\r\n"
    b"AUTHENTICATION-RESULTS: MX.RECEIVER.EXAMPLE; dkim=pass header.d=bank.example\r\n"
    b"Authentication-Results:\r\n\t(a (nested) comment) mx.receiver.example\r\n"
    b"\t; spf=pass smtp.mailfrom=bank.example\r\n"
    b"Authentication-Results: \"mx.receiver.example\" 1; spf=pass smtp.mailfrom=bank.example\r\n"
    b"Authentication-Results: mx.receiver.example.; spf=pass smtp.mailfrom=bank.example\r\n"
    b"Authentication-Results: second.elsewhere.example; spf=neutral\r\n"
    b"authentication-results:mx.receiver.example;x-csa=pass smtp.helo=bank.example\r\n"
    b"Authentication-Results : mx.receiver.example; spf=pass smtp.mailfrom=bank.example\r\n"
    b"Authentication-Results: mx.receiver.example\xc2\xa0; spf=pass smtp.mailfrom=bank.example\r\n"
    b"Authentication-Results: mx.receiver.example\xa0; spf=pass smtp.mailfrom=bank.example\r\n"
    b"Authentication-Results: mx.receiver.example..; spf=pass smtp.mailfrom=bank.example\r\n"
    b"X-Other: mx.receiver.example; spf=pass\r\n"
    b"From: me@plain.example\r\nSubject: forged\r\n\r\n"
    b"Authentication-Results: mx.receiver.example; spf=pass is body text here\r\n")


def check_forged(tap, site):
    result = site.send("default", *NOBODY, PLAIN, content=FORGED)
    fields = result.fields()
    tap.ok("bank.example" not in " ".join(fields),
           "ten forged fields are removed: folded, commented, quoted, in capitals, with dots, with "
           "white space of other alphabets",
           result.describe())
    tap.ok([f for f in fields if "elsewhere" in f] == [
        "first.elsewhere.example; dkim=neutral", "second.elsewhere.example; spf=neutral"],
           "those of other sites stay, in order", result.describe())
    tap.ok(len(fields) == 4 and fields[:2] == result.ours(), "ours are on top", fields)
    tap.ok(result.message is not None and b"\r\nX-Other: mx.receiver.example; spf=pass\r\n" in
           result.message.content and result.message.content.endswith(b"is body text here\r\n"),
           "nothing else is touched", result.describe())
    hundred = b"".join(b"Authentication-Results: %s; spf=pass smtp.mailfrom=n%d.bank.example\r\n"
                       % (b"mx.receiver.example" if i % 3 else b"other.example", i)
                       for i in range(150))
    result = site.send("default", *NOBODY, PLAIN, content=hundred + b"Subject: x\r\n\r\nx\r\n")
    fields = [f for f in result.fields() if "bank.example" in f]
    tap.ok(len(fields) == 50 and all(f.startswith("other.example") for f in fields),
           "a hundred forged among fifty others", result.describe())
    result = site.send("stripping", *NOBODY, PLAIN, content=FORGED)
    tap.ok(len(result.fields()) == 2, "strip = all removes those of other sites too",
           result.describe())


def check_actions(tap, site):
    result = site.send("actions", *NOBODY, "a@shop.example", wait=False)
    harness.wait_for(lambda: result.queue_id in site.postfix.held(), "the message is held")
    kept = site.postfix.queued_message(result.queue_id)
    tap.ok(result.reply.code == 250 and "spf=softfail" in kept,
           "quarantine: taken, and in Postfix's hold queue with our fields", kept)
    discarded = site.send("actions", *NOBODY, "a@neutral.example", wait=False)
    tap.ok((discarded.stage, discarded.reply.code) == ("end", 250), "discard: the sender sees 250",
           discarded.describe())
    result = site.send("actions", *NOBODY, PLAIN)
    tap.ok((result.stage, result.reply.code) == ("mail", 451)
           and result.reply.enhanced.startswith("4."), "tempfail: 451 at MAIL", result.describe())
    result = site.send("actions", *MAIL, BANK)
    tap.ok(result.message is not None, "continue: delivered", result.describe())
    tap.ok(site.sink.find(discarded.recipient) is None, "discard: it came nowhere")
    tap.ok(len(site.postfix.held()) == 1, "and only one is held", site.postfix.held())


def check_odd_messages(tap, site):
    long_name = b"X-Long: " + b"x" * 60000 + b"\r\n"
    folded = b"X-Folded: a" + b"\r\n b" * 2000 + b"\r\n"
    many = b"".join(b"X-Number-%d: %d\r\n" % (i, i) for i in range(2000))
    eight_bit = "From: \u017div\u00e1 <me@plain.example>\r\n".encode() + \
        b"Subject: \xff\xfe\x80\r\n"
    cases = [
        ("an 8-bit header and body", eight_bit + b"\r\n\xe9\xff\x80\r\n", ""),
        ("SMTPUTF8", "Subject: \u2603\r\n\r\n\u2603\r\n".encode(), " SMTPUTF8"),
        ("a header line of 60,000 octets", long_name + b"\r\nx\r\n", ""),
        ("a header line of 100,000 octets", long_name.replace(b"x", b"yy")[:100000] +
         b"\r\n\r\nx\r\n", ""),
        ("a header line of a megabyte", b"X-Long: " + b"z" * 1000000 + b"\r\n\r\nx\r\n", ""),
        ("2,000 folds", folded + b"\r\nx\r\n", ""),
        ("2,000 fields", many + b"\r\nx\r\n", ""),
        ("no header at all", b"\r\nx\r\n", ""),
        ("no body", b"Subject: x\r\n", ""),
        ("nothing", b"", ""),
        ("NULs and bare CRs", b"Subject: a\x00b\rc\r\n\r\n\x00\r\x00\r\n", ""),
        ("a megabyte of body", b"Subject: x\r\n\r\n" + b"0123456789abcde\r\n" * 65536, ""),
    ]
    for name, content, options in cases:
        result = site.send("default", *MAIL, BANK, content=content, options=options)
        tap.ok(result.message is not None and result.results().get("spf") == "pass"
               and result.results().get("x-csa") == "pass", "delivered with its verdict: " + name,
               result.describe()[:2000])
    for name, sender, options in [
            ("SMTPUTF8 local part", "j\u00f6rg@bank.example", " SMTPUTF8"),
            ("VERP", "list+user=other.example@bank.example", ""),
            ("a quoted local part", "\"a b\\\"@c\"@bank.example", ""),
            ("SIZE and BODY", BANK, " SIZE=1000 BODY=8BITMIME")]:
        result = site.send("default", *MAIL, sender, options=options,
                           content=b"Subject: x\r\n\r\nx\r\n")
        tap.ok(result.results().get("spf") == "pass", "reverse-path: " + name, result.describe())
    result = site.send("default", *MAIL, "info@b\u00fccher.example", options=" SMTPUTF8")
    tap.ok(result.results().get("spf") == "none" or result.reply.code == 250,
           "reverse-path: a domain in UTF-8", result.describe())


def check_long_helo(tap, site):
    for name in ("x" * 64 + ".example", "a." * 200 + "example", "\u017e.example", "%s%n.example",
                 "-bad-.example", "under_score.example"):
        result = site.send("default", NOBODY[0], name, PLAIN)
        tap.ok(result.message is not None or result.stage == "helo",
               "HELO %s: an answer" % ascii(name[:40]), result.describe())


def main():
    tap = harness.Tap()
    reason = postfix.why_not() or programs.why_not()
    if reason:
        tap.skip_all(reason)
    with harness.Run("sessions") as run:
        site = Receiver(run, FILTERS, ZONES)
        for part in (check_auth, check_starttls, check_many_messages, check_pipelining,
                     check_forged, check_actions, check_odd_messages, check_long_helo):
            part(tap, site)
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
