# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Processes, ports and TAP for the end-to-end tests, the demo and the milter tests.

    with harness.Run("postfix") as run:
        child = run.spawn("dnsd", [...])
        harness.wait_for(lambda: harness.port_open(port), "dnsd listens")

A Run owns one temporary directory and every process started through it.  Whatever happens (end of
the block, exception, SIGTERM, SIGINT, SIGHUP, even kill -9 of this process), the processes end and
the directory goes.  Nothing else on the machine is touched.
"""

import atexit
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

source_dir = os.environ.get("top_srcdir") or os.path.dirname(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
build_dir = os.environ.get("top_builddir") or source_dir


class HarnessError(Exception):
    """Something around the test did not work; the text says what."""


# A process of its own that outlives ours: told each pid that is started, it ends them and removes
# the directory when our end of the pipe closes without "done".  (PR_SET_PDEATHSIG would not do:
# the kernel forgets it when a process changes its user, as Postfix's master does.)
GUARD = r"""
import os, shutil, signal, sys, time
pids = []
for line in sys.stdin:
    if line == "done\n":
        sys.exit(0)
    pids.append(int(line))
for kill, number in ((os.kill, signal.SIGTERM), (os.killpg, signal.SIGKILL)):
    for pid in reversed(pids):
        try:
            kill(pid, number)
        except ProcessLookupError:
            pass
    time.sleep(1)
if not os.environ.get("KEEP"):
    shutil.rmtree(sys.argv[1], ignore_errors=True)
"""


class Child:
    """One process of ours, in a session and process group of its own."""

    def __init__(self, name, argv, log_path, env, cwd):
        self.name = name
        self.log_path = log_path
        self.stopping = False
        with open(log_path, "ab") as log:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env, cwd=cwd,
                start_new_session=True)
        self.pid = self.process.pid

    def alive(self):
        return self.process.poll() is None

    def signal(self, sig):
        """Send SIG to the process itself (not to its group)."""
        if self.alive():
            os.kill(self.pid, sig)

    def kill(self):
        """kill -9, the whole group: what a crash looks like."""
        self.stop(grace=0)

    def stop(self, grace=20):
        """SIGTERM, GRACE seconds, then SIGKILL to the group.  Returns the exit status."""
        self.stopping = True
        if grace and self.alive():
            os.kill(self.pid, signal.SIGTERM)
            try:
                self.process.wait(grace)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return self.process.wait()

    def log(self):
        with open(self.log_path, "rb") as log:
            return log.read().decode("utf-8", "replace")


class Run:
    """A temporary directory and the processes that live in it.  Keeps the directory when the
    environment variable KEEP is set, and says where it is."""

    def __init__(self, name):
        self.directory = tempfile.mkdtemp(prefix="vouch-%s-" % name)
        os.chmod(self.directory, 0o755)  # user postfix walks through it
        self.children = []
        self.closers = []
        self._guard = subprocess.Popen([sys.executable, "-c", GUARD, self.directory],
                                       stdin=subprocess.PIPE, text=True, start_new_session=True)
        atexit.register(self.close)
        for sig in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, self._on_signal)

    def _on_signal(self, sig, _frame):
        sys.exit(128 + sig)  # the block and atexit clean up

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def write(self, name, text, mode=0o644):
        """Write TEXT to the file NAME of the run's directory; returns its path."""
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as out:
            out.write(text)
        os.chmod(path, mode)
        return path

    def spawn(self, name, argv, env=None, cwd=None):
        """Start ARGV; its output goes to NAME.log.  ENV is added to the environment."""
        full_env = dict(os.environ, **(env or {}))
        child = Child(name, argv, self.path(name + ".log"), full_env, cwd or self.directory)
        self.children.append(child)
        self._tell_guard(str(child.pid))
        return child

    def _tell_guard(self, line):
        self._guard.stdin.write(line + "\n")
        self._guard.stdin.flush()

    def failed_children(self):
        """Names of the processes that ended without being asked to."""
        return [c.name for c in self.children if not c.stopping and not c.alive()]

    def close(self):
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
        for closer in reversed(self.closers):
            closer()
        self.closers.clear()
        if os.environ.get("KEEP"):
            if os.path.isdir(self.directory):
                print("# kept: " + self.directory, file=sys.stderr)
        else:
            shutil.rmtree(self.directory, ignore_errors=True)
        if self._guard.poll() is None:
            self._tell_guard("done")
            self._guard.wait()
        atexit.unregister(self.close)


_given_ports = set()


def free_port(address="127.0.0.1"):
    """A port that is free now for TCP and UDP, and that this process was not given before."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for _ in range(200):
        with socket.socket(family, socket.SOCK_STREAM) as tcp, \
                socket.socket(family, socket.SOCK_DGRAM) as udp:
            tcp.bind((address, 0))
            port = tcp.getsockname()[1]
            try:
                udp.bind((address, port))
            except OSError:
                continue
        if port not in _given_ports:
            _given_ports.add(port)
            return port
    raise HarnessError("no free port")


def port_open(port, address="127.0.0.1"):
    try:
        socket.create_connection((address, port), 2).close()
        return True
    except OSError:
        return False


def socket_open(path):
    """Whether somebody listens on the Unix socket PATH."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        try:
            client.connect(path)
            return True
        except OSError:
            return False


def wait_for(condition, what, seconds=20, child=None):
    """Wait until CONDITION() is true.  Ends at once when CHILD dies."""
    end = time.monotonic() + seconds
    while True:
        result = condition()
        if result:
            return result
        if child is not None and not child.alive():
            raise HarnessError("%s: %s ended with status %s:\n%s" % (
                what, child.name, child.process.returncode, child.log()[-2000:]))
        if time.monotonic() > end:
            tail = child.log()[-2000:] if child is not None else ""
            raise HarnessError("%s: not within %d seconds\n%s" % (what, seconds, tail))
        time.sleep(0.02)


def serve(run, listener, session):
    """Call SESSION(client) in a thread of its own for every connection to LISTENER, until the end of
    RUN."""
    def accept():
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=session, args=(client,), daemon=True).start()

    def stop():
        try:
            listener.shutdown(socket.SHUT_RDWR)  # close() alone would leave accept() waiting
        except OSError:
            pass
        listener.close()

    run.closers.append(stop)
    threading.Thread(target=accept, daemon=True).start()


def program(relative):
    """The path of a program of this build (libtool's wrapper script included), or None."""
    path = os.path.join(build_dir, relative)
    return path if os.access(path, os.X_OK) else None


def check_children(tap, run):
    """The last test of a run: nothing ended by itself, nothing was reported by a sanitizer, and
    every process that is asked to ends in good order."""
    tap.ok(not run.failed_children(), "no process ended by itself", run.failed_children())
    bad = []
    for child in reversed(run.children):
        killed = child.stopping
        status = child.stop()
        report = re.search(r"ERROR: \w+Sanitizer|runtime error:|WARNING: ThreadSanitizer",
                           child.log())
        if report or (not killed and status not in (0, -signal.SIGTERM)):
            bad.append("%s: status %s\n%s" % (child.name, status, child.log()[-6000:]))
    tap.ok(not bad, "every process ended in good order", "\n".join(bad))


class Tap:
    """Test Anything Protocol on standard output."""

    def __init__(self):
        self.count = 0
        self.failures = 0

    @staticmethod
    def skip_all(reason):
        print("1..0 # SKIP " + reason)
        sys.exit(0)

    def ok(self, good, name, diagnostic=""):
        """One test.  DIAGNOSTIC is shown when it failed."""
        self.count += 1
        print("%sok %d - %s" % ("" if good else "not ", self.count, name.replace("#", "")))
        if not good:
            self.failures += 1
            for line in str(diagnostic).splitlines():
                print("#   " + line)
        sys.stdout.flush()
        return good

    def skip(self, name, reason):
        self.count += 1
        print("ok %d - %s # SKIP %s" % (self.count, name, reason))

    def note(self, text):
        for line in str(text).splitlines():
            print("# " + line)
        sys.stdout.flush()

    def done(self):
        """Print the plan; returns the exit status."""
        print("1..%d" % self.count)
        return 1 if self.failures or not self.count else 0
