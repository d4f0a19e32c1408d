# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""vouch-milter as its own tests start it: with any option, on a Unix socket, seen from outside.

Environment: top_builddir chooses the build, so a sanitizer build is tested by the same files."""

import json
import os
import re
import signal
import subprocess

import harness
import milter_client

PROGRAM = "milter/vouch-milter"
COMPLAINTS = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error|"
                        r"stack smashing|corrupted|claimed not to reply")


def run_once(*options, timeout=20):
    """Run it to its end: (status, standard output, standard error)."""
    done = subprocess.run([harness.program(PROGRAM)] + list(options), timeout=timeout,
                          stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return (done.returncode, done.stdout.decode("utf-8", "replace"),
            done.stderr.decode("utf-8", "replace"))


def dns(dnsd, timeout="3s"):
    """The dns section that asks DNSD."""
    return 'dns { nameservers = {"%s"} timeout = %s }\n' % (dnsd.address, timeout)


class Daemon:
    """vouch-milter in the foreground."""

    def __init__(self, run, name, configuration, options=(), listen=None):
        self.path = run.path(name + ".sock")
        self.listen = listen or "unix:" + self.path
        self.record_path = run.path(name + ".record")
        self.configuration_path = run.path(name + ".conf")
        self.run = run
        self.name = name
        self.configure(configuration)
        self.child = run.spawn(name, [harness.program(PROGRAM), "-f", "-c",
                                      self.configuration_path, "-p", self.listen] + list(options))
        harness.wait_for(lambda: "listens on" in self.log(), name + " listens", 30, self.child)

    def configure(self, text):
        self.run.write(os.path.basename(self.configuration_path), text)

    def client(self, **options):
        return milter_client.Client(self.path, **options)

    def log(self):
        return self.child.log()

    def wait_log(self, pattern, count=1, seconds=20):
        harness.wait_for(lambda: len(re.findall(pattern, self.log())) >= count,
                         "%s logs %r %d times" % (self.name, pattern, count), seconds, self.child)

    def signal(self, number):
        self.child.signal(number)

    def reload(self, configuration):
        """Write CONFIGURATION and have it read; true when it is in force."""
        before = len(re.findall("reload: the new|reload failed", self.log()))
        self.configure(configuration)
        self.signal(signal.SIGHUP)
        self.wait_log("reload: the new|reload failed", before + 1)
        return re.findall("reload: the new|reload failed", self.log())[-1] == "reload: the new"

    def records(self):
        with open(self.record_path, encoding="utf-8") as record:
            return [json.loads(line) for line in record]

    def complaints(self):
        """What a sanitizer, the C library or libmilter complains of."""
        return [line for line in self.log().splitlines() if COMPLAINTS.search(line)]

    def stop(self):
        """SIGTERM; returns the exit status."""
        return self.child.stop()
