#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch-milter's signals: reload all or nothing, a storm of SIGHUPs, counters, the end."""

import os
import resource
import signal
import sys
import threading
import time

import daemon
import harness
from programs import Dnsd

ZONE = """
good.example.                 TXT "v=spf1 ip4:192.0.2.1 -all"
mail.good.example.            A   192.0.2.1
bad.example.                  TXT "v=spf1 -all"
! slow.example. ANY delay 700
"""

HELO = "mail.good.example"
HUPS, HUP_SECONDS = 2000, 0.0005
EARLY = 40


def begin(server, path="<a@good.example>"):
    """A session up to RCPT: (client, answer to MAIL)."""
    mta = server.client()
    mta.connect("192.0.2.1", macros={"j": "mx.example.org"})
    mta.helo(HELO)
    reply = mta.mail(path)
    if reply.go_on:
        mta.rcpt("<to@example.org>")
    return mta, reply


def code_for(server, path):
    mta, reply = begin(server, path)
    mta.abort()
    mta.close()
    return reply.code


def test_reload(tap, server, base):
    old, _ = begin(server)
    tap.ok(code_for(server, "<a@bad.example>") == 550, "before: SPF fail is refused")
    tap.ok(server.reload(base + "spf { fail = tempfail }\n"), "a good configuration is taken",
           server.log())
    tap.ok(code_for(server, "<a@bad.example>") == 451, "and in force at once")
    tap.ok(old.message([("Subject", " x")]).kind == "continue"
           and old.mail("<a@bad.example>").code == 550, "a session from before keeps its own")
    old.quit()
    bad = base + "spf { fail = explode }\nmax-sessions = 0\nmode = lenient\n"
    tap.ok(not server.reload(bad), "a bad one is not taken", server.log())
    lines = [line for line in (2, 3, 4) if "%s:%d: " % (server.configuration_path, line)
             in server.log()]
    tap.ok(lines == [2, 3, 4] and "nothing has changed" in server.log(),
           "each mistake is in the log", server.log())
    tap.ok(code_for(server, "<a@bad.example>") == 451, "the old one stays in force")
    os.rename(server.configuration_path, server.configuration_path + ".away")
    server.signal(signal.SIGUSR1)
    server.wait_log("reload failed", 2)
    os.rename(server.configuration_path + ".away", server.configuration_path)
    tap.ok(code_for(server, "<a@bad.example>") == 451, "so it is when the file is gone (SIGUSR1)")
    tap.ok(server.reload(base + 'pid-file = "/nowhere/pid"\nsocket-mode = "0600"\n')
           and "pid-file needs a restart" in server.log()
           and "socket-mode needs a restart" in server.log(), "it says what needs a restart",
           server.log())
    server.reload(base)


def test_counters(tap, server):
    server.signal(signal.SIGUSR2)
    server.wait_log("counters: sessions=")
    tap.ok("upstream=" in server.log(), "SIGUSR2 logs the counters")


def test_record(tap, server, run, base):
    path = run.path("moved.record")
    server.reload(base + 'decision-record = "%s"\n' % path)
    code_for(server, "<a@bad.example>")
    os.rename(path, path + ".1")
    before = server.log().count("is in force")
    server.signal(signal.SIGHUP)
    server.wait_log("is in force", before + 1)
    code_for(server, "<a@bad.example>")
    sizes = [os.path.getsize(path + ".1"), os.path.getsize(path)]
    tap.ok(all(sizes), "a rotated record file is left and a new one begun at reload", sizes)
    server.reload(base + 'decision-record = "/dev/full"\n')
    codes = [code_for(server, "<a@bad.example>"), code_for(server, "<a@good.example>")]
    tap.ok(codes == [550, 250] and "cannot write a decision record" in server.log(),
           "a full disk is a warning, no more", server.log()[-1000:])
    check_record_cut_short(tap, server, run, base)
    server.reload(base)


def check_record_cut_short(tap, server, run, base):
    """The file may not grow beyond the middle of the second record, then it may again."""
    path = run.path("cut.record")
    server.reload(base + 'decision-record = "%s"\n' % path)
    code_for(server, "<a@bad.example>")
    size = os.path.getsize(path)
    before = resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE,
                              (size + size // 2, resource.RLIM_INFINITY))
    for _ in range(2):
        code_for(server, "<a@bad.example>")
    resource.prlimit(server.child.pid, resource.RLIMIT_FSIZE, before)
    for _ in range(2):
        code_for(server, "<a@bad.example>")
    with open(path, encoding="utf-8") as record:
        lines = record.read().splitlines()
    whole = [line for line in lines if line.startswith("{") and line.endswith("}")]
    tap.ok(len(lines) == 4 and len(whole) == 3,
           "a record that the full disk cut short spoils no other", lines)


class Load(threading.Thread):
    """Sessions of three messages, one after the other, until told to stop."""

    def __init__(self, server):
        super().__init__()
        self.server = server
        self.running = True
        self.messages = 0
        self.problem = None

    def run(self):
        try:
            while self.running:
                mta, reply = begin(self.server)
                for _ in range(3):
                    if not reply.go_on or mta.message([("Subject", " x")]).kind != "continue":
                        raise ValueError(repr(reply))
                    self.messages += 1
                    reply = mta.mail("<a@good.example>")
                    mta.rcpt("<to@example.org>")
                mta.abort()
                mta.quit()
        except (OSError, EOFError, ValueError) as problem:
            self.problem = problem


def test_storm(tap, server, signals, name):
    load = [Load(server) for _ in range(6)]
    for thread in load:
        thread.start()
    for number in range(HUPS):
        server.signal(signals[number % len(signals)])
        time.sleep(HUP_SECONDS)
    for thread in load:
        thread.running = False
    for thread in load:
        thread.join()
    problems = [thread.problem for thread in load if thread.problem]
    messages = sum(thread.messages for thread in load)
    tap.ok(server.child.alive() and not problems and messages > 0, name,
           "%s, %d messages, %s" % (server.child.process.poll(), messages, problems))
    tap.note("%d messages meanwhile" % messages)


def test_early(tap, run, base):
    """As libmilter starts its own signal thread: that must not take them."""
    lost = []
    for number in range(EARLY):
        server = daemon.Daemon(run, "early-%d" % number, base)
        server.signal(signal.SIGHUP)
        server.signal(signal.SIGTERM)
        status = server.child.process.wait(20)
        if status != 0 or "stopping" not in server.log():
            lost.append((status, server.log()))
    tap.ok(not lost, "%d times SIGHUP and SIGTERM at the very start" % EARLY, lost[:1])


def test_end(tap, run, base):
    server = daemon.Daemon(run, "end", base)
    inside, _ = begin(server)
    idle, _ = begin(server)
    idle.message()
    server.signal(signal.SIGTERM)
    server.wait_log("stopping; messages under way: 1")
    reply = idle.mail("<a@good.example>")
    tap.ok(reply.code == 451 and "4.3.2" in reply.text, "SIGTERM: no new message begins", reply)
    reply = inside.message([("Subject", " x")])
    tap.ok(reply.kind == "continue", "the one inside comes to its end", reply)
    status = server.child.process.wait(20)
    tap.ok(status == 0 and not os.path.exists(server.path), "then it ends with status 0", status)

    server = daemon.Daemon(run, "twice", base)
    inside, _ = begin(server)
    server.signal(signal.SIGTERM)
    server.wait_log("stopping")
    server.signal(signal.SIGTERM)
    status = server.child.process.wait(5)
    tap.ok(status == 0 and "did not come to their end: 1" in server.log(),
           "a second SIGTERM does not wait", server.log())

    server = daemon.Daemon(run, "waiting", base)
    answers = []
    thread = threading.Thread(target=lambda: answers.append(begin(server, "<a@slow.example>")))
    thread.start()
    harness.wait_for(lambda: "slow.example" in " ".join(run.dnsd.queries()), "the slow question")
    server.signal(signal.SIGINT)
    thread.join()
    tap.ok(answers and answers[0][1].code == 250, "SIGINT: who waits for DNS gets its answer",
           answers)
    answers[0][0].message()
    tap.ok(server.child.process.wait(20) == 0, "and the end comes")
    tap.ok(not server.complaints(), "nothing to complain of", server.complaints())


def main():
    tap = harness.Tap()
    for program in (daemon.PROGRAM, Dnsd.PROGRAM):
        if harness.program(program) is None:
            tap.skip_all(program + " is not built")
    with harness.Run("signals") as run:
        run.dnsd = Dnsd(run, [run.write("zone", ZONE)])
        base = daemon.dns(run.dnsd)
        server = daemon.Daemon(run, "signals", base)
        test_reload(tap, server, base)
        test_counters(tap, server)
        test_record(tap, server, run, base)
        test_storm(tap, server, [signal.SIGHUP], "%d SIGHUPs under load" % HUPS)
        test_storm(tap, server, [signal.SIGHUP, signal.SIGUSR1, signal.SIGUSR2, signal.SIGHUP],
                   "%d signals of three kinds under load" % HUPS)
        tap.ok(code_for(server, "<a@bad.example>") == 550, "it judges as before")
        tap.ok(server.stop() == 0, "it ends well", server.log()[-1000:])
        tap.ok(not server.complaints(), "nothing to complain of", server.complaints())
        test_early(tap, run, base)
        test_end(tap, run, base)
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
