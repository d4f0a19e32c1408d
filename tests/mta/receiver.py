# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A whole receiving site: name server, filters, mail server, and the mail that arrived.

    with Receiver(run, {"default": ""}, [zone]) as site:
        result = site.send("default", client="192.0.2.10", helo="mail.example.com",
                           sender="a@example.com")
        result.reply, result.stage, result.message
"""

import itertools
import re

from postfix import MTA_NAME, RELAY_DOMAIN, Postfix
from programs import Dnsd, Filter
from smtp_client import Client
from smtp_sink import Sink

USERS = {"alice": "secret"}


def results_of(value):
    """The results in the value of one Authentication-Results field: {"spf": "pass", ...}.  SPF of
    the HELO name is called "spf(helo)"."""
    bare = re.sub(r'"(\\.|[^"\\])*"', '""', value)
    while re.search(r"\([^()]*\)", bare):
        bare = re.sub(r"\([^()]*\)", "", bare)
    found = {}
    for part in bare.split(";")[1:]:
        words = re.match(r"\s*([a-z][a-z0-9-]*)\s*=\s*([a-z]+)(.*)", part, re.S)
        if words is None:
            continue
        method, result, rest = words.groups()
        if method == "spf" and "smtp.mailfrom" not in rest:
            method = "spf(helo)"
        found[method] = result
    return found


class Result:
    """How far one message got: the last reply, at which command, and what was delivered."""

    def __init__(self, stage, reply, recipient):
        self.stage = stage  # "helo", "mail", "rcpt", "data", "end"
        self.reply = reply
        self.recipient = recipient
        self.message = None

    @property
    def queue_id(self):
        found = re.search(r"queued as (\S+)", self.reply.text)
        return found.group(1) if found else None

    def fields(self, name="Authentication-Results"):
        return self.message.all(name) if self.message else []

    def ours(self):
        """Our own Authentication-Results fields, from the top."""
        return [value for value in self.fields() if value.split(";")[0].strip() == MTA_NAME]

    def results(self):
        """All results that we wrote."""
        merged = {}
        for value in self.ours():
            merged.update(results_of(value))
        return merged

    def describe(self):
        lines = ["%s: %s" % (self.stage, self.reply)]
        if self.message is not None:
            lines += ["%s:%s" % field for field in self.message.headers]
        return "\n".join(lines)


class Receiver:
    """A site with Postfix, whose clients get their addresses by XCLIENT."""

    def __init__(self, run, filters, zones, ports=None):
        """FILTERS: name -> configuration text of one vouch-milter; each gets an smtpd of that
        name.  There is also an smtpd "plain" without a filter."""
        ports = ports or {}
        self.run = run
        self.numbers = itertools.count(1)
        self.sink = Sink(run)
        self.dns = Dnsd(run, zones, ports.get("dns"))
        self.filters = {
            name: Filter(run, name, text, self.dns.address, ports.get("filter-" + name))
            for name, text in filters.items()}
        self.start_mta({"plain": None, **self.filters}, ports)

    settings = ""  # more lines for the configuration of the MTA

    def start_mta(self, lines, ports):
        """LINES: name -> Filter or None."""
        sockets = {name: item and item.socket for name, item in lines.items()}
        self.postfix = Postfix(self.run, sockets, self.sink.port, USERS, self.settings, ports)

    def held(self):
        """Queue ids of quarantined messages."""
        return self.postfix.held()

    def recipient(self):
        """A new address of ours."""
        return "r%d@%s" % (next(self.numbers), RELAY_DOMAIN)

    def connect(self, line, client, name=None):
        """A session from CLIENT, after XCLIENT and before EHLO."""
        smtp = Client(self.postfix.port(line))
        answer = smtp.xclient(addr=client, name=name or "[UNAVAILABLE]")
        if answer.code != 220:
            raise AssertionError("XCLIENT: %s" % answer)
        return smtp

    def transact(self, smtp, sender, content=None, options="", wait=True):
        """One message over SMTP, which has said EHLO."""
        recipient = self.recipient()
        if content is None:
            content = b"From: <%s>\r\nSubject: test\r\n\r\nHello\r\n" % sender.encode()
        result = Result("mail", smtp.command("MAIL FROM:<%s>%s" % (sender, options)), recipient)
        if result.reply.code == 250:
            result.stage, result.reply = "rcpt", smtp.command("RCPT TO:<%s>" % recipient)
        if result.reply.code == 250:
            result.stage, result.reply = "data", smtp.command("DATA")
        if result.reply.code == 354:
            result.stage, result.reply = "end", smtp.message(content)
        if result.stage == "end" and result.reply.code == 250 and wait:
            result.message = self.sink.wait(recipient)
        return result

    def send(self, line, client, helo, sender, name=None, content=None, options="", wait=True):
        """One session with one message."""
        with self.connect(line, client, name) as smtp:
            answer = smtp.command("EHLO " + helo)
            if answer.code != 250:
                return Result("helo", answer, None)
            result = self.transact(smtp, sender, content, options, wait)
            smtp.command("QUIT")
            return result
