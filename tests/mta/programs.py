# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""Starting this build's own programs: tests/dnsd and vouch-milter."""

import os
import re
import signal
import socket

import harness


def why_not():
    """Which program of this build is missing, or None."""
    for relative in (Dnsd.PROGRAM, Filter.PROGRAM):
        if harness.program(relative) is None:
            return "%s is not built" % relative
    return None


class Dnsd:
    """The scriptable name server, serving ZONES (paths) on a loopback port."""

    PROGRAM = "tests/dnsd/dnsd"

    def __init__(self, run, zones, port=None):
        self.port = port or harness.free_port()
        self.log_path = run.path("queries.log")
        self.control = run.path("dnsd.control")
        argv = [harness.program(self.PROGRAM), "-l", "127.0.0.1@%d" % self.port, "-L",
                self.log_path, "-C", self.control]
        for zone in zones:
            argv += ["-z", os.path.abspath(zone)]
        self.child = run.spawn("dnsd", argv)
        harness.wait_for(lambda: "listening" in self.child.log(), "dnsd listens",
                         child=self.child)

    @property
    def address(self):
        return "127.0.0.1@%d" % self.port

    def command(self, line):
        """One line to the control socket: "! NAME TYPE FAULT", "clear", "silent", "normal" ..."""
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(10)
            client.connect(self.control)
            client.sendall(line.encode() + b"\n")
            answer = client.recv(700).decode().strip()
        if answer != "ok":
            raise harness.HarnessError("dnsd: %s: %s" % (line, answer))

    def queries(self):
        """The questions so far, as "name TYPE"."""
        with open(self.log_path, encoding="utf-8") as log:
            return [" ".join(line.split()[2:4]) for line in log if len(line.split()) >= 4]


class Filter:
    """vouch-milter in the foreground under a configuration of its own, on a TCP port; with {path}
    in the configuration, on the Unix socket that it puts there."""

    PROGRAM = "milter/vouch-milter"

    def __init__(self, run, name, configuration, nameserver, port=None):
        self.run = run
        self.name = "milter-" + name
        self.port = port or harness.free_port()
        self.nameserver = nameserver
        self.path = run.path(self.name + ".sock") if "{path}" in configuration else None
        self.configuration_path = self.configure(configuration)
        self.child = None
        self.start()

    def configure(self, configuration):
        """Write the configuration file; a running filter reads it on reload()."""
        if "nameservers" not in configuration:
            configuration += '\ndns { nameservers = {"%s"}  timeout = 3s }\n' % self.nameserver
        if self.path:
            configuration = configuration.replace("{path}", self.path)
        return self.run.write(self.name + ".conf", configuration)

    @property
    def socket(self):
        """As main.cf writes it."""
        return "unix:" + self.path if self.path else "inet:127.0.0.1:%d" % self.port

    @property
    def sendmail_socket(self):
        """As sendmail.mc writes it."""
        return "local:" + self.path if self.path else "inet:%d@127.0.0.1" % self.port

    def listens(self):
        return harness.socket_open(self.path) if self.path else harness.port_open(self.port)

    def start(self):
        argv = [harness.program(self.PROGRAM), "-f", "-c", self.configuration_path]
        if not self.path:
            argv += ["-p", "inet:%d@127.0.0.1" % self.port]
        self.child = self.run.spawn(self.name, argv)
        harness.wait_for(self.listens, self.name + " listens", child=self.child)

    def reload(self):
        self.child.signal(signal.SIGHUP)

    def log(self):
        return self.child.log()

    def log_lines(self, word):
        """The lines of the log that contain WORD."""
        return [line for line in self.log().splitlines() if word in line]

    def wait_log(self, pattern, seconds=10):
        """The first match of PATTERN in the log, waited for."""
        return harness.wait_for(lambda: re.search(pattern, self.log()),
                                "%s logs %r" % (self.name, pattern), seconds, self.child)
