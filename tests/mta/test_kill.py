#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""kill -9 of the filter under load, with Postfix and with Sendmail: what the senders are told, and
that every message they were told is taken arrives, once."""

import collections
import os
import sys
import threading
import time

import harness
import namespace
import postfix
import programs
import sendmail
from receiver import Receiver
from sendmail_receiver import SendmailReceiver
from smtp_client import Closed

ZONES = [os.path.join(harness.source_dir, "contrib", "demo.zone")]
SENDER = ("192.0.2.10", "mail.bank.example", "info@bank.example")
SENDERS, MESSAGES, KILLS = 8, 25, 4
CONTENT = (b"From: <info@bank.example>\r\nSubject: under load\r\n\r\n"
           + b"a line of some length, to give the kill something to hit\r\n" * 400)


class Load:
    """SENDERS senders at once; what each of their messages came to."""

    def __init__(self, site):
        self.site = site
        self.lock = threading.Lock()
        self.taken = []                       # recipients of messages answered by 250
        self.replies = collections.Counter()  # "250 at end", "451 at mail", "connection lost"
        self.threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]

    def _send(self):
        for _ in range(MESSAGES):
            try:
                result = self.site.send("default", *SENDER, content=CONTENT, wait=False)
                word = "%d at %s" % (result.reply.code, result.stage)
            except (Closed, OSError):
                result, word = None, "connection lost"
            with self.lock:
                self.replies[word] += 1
                if result is not None and (result.stage, result.reply.code) == ("end", 250):
                    self.taken.append(result.recipient)

    def run(self, beside):
        for thread in self.threads:
            thread.start()
        beside()
        for thread in self.threads:
            thread.join()


def kill_often(site):
    filter_ = site.filters["default"]
    for _ in range(KILLS):
        time.sleep(0.4)
        filter_.child.kill()
        time.sleep(0.2)  # some come while it is away
        filter_.start()


def check(tap, name, site):
    load = Load(site)
    load.run(lambda: kill_often(site))
    tap.note("%s, what the senders saw: %s" % (name, ", ".join(
        "%d times %s" % (count, word) for word, count in load.replies.most_common())))
    tap.ok(sum(load.replies.values()) == SENDERS * MESSAGES, name + ": every sender came to an end")
    tap.ok(all(word == "250 at end" or word[0] == "4" for word in load.replies),
           name + ": nothing is refused for good, no session is dropped", load.replies)
    tap.ok(load.replies["250 at end"] < SENDERS * MESSAGES, name + ": the kill was noticed")
    after = site.send("default", *SENDER)
    tap.ok(after.message is not None and after.results().get("spf") == "pass",
           name + ": all is well afterwards", after.describe())
    for recipient in load.taken:
        site.sink.wait(recipient)
    arrived = collections.Counter(r for message in site.sink.messages for r in message.recipients)
    wrong = {r: arrived[r] for r in load.taken if arrived[r] != 1}
    tap.ok(load.taken and not wrong, "%s: all %d messages that were taken arrive, once"
           % (name, len(load.taken)), wrong)
    checked = [site.sink.find(r).all("Authentication-Results") for r in load.taken]
    tap.ok(all(fields for fields in checked), name + ": and none of them went past the filter")


def main():
    tap = harness.Tap()
    reason = (postfix.why_not() or programs.why_not() or sendmail.why_not()
              or namespace.why_not())
    if reason:
        tap.skip_all(reason)
    namespace.enter()
    with harness.Run("kill") as around:
        namespace.hide_names(around)
        for name, kind in (("Postfix", Receiver), ("Sendmail", SendmailReceiver)):
            with harness.Run("kill-" + name.lower()) as run:
                check(tap, name, kind(run, {"default": ""}, ZONES))
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
