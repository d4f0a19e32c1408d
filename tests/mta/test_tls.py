#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""TLS and the client's certificate through a real Postfix and a real Sendmail, with certificate
authorities made for the occasion."""

import os
import re
import sys
import time

import harness
import namespace
import postfix
import programs
import sendmail
from certificates import Authority
from receiver import Receiver
from sendmail_receiver import SendmailReceiver
from smtp_client import tls_context

NAME = "mail.cert.example"
CLIENT = "192.0.2.10"  # NAME has another address
SENDER = "a@cert.example"
ZONE = """\
_client._smtp.mail.cert.example. SRV 1 3 0 .
mail.cert.example.               A 192.0.2.80
direct.cert.example.             A 192.0.2.10
_client._smtp.direct.cert.example. SRV 1 2 0 direct.cert.example.
cert.example.                    TXT "v=spf1 ?all"
"""
FILTERS = {
    "look": "tls { enabled = yes }\n",
    "encryption": "tls { enabled = yes  require = encryption }\n",
    "certificate": "tls { enabled = yes  require = certificate }\n",
    "matching": "tls { enabled = yes  require = matching-certificate }\n",
    "lists": 'tls { enabled = yes  refuse-issuers = {"Bad \\"CA\\"*", "/*/CN=Bad *"} '
             ' refuse-subjects = {"*.EVIL.example"} }\n',
}
POSTFIX = """\
smtpd_tls_ask_ccert = yes
smtpd_tls_CAfile = {folder}/authorities.pem
"""
SENDMAIL = """\
define(`confCACERT', `{folder}/authorities.pem')dnl
define(`confCRL', `{folder}/revoked.pem')dnl
"""
PLAIN = "no TLS"


class Certificates:
    """Two authorities that the servers know, one of them with a name that means harm, one that
    they do not know but that bears a known one's name, and what they issued."""

    def __init__(self, directory):
        good = Authority(os.path.join(directory, "good"), "/C=XX/O=Vouch/CN=Test CA")
        bad = Authority(os.path.join(directory, "bad"),
                        '/C=XX/O=B/CN=Bad "CA"; x-csa=pass (100%s \\\\ <ä>')
        unknown = Authority(os.path.join(directory, "unknown"), "/C=XX/O=Vouch/CN=Test CA")
        subject = "/O=Bank/CN=" + NAME
        self.good = good
        self.files = {
            PLAIN: None,
            "none": None,
            "good": good.issue("good", subject),
            "other": good.issue("other", "/O=Bank/CN=other.cert.example"),
            "evil": good.issue("evil", "/O=Evil/CN=mail.evil.example"),
            "unknown authority": unknown.issue("unknown", subject),
            "expired": good.expired("expired", subject),
            "self-signed": self._self_signed(good),
            "hostile issuer": bad.issue("hostile", subject),
            "hostile subject": good.issue("octets", '/O=x\\/CN=' + NAME + '/CN="a\\+b"; %s (<ä>'),
            "no CommonName": good.issue("nameless", "/O=Bank"),
            "NUL": good.issue_octets("nul", "/CN=" + NAME + "Xevil", b"eXevil", b"e\0evil"),
            "CR LF": good.issue_octets("crlf", "/CN=" + NAME + "XYBcc: a", b"XYBcc", b"\r\nBcc"),
            "long": good.issue("long", "/O=%s/OU=%s/OU=%s/OU=%s/CN=%s" % (
                "o" * 64, "\\+" * 64, "u" * 64, "v" * 64, NAME)),
            "revoked": good.issue("revoked", subject),
        }
        good.revoke(self.files["revoked"])
        self.authorities = b"".join(self._read(ca.path) for ca in (good, bad))
        self.revoked = good.revocations() + bad.revocations()

    @staticmethod
    def _read(path):
        with open(path, "rb") as source:
            return source.read()

    def _self_signed(self, authority):
        path = authority.path + ".itself"
        with open(path, "wb") as out:
            other = Authority(os.path.join(authority.directory, "itself"), "/CN=" + NAME)
            out.write(self._read(other.path) + self._read(other.key))
        return path

    def brief(self, seconds):
        """One with so many seconds to live, and when that is over."""
        end = int(time.time()) + seconds
        path = self.good.issue("brief", "/CN=" + NAME, (
            "-enddate", time.strftime("%Y%m%d%H%M%SZ", time.gmtime(end))))
        return path, end

    def put(self, folder):
        """Where an MTA reads them."""
        os.makedirs(folder, exist_ok=True)
        for name, octets in (("authorities.pem", self.authorities), ("revoked.pem", self.revoked)):
            path = os.path.join(folder, name)
            with open(path, "wb") as out:
                out.write(octets)
            os.chmod(path, 0o644)


def send(site, line, certificate, helo=NAME, again=True, context=None, session=None):
    """One message with the CERTIFICATE of this path over TLS, or without TLS.  AGAIN: with the EHLO
    that STARTTLS asks for.  The result also has the TLS session and whether it was resumed."""
    with site.connect(line, CLIENT) as smtp:
        smtp.command("EHLO " + helo)
        if certificate != PLAIN:
            smtp.starttls(context or tls_context(certificate), session)
        if certificate != PLAIN and again:
            smtp.command("EHLO " + helo)
        result = site.transact(smtp, SENDER)
        result.session = getattr(smtp.socket, "session", None)
        result.resumed = getattr(smtp.socket, "session_reused", False)
        smtp.command("QUIT")
        return result


def properties(result):
    """Those of x-tls, quotes taken off; checked to be well-formed."""
    field = [value for value in result.ours() if "x-tls=" in value]
    if len(field) != 1:
        return {}
    text = re.sub(r"\r?\n[ \t]", " ", field[0])
    value = r"(?:\"(?:[^\"\\]|\\.)*\"|[^\s;\"]+)"
    found = re.search(r";\s*x-tls=[a-z]+((?:\s+[a-z]+(?:\.[a-z-]+)?=" + value + r")*)(?=;|$)", text)
    if found is None:
        return {"malformed": text}
    pairs = re.findall(r"([a-z.-]+)=(?:\"((?:[^\"\\]|\\.)*)\"|(\S+))", found.group(1))
    return {key: re.sub(r"\\(.)", r"\1", quoted) or bare for key, quoted, bare in pairs}


ISSUER = {"Postfix": "Test CA", "Sendmail": "/C=XX/O=Vouch/CN=Test CA"}
HOSTILE = 'Bad "CA"; x-csa=pass (100%s \\\\ <'

# certificate: x-tls and properties with Postfix, the same with Sendmail; None: must not be there
OUTCOMES = [
    (PLAIN, ("none", {"smtp.version": None}), ("none", {"smtp.version": None})),
    ("none", ("neutral", {"policy.cert-issuer": None}), ("neutral", {"policy.cert-issuer": None})),
    ("good", ("pass", {"policy.cert-subject": NAME, "smtp.helo": NAME, "policy.mta": "postfix"}),
     ("pass", {"policy.cert-subject": "/O=Bank/CN=" + NAME, "smtp.helo": NAME,
               "policy.mta": "sendmail"})),
    ("other", ("pass", {"policy.cert-subject": "other.cert.example", "smtp.helo": None}),
     ("pass", {"policy.cert-subject": "/O=Bank/CN=other.cert.example", "smtp.helo": None})),
    ("unknown authority", ("neutral", {"policy.cert-issuer": None}),
     ("fail", {"policy.cert-issuer": None})),
    ("self-signed", ("neutral", {"policy.cert-issuer": None}),
     ("fail", {"policy.cert-issuer": None})),
    ("expired", ("neutral", {"policy.cert-issuer": None}), ("fail", {"policy.cert-issuer": None})),
    ("revoked", ("pass", {}), ("fail", {"policy.cert-issuer": None})),
    ("hostile issuer", ("pass", {"policy.cert-issuer": HOSTILE + "\\xC3\\xA4>"}),
     ("pass", {"policy.cert-issuer": "/C=XX/O=B/CN=" + HOSTILE + "\\\\xC3\\\\xA4>"})),
    ("hostile subject", ("pass", {"policy.cert-subject": '"a+b"; %s (<\\xC3\\xA4>',
                                  "smtp.helo": None}),
     ("pass", {"policy.cert-subject": "/O=x\\\\/CN=" + NAME
               + '/CN="a\\\\+b"; %s (<\\\\xC3\\\\xA4>',
               "smtp.helo": None})),
    ("no CommonName", ("pass", {"policy.cert-subject": None}),
     ("pass", {"policy.cert-subject": "/O=Bank", "smtp.helo": None})),
    ("NUL", ("pass", {"policy.cert-subject": None, "smtp.helo": None}),
     ("fail", {"policy.cert-issuer": None, "smtp.helo": None})),
    ("CR LF", ("pass", {"policy.cert-subject": None}),
     ("pass", {"policy.cert-subject": "/CN=" + NAME + "\\\\x0D\\\\x0ABcc: a"})),
    ("long", ("pass", {"smtp.helo": NAME}), ("pass", {"smtp.helo": NAME})),
]


class Site:
    """A receiving site, by the name of its MTA."""

    def __init__(self, mta, receiver, certificates):
        self.mta = mta
        self.receiver = receiver
        self.certificates = certificates

    def send(self, line, name, **options):
        path = PLAIN if name == PLAIN else self.certificates.files[name]
        return send(self.receiver, line, path, **options)


def check_expiry(tap, sites, certificates):
    """A certificate that expires: a TLS session that began before may go on."""
    path, end = certificates.brief(6)
    contexts = [tls_context(path) for _ in sites]
    firsts = [send(site.receiver, "certificate", path, context=context)
              for site, context in zip(sites, contexts)]
    time.sleep(max(0, end + 1 - time.time()))
    for site, context, first in zip(sites, contexts, firsts):
        again = send(site.receiver, "certificate", path, context=context, session=first.session)
        fresh = send(site.receiver, "certificate", path)
        tap.ok(first.reply.code == 250 and not first.resumed,
               "%s: a certificate with some seconds to live" % site.mta, first.describe())
        if site.mta == "Postfix":
            tap.ok(again.resumed and again.reply.code == 250, "Postfix: a session that is resumed "
                   "keeps what the first handshake found", again.describe())
        else:
            tap.ok(not again.resumed and again.reply.code == 550,
                   "Sendmail: no session is resumed", again.describe())
        tap.ok(fresh.reply.code == 550 and not fresh.resumed,
               "%s: in a new session it has expired" % site.mta, fresh.describe())


def check_outcomes(tap, site):
    """Where no certificate is asked for: what is told of each."""
    for name, of_postfix, of_sendmail in OUTCOMES:
        result = site.send("look", name)
        expected, wanted = of_postfix if site.mta == "Postfix" else of_sendmail
        found = properties(result)
        if expected == "pass":
            wanted = {"policy.cert-issuer": ISSUER[site.mta], **wanted}
        csa = "pass" if found.get("smtp.helo") == NAME else "none"
        good = (result.results().get("x-tls") == expected and "malformed" not in found
                and all(found.get(key) == value for key, value in wanted.items())
                and result.results().get("x-csa") == csa and not result.fields("Bcc"))
        tap.ok(good, "%s: %s: x-tls=%s, x-csa=%s" % (site.mta, name, expected, csa),
               result.describe())


# line, certificate: the reply, or None
REFUSALS = [
    ("encryption", PLAIN, ("550 5.7.10", "only over an encrypted connection (STARTTLS)")),
    ("encryption", "none", None),
    ("encryption", "unknown authority", None),
    ("certificate", PLAIN, ("550 5.7.10", "(STARTTLS)")),
    ("certificate", "none", ("550 5.7.1", "client certificate that can be verified")),
    ("certificate", "unknown authority", ("550 5.7.1", "could not be verified",
                                          "no certificate that could be verified")),
    ("certificate", "expired", ("550 5.7.1", "could not be verified",
                                "no certificate that could be verified")),
    ("certificate", "other", None),
    ("matching", "other", ("550 5.7.1", "certificate does not name " + NAME)),
    ("matching", "no CommonName", ("550 5.7.1", "certificate does not name " + NAME)),
    ("matching", "hostile subject", ("550 5.7.1", "certificate does not name " + NAME)),
    ("matching", "good", None),
    ("lists", "hostile issuer",
     ("550 5.7.1", 'issuer are not accepted here: ', 'Bad "CA"; x-csa=pass (100%s \\\\ <')),
    ("lists", "evil", ("550 5.7.1", "this certificate is not accepted here: ",
                       "mail.evil.example")),
    ("lists", "good", None),
    ("lists", "none", None),
]


def check_refusals(tap, site):
    for line, name, refusal in REFUSALS:
        result = site.send(line, name)
        title = "%s: require %s, %s: " % (site.mta, line, name)
        if refusal is None:
            tap.ok(result.reply.code == 250, title + "taken", result.describe())
            continue
        code, *words = refusal
        text = str(result.reply)
        tap.ok(result.stage == "mail" and text.startswith(code + " ")
               and any(word in text for word in words[-2:])
               and (site.mta == "Sendmail" or words[-1] in text), title + code, result.describe())


def check_sessions(tap, site):
    result = site.send("look", "none", helo="direct.cert.example")
    tap.ok(result.results().get("x-csa") == "pass", "%s: EHLO behind STARTTLS counts" % site.mta,
           result.describe())
    result = site.send("look", "none", helo="direct.cert.example", again=False)
    tap.ok(result.reply.code == 250 and result.results().get("x-csa") == "none"
           and result.results().get("x-tls") == "neutral" and "no HELO" in "".join(result.ours()),
           "%s: without one, the HELO from before is forgotten" % site.mta, result.describe())
    with site.receiver.connect("certificate", CLIENT) as smtp:
        smtp.command("EHLO " + NAME)
        refused = site.receiver.transact(smtp, SENDER)
        smtp.starttls(tls_context(site.certificates.files["good"]))
        smtp.command("EHLO " + NAME)
        taken = [site.receiver.transact(smtp, SENDER) for _ in range(2)]
    tap.ok(refused.reply.code == 550 and [one.results().get("x-tls") for one in taken]
           == ["pass", "pass"], "%s: refused, then STARTTLS and two messages" % site.mta,
           refused.describe())


def check_auth(tap, site):
    """Who authenticates needs no certificate."""
    if site.mta == "Sendmail" and sendmail.why_no_auth():
        tap.skip("AUTH", sendmail.why_no_auth())
        return
    with site.receiver.connect("matching", CLIENT) as smtp:
        smtp.command("EHLO " + NAME)
        smtp.starttls()
        smtp.command("EHLO " + NAME)
        refused = site.receiver.transact(smtp, SENDER)
        answer = smtp.auth_plain("alice", "secret")
        taken = site.receiver.transact(smtp, SENDER)
    tap.ok(refused.reply.code == 550 and answer.code == 235 and taken.reply.code == 250
           and "x-tls" not in taken.results(), "%s: AUTH is exempt" % site.mta, taken.describe())


def make_site(mta, kind, run, settings, certificates):
    folder = run.path("sendmail" if mta == "Sendmail" else "authorities")
    certificates.put(folder)
    site = type("Tls" + mta, (kind,), {"settings": settings.format(
        folder=sendmail.SAFE if mta == "Sendmail" else folder)})
    return Site(mta, site(run, FILTERS, [run.write("cert.zone", ZONE)]), certificates)


def main():
    tap = harness.Tap()
    reason = postfix.why_not() or programs.why_not() or namespace.why_not()
    if reason:
        tap.skip_all(reason)
    namespace.enter()
    with harness.Run("tls") as run, harness.Run("tls-postfix") as left, \
            harness.Run("tls-sendmail") as right:
        namespace.hide_names(run)
        certificates = Certificates(run.path("certificates"))
        sites = [make_site("Postfix", Receiver, left, POSTFIX, certificates)]
        if sendmail.why_not():
            tap.skip("Sendmail", sendmail.why_not())
        else:
            sites.append(make_site("Sendmail", SendmailReceiver, right, SENDMAIL, certificates))
        check_expiry(tap, sites, certificates)
        for site in sites:
            check_outcomes(tap, site)
            check_refusals(tap, site)
            check_sessions(tap, site)
            check_auth(tap, site)
        for one in (left, right):
            harness.check_children(tap, one)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
