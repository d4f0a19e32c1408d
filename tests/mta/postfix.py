# SPDX-License-Identifier: BSD-2-Clause
# SPDX-FileCopyrightText: 2026 the Vouch authors
"""A private Postfix in a temporary directory: own configuration, queue and ports.

    postfix = Postfix(run, {"plain": None, "filter": "inet:127.0.0.1:8890"}, sink_port)
    smtp = Client(postfix.port("filter"))

Each entry of LINES is one smtpd on a port of its own with its own smtpd_milters, so that filter
settings stand side by side.  XCLIENT is allowed from loopback, so a session can have any client
address; STARTTLS has a throw-away certificate; AUTH PLAIN asks auth_server.py.  Mail for
RELAY_DOMAIN goes to the sink, all other recipients are refused.
"""

import os
import pwd
import shutil
import subprocess

import harness
from auth_server import AuthServer

RELAY_DOMAIN = "receiver.example"
MTA_NAME = "mx.receiver.example"
DAEMONS = "/usr/lib/postfix/sbin"

MAIN_CF = """\
compatibility_level = 3.6
queue_directory = {queue}
data_directory = {data}
maillog_file = {log}
maillog_file_prefixes = {directory}
mail_owner = postfix
setgid_group = postdrop
myhostname = {mta_name}
mydestination =
inet_interfaces = loopback-only
mynetworks = 192.0.2.253/32
# clients come by XCLIENT from loopback, and still no header field is added for them
local_header_rewrite_clients =
relay_domains = {relay_domain}
relay_transport = smtp:[127.0.0.1]:{sink_port}
default_transport = error:no mail leaves this machine
smtpd_relay_restrictions = reject_unauth_destination
smtpd_authorized_xclient_hosts = 127.0.0.0/8
smtpd_peername_lookup = no
disable_dns_lookups = yes
smtp_tls_security_level = none
alias_maps =
alias_database =
notify_classes =
smtputf8_enable = yes
enable_long_queue_ids = yes
message_size_limit = 60000000
smtpd_error_sleep_time = 0
smtpd_soft_error_limit = 1000
smtpd_hard_error_limit = 1000
smtpd_junk_command_limit = 100000
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_cert_file = {certificate}
smtpd_tls_key_file = {certificate}
smtpd_tls_loglevel = 0
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = {auth_socket}
smtpd_tls_auth_only = no
milter_protocol = 6
milter_default_action = tempfail
milter_connect_timeout = 10s
milter_command_timeout = 30s
milter_content_timeout = 60s
"""

MASTER_CF = """\
postlog unix-dgram n - n - 1 postlogd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
"""

# folder: (owner, group, mode), what "postfix check" wants to find
QUEUE_FOLDERS = {
    "active": ("postfix", "root", 0o700), "bounce": ("postfix", "root", 0o700),
    "corrupt": ("postfix", "root", 0o700), "defer": ("postfix", "root", 0o700),
    "deferred": ("postfix", "root", 0o700), "flush": ("postfix", "root", 0o700),
    "hold": ("postfix", "root", 0o700), "incoming": ("postfix", "root", 0o700),
    "private": ("postfix", "root", 0o700), "saved": ("postfix", "root", 0o700),
    "trace": ("postfix", "root", 0o700), "maildrop": ("postfix", "postdrop", 0o730),
    "public": ("postfix", "postdrop", 0o710), "pid": ("root", "root", 0o755),
}


def why_not():
    """Why no private Postfix can run here, or None."""
    if os.geteuid() != 0:
        return "a private Postfix needs root"
    if not os.access(os.path.join(DAEMONS, "master"), os.X_OK):
        return "Postfix is not installed"
    if shutil.which("openssl") is None:
        return "openssl is not installed (certificate for STARTTLS)"
    try:
        pwd.getpwnam("postfix")
    except KeyError:
        return "there is no user postfix"
    return None


def make_certificate(path):
    """A self-signed certificate with its key, in one file."""
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-nodes", "-days", "2", "-subj", "/CN=" + MTA_NAME, "-keyout", path + ".key", "-out",
         path + ".crt"], check=True, capture_output=True)
    with open(path, "wb") as out:
        for part in (".key", ".crt"):
            with open(path + part, "rb") as source:
                out.write(source.read())
    os.chmod(path, 0o600)


class Postfix:
    def __init__(self, run, lines, sink_port, users=None, settings="", ports=None):
        """LINES: name -> smtpd_milters value, None, or a dict of smtpd settings.  USERS: name ->
        password for AUTH.  SETTINGS: more lines for main.cf.  PORTS: name -> port, where a certain
        one is wanted."""
        self.run = run
        self.ports = {name: (ports or {}).get(name) or harness.free_port() for name in lines}
        self.directory = run.path("postfix")
        self.log_path = os.path.join(self.directory, "maillog")
        self.queue = os.path.join(self.directory, "queue")
        self._make_folders()
        certificate = os.path.join(self.directory, "certificate.pem")
        make_certificate(certificate)
        auth_socket = os.path.join(self.directory, "auth")
        AuthServer(run, auth_socket, users or {})
        run.write("postfix/main.cf", MAIN_CF.format(
            directory=self.directory, queue=self.queue, data=os.path.join(self.directory, "data"),
            log=self.log_path, mta_name=MTA_NAME, relay_domain=RELAY_DOMAIN, sink_port=sink_port,
            certificate=certificate, auth_socket=auth_socket) + settings)
        run.write("postfix/master.cf", MASTER_CF + "".join(
            self._smtpd_line(name, value) for name, value in lines.items()))
        self._start()

    def _make_folders(self):
        for folder, owner, group, mode in [
                ("", "root", "root", 0o755), ("data", "postfix", "postfix", 0o700),
                ("queue", "root", "root", 0o755)] + [
                    (os.path.join("queue", name),) + value
                    for name, value in QUEUE_FOLDERS.items()]:
            path = os.path.join(self.directory, folder)
            os.makedirs(path, exist_ok=True)
            shutil.chown(path, owner, group)
            os.chmod(path, mode)

    def _smtpd_line(self, name, value):
        options = value if isinstance(value, dict) else {"smtpd_milters": value or ""}
        # Postfix starts a new smtpd for each of up to 200 sessions.
        return "127.0.0.1:%d inet n - n - 200 smtpd -o syslog_name=smtpd/%s%s\n" % (
            self.ports[name], name,
            "".join(" -o {%s=%s}" % option for option in options.items()))

    def _start(self):
        self.master = self.run.spawn("master", [
            os.path.join(DAEMONS, "master"), "-c", self.directory, "-d"])
        for port in self.ports.values():
            harness.wait_for(lambda p=port: harness.port_open(p), "Postfix listens on %d" % port,
                             child=self.master)

    def port(self, name):
        return self.ports[name]

    def log(self):
        try:
            with open(self.log_path, encoding="utf-8", errors="replace") as log:
                return log.read()
        except FileNotFoundError:
            return ""

    def _tool(self, *argv):
        return subprocess.run([argv[0], "-c", self.directory, *argv[1:]], capture_output=True,
                              check=False)

    def held(self):
        """Queue ids on hold: what a filter's quarantine does."""
        return sorted(os.listdir(os.path.join(self.queue, "hold")))

    def queued_message(self, queue_id):
        """The message of a queue file as text (postcat)."""
        out = self._tool("postcat", "-bhq", queue_id)
        return out.stdout.decode("utf-8", "surrogateescape")

    def queue_ids(self):
        """Every queue id that Postfix still holds, wherever."""
        ids = []
        for folder in ("incoming", "active", "deferred", "hold", "maildrop", "corrupt"):
            for _, _, files in os.walk(os.path.join(self.queue, folder)):
                ids += files
        return ids
