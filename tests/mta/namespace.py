# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A network of our own, in which the tests' clients have any address.

enter() starts the program again in a network and mount namespace that ends with it; add_address()
gives its loopback interface one more address, from which a client can then come.
"""

import os
import shutil
import subprocess
import sys

MARK = "VOUCH_TEST_NAMESPACE"
HOSTS = "127.0.0.1 mx.receiver.example localhost\n::1 mx.receiver.example localhost\n"


def why_not():
    """Why there can be no namespace here, or None."""
    if os.geteuid() != 0:
        return "a network namespace needs root"
    for tool in ("unshare", "ip", "mount"):
        if shutil.which(tool) is None:
            return "%s is not installed" % tool
    if subprocess.run(["unshare", "--net", "--mount", "true"], capture_output=True,
                      check=False).returncode != 0:
        return "network namespaces are not allowed here"
    return None


def enter():
    """Go on in a namespace of our own; returns at once when we are in it already."""
    if os.environ.get(MARK) != str(os.getppid()):
        os.environ[MARK] = str(os.getpid())
        # A child, so that the mark tells parent from grandchild.
        sys.exit(subprocess.run(["unshare", "--net", "--mount", sys.executable, *sys.argv],
                                check=False).returncode)
    _ip("link", "set", "lo", "up")


def hide_names(run):
    """A hosts file and a resolv.conf of our own: Sendmail asks both at its start, and waits long
    where there is no answer."""
    for name, text in (("hosts", HOSTS), ("resolv.conf", "")):
        show_at("/etc/" + name, run.write(name, text))


def show_at(place, path):
    """Let PATH appear at PLACE as well, for us alone."""
    subprocess.run(["mount", "--bind", path, place], check=True)


def add_address(address):
    if ":" in address:
        _ip("address", "replace", address + "/128", "dev", "lo", "nodad")
    else:
        _ip("address", "replace", address + "/32", "dev", "lo")


def _ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True)
