#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""When things around the filter break, through a real Postfix: DNS, the filter itself, its
configuration."""

import grp
import os
import signal
import stat
import sys
import threading
import time

import harness
import postfix
import programs
from receiver import Receiver
from smtp_client import Client

ZONES = [os.path.join(harness.source_dir, *path) for path in
         (("contrib", "demo.zone"), ("tests", "mta", "test.zone"))]

BANK = "info@bank.example"
PLAIN = "me@plain.example"
STRANGER = ("198.51.100.66", "mail.bank.example")
NOBODY = ("198.51.100.25", "mx.plain.example")


def check_dns_dead(tap, site):
    """DNS falls silent; what comes is neither refused for good nor kept waiting beyond the budget
    (3 s here; Sendmail gives up after 10 s, and that is the bound tested)."""
    site.dns.command("silent")
    start = time.monotonic()
    result = site.send("default", "192.0.2.80", "www.bank.example", BANK)
    took = time.monotonic() - start
    tap.ok(result.message is not None and result.results().get("x-csa") == "temperror"
           and result.results().get("spf") == "temperror",
           "no DNS: delivered, marked temperror", result.describe())
    tap.ok(took < 10, "no DNS: answered before Sendmail would give up", "%.1f s" % took)
    result = site.send("strict", "192.0.2.80", "www.bank.example", BANK)
    tap.ok((result.stage, result.reply.code) == ("mail", 451),
           "no DNS and temperror = tempfail: 451, not for good", result.describe())
    answers = []

    def one(number):
        answers.append(site.send("default", "192.0.2.80", "n%d.cold.example" % number,
                                 "a@n%d.cold.example" % number, wait=False).reply.code)

    threads = [threading.Thread(target=one, args=(n,)) for n in range(30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    tap.ok(answers == [250] * 30, "no DNS, 30 sessions at once: all taken", answers)
    site.dns.command("normal")
    end = time.monotonic() + 10
    while True:
        result = site.send("default", "192.0.2.80", "www.bank.example", BANK)
        if result.reply.code == 550 or time.monotonic() > end:
            break
        time.sleep(0.2)
    tap.ok(result.reply.code == 550, "DNS is back: verdicts are right again within 10 s",
           result.describe())


def check_dns_faults(tap, site):
    for fault in ("servfail", "refused", "garbage", "wrong-id", "malformed"):
        name = fault + ".trouble.example"
        site.dns.command("! *.%s ANY %s" % (name, fault))
        site.dns.command("! %s ANY %s" % (name, fault))
        result = site.send("default", "192.0.2.80", "mail." + name, "a@" + name)
        tap.ok(result.message is not None and "fail" not in result.results().values()
               and result.results().get("spf") == "temperror",
               "DNS answers with %s: temperror, refused for nothing" % fault, result.describe())
    site.dns.command("clear")


def check_unix_socket(tap, site):
    """Postfix reaches the socket by its group alone; a killed filter leaves the socket behind."""
    milter = site.filters["unix"]
    state = os.stat(milter.path)
    tap.ok(stat.S_IMODE(state.st_mode) == 0o660 and grp.getgrgid(state.st_gid).gr_name == "postfix",
           "Unix socket: mode and group as configured", state)
    result = site.send("unix", *STRANGER, PLAIN)
    tap.ok(result.reply.code == 550, "Unix socket: verdicts", result.describe())
    milter.child.kill()
    milter.start()
    result = site.send("unix", *STRANGER, PLAIN)
    tap.ok(result.reply.code == 550, "Unix socket: a stale one is replaced", result.describe())


def check_filter_killed(tap, site):
    with site.connect("victim", "192.0.2.10") as open_session:
        open_session.command("EHLO mail.bank.example")
        site.filters["victim"].child.kill()
        answer = open_session.command("MAIL FROM:<%s>" % BANK)
        tap.ok(answer.code == 451, "filter killed within a session: Postfix says 451", answer)
    with Client(site.postfix.port("victim")) as smtp:
        answer = smtp.command("EHLO mail.bank.example")
        answer = smtp.command("MAIL FROM:<%s>" % BANK)
        tap.ok(answer.code == 451, "filter away: Postfix says 451", answer)
    result = site.send("default", "192.0.2.10", "mail.bank.example", BANK)
    tap.ok(result.message is not None, "the other filter goes on", result.describe())
    site.filters["victim"].start()
    result = site.send("victim", "192.0.2.10", "mail.bank.example", BANK)
    tap.ok(result.message is not None and result.results().get("x-csa") == "pass",
           "filter back: verdicts again", result.describe())


def check_reload(tap, site):
    """The reload is all or nothing; a session in flight ends on what it began with."""
    milter = site.filters["victim"]
    result = site.send("victim", *STRANGER, PLAIN)
    tap.ok(result.reply.code == 550, "before the reload: refused", result.describe())
    milter.configure("mode = monitor\n")
    milter.reload()
    harness.wait_for(lambda: site.send("victim", *STRANGER, PLAIN).message is not None,
                     "the reloaded configuration counts", 10, milter.child)
    tap.ok(True, "mode = monitor after SIGHUP: delivered")
    before = len(milter.log())
    milter.configure("mode = monitr\ncsa { fail = explode }\n")
    milter.reload()
    harness.wait_for(lambda: "monitr" in milter.log()[before:], "the mistake is logged", 10,
                     milter.child)
    tap.ok(milter.configuration_path in milter.log()[before:], "a mistake is logged with its file",
           milter.log()[before:])
    result = site.send("victim", *STRANGER, PLAIN)
    tap.ok(result.message is not None and milter.child.alive(),
           "a bad file changes nothing: still monitor mode", result.describe())


def check_hangups(tap, site):
    """Hundreds of SIGHUPs while mail comes in: no session lost."""
    milter = site.filters["victim"]
    milter.configure("")
    lost = []
    stop = threading.Event()

    def mail(number):
        while not stop.is_set():
            result = site.send("victim", "192.0.2.10", "mail.bank.example", BANK, wait=False)
            if result.reply.code != 250:
                lost.append("%d: %s" % (number, result.reply))

    threads = [threading.Thread(target=mail, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(400):
        milter.child.signal(signal.SIGHUP)
        time.sleep(0.0005)
    time.sleep(0.5)
    stop.set()
    for thread in threads:
        thread.join()
    tap.ok(not lost and milter.child.alive(), "400 SIGHUPs under load: alive, nothing lost",
           "\n".join(lost[:5]))


def check_stop(tap, site):
    """SIGTERM between two messages: the filter ends with status 0, Postfix says 451."""
    milter = site.filters["victim"]
    with site.connect("victim", "192.0.2.10") as smtp:
        smtp.command("EHLO mail.bank.example")
        smtp.command("MAIL FROM:<%s>" % BANK)
        recipient = site.recipient()
        smtp.command("RCPT TO:<%s>" % recipient)
        stopper = threading.Thread(target=milter.child.stop)
        stopper.start()
        time.sleep(0.3)
        answer = smtp.data(b"Subject: in flight\r\n\r\nx\r\n")
        tap.ok(answer.code == 250 and site.sink.wait(recipient) is not None,
               "SIGTERM: the message in flight is finished", answer)
        stopper.join()
    tap.ok(milter.child.process.returncode == 0, "SIGTERM: exit status 0",
           milter.child.process.returncode)


def main():
    tap = harness.Tap()
    reason = postfix.why_not() or programs.why_not()
    if reason:
        tap.skip_all(reason)
    with harness.Run("trouble") as run:
        strict = "csa { temperror = tempfail }\nspf { temperror = tempfail }\n"
        unix = 'listen = "local:{path}"\nsocket-group = "postfix"\n'
        site = Receiver(run, {"default": "", "strict": strict, "victim": "", "unix": unix}, ZONES)
        for part in (check_dns_dead, check_dns_faults, check_unix_socket, check_filter_killed,
                     check_reload, check_hangups, check_stop):
            part(tap, site)
        harness.check_children(tap, run)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
