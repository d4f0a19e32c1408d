# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A real name server (nsd) with zones signed by ldns-signzone, and a forwarder that drops
signatures."""

import os
import shutil
import socket
import subprocess
import threading

import harness

PROGRAMS = ("nsd", "ldns-keygen", "ldns-signzone")

CONFIGURATION = """\
server:
    ip-address: 127.0.0.1@%(port)d
    zonesdir: "%(directory)s"
    username: ""
    database: ""
    pidfile: "%(directory)s/nsd.pid"
    zonelistfile: "%(directory)s/nsd.list"
    xfrdfile: "%(directory)s/nsd.xfrd"
    server-count: 1
remote-control:
    control-enable: no
"""


def why_not():
    """Which program is missing, or None."""
    for name in PROGRAMS:
        if find(name) is None:
            return "%s is not installed" % name
    return None


def find(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")


class SignedZones:
    """Serves copies of one zone.  TEXT has @ for the zone's own name."""

    def __init__(self, run, name, text):
        self.run = run
        self.text = text
        self.directory = run.path(name)
        self.zones = {}    # name -> file
        self.anchors = []  # DNSKEY records
        os.mkdir(self.directory)

    def _command(self, *argv):
        done = subprocess.run([find(argv[0])] + list(argv[1:]), cwd=self.directory, timeout=60,
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise harness.HarnessError("%s: %s%s" % (argv[0], done.stdout, done.stderr))
        return done.stdout.strip()

    def _write(self, name):
        with open(os.path.join(self.directory, name), "w", encoding="ascii") as zone:
            zone.write("$ORIGIN %s.\n$TTL 300\n%s" % (name, self.text))

    def add_unsigned(self, name):
        self._write(name)
        self.zones[name] = name

    def add_signed(self, name, alter=None):
        """ALTER: what to change in the text of the signed zone, (old, new)."""
        self._write(name)
        keys = [self._command("ldns-keygen", "-a", "ECDSAP256SHA256", *kind, name)
                for kind in ([], ["-k"])]
        self._command("ldns-signzone", "-n", name, *keys)
        with open(os.path.join(self.directory, keys[1] + ".key"), encoding="ascii") as key:
            self.anchors.append(key.read())
        self.zones[name] = name + ".signed"
        if alter is not None:
            self._alter(os.path.join(self.directory, name + ".signed"), *alter)

    @staticmethod
    def _alter(path, old, new):
        with open(path, encoding="ascii") as zone:
            text = zone.read()
        if old not in text:
            raise harness.HarnessError("nothing to alter in " + path)
        with open(path, "w", encoding="ascii") as zone:
            zone.write(text.replace(old, new))

    def trust_anchor(self):
        return self.run.write(self.directory + ".anchors", "".join(self.anchors))

    def serve(self):
        """Start nsd; returns the port."""
        port = harness.free_port()
        configuration = CONFIGURATION % {"port": port, "directory": self.directory}
        for name, file in self.zones.items():
            configuration += 'zone:\n    name: "%s"\n    zonefile: "%s"\n' % (name, file)
        path = self.run.write("nsd.conf", configuration)
        child = self.run.spawn("nsd", [find("nsd"), "-d", "-c", path])
        harness.wait_for(lambda: harness.port_open(port), "nsd listens", child=child)
        return port


class StrippingForwarder:
    """Passes questions on to a server with the DO bit cleared, so that no signature comes back, as
    old forwarders do."""

    def __init__(self, run, server_port):
        self.server = ("127.0.0.1", server_port)
        self.port = harness.free_port()
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", self.port))
        threading.Thread(target=self._run, daemon=True).start()
        run.closers.append(self.socket.close)

    def _run(self):
        while True:
            try:
                question, client = self.socket.recvfrom(4096)
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(question, client), daemon=True).start()

    def _pass_on(self, question, client):
        has_opt = question[10:12] == b"\0\1" and question[-11:-8] == b"\0\0\x29"
        if has_opt:
            question = question[:-4] + b"\0\0" + question[-2:]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as upstream:
            upstream.settimeout(5)
            upstream.sendto(question, self.server)
            try:
                self.socket.sendto(upstream.recv(65535), client)
            except OSError:
                pass
