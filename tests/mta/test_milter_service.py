#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch-milter under a service manager: readiness, reload, watchdog, sockets handed over."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import daemon
import harness
import milter_client

UNITS = os.path.join(harness.source_dir, "contrib", "systemd")

# Gives its child file descriptor 3 and says so with the right process id, as systemd does.
LAUNCHER = """\
import os, sys
count, pid = sys.argv[1:3]
os.environ.update(LISTEN_FDS=count, LISTEN_FDNAMES="vouch",
                  LISTEN_PID=pid if pid != "self" else str(os.getpid()))
os.execv(sys.argv[3], sys.argv[3:])
"""


class Manager:
    """The service manager's end: what it was told and nobody has waited for yet."""

    def __init__(self, path):
        self.told = []
        self.changed = threading.Condition()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(path)
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            state = self.socket.recv(4096).decode()
            with self.changed:
                self.told.append(state)
                self.changed.notify_all()

    def _take(self, pattern):
        for state in self.told:
            if re.search(pattern, state):
                self.told.remove(state)
                return state
        return None

    def wait(self, pattern, seconds=20):
        """The first state that matches, waited for.  None: it did not come."""
        end = time.monotonic() + seconds
        with self.changed:
            state = self._take(pattern)
            while state is None and time.monotonic() < end:
                self.changed.wait(end - time.monotonic())
                state = self._take(pattern)
        return state

    def drop_all(self):
        with self.changed:
            self.told.clear()


def start(run, name, environment, options=("-p", None), configuration="dns { dnssec = no }\n"):
    path = run.write(name + ".conf", configuration)
    words = [run.path(name + ".sock") if word is None else word for word in options]
    return run.spawn(name, [harness.program(daemon.PROGRAM), "-f", "-c", path] + words,
                     env=environment)


def serves(address):
    with milter_client.Client(address) as mta:
        mta.connect("127.0.0.1")
        mta.helo("client.example")
        return mta.mail("<a@client.example>").kind == "continue"


def test_life(tap, run):
    manager = Manager(run.path("notify"))
    child = start(run, "life", {"NOTIFY_SOCKET": run.path("notify")})
    tap.ok(manager.wait("^READY=1$"), "READY when it listens")
    tap.ok(serves(run.path("life.sock")), "and it does")
    tap.ok(manager.wait("^STATUS=0 sessions, 0 messages under way$"), "STATUS in words")
    child.signal(signal.SIGHUP)
    state = manager.wait("^RELOADING=1")
    tap.ok(state and re.fullmatch(r"RELOADING=1\nMONOTONIC_USEC=\d+", state)
           and int(state.split("=")[2]) <= time.monotonic_ns() // 1000, "RELOADING", state)
    tap.ok(manager.wait("^READY=1$"), "READY again")
    run.write("life.conf", "mode = lenient\n")
    child.signal(signal.SIGHUP)
    tap.ok(manager.wait("^RELOADING=1") and manager.wait("^READY=1$")
           and manager.wait("^STATUS=.*the last reload failed"), "a reload that fails")
    child.signal(signal.SIGTERM)
    tap.ok(manager.wait("^STOPPING=1$"), "STOPPING")
    child.stopping = True
    tap.ok(child.process.wait(20) == 0, "and it stops")


def test_abstract(tap, run):
    name = "\0vouch-test-%d" % os.getpid()
    manager = Manager(name)
    child = start(run, "abstract", {"NOTIFY_SOCKET": "@" + name[1:]})
    tap.ok(manager.wait("^READY=1$"), "an abstract notification socket")
    child.stop()


def test_watchdog(tap, run):
    manager = Manager(run.path("notify-watchdog"))
    child = start(run, "watchdog", {"NOTIFY_SOCKET": run.path("notify-watchdog"),
                                    "WATCHDOG_USEC": "1000000"})
    manager.wait("^READY=1$")
    times = []
    for _ in range(4):
        manager.wait("^WATCHDOG=1$")
        times.append(time.monotonic())
    tap.ok(times[-1] - times[0] < 3, "signs of life, more often than the limit",
           [b - a for a, b in zip(times, times[1:])])
    child.signal(signal.SIGSTOP)
    manager.drop_all()
    tap.ok(manager.wait("^WATCHDOG=1$", 1.5) is None, "none while it hangs")
    child.signal(signal.SIGCONT)
    tap.ok(manager.wait("^WATCHDOG=1$"), "again when it goes on")
    os.unlink(run.path("watchdog.sock"))
    harness.wait_for(lambda: "does not answer on its own socket" in child.log(), "it is noticed")
    manager.drop_all()
    tap.ok(manager.wait("^WATCHDOG=1$", 1.5) is None,
           "none when nobody can reach it: somebody removed the socket")
    child.stop()


def test_foreign_watchdog(tap, run):
    manager = Manager(run.path("notify-foreign"))
    child = start(run, "foreign", {"NOTIFY_SOCKET": run.path("notify-foreign"),
                                   "WATCHDOG_USEC": "200000", "WATCHDOG_PID": "1"})
    manager.wait("^READY=1$")
    tap.ok(manager.wait("^WATCHDOG=1$", 1) is None, "a watchdog for another process")
    child.stop()


def launch(run, name, count, pid, listener, options=()):
    """Start with LISTENER as descriptor 3."""
    path = run.write(name + ".conf", "dns { dnssec = no }\nlisten = \"unix:%s\"\n"
                     % run.path(name + ".sock"))
    argv = [sys.executable, "-c", LAUNCHER, count, pid, harness.program(daemon.PROGRAM), "-f",
            "-c", path] + list(options)
    log = run.path(name + ".log")
    with open(log, "wb") as output:
        child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                                 pass_fds=[3] if listener else [], start_new_session=True,
                                 preexec_fn=(lambda: os.dup2(listener.fileno(), 3))
                                 if listener else None)
    run.closers.append(lambda: child.poll() is None and child.kill())

    def read_log():
        with open(log, encoding="utf-8", errors="replace") as text:
            return text.read()
    return child, read_log


def stop(child):
    child.send_signal(signal.SIGTERM)
    return child.wait(20)


def test_activation(tap, run):
    for family, address in ((socket.AF_UNIX, run.path("handed.sock")),
                            (socket.AF_INET, ("127.0.0.1", harness.free_port()))):
        with socket.socket(family, socket.SOCK_STREAM) as listener:
            listener.bind(address)
            listener.listen(64)
            child, log = launch(run, "activation-%d" % family, "1", "self", listener)
            harness.wait_for(lambda: "inherited descriptor 3" in log(), "it listens")
            tap.ok(serves(address), "a socket handed over goes before listen", log())
            tap.ok(stop(child) == 0, "and it stops")
            tap.ok(family != socket.AF_UNIX or os.path.exists(address),
                   "leaving a socket that is not its own")


def test_bad_activation(tap, run):
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind(("127.0.0.1", 0))
        child, log = launch(run, "silent", "1", "self", listener)  # bound, but does not listen
        tap.ok(child.wait(20) != 0 and "descriptor 3 is not a listening socket" in log(),
               "a socket that does not listen", log())
        listener.listen(8)
        child, log = launch(run, "two", "2", "self", listener)
        tap.ok(child.wait(20) == 78 and "hands over 2 sockets" in log(), "two sockets", log())
        child, log = launch(run, "fd", "2", "self", listener, ["-p", "fd:3"])
        harness.wait_for(lambda: "inherited descriptor 3" in log(), "it listens")
        tap.ok(serves(listener.getsockname()) and stop(child) == 0, "two, and one is named", log())
        for name, count, pid in (("other", "1", "1"), ("words", "many", "self")):
            child, log = launch(run, name, count, pid, listener)
            harness.wait_for(lambda: "listens on Unix socket" in log(), "it listens")
            tap.ok(serves(run.path(name + ".sock")) and stop(child) == 0,
                   "LISTEN_FDS=%s LISTEN_PID=%s is not for it" % (count, pid), log())


def service_unit():
    with open(os.path.join(harness.build_dir, "contrib/systemd/vouch-milter.service"),
              encoding="utf-8") as unit:
        return unit.read()


def test_units(tap, run, text):
    """The units are understood by systemd, where it is installed."""
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        tap.skip("units", "systemd-analyze is not installed")
        return
    text = re.sub("(?m)^ExecStart=.*", "ExecStart=/bin/true", text)
    files = [run.write("vouch-milter.service", re.sub("(?m)^Documentation=.*\n", "", text))]
    with open(os.path.join(UNITS, "vouch-milter.socket"), encoding="utf-8") as unit:
        files.append(run.write("vouch-milter.socket",
                               re.sub("(?m)^Documentation=.*\n", "", unit.read())))
    done = subprocess.run([analyze, "verify"] + files, capture_output=True, text=True, timeout=60,
                          check=False)
    tap.ok(done.returncode == 0 and not done.stderr.strip(), "systemd-analyze verify",
           done.stderr)


def calls_of_unit(analyze, text):
    """The system calls that the unit allows."""
    def members(word):
        if not word.startswith("@"):
            return {word}
        listed = subprocess.run([analyze, "syscall-filter", word], capture_output=True, text=True,
                                timeout=60, check=True).stdout.splitlines()[1:]
        words = [line.strip() for line in listed if line.strip() and "#" not in line]
        return set().union(*map(members, words)) if words else set()
    allowed = set()
    for line in re.findall("(?m)^SystemCallFilter=(.*)", text):
        named = set().union(*map(members, line.lstrip("~").split()))
        allowed = allowed - named if line.startswith("~") else allowed | named
    return allowed


def test_system_calls(tap, run, text):
    """What the filter calls in its life is what the unit allows."""
    analyze, strace = shutil.which("systemd-analyze"), shutil.which("strace")
    if analyze is None or strace is None:
        tap.skip("system calls", "systemd-analyze or strace is not installed")
        return
    manager = Manager(run.path("notify-calls"))
    trace = run.path("calls")
    configuration = ('dns { nameservers = {"127.0.0.1@%d"} timeout = 200ms }\n'
                     'decision-record = "%s"\n'
                     % (harness.free_port(), run.path("calls.record")))
    path = run.write("calls.conf", configuration)
    child = run.spawn("calls", [strace, "-f", "-o", trace, harness.program(daemon.PROGRAM), "-f",
                                "-c", path, "-p", run.path("calls.sock")],
                      env={"NOTIFY_SOCKET": run.path("notify-calls"),
                           "WATCHDOG_USEC": "500000"})
    manager.wait("^READY=1$", 60)
    with milter_client.Client(run.path("calls.sock")) as mta:
        mta.connect("192.0.2.1")
        mta.helo("client.example")
        mta.mail("<a@client.example>")
        mta.rcpt("<b@client.example>")
        mta.message([("From", " a@client.example")])
    manager.wait("^WATCHDOG=1$")
    with open(trace, encoding="utf-8", errors="replace") as lines:
        pid = int(lines.readline().split()[0])
    os.kill(pid, signal.SIGHUP)
    manager.wait("^RELOADING=1")
    manager.wait("^READY=1$")
    os.kill(pid, signal.SIGTERM)
    child.stopping = True
    child.process.wait(30)
    with open(trace, encoding="utf-8", errors="replace") as lines:
        own = lines.read().rpartition(" execve(")[2]  # before it is libtool's script
    calls = set(re.findall(r"(?m)^\d+ +([a-z0-9_]+)\(", own))
    forbidden = calls - calls_of_unit(analyze, text)
    tap.ok(len(calls) > 20 and not forbidden, "the unit allows every system call it makes",
           forbidden or calls)


def main():
    tap = harness.Tap()
    with harness.Run("service") as run:
        for test in (test_life, test_abstract, test_watchdog, test_foreign_watchdog,
                     test_activation, test_bad_activation):
            test(tap, run)
        test_units(tap, run, service_unit())
        test_system_calls(tap, run, service_unit())
    return tap.done()


if __name__ == "__main__":
    sys.exit(main())
