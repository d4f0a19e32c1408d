# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A private Sendmail in a temporary directory: own configuration, queue and ports.

Debian's sendmail conflicts with postfix as a package, so it is only unpacked, never installed:
contrib/lib.sh does it, and the environment variable SENDMAIL_ROOT says where.  Sendmail has no
XCLIENT; it runs in a namespace (namespace.py) that gives the clients their addresses.

Each entry of LINES is one daemon on a port of its own with its own filter.  There is a throw-away
certificate for STARTTLS.  Mail for everybody goes to the sink.
"""

import os
import shutil
import subprocess

import harness
import namespace
from postfix import MTA_NAME, make_certificate

ROOT = os.environ.get("SENDMAIL_ROOT", "")
BINARY = os.path.join(ROOT, "usr/libexec/sendmail/sendmail")
CF = os.path.join(ROOT, "usr/share/sendmail/cf/")
SAFE = "/mnt"  # in the namespace

# Where libsasl2 looks for the configuration of its servers, and what offers AUTH PLAIN.
SASL_DIRECTORY = "/usr/lib/sasl2"
SASL_PLUGINS = ("/usr/lib/x86_64-linux-gnu/sasl2/libplain.so",
                "/usr/lib/x86_64-linux-gnu/sasl2/libsasldb.so")
SASL_CONFIGURATION = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {safe}/users
mech_list: PLAIN
"""
SENDMAIL_AUTH = """\
TRUST_AUTH_MECH(`PLAIN')dnl
define(`confAUTH_MECHANISMS', `PLAIN')dnl
define(`confAUTH_OPTIONS', `A')dnl
"""

SENDMAIL_MC = """\
divert(-1)
divert(0)dnl
OSTYPE(`linux')dnl
FEATURE(`no_default_msa')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`nocanonify')dnl
define(`confDOMAIN_NAME', `{mta_name}')dnl
define(`confPID_FILE', `{directory}/pid')dnl
define(`QUEUE_DIR', `{directory}/queue')dnl
define(`STATUS_FILE', `{directory}/status')dnl
define(`ALIAS_FILE', `')dnl
define(`HELP_FILE', `{directory}/help')dnl
define(`confDONT_PROBE_INTERFACES', `True')dnl
define(`confTO_IDENT', `0')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confREFUSE_LA', `1000')dnl
define(`confDELAY_LA', `1000')dnl
define(`confCONNECTION_RATE_THROTTLE', `0')dnl
define(`confCACERT_PATH', `{safe}')dnl
define(`confCACERT', `{safe}/certificate.pem')dnl
define(`confSERVER_CERT', `{safe}/certificate.pem')dnl
define(`confSERVER_KEY', `{safe}/certificate.pem')dnl
define(`confMILTER_MACROS_CONNECT', `j, {{client_resolve}}')dnl
define(`SMART_HOST', `relay:[127.0.0.1]')dnl
define(`RELAY_MAILER_ARGS', `TCP $h {sink_port}')dnl
"""


def why_not():
    """Why no private Sendmail can run here, or None."""
    if os.geteuid() != 0:
        return "a private Sendmail needs root"
    if not ROOT or not os.path.exists(BINARY):
        return "no unpacked Sendmail (SENDMAIL_ROOT)"
    for tool in ("m4", "openssl"):
        if shutil.which(tool) is None:
            return "%s is not installed" % tool
    return None


def why_no_auth():
    """Why Sendmail cannot offer AUTH here, or None."""
    for path in SASL_PLUGINS:
        if not os.path.exists(path):
            return "%s is not there (libsasl2-modules, libsasl2-modules-db)" % path
    if not os.path.isdir(SASL_DIRECTORY) or shutil.which("saslpasswd2") is None:
        return "saslpasswd2 is not installed (sasl2-bin)"
    return None


class Sendmail:
    def __init__(self, run, lines, sink_port, users=None, settings=""):
        """LINES: name -> socket of a milter as sendmail.mc writes it, or None.  USERS: name ->
        password, for AUTH, where that can be.  SETTINGS: more lines for sendmail.mc, in which SAFE
        is the folder "sendmail" of the run."""
        self.run = run
        self.ports = {name: harness.free_port() for name in lines}
        self.directory = run.path("sendmail")
        os.makedirs(os.path.join(self.directory, "queue"), 0o700, exist_ok=True)
        make_certificate(os.path.join(self.directory, "certificate.pem"))
        # It takes no certificate from below a directory that all may write, as /tmp is.
        namespace.show_at(SAFE, self.directory)
        run.write("sendmail/help", "")
        auth = self._make_auth(users) if users and why_no_auth() is None else ""
        self._make_cf(auth + SENDMAIL_MC.format(
            directory=self.directory, mta_name=MTA_NAME, safe=SAFE,
            sink_port=sink_port) + settings + "".join(
                self._daemon(name, socket) for name, socket in lines.items()))
        self._start()

    def _make_auth(self, users):
        run = self.run
        run.write("sendmail/sasl/Sendmail.conf", SASL_CONFIGURATION.format(safe=SAFE))
        namespace.show_at(SASL_DIRECTORY, os.path.join(self.directory, "sasl"))
        for name, password in users.items():
            subprocess.run(["saslpasswd2", "-p", "-c", "-f", os.path.join(self.directory, "users"),
                            "-u", MTA_NAME, name], input=password.encode(), check=True)
        return SENDMAIL_AUTH

    def _daemon(self, name, socket):
        """The same port for both families: the tests find IPv6 clients on [::1]."""
        filters, text = "", ""
        if socket:
            filters = ", InputMailFilters=" + name
            text = "MAIL_FILTER(`%s', `S=%s, F=T, T=C:10s;S:10s;R:10s;E:1m')dnl\n" % (name, socket)
        for family, address in (("inet", "127.0.0.1"), ("inet6", "::1")):
            text += "DAEMON_OPTIONS(`Name=%s-%s, Family=%s, Addr=%s, Port=%d%s')dnl\n" % (
                name, family, family, address, self.ports[name], filters)
        return text

    def _make_cf(self, text):
        source = self.run.write("sendmail/sendmail.mc", text + "MAILER(`smtp')dnl\n")
        made = subprocess.run(["m4", "-D_CF_DIR_=" + CF, CF + "m4/cf.m4", source],
                              capture_output=True, check=False)
        if made.returncode != 0:
            raise harness.HarnessError("sendmail.mc: %s" % made.stderr.decode())
        self.configuration = self.run.write("sendmail/sendmail.cf", made.stdout.decode())

    def _start(self):
        # Set-group-ID, it would be loaded without LD_LIBRARY_PATH.
        os.chmod(BINARY, 0o755)
        library_path = ":".join(os.path.join(ROOT, path) for path in (
            "lib/x86_64-linux-gnu", "usr/lib/x86_64-linux-gnu", "lib", "usr/lib"))
        self.child = self.run.spawn(
            "sendmail", [BINARY, "-C", self.configuration, "-bD", "-q1h"],
            env={"LD_LIBRARY_PATH": library_path})
        for port in self.ports.values():
            harness.wait_for(lambda p=port: harness.port_open(p), "Sendmail listens on %d" % port,
                             child=self.child)

    def port(self, name):
        return self.ports[name]

    def log(self):
        return self.child.log()

    def held(self):
        """Queue ids of quarantined messages."""
        return sorted(name[2:] for name in os.listdir(os.path.join(self.directory, "queue"))
                      if name.startswith("hf"))
