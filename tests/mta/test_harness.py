#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""The private Postfix without any filter: what the other tests here stand on."""

import sys

import harness
import postfix
from smtp_client import Client
from smtp_sink import Sink


def main():
    tap = harness.Tap()
    reason = postfix.why_not()
    if reason:
        tap.skip_all(reason)
    with harness.Run("harness") as run:
        sink = Sink(run)
        server = postfix.Postfix(run, {"plain": None}, sink.port, users={"alice": "secret"})
        with Client(server.port("plain")) as smtp:
            answer = smtp.xclient(addr="2001:db8::1", name="mail.example.com")
            tap.ok(answer.code == 220, "XCLIENT is allowed", answer)
            smtp.command("EHLO first.example")
            tap.ok(smtp.starttls().code == 220, "STARTTLS works")
            smtp.command("EHLO second.example")
            answer = smtp.auth_plain("alice", "wrong")
            tap.ok(answer.code == 535, "AUTH with a wrong password is refused", answer)
            answer = smtp.auth_plain("alice", "secret")
            tap.ok(answer.code == 235, "AUTH with the right password is taken", answer)
            answers = smtp.pipeline("MAIL FROM:<a@example.com>", "RCPT TO:<x@elsewhere.example>",
                                    "RCPT TO:<t1@receiver.example>")
            tap.ok([a.code for a in answers] == [250, 554, 250],
                   "only our own recipients are taken", answers)
            answer = smtp.data(b"Subject: dots\r\n\r\n.\r\n..two\r\n")
            tap.ok(answer.code == 250, "the message is taken", answer)
        message = sink.wait("t1@receiver.example")
        tap.ok(message is not None, "the message is delivered", server.log())
        if message is not None:
            tap.ok(message.content.endswith(b"\r\n\r\n.\r\n..two\r\n"), "octet for octet",
                   message.content)
            received = message.all("Received")[0]
            tap.ok("from second.example (mail.example.com [IPv6:2001:db8::1])" in received
                   and "ESMTPSA" in received, "with client, HELO, TLS and AUTH as given", received)
        tap.ok(not run.failed_children(), "nothing died", run.failed_children())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
