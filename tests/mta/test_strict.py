#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""profile = strict through a real Postfix and a real Sendmail: each of its rules refuses, alone as
well, and lets the same message through when it is taken back.  Reverse DNS of the client, too."""

import os
import sys

import harness
import namespace
import postfix
import programs
import sendmail
from certificates import Authority
from receiver import Receiver, Result
from sendmail_receiver import SendmailReceiver
from smtp_client import tls_context

NAME = "mail.good.strict"
CLIENT = "192.0.2.10"
GOOD = "a@good.strict"
LITERAL = "b@[192.0.2.1]"
SPF = "v=spf1 ip4:192.0.2.10 ip6:2001:db8::10 -all"
ZONE = """\
good.strict.              MX 10 mail.good.strict.
good.strict.              TXT "{spf}"
mail.good.strict.         A 192.0.2.10
mail.good.strict.         AAAA 2001:db8::10
null.strict.              MX 0 .
null.strict.              TXT "{spf}"
nomx.strict.              A 192.0.2.10
nomx.strict.              TXT "{spf}"
none.strict.              MX 10 mail.good.strict.
neutral.strict.           MX 10 mail.good.strict.
neutral.strict.           TXT "v=spf1 ?all"
soft.strict.              MX 10 mail.good.strict.
soft.strict.              TXT "v=spf1 ~all"
fail.strict.              MX 10 mail.good.strict.
fail.strict.              TXT "v=spf1 -all"
typo.strict.              MX 10 mail.good.strict.
typo.strict.              TXT "v=spf1 ip4:192.0.2.999 -all"
dead.strict.              MX 10 mail.good.strict.
! dead.strict. TXT servfail
deaf.strict.              TXT "{spf}"
! deaf.strict. MX servfail
10.2.0.192.in-addr.arpa.  PTR mail.good.strict.
20.2.0.192.in-addr.arpa.  PTR mail.good.strict.
40.2.0.192.in-addr.arpa.  PTR dead.strict.
! dead.strict. A servfail
0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. PTR mail.good.strict.
""".format(spf=SPF)
IPREV = "iprev { enabled = yes  fail = reject  permerror = reject  temperror = tempfail }\n"
FILTERS = {"strict": "profile = strict\n", "rule": "", "iprev": IPREV}
# Postfix itself takes mail for a literal only where it is told to.
POSTFIX = """\
smtpd_tls_ask_ccert = yes
smtpd_tls_CAfile = {folder}/authority.pem
default_transport = $relay_transport
smtpd_relay_restrictions = check_recipient_access regexp:{folder}/literals, reject_unauth_destination
"""
SENDMAIL = "define(`confCACERT', `{folder}/authority.pem')dnl\n"


class Site:
    """A receiving site, by the name of its MTA."""

    def __init__(self, mta, kind, run, settings, authority, certificate):
        folder = run.path("sendmail" if mta == "Sendmail" else "files")
        os.makedirs(folder, exist_ok=True)
        for name, octets in (("authority.pem", authority), ("literals", b"/\\[192/ OK\n")):
            path = os.path.join(folder, name)
            with open(path, "wb") as out:
                out.write(octets)
            os.chmod(path, 0o644)
        site = type("Strict" + mta, (kind,), {"settings": settings.format(
            folder=sendmail.SAFE if mta == "Sendmail" else folder)})
        self.mta = mta
        self.certificate = certificate
        self.receiver = site(run, FILTERS, [run.write("strict.zone", ZONE)])

    def configure(self, text):
        """Put the filter "rule" under the configuration TEXT."""
        rule = self.receiver.filters["rule"]
        before = len(rule.log_lines("reload: the new configuration"))
        rule.configure(text)
        rule.reload()
        harness.wait_for(lambda: len(rule.log_lines("reload: the new configuration")) > before,
                         "the configuration is read", child=rule.child)

    def send(self, line, sender=GOOD, helo=NAME, client=CLIENT, tls="certificate", recipient=None):
        """One message; TLS with a certificate, "bare" without one, or None.  With RECIPIENT it goes
        to that one alone, as far as RCPT."""
        with self.receiver.connect(line, client) as smtp:
            smtp.command("EHLO " + helo)
            if tls:
                smtp.starttls(tls_context(self.certificate if tls == "certificate" else None))
                smtp.command("EHLO " + helo)
            if recipient is None:
                result = self.receiver.transact(smtp, sender)
            else:
                result = Result("mail", smtp.command("MAIL FROM:<%s>" % sender), None)
                if result.reply.code == 250:
                    result = Result("rcpt", smtp.command("RCPT TO:<%s>" % recipient), None)
            smtp.command("QUIT")
            return result


# What is sent; the reply under the profile (its codes, its stage, a piece of its text); the rule;
# its reply alone, where that is another; the same as the rule that stands alone; what takes it back
RULES = [
    ("null MX", {"sender": "a@null.strict"}, "550 5.7.27",
     "Sender address has null MX: null.strict takes no mail", "sender { null-mx = reject }",
     None, "sender { enabled = yes }", "sender { null-mx = continue }"),
    ("no MX record", {"sender": "a@nomx.strict"}, "550 5.1.8",
     "Sender address rejected: nomx.strict has no MX record", "sender { no-mx = reject }",
     None, "sender { enabled = yes  no-mx = reject }", "sender { no-mx = continue }"),
    ("an address literal in MAIL FROM", {"sender": "a@[192.0.2.10]"}, "550 5.7.26",
     "Sender address rejected: a@[192.0.2.10]: an address literal",
     "sender { address-literal = reject }", "553 5.1.7",
     "sender { enabled = yes  address-literal = reject }",
     "sender { address-literal = continue } spf { none = continue }"),
    ("an address literal in HELO", {"helo": "[192.0.2.10]"}, "550 5.7.1",
     "[192.0.2.10]: HELO is an address literal", "helo { address-literal = reject }",
     None, "helo { address-literal = reject }", "helo { address-literal = continue }"),
    ("an address literal in RCPT TO", {"recipient": LITERAL}, "553 5.1.3",
     "Recipient address rejected: b@[192.0.2.1]: an address literal",
     "recipient { address-literal = reject }",
     None, "recipient { address-literal = reject }", "recipient { address-literal = continue }"),
    ("SPF none", {"sender": "a@none.strict"}, "550 5.7.1",
     "SPF none: none.strict: the domain publishes no SPF record", "spf { none = reject }",
     None, "spf { none = reject }", "spf { none = continue }"),
    ("SPF neutral", {"sender": "a@neutral.strict"}, "550 5.7.1", "SPF neutral: neutral.strict",
     "spf { neutral = reject }",
     None, "spf { neutral = reject }", "spf { neutral = continue }"),
    ("SPF softfail", {"sender": "a@soft.strict"}, "550 5.7.23", "SPF softfail: soft.strict",
     "spf { softfail = reject }",
     None, "spf { softfail = reject }", "spf { softfail = continue }"),
    ("SPF fail", {"sender": "a@fail.strict"}, "550 5.7.23", "SPF fail: fail.strict",
     "spf { fail = reject }", None, "", "spf { fail = continue }"),
    ("SPF permerror", {"sender": "a@typo.strict"}, "550 5.7.24", "SPF permerror: typo.strict",
     "spf { permerror = reject }",
     None, "spf { permerror = reject }", "spf { permerror = continue }"),
    ("SPF that cannot be looked up", {"sender": "a@dead.strict"}, "451 4.7.24",
     "SPF for dead.strict could not be checked", "spf { temperror = tempfail }",
     None, "spf { temperror = tempfail }", "spf { temperror = continue }"),
    ("MX that cannot be looked up", {"sender": "a@deaf.strict"}, "451 4.4.3",
     "Sender MX for deaf.strict could not be checked", "sender { temperror = tempfail }",
     None, "sender { enabled = yes  temperror = tempfail }", "sender { temperror = continue }"),
    ("no TLS", {"tls": None}, "550 5.7.10", "(STARTTLS)", "tls { require = certificate }",
     None, "tls { enabled = yes  require = certificate }", "tls { require = no }"),
    ("TLS without a certificate", {"tls": "bare"}, "550 5.7.1",
     "client certificate that can be verified", "tls { require = certificate }",
     None, "tls { enabled = yes  require = certificate }", "tls { require = encryption }"),
]


def is_refused(result, stage, code, words):
    return (result.stage == stage and words in str(result.reply)
            and "%d %s" % (result.reply.code, result.reply.enhanced) == code)


def check_rule(tap, site, row):
    name, message, code, words, rule, alone_code, alone, back = row
    stage = "rcpt" if "recipient" in message else "mail"
    title = "%s: %s: " % (site.mta, name)
    refused = site.send("strict", **message)
    tap.ok(is_refused(refused, stage, code, words), title + code, refused.describe())
    tap.note("%s  %s" % (site.mta, refused.reply))
    origin = "default" if rule in ("sender { null-mx = reject }", "spf { fail = reject }") \
        else "profile strict"
    lines = site.receiver.filters["strict"].log_lines('rule="%s" (%s)' % (rule, origin))
    tap.ok(len(lines) >= 1, title + "the log names the rule and where it was set", rule)
    site.configure(alone)
    refused = site.send("rule", **message)
    tap.ok(is_refused(refused, stage, alone_code or code, words),
           title + "the rule alone, %s" % (alone_code or code), refused.describe())
    site.configure("profile = strict\n" + back)
    taken = site.send("rule", **message)
    tap.ok(taken.reply.code == 250 and (stage == "rcpt" or taken.message is not None),
           title + "taken where the rule is taken back", taken.describe())


def check_taken(tap, site):
    for name, message in [
            ("all that is asked for", {}),
            ("the same over IPv6", {"client": "2001:db8::10"}),
            ("a bounce", {"sender": ""})]:
        result = site.send("strict", **message)
        tap.ok(result.message is not None and result.results().get("x-tls") == "pass",
               "%s: strict: %s is taken" % (site.mta, name), result.describe())
    result = site.send("strict")
    found = result.results()
    tap.ok((found.get("x-sender"), found.get("spf"), found.get("x-tls"))
           == ("pass", "pass", "pass") and "iprev" not in found,
           "%s: strict: and the fields say why" % site.mta, result.describe())
    result = site.send("strict", recipient="postmaster")
    tap.ok(result.stage == "rcpt" and result.reply.code == 250,
           "%s: strict: RCPT TO:<postmaster> is taken" % site.mta, result.describe())


def check_recipients(tap, site):
    """A refused recipient is refused alone."""
    ours = site.receiver.recipient()
    with site.receiver.connect("strict", CLIENT) as smtp:
        smtp.command("EHLO " + NAME)
        smtp.starttls(tls_context(site.certificate))
        smtp.command("EHLO " + NAME)
        smtp.command("MAIL FROM:<%s>" % GOOD)
        replies = [smtp.command("RCPT TO:<%s>" % to) for to in (LITERAL, ours, LITERAL)]
        end = smtp.data(b"From: <a@good.strict>\r\n\r\nHello\r\n")
        smtp.command("QUIT")
    message = site.receiver.sink.wait(ours) if end.code == 250 else None
    tap.ok([reply.code for reply in replies] == [553, 250, 553] and message is not None,
           "%s: the other recipient gets the message" % site.mta, " / ".join(str(reply) for reply in replies + [end]))


def check_auth(tap, site):
    """Who authenticates need keep none of the rules."""
    if site.mta == "Sendmail" and sendmail.why_no_auth():
        tap.skip("AUTH", sendmail.why_no_auth())
        return
    with site.receiver.connect("strict", CLIENT) as smtp:
        smtp.command("EHLO [192.0.2.10]")
        smtp.starttls(tls_context())
        smtp.command("EHLO [192.0.2.10]")
        smtp.auth_plain("alice", "secret")
        mail = smtp.command("MAIL FROM:<a@null.strict>")
        rcpt = smtp.command("RCPT TO:<%s>" % LITERAL)
        smtp.command("QUIT")
    tap.ok([mail.code, rcpt.code] == [250, 250], "%s: strict: AUTH is exempt" % site.mta,
           "%s / %s" % (mail, rcpt))


def check_iprev(tap, site):
    rows = [(CLIENT, "pass", None, None), ("2001:db8::10", "pass", None, None),
            ("192.0.2.20", "fail", "550 5.7.25",
             "Reverse DNS validation of 192.0.2.20 failed: no name of the client's address leads "
             "back to it"),
            ("192.0.2.30", "permerror", "550 5.7.25",
             "Reverse DNS validation of 192.0.2.30 failed: the client's address has no name"),
            ("192.0.2.40", "temperror", "451 4.4.3",
             "Reverse DNS of 192.0.2.40 could not be checked")]
    for client, expected, code, words in rows:
        result = site.send("iprev", client=client, sender="a@none.strict", tls=None)
        title = "%s: iprev %s of %s: %s" % (site.mta, expected, client, code or "taken")
        if code is None:
            good = (result.results().get("iprev") == expected
                    and "policy.iprev=" in "".join(result.ours()))
        else:
            good = is_refused(result, "mail", code, words)
        tap.ok(good, title, result.describe())


def main():
    tap = harness.Tap()
    reason = postfix.why_not() or programs.why_not() or namespace.why_not()
    if reason:
        tap.skip_all(reason)
    namespace.enter()
    with harness.Run("strict") as run, harness.Run("strict-postfix") as left, \
            harness.Run("strict-sendmail") as right:
        namespace.hide_names(run)
        authority = Authority(run.path("authority"), "/O=Vouch/CN=Test CA")
        certificate = authority.issue("good", "/CN=" + NAME)
        with open(authority.path, "rb") as source:
            octets = source.read()
        sites = [Site("Postfix", Receiver, left, POSTFIX, octets, certificate)]
        if sendmail.why_not():
            tap.skip("Sendmail", sendmail.why_not())
        else:
            sites.append(Site("Sendmail", SendmailReceiver, right, SENDMAIL, octets, certificate))
        for site in sites:
            check_taken(tap, site)
            for row in RULES:
                check_rule(tap, site, row)
            check_recipients(tap, site)
            check_auth(tap, site)
            check_iprev(tap, site)
        for one in (left, right):
            harness.check_children(tap, one)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
